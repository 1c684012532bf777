/* SPDX-License-Identifier: Apache-2.0
 *
 * The local pin file as text: one pin a line, "accept|refuse team|key NAME",
 * then perhaps a remark. Blank lines and lines that begin with # count for
 * nothing and are kept.
 */
#ifndef RECORD_PINS_H
#define RECORD_PINS_H

#include "base/limits.h"
#include "record/registry.h"

enum { PINS_REMARK = 128 };

struct pin_line {
	struct pin pin;
	struct span remark; /* why, for people; may be empty */
};

struct pins {
	struct pin_line line[LIMIT_PINS];
	size_t n;
};

/* `text` (at most LIMIT_PINS_FILE) must outlive `out`. ERR_SYNTAX with the
 * number of the line, ERR_LIMIT. `out` is untouched on failure. */
MUST enum err pins_parse(struct span text, struct pins *out, struct fault *f);
void pins_write(const struct pins *p, struct buf *out);

bool pin_is_equal(const struct pin *a, const struct pin *b);

/* The other verdict on the same name gives way. ERR_EXISTS, ERR_LIMIT. */
MUST enum err pins_add(struct pins *p, const struct pin_line *line,
    struct fault *f);

/* Every pin on this team or key: ERR_NOT_FOUND. */
MUST enum err pins_remove(struct pins *p, const struct pin *what,
    struct fault *f);

/* One pin as its line has it: "refuse team uy". */
void pin_write(const struct pin *p, struct buf *out);

/* Like the registry wants them; memory of `a`. */
struct pin *pins_list(const struct pins *p, struct arena *a);

/* Accept the identity key of every team of `r` that has no pin of its own: what
 * joining a network for the first time means. Returns how many. */
size_t pins_accept_all(struct pins *p, const struct register_doc *r,
    struct span remark);

#endif
