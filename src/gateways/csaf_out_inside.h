/* SPDX-License-Identifier: Apache-2.0
 *
 * For csaf_out*.c only: the notice taken apart into what CSAF knows.
 */
#ifndef GATEWAYS_CSAF_OUT_INSIDE_H
#define GATEWAYS_CSAF_OUT_INSIDE_H

#include "gateways/csaf_out.h"

#include <stdbool.h>

/* By the order of enum: what a product is to a vulnerability. */
enum csaf_standing {
	CSAF_AFFECTED,
	CSAF_FIXED,
	CSAF_NOT_AFFECTED,
	CSAF_INVESTIGATED,
	CSAF_NOT_STATED
};

/* One product of the notice: in CSAF one for each of its versions. */
struct csaf_row {
	struct json_val at;
	enum csaf_standing standing;
	size_t first, items; /* where in csaf_work.item */
	size_t own;          /* of these, defined here first */
	size_t models;       /* identifiers behind that of the one item */
	bool is_written;
};

struct csaf_item {
	struct span id;
	struct span version;
	size_t same;  /* the first item of this id: where it is defined */
};

struct csaf_vulnerability {
	struct span cve;
	struct span id, issuer;  /* if it has no CVE */
	struct json_val detail;  /* absent if only its number is known */
};

struct csaf_work {
	const struct csaf_out *n;
	struct arena *a;
	struct json_out *w;
	enum lang lang;          /* the nearest to the notice's own */
	struct span tag;         /* its own */
	struct csaf_row *row;
	size_t rows;
	struct csaf_item *item;
	size_t items;
	size_t *by_id;           /* items, sorted */
	struct csaf_vulnerability *vulnerability;
	size_t vulnerabilities;
	unsigned char *standing; /* of each item to one vulnerability */
};

/* A string member, empty if there is none. */
struct span csaf_out_str(const struct csaf_work *k, struct json_val object,
    const char *key);

/* A text in the notice's own language. */
struct span csaf_out_text(const struct csaf_work *k, struct json_val ml);

/* Members that are left away if there is nothing to say. */
void csaf_out_put(struct csaf_work *k, const char *key, struct span s);
void csaf_out_url(struct csaf_work *k, const char *key, struct span s);
void csaf_out_date(struct csaf_work *k, const char *key, struct json_val ts);

/* {"category", "text" [, "title"]}; nothing if `text` is empty. */
void csaf_out_note(struct csaf_work *k, const char *category,
    struct span text, const char *title);

/* Find rows, items and vulnerabilities. */
void csaf_out_collect(struct csaf_work *k);

/* The item that defines a product, -1 if there is none. */
long csaf_out_find(const struct csaf_work *k, struct span id);

void csaf_out_tree(struct csaf_work *k);

/* Is it said of each vulnerability which products it concerns? */
bool csaf_out_is_stated(struct csaf_work *k);

void csaf_out_vulnerabilities(struct csaf_work *k);

#endif
