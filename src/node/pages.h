/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages to persons: a reader of the private log with a durable cursor
 * (watch/courier.h decides), and the way to the courier process. What is to
 * be sent is composed when it is sent (pages_text.c), what came of it becomes
 * a record of kind `attempt`. The node never waits for the courier.
 */
#ifndef NODE_PAGES_H
#define NODE_PAGES_H

#include "courier/job.h"
#include "node/service_inside.h"
#include "schema/words.h"
#include "watch/contacts.h"
#include "watch/courier.h"

struct pages;

/* Reads where it left off. `fd` leads to the courier, or -1. */
MUST enum err pages_create(struct service *s, int fd, struct pages **out);
void pages_free(struct pages *p); /* accepts NULL */

/* At the end of each turn of the hub: what is new, and what is due. */
void pages_turn(struct pages *p);

/* A job of mailings.h for the courier. False: it is not there yet, or busy. */
bool pages_post(struct pages *p, const struct job_frame *f);

/* --- for commands --- */

/* How a channel does. */
struct pages_channel {
	int64_t proved_s; /* a page was accepted last; 0: never */
	int64_t failed_s;
	char why[COURIER_WHY]; /* the last failure */
};

const struct courier *pages_queue(const struct pages *p);
const struct pages_channel *pages_channel(const struct pages *p,
    enum courier_channel c);
/* What is known of the ways to persons, and who is meant by a key there. */
struct contacts *pages_contacts(struct pages *p);
void pages_person_key(struct span login, unsigned char out[COURIER_KEY]);
bool pages_is_read(const struct pages *p); /* the log, to its end */
bool pages_is_up(const struct pages *p); /* does a courier run? */
size_t pages_retry(struct pages *p, const struct uuid *page);

/* --- pages_text.c --- */

/* What one page says, for one person by one channel. */
struct page_text {
	struct span to;      /* address */
	struct span subject; /* one line */
	struct span text;    /* lines; of a webhook JSON */
	struct span key;     /* of a letter: seal `text` with this, or send */
	struct span plain;   /* this instead; "": `text` goes as it is */
};

/* Compose it from the page's record at `item`, and those of `with` that go in
 * the same letter. False, with a sentence: it can never be sent. */
bool page_compose(struct service *s, const struct courier_item *item,
    const struct courier_page *with, size_t n, struct arena *a,
    struct page_text *out, const char **why);

#endif
