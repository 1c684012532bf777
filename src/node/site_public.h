/* SPDX-License-Identifier: Apache-2.0
 *
 * What of the log is for the public: a reader of it in a process that holds no
 * key. It has an index of its own, of what stands open in the store and is
 * released, asks the exit decision about each notice, and keeps those that
 * pass, by their newest revision. That an earlier revision was published is
 * known from what it has noted itself; its text is kept nowhere.
 */
#ifndef NODE_SITE_PUBLIC_H
#define NODE_SITE_PUBLIC_H

#include "base/instant.h"
#include "node/config.h"
#include "site/model.h"

struct site_public;

/* Open the store for reading, the register's documents, and the files in
 * data_dir/site. `schema` is borrowed. Errors are logged. */
MUST enum err public_open(const struct config *config,
    const struct schema *schema, struct site_public **out);
void public_close(struct site_public *p); /* accepts NULL */

/* An entry came, was released, or is judged otherwise now. */
void public_arrived(struct site_public *p, uint32_t log, uint64_t index);

/* All of the own log below `size` is released. */
void public_released(struct site_public *p, uint32_t log, uint64_t size);

/* The sharing rules in force ("": none), whose text the node has parsed. Told
 * before anything is judged, and before public_again if they change. */
MUST enum err public_rules(struct site_public *p, struct span text);

/* The register or the pins changed, or so much that nothing may be relied on:
 * judge all anew. `forget`: something was erased. */
MUST enum err public_again(struct site_public *p, bool forget);

/* Take some entries further; `more` if there is more. */
MUST enum err public_step(struct site_public *p, bool *more);

/* Hold all against the decision. `changed` is told of each notice that is new
 * or says something else, `gone` of the place of one that is no longer for
 * the public. */
typedef void public_changed_fn(void *ctx, const struct site_notice *n,
    struct span jws);
typedef void public_gone_fn(void *ctx, const char *place);
MUST enum err public_judge(struct site_public *p, struct wall now,
    public_changed_fn *changed, public_gone_fn *gone, void *ctx);

/* Tell all as changed the next time. */
void public_forget(struct site_public *p);

/* What is public now, newest first; borrowed until the next public_judge.
 */
size_t public_notices(const struct site_public *p,
    const struct site_notice *const **out);

/* When one of them ends, or may be shown; 0: never. */
int64_t public_next_s(const struct site_public *p, int64_t now_s);

/* Members of the network; up to `max`, returns how many. */
size_t public_teams(const struct site_public *p, struct arena *a,
    struct site_team *out, size_t max);

/* How far the log of each is held here, in `a`. */
MUST enum err public_held(const struct site_public *p, struct wall now,
    struct arena *a, struct site_team *team, size_t n);

/* The own state, "" if the register does not say. */
const char *public_state(const struct site_public *p, struct arena *a);

#endif
