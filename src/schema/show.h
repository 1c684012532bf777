/* SPDX-License-Identifier: Apache-2.0
 *
 * A record as text for a person, in the reader's language: coded values are
 * translated always, free text is given in the reader's language if it is
 * there, else in the nearest that is, and then marked. Kinds that are not
 * known here are shown generically. Nothing of the text can steer a terminal:
 * control characters are replaced.
 */
#ifndef SCHEMA_SHOW_H
#define SCHEMA_SHOW_H

#include "base/buf.h"
#include "base/err.h"
#include "base/instant.h"
#include "base/json.h"
#include "schema/kind.h"
#include "schema/tlp.h"

/* How to show. */
struct show {
	const struct schema *schema;
	enum lang lang;
	unsigned columns; /* wrap here; 0 = never (pipes) */
	bool ascii;       /* signs of levels in ASCII */
	bool full;        /* fields marked hidden too */
	bool brief;       /* only fields marked brief */
	int offset_min;   /* the reader's zone; times are UTC, and local beside
	                   * it if this is not 0 */
};

/* What the envelope says; spans may be empty, times 0. */
struct show_head {
	struct span kind; /* as in the envelope */
	struct span iss;  /* team */
	struct span id;   /* or a short form of it */
	uint64_t rev;
	enum tlp tlp;
	bool has_tlp;
	struct wall iat, exp;
	bool is_expired;
};

/* The whole record. `out` gets text that ends in a newline. ERR_LIMIT if it
 * did not fit. */
MUST enum err show_record(const struct show *how, const struct show_head *head,
    struct json_val body, struct arena *a, struct buf *out);

/* Each field that the body has, by rank, without title and level: its words
 * in the reader's language, lines kept, the spans during the call. */
typedef void show_field_fn(void *ctx, const struct field *fd,
    struct span value);
void show_fields(const struct show *how, const struct kind *k,
    struct json_val body, struct arena *a, show_field_fn *fn, void *ctx);

/* One line for tables: sign of the level, kind, title; no newline. With
 * `columns` cut with an ellipsis. */
MUST enum err show_line(const struct show *how, const struct show_head *head,
    struct json_val body, struct arena *a, struct buf *out);

/* Only the title; the kind's name if there is none. */
MUST enum err show_title(const struct show *how, const struct show_head *head,
    struct json_val body, struct arena *a, struct buf *out);

/* The text of an `ml` value for a reader: the language asked for, the
 * document's own (`own`, may be empty), en, es, pt, fr, then the first. The
 * tag chosen goes to `tag` (may be NULL). Empty span if there is none. */
struct span show_ml(struct json_val ml, enum lang want, struct span own,
    struct arena *a, struct span *tag);

/* The words for a coded value of `k`'s field, the value itself if unknown. */
const char *show_choice(const struct show *how, const struct field *fd,
    struct span value, struct arena *a);

#endif
