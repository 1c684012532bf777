/* SPDX-License-Identifier: Apache-2.0
 *
 * Values of a record as text, for show.c only: each put_* appends to
 * `view.value`, harmless and not yet wrapped.
 */
#ifndef SCHEMA_SHOW_VALUE_H
#define SCHEMA_SHOW_VALUE_H

#include "schema/show.h"

/* One record being shown. */
struct view {
	const struct show *how;
	struct json_val body;
	struct arena *a;
	struct buf *out;
	struct buf value; /* of the row at hand */
	struct span own;  /* the language that the record was written in */
	unsigned label;   /* columns of the widest label in use */
};

/* The word `id` in the reader's language. */
const char *show_say(const struct view *w, const char *id);

/* A value of the field; one of another type than the field's is put as it
 * stands. `is_inner`: inside a list or an object, so on one line. */
void show_put_value(struct view *w, const struct field *fd, struct json_val v,
    bool is_inner);

/* Parts of it. `lines`: line breaks are kept. */
void show_put_ml(struct view *w, struct json_val v, bool lines);
void show_put_time(struct view *w, int64_t seconds);
void show_put_level(struct view *w, int n);
void show_put_raw(struct view *w, struct json_val v);

/* Items that may stand one after the other on a line. */
bool show_is_short(const struct field *item);

/* The part of a language tag before the first hyphen: "pt" of "pt-BR". */
struct span show_primary(struct span tag);

#endif
