/* SPDX-License-Identifier: Apache-2.0
 *
 * The life cycle of a kind of record, as data: which step leads from which
 * state to which, who may take it, what the body must then say, and the
 * promises (clocks) that run meanwhile. One reader for all kinds; adding a
 * life cycle is adding `life` to one file of schemas/kinds/. The state stands
 * in a coded field of the body, each step is a revision of the record.
 */
#ifndef SCHEMA_LIFE_H
#define SCHEMA_LIFE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "schema/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of names. */
struct life_list {
	const char *const *at;
	size_t count;
};

struct life_step {
	const char *action;
	struct life_list from; /* states; none: it begins the record */
	const char *to;
	struct life_list by;    /* roles, one is enough; none: anybody */
	struct life_list needs; /* fields that the body must then hold */
	int64_t after_s;        /* not sooner after the state was entered */
	const char *reached;    /* not before the time in this field, or NULL */
	struct names names;
};

/* Must be done within so long of a time in a field or of entering a state. */
struct life_clock {
	const char *id;
	const char *since; /* a field of type ts, or a state */
	bool since_field;
	struct life_list until; /* states: the first to be entered stops it */
	int64_t within_s;
	struct names names;
};

/* A state that follows by itself when the time in a field has passed; nobody
 * signs it, everybody sees it. */
struct life_lapse {
	struct life_list from; /* states */
	const char *at;        /* a field of type ts */
	const char *to;        /* a state */
	int64_t within_s;      /* it may not be further ahead; 0: any */
};

enum { LIFE_CLOCKS_MAX = 8 };

struct life {
	const char *field; /* where the state stands */
	const struct life_step *step;
	size_t step_count;
	const struct life_clock *clock;
	size_t clock_count;
	const struct life_lapse *lapse;
	size_t lapse_count;
	/* a field: about one record, one of each of its values at a time, all
	 * others join it; NULL: any number */
	const char *one;
	/* a field, an object: each step says it anew, and its member `what` is
	 * the action; NULL: what a revision says of its step is its state */
	const char *event;
};

/* When a state was entered, oldest first. */
struct life_past {
	struct span state;
	int64_t at_s;
};

/* The state in a body; "" if there is none. */
struct span life_state(const struct life *l, struct json_val body,
    struct arena *a);

/* The same at a time: a lapsed one is in the state that follows. */
struct span life_now(const struct life *l, struct json_val body, int64_t now_s,
    struct arena *a);

/* When the state in a body lapses by itself; 0: never. */
int64_t life_lapses_at(const struct life *l, struct json_val body,
    struct arena *a);

/* May a body be signed now, by the times at which it lapses? ERR_RULE. */
MUST enum err life_check_lapse(const struct life *l, struct span state,
    struct json_val body, int64_t now_s, struct fault *f);

/* Does no step lead on from `state`? */
bool life_is_final(const struct life *l, struct span state);

/* The step that begins a record; of this action, if it has several such, NULL
 * if there is none. */
const struct life_step *life_first(const struct life *l);
const struct life_step *life_begin(const struct life *l, struct span action);

/* The step `action` from `state`, NULL if there is none. */
const struct life_step *life_find(const struct life *l, struct span state,
    struct span action);

/* May somebody with `roles` (names with blanks between; "*" is anybody) take
 * this step to the revision `body`? `since_s` is when the present state was
 * entered. ERR_RULE, with the field and the rule in `f`. */
MUST enum err life_check(const struct life_step *s, struct span roles,
    struct json_val body, int64_t since_s, int64_t now_s, struct fault *f);

struct life_due {
	const struct life_clock *clock;
	int64_t due_s;
	int64_t done_s; /* 0: still runs */
	bool is_late;   /* it is past, or was when it was done */
};

/* The clocks that have begun, in the order of the data; `out` has room for
 * LIFE_CLOCKS_MAX. Returns how many. */
size_t life_clocks(const struct life *l, const struct life_past *past,
    size_t past_n, struct json_val body, int64_t now_s, struct life_due *out);

#endif
