/* SPDX-License-Identifier: Apache-2.0
 *
 * Ladders: their text, and what of it may be changed.
 */
#include "watch/ladder.h"

#include "base/json.h"
#include "base/limits.h"

#include <stdio.h>

static const char *const posts[] = { [POST_FIRST] = "first",
	[POST_SECOND] = "second", [POST_LEAD] = "lead",
	[POST_ALTERNATE] = "alternate", [POST_AUTHORITY] = "authority" };
static const char *const channels[] = { [CHANNEL_SCREEN] = "screen",
	[CHANNEL_PUSH] = "push", [CHANNEL_COMMAND] = "command",
	[CHANNEL_MAIL] = "mail", [CHANNEL_WEBHOOK] = "webhook" };
static const char *const tolds[] = { [TOLD_RECIPIENT] = "recipient",
	[TOLD_NEIGHBOUR] = "neighbour", [TOLD_SECRETARIAT] = "secretariat" };
static const char *const quiets[] = { [QUIET_NEVER] = "never",
	[QUIET_ON_CALL] = "on-call", [QUIET_KEPT] = "kept" };
static const char *const cases[] = { [LADDER_RECIPIENT] = "recipient",
	[LADDER_NO_RECEIPT] = "no_receipt", [LADDER_NO_ANSWER] = "no_answer",
	[LADDER_TEST] = "test" };

const char *
post_word(enum post p)
{
	return posts[p];
}

const char *
channel_word(enum channel c)
{
	return channels[c];
}

const char *
told_word(enum told t)
{
	return tolds[t];
}

const char *
ladder_case_word(enum ladder_case c)
{
	return cases[c];
}

bool
ladder_is_owed(enum ladder_case c)
{
	return c == LADDER_RECIPIENT || c == LADDER_TEST;
}

static size_t
find_word(const char *const *list, size_t n, struct span word)
{
	size_t i = 0;

	while (i < n && !span_is_str(word, list[i]))
		i++;
	return i;
}

enum post
post_find(struct span word)
{
	return (enum post)find_word(posts, POST_COUNT, word);
}

enum channel
channel_find(struct span word)
{
	return (enum channel)find_word(channels, CHANNEL_COUNT, word);
}

/* --- reading --- */

struct reading {
	struct span text;
	size_t at;
	struct fault *f;
};

/* The next word or ";", "" at the end. */
static struct span
look(const struct reading *r, size_t *end)
{
	size_t i = r->at, from;

	while (i < r->text.n && (r->text.p[i] == ' ' || r->text.p[i] == ','))
		i++;
	from = i;
	if (i < r->text.n && r->text.p[i] == ';')
		i++;
	else
		while (i < r->text.n && strchr(" ,;", r->text.p[i]) == NULL)
			i++;
	*end = i;
	return span_of(r->text.p + from, i - from);
}

static struct span
take(struct reading *r)
{
	return look(r, &r->at);
}

static bool
is_end(const struct reading *r)
{
	size_t end;
	struct span w = look(r, &end);

	return w.n == 0 || span_is_str(w, ";");
}

static enum err
refuse(struct reading *r, struct span word, const char *rule)
{
	return fault_at(r->f, ERR_SYNTAX,
	    (size_t)(word.n != 0 ? word.p - r->text.p : (long)r->at), "",
	    "\"%.*s\" %s", (int)(word.n < 40 ? word.n : 40),
	    word.n != 0 ? (const char *)word.p : "", rule);
}

/* "10m"; at most a week. */
static enum err
read_time(struct reading *r, struct span w, int64_t *out)
{
	int64_t n = 0, unit;
	size_t i = 0;

	for (; i < w.n && i < 6 && w.p[i] >= '0' && w.p[i] <= '9'; i++)
		n = n * 10 + (w.p[i] - '0');
	unit = i == 0 || i + 1 != w.n ? 0 : w.p[i] == 's' ? 1 :
	    w.p[i] == 'm' ? 60 : w.p[i] == 'h' ? 3600 : 0;
	if (unit == 0 || n * unit > 7 * 86400)
		return refuse(r, w, "is no time such as 30s, 10m, 2h, up to a "
		    "week");
	*out = n * unit * 1000;
	return ERR_NONE;
}

static enum err
read_set(struct reading *r, const char *const *list, size_t n,
    const char *rule, unsigned *out)
{
	unsigned set = 0;

	while (!is_end(r)) {
		size_t end, i;
		struct span w = look(r, &end);

		if (span_is_str(w, "by") || span_is_str(w, "tell"))
			break;
		i = find_word(list, n, w);
		if (i == n)
			return refuse(r, w, rule);
		set |= 1U << i;
		r->at = end;
	}
	if (set == 0)
		return refuse(r, span_of(NULL, 0), rule);
	*out = set;
	return ERR_NONE;
}

#define SET(r, list, rule, out)                                               \
	read_set(r, list, sizeof(list) / sizeof *(list), rule, out)

static enum err
read_step(struct reading *r, struct span first, struct ladder *l)
{
	struct ladder_step s = { 0 };
	size_t end;
	enum err e = read_time(r, first, &s.after_ms);

	if (e == ERR_NONE && l->n == LADDER_STEPS)
		return fault_at(r->f, ERR_LIMIT, r->at, "", "more than %d "
		    "steps", LADDER_STEPS);
	if (e == ERR_NONE && l->n != 0 &&
	    s.after_ms <= l->step[l->n - 1].after_ms)
		return refuse(r, first, "is not after the step before");
	if (e == ERR_NONE && !span_is_str(look(r, &end), "tell"))
		e = SET(r, posts, "is no post", &s.posts);
	if (e == ERR_NONE && s.posts != 0) {
		struct span by = take(r);

		e = !span_is_str(by, "by") ?
		    refuse(r, by, "stands where \"by\" and channels must") :
		    SET(r, channels, "is no channel", &s.channels);
	}
	if (e == ERR_NONE && span_is_str(look(r, &end), "tell")) {
		r->at = end;
		e = SET(r, tolds, "is nobody to tell", &s.tell);
	}
	if (e == ERR_NONE)
		l->step[l->n++] = s;
	return e;
}

static enum err
read_clause(struct reading *r, struct ladder *l)
{
	struct span w = take(r);
	size_t i;

	if (span_is_str(w, "exhausted"))
		return read_time(r, take(r), &l->exhausted_ms);
	if (span_is_str(w, "answers"))
		return SET(r, posts, "is no post", &l->answers);
	if (!span_is_str(w, "quiet"))
		return read_step(r, w, l);
	w = take(r);
	i = find_word(quiets, sizeof quiets / sizeof *quiets, w);
	if (i == sizeof quiets / sizeof *quiets)
		return refuse(r, w, "is not never, on-call or kept");
	l->quiet = (enum quiet)i;
	return ERR_NONE;
}

enum err
ladder_parse(struct span text, struct ladder *out, struct fault *f)
{
	struct reading r = { .text = text, .f = f };
	struct ladder l = { 0 };
	enum err e = ERR_NONE;
	size_t end;

	while (e == ERR_NONE && look(&r, &end).n != 0) {
		e = read_clause(&r, &l);
		if (e == ERR_NONE && !is_end(&r))
			e = refuse(&r, look(&r, &end), "is too much");
		(void)take(&r);
	}
	if (e == ERR_NONE && l.n != 0 &&
	    l.exhausted_ms <= l.step[l.n - 1].after_ms)
		e = fault_at(f, ERR_SYNTAX, text.n, "",
		    "\"exhausted\" is missing or not after the last step");
	if (e == ERR_NONE)
		*out = l;
	return e;
}

/* --- tightening --- */

static enum err
too_loose(struct fault *f, const char *what, int64_t ms)
{
	return fault_at(f, ERR_RULE, 0, "", "the least of the network is: %s "
	    "by %lld%s", what, (long long)(ms % 60000 == 0 ? ms / 60000 :
	    ms / 1000), ms % 60000 == 0 ? "m" : "s");
}

/* A channel other than the screen, if it asks for one. */
static bool
is_as_loud(unsigned own, unsigned least)
{
	unsigned beyond = ~(1U << CHANNEL_SCREEN);

	return (least & beyond) == 0 ? own != 0 : (own & beyond) != 0;
}

static bool
pages_by(const struct ladder *own, unsigned post,
    const struct ladder_step *least)
{
	for (size_t i = 0; i < own->n; i++)
		if (own->step[i].after_ms <= least->after_ms &&
		    (own->step[i].posts & 1U << post) != 0 &&
		    is_as_loud(own->step[i].channels, least->channels))
			return true;
	return false;
}

static bool
tells_by(const struct ladder *own, unsigned told, int64_t ms)
{
	for (size_t i = 0; i < own->n; i++)
		if (own->step[i].after_ms <= ms &&
		    (own->step[i].tell & 1U << told) != 0)
			return true;
	return false;
}

enum err
ladder_check(const struct ladder *own, const struct ladder *least,
    struct fault *f)
{
	for (size_t i = 0; i < least->n; i++) {
		const struct ladder_step *s = &least->step[i];

		for (unsigned p = 0; p < POST_COUNT; p++)
			if ((s->posts & 1U << p) != 0 && !pages_by(own, p, s))
				return too_loose(f, posts[p], s->after_ms);
		for (unsigned t = 0; t < TOLD_COUNT; t++)
			if ((s->tell & 1U << t) != 0 &&
			    !tells_by(own, t, s->after_ms))
				return too_loose(f, tolds[t], s->after_ms);
	}
	if (least->n != 0 && own->exhausted_ms > least->exhausted_ms)
		return too_loose(f, "exhausted", least->exhausted_ms);
	if (own->quiet > least->quiet)
		return fault_at(f, ERR_RULE, 0, "", "the least of the network "
		    "is: quiet %s", quiets[least->quiet]);
	if ((least->answers & ~own->answers) != 0)
		return fault_at(f, ERR_RULE, 0, "",
		    "fewer must answer than the network asks for");
	return ERR_NONE;
}

/* --- all of them --- */

/* "2h", and nothing behind it; "" for none. */
static enum err
parse_assess(struct span text, int64_t *out, struct fault *f)
{
	struct reading r = { text, 0, f };
	struct span w = take(&r);
	int64_t ms = 0;
	enum err e = w.n == 0 ? ERR_NONE : read_time(&r, w, &ms);

	if (e == ERR_NONE && !is_end(&r))
		e = refuse(&r, take(&r), "stands behind the time");
	if (e == ERR_NONE)
		*out = ms;
	return e;
}

static enum err
tighten_assess(int64_t *least, struct span text, struct fault *f)
{
	int64_t own;
	enum err e = parse_assess(text, &own, f);

	if (e == ERR_NONE && *least != 0 && (own == 0 || own > *least))
		e = too_loose(f, "assess", *least);
	if (e == ERR_NONE)
		*least = own;
	return e;
}

static enum err
load_level(struct json_val v, struct ladders *out, struct arena *a,
    struct fault *f)
{
	uint64_t level;
	struct span text;
	enum err e = json_u64(json_get(v, "level"), &level);

	if (e == ERR_NONE && (level == 0 || level >= LADDER_LEVELS))
		e = ERR_LIMIT;
	for (size_t c = 0; e == ERR_NONE && c < LADDER_CASES; c++) {
		e = json_text(json_get(v, cases[c]), a, &text);
		if (e == ERR_NONE)
			e = ladder_parse(text, &out->at[c][level], f);
	}
	if (e == ERR_NONE)
		e = json_text(json_get(v, "assess"), a, &text);
	return e != ERR_NONE ? e :
	    parse_assess(text, &out->assess_ms[level], f);
}

enum err
ladders_load(const struct embed_set *files, struct ladders *out,
    struct fault *f)
{
	struct ladders l = { 0 };
	struct arena a = { 0 };
	struct json_val rows;
	struct json doc;
	enum err e = json_parse_embed(files, "escalation.json", &a, &doc, f);

	if (e == ERR_NONE) {
		rows = json_get(json_root(&doc), "levels");
		for (struct json_val v = json_first(rows); e == ERR_NONE &&
		     v.type != JSON_ABSENT; v = json_next(rows, v))
			e = load_level(v, &l, &a, f);
	}
	arena_release(&a);
	if (e == ERR_NONE)
		*out = l;
	return e;
}

/* Nobody else has a say in whom a state calls for a test, but others are left
 * in peace. */
static enum err
check_test(const struct ladder *own, struct fault *f)
{
	for (size_t i = 0; i < own->n; i++)
		if (own->step[i].tell != 0)
			return fault_at(f, ERR_RULE, 0, "", "a test alert "
			    "tells no other team");
	return ERR_NONE;
}

enum err
ladders_tighten(struct ladders *l, struct span key, struct span text,
    struct fault *f)
{
	static const char *const ends[LADDER_CASES] = { "", "-no-receipt",
		"-no-answer", "-test" };
	size_t level = key.n != 0 && key.p[0] >= '1' && key.p[0] <= '5' ?
	    (size_t)(key.p[0] - '0') : 0;
	struct ladder own;
	size_t c = 0;
	enum err e;

	if (level != 0 && span_is_str(span_of(key.p + 1, key.n - 1),
	    "-assess"))
		return tighten_assess(&l->assess_ms[level], text, f);
	while (level != 0 && c < LADDER_CASES &&
	    !span_is_str(span_of(key.p + 1, key.n - 1), ends[c]))
		c++;
	if (level == 0 || c == LADDER_CASES)
		return fault_at(f, ERR_NOT_FOUND, 0, "", "\"%.*s\" is not 1 to "
		    "5, with -no-receipt, -no-answer, -test or -assess, or "
		    "without",
		    (int)(key.n < 40 ? key.n : 40), (const char *)key.p);
	e = ladder_parse(text, &own, f);
	if (e == ERR_NONE)
		e = c == LADDER_TEST ? check_test(&own, f) :
				       ladder_check(&own, &l->at[c][level], f);
	if (e == ERR_NONE)
		l->at[c][level] = own;
	return e;
}
