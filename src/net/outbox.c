/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames that wait to be written, by class.
 */
#include "net/outbox.h"

#include "base/mem.h"

#include <assert.h>

struct outbox_frame {
	struct outbox_frame *next;
	size_t n;
	unsigned char b[];
};

static struct outbox_frame *
pop(struct outbox *o, unsigned class)
{
	struct outbox_frame *f = o->class[class].first;

	if (f == NULL)
		return NULL;
	o->class[class].first = f->next;
	if (f->next == NULL)
		o->class[class].last = NULL;
	o->bytes -= f->n;
	return f;
}

void
outbox_release(struct outbox *o)
{
	struct outbox_frame *f;

	for (unsigned i = 0; i < OUTBOX_CLASSES; i++)
		while ((f = pop(o, i)) != NULL)
			free(f);
}

void
outbox_put(struct outbox *o, unsigned class, struct span head,
    struct span rest)
{
	size_t n = head.n + rest.n;
	struct outbox_frame *f = mem_room(sizeof *f + n);

	assert(class < OUTBOX_CLASSES);
	f->next = NULL;
	f->n = n;
	memcpy(f->b, head.p, head.n);
	if (rest.n != 0)
		memcpy(f->b + head.n, rest.p, rest.n);
	if (o->class[class].last != NULL)
		o->class[class].last->next = f;
	else
		o->class[class].first = f;
	o->class[class].last = f;
	o->bytes += n;
}

void
outbox_take(struct outbox *o, size_t most, struct buf *out)
{
	for (unsigned i = 0; i < OUTBOX_CLASSES; i++) {
		struct outbox_frame *f;

		while (out->n < most && (f = pop(o, i)) != NULL) {
			buf_put_mem(out, f->b, f->n);
			free(f);
		}
	}
	assert(!out->over);
}
