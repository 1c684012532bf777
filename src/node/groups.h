/* SPDX-License-Identifier: Apache-2.0
 *
 * The groups that this node knows: which record of which owner is in force,
 * who has left, and what an audience means that names one.
 */
#ifndef NODE_GROUPS_H
#define NODE_GROUPS_H

#include "node/command.h"
#include "record/group.h"

struct groups_item {
	struct index_row row;     /* of its newest revision */
	struct record record;
	struct group group;       /* without those who have left */
	struct span *left;
	size_t left_n;
	struct groups_item *next;
};

/* The kind of groups, or of leaving them; NULL if this node knows none. */
const struct kind *groups_kind(const struct service *s);
const struct kind *groups_leave_kind(const struct service *s);

/* Does the row's team leave the group that the row is about? */
bool groups_is_leave(const struct service *s, const struct index_row *row);

/* Those in force, by name: not closed, not set aside, of an owner in good
 * standing whose identity was accepted here. `ended`: the closed ones too.
 * All in the memory of the call. */
MUST enum err groups_list(struct call *c, bool ended,
    struct groups_item **out);

/* The one that "name" or "name@owner" stands for. ERR_NOT_FOUND; ERR_CONFLICT
 * if several owners have one of that name. */
MUST enum err groups_find(struct call *c, struct span token,
    struct groups_item **out, struct fault *f);

/* What an audience names: its teams, and the members of its groups. */
struct groups_named {
	struct span *team;   /* as named */
	size_t team_n;
	struct span *member; /* by groups */
	size_t member_n;
	bool grouped;        /* a group was named */
};

/* Take the groups out of `named`. A team's id goes before the name of a
 * group. ERR_RULE above a ceiling, ERR_CONFLICT; what is neither stays among
 * the teams. */
MUST enum err groups_expand(struct call *c, const struct span *named, size_t n,
    enum tlp label, struct groups_named *out, struct fault *f);

#endif
