/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of readers of letters, before they are registered: what they are is
 * asked of the courier's process that seals letters (courier/envelope.h), so
 * that no parser of keys runs in the node.
 */
#ifndef NODE_LETTER_KEYS_H
#define NODE_LETTER_KEYS_H

#include "courier/job.h"
#include "node/command.h"

struct letter_keys;

struct letter_keys *letter_keys_create(struct service *s);
void letter_keys_free(struct letter_keys *k); /* accepts NULL */

/* `f` is CHECKED, and only good for the call: its word JOB_YES, or JOB_NO with
 * the reason as text. */
typedef void letter_keys_fn(struct call *c, const struct job_frame *f);

/* Ask what the key in `text` is; `done` is called once, now or later. `text`
 * lives as long as the call. */
void letter_keys_check(struct call *c, struct span text,
    letter_keys_fn *done);

/* --- from pages.c --- */

void letter_keys_take(struct service *s, const struct job_frame *f);
void letter_keys_lost(struct service *s);
void letter_keys_ready(struct service *s);

#endif
