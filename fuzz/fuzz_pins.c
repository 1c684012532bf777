/* reaches: pins_parse
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as the operator's pin file: what is read is written and read again
 * to the same pins; a pin that is taken away is gone.
 */
#include "fuzz.h"

#include "record/pins.h"

#include <stdlib.h>

static struct pins *
read_pins(struct span text)
{
	struct pins *p = calloc(1, sizeof *p);
	struct fault f = { 0 };

	FUZZ_CHECK(p != NULL);
	if (pins_parse(text, p, &f) == ERR_NONE)
		return p;
	FUZZ_CHECK(f.rule[0] != '\0' && p->n == 0);
	free(p);
	return NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct pins *p = read_pins(span_of(data, n)), *q;
	struct buf b;

	if (p == NULL)
		return 0;
	buf_init(&b, 2 * LIMIT_PINS_FILE);
	pins_write(p, &b);
	if (b.n <= LIMIT_PINS_FILE) {
		q = read_pins(buf_span(&b));
		FUZZ_CHECK(q != NULL && q->n == p->n);
		for (size_t i = 0; q != NULL && i < q->n; i++)
			FUZZ_CHECK(pin_is_equal(&q->line[i].pin,
			    &p->line[i].pin));
		free(q);
	}
	while (p->n != 0) {
		struct pin last = p->line[p->n - 1].pin;

		FUZZ_CHECK(pins_remove(p, &last, NULL) == ERR_NONE);
		FUZZ_CHECK(pins_remove(p, &last, NULL) == ERR_NOT_FOUND);
	}
	buf_release(&b);
	free(p);
	return 0;
}
