/* SPDX-License-Identifier: Apache-2.0
 *
 * Writing the draft of a CSAF document: shared by csaf_map*.c only. A part
 * that does not fit is taken back whole and named in `left_out`.
 */
#ifndef GATEWAYS_CSAF_MAP_H
#define GATEWAYS_CSAF_MAP_H

#include "gateways/csaf_inside.h"

enum {
	CSAF_LEFT_MAX = 80,       /* names of what was left out */
	CSAF_LEFT_BYTES = 120,    /* of one name */
	CSAF_LEFT_RESERVE = CSAF_LEFT_MAX * (CSAF_LEFT_BYTES + 3) + 64
};

struct csaf_map {
	const struct csaf_doc *d;
	struct arena *a; /* of the caller */
	struct buf body;
	struct json_out w;
	struct span left[CSAF_LEFT_MAX];
	size_t left_count;
	size_t reserve; /* bytes kept free for left_out */
};

/* A place in the body to go back to. */
struct csaf_mark_at {
	size_t n;
	bool comma;
};

struct csaf_mark_at csaf_map_mark(const struct csaf_map *m);

/* Take back what was written since `at`. */
void csaf_map_back(struct csaf_map *m, struct csaf_mark_at at);

/* Does what was written since `at` fit? If not it is taken back. */
bool csaf_map_keep(struct csaf_map *m, struct csaf_mark_at at);

/* Name what is left out: "path (count)"; nothing if `count` is 0. */
void csaf_map_leave(struct csaf_map *m, const char *path, size_t count);

/* `s` made fit for a field: no control characters, at most `max` bytes, in
 * the arena. `cut` (may be NULL) grows by one if bytes were lost. */
struct span csaf_map_clean(struct csaf_map *m, struct span s, size_t max,
    bool lines, size_t *cut);

/* A member, left away if `s` is empty. */
void csaf_map_text(struct csaf_map *m, const char *key, struct span s,
    size_t max, size_t *cut);

/* A string of an array. */
void csaf_map_item(struct csaf_map *m, struct span s, size_t max,
    size_t *cut);

/* An address that a notice may carry; empty if it is of another scheme. */
struct span csaf_map_url(struct csaf_map *m, struct span s);

/* POSIX seconds of a date member; left away if absent. */
void csaf_map_date(struct csaf_map *m, const char *key, struct span date);

/* The parts, each with its array. */
void csaf_map_products(struct csaf_map *m);
void csaf_map_remediations(struct csaf_map *m, const char *language);
void csaf_map_scores(struct csaf_map *m);
void csaf_map_identifiers(struct csaf_map *m);
void csaf_map_threats(struct csaf_map *m, const char *language);

/* Notes leave `keep` bytes to what comes later. */
void csaf_map_details(struct csaf_map *m, const char *language, size_t keep);

/* Name every member of the document that the draft does not carry. */
void csaf_map_rest(struct csaf_map *m);

#endif
