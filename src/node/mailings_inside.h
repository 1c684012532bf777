/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of mailings share: the notices to many that have not ended,
 * and the letters under way. mailings_held.c makes them of entries,
 * mailings_send.c sends, mailings_tell.c writes down what came of it,
 * mailings_past.c answers who asks, mailings.c reads on and gives each its turn.
 */
#ifndef NODE_MAILINGS_INSIDE_H
#define NODE_MAILINGS_INSIDE_H

#include "crypto/hash.h"
#include "node/mailings.h"

enum {
	MAILINGS_FLIGHTS = 16,  /* under way: pages find room beside */
	MAILINGS_FAILED = 200,  /* failed tries that wait to be written */
	MAILINGS_TELL_MS = 1000 /* results are written no later than this */
};

/* One that has not ended. */
struct held {
	struct mailing m;
	struct mailing_head head;
	struct digest record;   /* of the record `mailing` */
	size_t parts, parts_seen;
	bool is_released;
	size_t failed[MAILINGS_FAILED]; /* tries that are to be written */
	size_t failed_n;
	int64_t tell_ms;        /* results wait since; 0: none */
	bool is_writing;
	struct held *next;
};

struct flight {
	struct held *of; /* NULL: free */
	size_t at;
	struct uuid page;
	uint32_t try_now;
	int64_t late_ms;
};

struct mailings {
	struct service *service;
	struct loop_timer *timer;
	struct hash_key *key;    /* of codes and of the ids of letters */
	uint64_t cursor, written;
	uint64_t mine;           /* what this process writes begins here */
	struct held *first;
	struct flight flight[MAILINGS_FLIGHTS];
	int64_t next_us;         /* the next letter may go */
};

struct record;

/* --- mailings_held.c --- */

/* The id that a text is; false if it is none. */
bool mailings_id(struct json_val v, struct arena *a, struct uuid *out);

/* The one with this id that has not ended, NULL if there is none. */
struct held *mailings_held(struct mailings *x, const struct uuid *id);

/* A new one, of which `r` is the first entry: in no list yet. */
struct held *mailings_hold(const struct uuid *id, const struct record *r);

/* Take it out of the list, with its letters, and free it. */
void mailings_drop(struct mailings *x, struct held *h);

/* What an entry of the kinds mailing-part, mailing and mailing-result says. */
void mailings_take_part(struct held *h, const struct record *r,
    struct arena *a);
void mailings_take_head(struct held *h, const struct record *r,
    struct arena *a);
void mailings_take_result(struct held *h, const struct record *r,
    struct arena *a);

/* --- mailings_send.c --- */

/* Give the courier what it may have now. How long until more can be done, in
 * milliseconds; -1: nothing waits. */
int64_t mailings_send(struct mailings *x);

/* A letter has its time; what the courier says later is not believed. */
void mailings_look_late(struct mailings *x, int64_t now_ms);

/* --- mailings_tell.c --- */

/* Write down what is known and not told, when it is much or its time has come;
 * when everybody was reached or given up, that. */
void mailings_tell(struct mailings *x, struct held *h, int64_t now_ms);

#endif
