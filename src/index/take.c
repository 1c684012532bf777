/* SPDX-License-Identifier: Apache-2.0
 *
 * One entry into rows.
 */
#include "index/inside.h"

#include "base/code.h"
#include "base/limits.h"
#include "crypto/circle.h"
#include "crypto/jws.h"
#include "crypto/random.h"
#include "crypto/wrap.h"
#include "record/carried.h"
#include "record/erased.h"
#include "record/handling.h"
#include "schema/check.h"

#include <stdio.h>
#include <string.h>

/* --- values at rest --- */

static struct span
write_aad(struct position at, char which, unsigned char out[18])
{
	memcpy(out, "index", 5);
	out[5] = (unsigned char)which;
	for (int i = 0; i < 4; i++)
		out[6 + i] = (unsigned char)(at.log >> (24 - 8 * i));
	for (int i = 0; i < 8; i++)
		out[10 + i] = (unsigned char)(at.index >> (56 - 8 * i));
	return span_of(out, 18);
}

enum err
index_wrap(const struct index *ix, struct position at, char which,
    struct span text, struct buf *out)
{
	unsigned char aad[18], nonce[WRAP_NONCE];

	random_fill(nonce, sizeof nonce);
	return wrap_seal(ix->key, nonce, write_aad(at, which, aad), text,
	    out);
}

enum err
index_unwrap(const struct index *ix, struct position at, char which,
    struct span wrapped, struct arena *a, struct span *out)
{
	unsigned char aad[18];
	struct buf b;
	enum err e;

	buf_init(&b, wrapped.n);
	e = wrap_open(ix->key, write_aad(at, which, aad), wrapped, &b);
	if (e == ERR_NONE)
		*out = arena_copy(a, buf_span(&b));
	if (b.p != NULL)
		explicit_bzero(b.p, b.cap);
	buf_release(&b);
	return e == ERR_NONE ? e : ERR_DAMAGED;
}

int64_t
index_finder(const struct index *ix, const char *what, struct span value)
{
	struct buf b;
	uint64_t v;

	buf_init(&b, LIMIT_PAYLOAD);
	buf_put_format(&b, "finder %s ", what);
	buf_put(&b, value);
	v = wrap_token_digest(ix->words, buf_span(&b));
	buf_release(&b);
	return (int64_t)(v >> 1);
}

static void
reverse(char *s, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		char c = s[i];

		s[i] = s[n - 1 - i];
		s[n - 1 - i] = c;
	}
}

/* The mark of an exercise is part of the name: nothing real answers, replaces
 * or revises an exercise, and nothing of an exercise what is real. */
static void
mark(char *name, size_t n, bool exercise)
{
	name[n] = exercise ? INDEX_MARK : '\0';
	name[n + 1] = '\0';
}

void
index_write_d(const struct digest *d, bool exercise, char out[INDEX_D + 1])
{
	entry_write_digest(d, out);
	reverse(out, ENTRY_DIGEST_TEXT);
	mark(out, ENTRY_DIGEST_TEXT, exercise);
}

static struct span
unmark(struct span s)
{
	if (s.n != 0 && s.p[s.n - 1] == INDEX_MARK)
		s.n--;
	return s;
}

enum err
index_parse_d(struct span s, struct digest *out)
{
	char text[ENTRY_DIGEST_TEXT];

	s = unmark(s);
	if (s.n != sizeof text)
		return ERR_SYNTAX;
	memcpy(text, s.p, s.n);
	reverse(text, s.n);
	return entry_parse_digest(span_of(text, sizeof text), out);
}

void
index_write_id(const struct uuid *u, bool exercise, char out[INDEX_ID + 1])
{
	static const char hex[] = "0123456789abcdef";

	for (int i = 0; i < 16; i++) {
		out[31 - 2 * i] = hex[u->b[i] >> 4];
		out[30 - 2 * i] = hex[u->b[i] & 15];
	}
	mark(out, INDEX_ID_TEXT, exercise);
}

enum err
index_parse_id(struct span s, struct uuid *out)
{
	char text[INDEX_ID_TEXT];

	s = unmark(s);
	if (s.n != sizeof text)
		return ERR_SYNTAX;
	memcpy(text, s.p, s.n);
	reverse(text, s.n);
	return code_parse_hex_fixed(span_of(text, sizeof text), out->b,
	    sizeof out->b);
}

/* --- what an entry says --- */

struct taken {
	struct index *ix;
	const struct index_source *source;
	const struct found *f;
	struct digest d;
	bool parsed;
	struct entry e;
	struct json_val body;
	const struct kind *kind;
	uint32_t flags;
	int level;
	int tlp;
	bool plain; /* may stand here as it is */
	struct span phase;
	struct entry outer;   /* the entry at the position itself */
	enum kind_carries via; /* it carries `e` */
	uint32_t rank;        /* of the log for which `e` was made */
	uint64_t ord;         /* its place there */
};

/* Kinds of the protocol itself: seen by those who look for them. */
static bool
is_protocol(struct span kind)
{
	static const char *const list[] = { "epoch", CIRCLE_KIND };

	for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
		if (span_is_str(kind, list[i]))
			return true;
	}
	return false;
}

static uint32_t
kind_flags(const struct taken *t)
{
	uint32_t flags = 0;

	if (t->kind == NULL)
		return INDEX_UNKNOWN | (t->f->home || !t->parsed ||
		    is_protocol(t->e.kind) ? 0 : INDEX_NOTICE);
	if (t->kind->notice && !t->f->home)
		flags |= INDEX_NOTICE;
	if (t->kind->is_answer && !t->f->home)
		flags |= INDEX_ANSWER;
	if (body_is_end(t->kind, t->body))
		flags |= INDEX_ENDED;
	if (t->kind->life != NULL && !t->f->home)
		flags |= INDEX_CASE;
	if (t->via != CARRIES_NOTHING)
		flags |= t->via == CARRIES_RELEASE ? INDEX_RELEASED :
						     INDEX_RESHARED;
	return flags;
}

static struct span
text_of(struct taken *t, const char *member)
{
	struct span s;

	if (json_text(json_get(t->body, member), &t->ix->turn, &s) !=
	    ERR_NONE)
		return span_of(NULL, 0);
	return s;
}

/* Coded states of private records only: they are no text of anybody. */
static struct span
find_phase(struct taken *t)
{
	const struct field *fd;
	struct span s = text_of(t, "state");

	if (!t->f->home || t->kind == NULL)
		return span_of(NULL, 0);
	if (json_get(t->body, "active").type == JSON_FALSE)
		return span_str("inactive");
	fd = field_find(t->kind, span_str("state"));
	if (fd == NULL || fd->choices == NULL ||
	    choice_find(fd->choices, s) == NULL)
		return span_of(NULL, 0);
	return s;
}

static void
look(struct taken *t)
{
	enum tlp tlp;

	t->tlp = INDEX_NO_TLP;
	t->flags = t->f->home ? INDEX_PRIVATE : 0;
	if (!t->parsed) {
		t->flags |= kind_flags(t);
		return;
	}
	t->kind = kind_find(t->ix->schema, t->e.kind);
	t->flags |= kind_flags(t);
	if (tlp_parse(t->outer.tlp, &tlp) == ERR_NONE)
		t->tlp = (int)handling_label(&t->e,
		    t->via != CARRIES_NOTHING ? &tlp : NULL);
	t->level = level_of(t->body);
	if (t->level < LEVEL_MIN || t->level > LEVEL_MAX)
		t->level = 0;
	if (t->level >= LEVEL_URGENT)
		t->flags |= INDEX_URGENT;
	if ((t->kind != NULL && t->kind->tests) ||
	    (json_get(t->body, "exercise").type != JSON_ABSENT &&
		json_get(t->body, "exercise").type != JSON_FALSE))
		t->flags |= INDEX_EXERCISE;
	if (span_is_str(t->e.iss, t->ix->team))
		t->flags |= INDEX_MINE;
	if (t->e.has_embargo && t->outer.sealed && t->via == CARRIES_NOTHING)
		t->flags |= INDEX_EMBARGOED;
	if (!t->outer.sealed)
		t->flags |= INDEX_OPEN;
	t->plain = !t->f->home && !t->outer.sealed && t->tlp == TLP_CLEAR;
	t->phase = find_phase(t);
}

/* What the entry carries stands in its stead. */
static void
unfold(struct taken *t)
{
	const struct kind *k = kind_find(t->ix->schema, t->e.kind);
	struct carried c;

	if (k == NULL || k->carries == CARRIES_NOTHING || t->f->home ||
	    carried_parse(&t->outer, t->body, k->carries, t->ix->schema,
		&t->ix->turn, &c, NULL) != ERR_NONE)
		return;
	t->via = k->carries;
	t->e = c.entry;
	t->body = c.body;
	t->d = c.of;
	t->ord = c.index;
	if (!span_is_equal(c.log, t->f->origin))
		t->rank = t->source->rank_of == NULL ? 0 :
		    t->source->rank_of(t->source->ctx, c.log);
}

static enum err
parse(struct taken *t, struct span text)
{
	struct jws j;
	enum err e;

	t->d = hash_sha256(text);
	t->rank = t->f->rank;
	t->ord = t->f->at.index;
	if (jws_parse(text, ENTRY_TYP, &t->ix->turn, &j, NULL) != ERR_NONE)
		return ERR_SYNTAX;
	e = entry_parse(j.payload, &t->ix->turn, &t->e, &t->body, NULL);
	if (e != ERR_NONE)
		return e;
	t->outer = t->e;
	if (t->f->state == STORE_BODY_ERASED)
		(void)!erased_parse(t->body, &t->ix->turn, &t->d, NULL);
	else if (t->f->state != STORE_BODY_QUARANTINED)
		unfold(t);
	return e;
}

static bool
is_marked(const struct taken *t)
{
	return !t->f->home && (t->flags & INDEX_EXERCISE) != 0;
}

/* --- columns --- */

static bool
is_brief(const struct taken *t, struct span name)
{
	static const char *const always[] = { "title", "level", "exercise",
		"language", "at", "next_update", "active" };
	const struct field *fd;

	fd = t->kind != NULL ? field_find(t->kind, name) : NULL;
	if (fd != NULL && fd->brief && fd->type != FIELD_ML)
		return true;
	for (size_t i = 0; i < sizeof always / sizeof always[0]; i++) {
		if (span_is_str(name, always[i]))
			return fd != NULL || i < 4;
	}
	return false;
}

static void
write_brief(struct taken *t, struct buf *out)
{
	struct json_out w;
	struct json_val m;

	json_out_init(&w, out);
	json_put_open(&w, '{');
	for (m = json_first(t->body); m.type != JSON_ABSENT;
	    m = json_next(t->body, m)) {
		struct span name = json_key(m, &t->ix->turn);
		const struct field *fd = t->kind != NULL ?
		    field_find(t->kind, name) : NULL;
		bool ends = fd != NULL && fd->ends;

		/* room for what ends it and for the bracket */
		if (!ends && (!is_brief(t, name) || out->n + name.n +
			json_raw(m).n > INDEX_BRIEF_MAX - 256))
			continue;
		json_put_key_span(&w, name);
		if (ends)
			json_put_bool(&w, true);
		else
			json_put_raw(&w, json_raw(m));
	}
	json_put_close(&w, '}');
}

/* Write `text` as it may stand: plainly, or wrapped. */
static enum err
at_rest(const struct taken *t, char which, struct buf *text, struct buf *out)
{
	enum err e = buf_check(text);

	if (e == ERR_NONE && t->plain)
		buf_put(out, buf_span(text));
	else if (e == ERR_NONE)
		e = index_wrap(t->ix, t->f->at, which, buf_span(text), out);
	if (e == ERR_NONE)
		e = buf_check(out);
	if (text->p != NULL)
		explicit_bzero(text->p, text->cap);
	return e;
}

static enum err
make_brief(struct taken *t, struct buf *out)
{
	struct buf text;
	enum err e;

	buf_init(&text, INDEX_BRIEF_MAX);
	if (t->parsed)
		write_brief(t, &text);
	else
		buf_put_str(&text, "{}");
	e = at_rest(t, 'b', &text, out);
	buf_release(&text);
	return e;
}

static enum err
make_audience(struct taken *t, struct buf *out)
{
	struct buf text;
	enum err e;

	buf_init(&text, LIMIT_RECIPIENTS * (LIMIT_TEAM_NAME + 1));
	for (size_t i = 0;
	     t->parsed && t->outer.sealed && i < t->outer.aud_n; i++) {
		buf_put(&text, t->outer.aud[i]);
		buf_put_u8(&text, '\n');
	}
	e = at_rest(t, 'a', &text, out);
	buf_release(&text);
	return e;
}

/* A place in lists that no other entry has. */
static enum err
find_place(const struct taken *t, int64_t *out)
{
	struct db_stmt *st;
	/* what is released or re-shared now is news now */
	int64_t iat = t->parsed ? t->outer.iat_s : 0;
	bool row = true;
	enum err e = index_statement(t->ix, S_HAS, &st);

	if (iat < 0)
		iat = 0;
	if (iat > ((int64_t)1 << 33) - 1)
		iat = ((int64_t)1 << 33) - 1;
	*out = iat << INDEX_IAT_SHIFT | (int64_t)(t->f->at.log & 511) << 20 |
	    (int64_t)(t->f->at.index & 0xfffff);
	while (e == ERR_NONE) {
		db_bind_int(st, 1, *out);
		e = db_step(st, &row);
		db_reset(st);
		if (e != ERR_NONE || !row)
			return e;
		++*out;
	}
	return e;
}

static void
bind_texts(struct db_stmt *st, const struct taken *t, const char *d,
    const char *id, const char *re)
{
	db_bind_text(st, 7, span_str(d));
	db_bind_text(st, 8, span_str(id));
	db_bind_text(st, 9, t->e.iss);
	db_bind_text(st, 11, t->e.kind);
	if (re[0] != '\0')
		db_bind_text(st, 17, span_str(re));
	else
		db_bind_null(st, 17);
	db_bind_text(st, 18, t->phase);
}

static enum err
put_entry(struct taken *t, int64_t k, const char *re)
{
	char d[INDEX_D + 1], id[INDEX_ID + 1] = "";
	struct buf brief, aud;
	struct db_stmt *st;
	enum err e;

	buf_init(&brief, INDEX_BRIEF_MAX + WRAP_OVERHEAD);
	buf_init(&aud, LIMIT_PAYLOAD);
	e = make_brief(t, &brief);
	if (e == ERR_NONE)
		e = make_audience(t, &aud);
	if (e == ERR_NONE)
		e = index_statement(t->ix, S_SAY, &st);
	if (e != ERR_NONE)
		goto out;
	db_bind_blob(st, 1, buf_span(&brief));
	db_bind_blob(st, 2, buf_span(&aud));
	e = db_run(st);
	if (e == ERR_NONE)
		e = index_statement(t->ix, S_PUT, &st);
	if (e != ERR_NONE)
		goto out;
	index_write_d(&t->d, is_marked(t), d);
	if (t->parsed)
		index_write_id(&t->e.id, is_marked(t), id);
	db_bind_int(st, 1, k);
	db_bind_int(st, 2, t->f->at.log);
	db_bind_int(st, 3, (int64_t)t->f->at.index);
	db_bind_int(st, 4, t->f->home);
	db_bind_int(st, 5, t->rank);
	db_bind_int(st, 6, (int64_t)t->f->state);
	bind_texts(st, t, d, id, re);
	db_bind_int(st, 10, (int64_t)(t->e.rev & INT64_MAX));
	db_bind_int(st, 12, t->tlp);
	db_bind_int(st, 13, t->level);
	db_bind_int(st, 14, t->e.iat_s);
	db_bind_int(st, 15, t->e.has_exp ? t->e.exp_s : 0);
	db_bind_int(st, 16, t->flags);
	db_bind_int(st, 19, (int64_t)(t->ord & INT64_MAX));
	db_bind_int(st, 20, t->via == CARRIES_RELEASE ? 0 :
		t->via == CARRIES_NOTHING	      ? 1 :
							2);
	e = db_run(st);
out:
	buf_release(&brief);
	buf_release(&aud);
	return e;
}

static enum err
put_pair(struct index *ix, enum statement s, int64_t k, const char *d,
    int64_t f)
{
	struct db_stmt *st;
	enum err e = index_statement(ix, s, &st);

	if (e != ERR_NONE)
		return e;
	if (d != NULL)
		db_bind_text(st, 1, span_str(d));
	else
		db_bind_int(st, 1, f);
	db_bind_int(st, 2, k);
	return db_run(st);
}

static enum err
put_links(struct taken *t, int64_t k)
{
	char d[INDEX_D + 1];
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && i < t->e.replaces_n; i++) {
		index_write_d(&t->e.replaces[i], is_marked(t), d);
		e = put_pair(t->ix, S_LINK, k, d, 0);
	}
	return e;
}

/* A record of the audit trail: there are very many, each with an id of its own
 * that nobody revises, so no list of newest revisions holds them. */
static bool
is_trace(const struct taken *t)
{
	return t->f->home && t->parsed && span_is_str(t->e.kind, "audit");
}

static enum err
put_finders(struct taken *t, int64_t k)
{
	struct span login = text_of(t, "login");

	if (is_trace(t))
		return index_trace_put(t->ix, k, t->body);
	if (!t->f->home && t->parsed &&
	    span_is_str(t->outer.iss, t->ix->team))
		return index_trace_put_left(t->ix, k, &t->outer);
	if (!t->f->home || !t->parsed || login.n == 0)
		return ERR_NONE;
	return put_pair(t->ix, S_FINDER, k, NULL,
	    index_finder(t->ix, "login", login));
}

/* What an exercise has seen is found by that exercise alone. */
static enum err
put_things(struct taken *t, int64_t k)
{
	struct span exercise = text_of(t, "exercise");

	if (t->f->home || !t->parsed || t->f->state != STORE_BODY_HELD)
		return ERR_NONE;
	if (is_marked(t) && exercise.n == 0)
		exercise = span_str("?");
	return index_things_put(t->ix, k, t->e.iss, t->body, exercise);
}

/* Only what lists show can be searched. */
static enum err
put_words(struct taken *t, int64_t k)
{
	struct db_stmt *st;
	struct buf words;
	enum err e = ERR_NONE;

	if (!t->parsed || (t->flags & INDEX_NOTICE) == 0 ||
	    t->f->state == STORE_BODY_ERASED)
		return e;
	buf_init(&words, LIMIT_CONTAINER * 4);
	index_words(t->ix, t->body, t->plain, &t->ix->turn, &words);
	/* the label as a word: those of one can be found among very many */
	buf_put_format(&words, INDEX_LABEL_WORD, t->tlp == INDEX_NO_TLP ?
	    TLP_RED : t->tlp);
	e = buf_check(&words);
	if (e == ERR_NONE)
		e = index_statement(t->ix, S_WORDS, &st);
	if (e == ERR_NONE) {
		db_bind_int(st, 1, k);
		db_bind_text(st, 2, buf_span(&words));
		e = db_run(st);
	}
	buf_release(&words);
	return e;
}

static enum err
put_all(struct taken *t)
{
	char re[INDEX_D + 1] = "";
	struct chain c = { .home = t->f->home };
	int64_t k;
	enum err e = find_place(t, &k);

	if (t->parsed && t->e.has_re)
		index_write_d(&t->e.re, is_marked(t), re);
	if (e == ERR_NONE)
		e = put_entry(t, k, re);
	if (e != ERR_NONE || !t->parsed)
		return e;
	e = put_links(t, k);
	if (e == ERR_NONE)
		e = put_finders(t, k);
	if (e == ERR_NONE)
		e = put_things(t, k);
	/* those below come in their turn (again.c) */
	if (e == ERR_NONE && k >= t->ix->wordless)
		e = put_words(t, k);
	if (e != ERR_NONE || is_trace(t))
		return e;
	index_write_id(&t->e.id, is_marked(t), c.id);
	snprintf(c.iss, sizeof c.iss, "%.*s", SPAN_FMT(t->e.iss));
	e = index_view(t->ix, &c);
	return e != ERR_NONE ? e :
	    index_view_touched(t->ix, k, span_str(re));
}

/* --- rows that are there already --- */

struct present {
	int64_t k;
	enum store_body_state state;
	char d[INDEX_D + 1];
	char re[INDEX_D + 1];
	struct chain chain;
	bool notice;
};

static void
copy_text(char *out, size_t size, struct span s)
{
	snprintf(out, size, "%.*s", SPAN_FMT(s));
}

/* ERR_NOT_FOUND if the position has no row. */
static enum err
find_present(struct index *ix, struct position at, struct present *out)
{
	struct db_stmt *st;
	bool row = false;
	enum err e = index_statement(ix, S_AT, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, at.log);
	db_bind_int(st, 2, (int64_t)at.index);
	e = db_step(st, &row);
	if (e != ERR_NONE || !row)
		return e != ERR_NONE ? e : ERR_NOT_FOUND;
	out->k = db_int(st, 0);
	out->state = (enum store_body_state)db_int(st, 1);
	copy_text(out->d, sizeof out->d, db_span(st, 2));
	copy_text(out->chain.id, sizeof out->chain.id, db_span(st, 3));
	copy_text(out->chain.iss, sizeof out->chain.iss, db_span(st, 4));
	out->chain.home = db_int(st, 5) != 0;
	copy_text(out->re, sizeof out->re, db_span(st, 6));
	out->notice = db_int(st, 7) != 0;
	db_reset(st);
	return ERR_NONE;
}

static enum err
view_again(struct index *ix, const struct present *p)
{
	enum err e = p->chain.id[0] == '\0' ? ERR_NONE :
	    index_view(ix, &p->chain);

	return e != ERR_NONE ? e :
	    index_view_touched(ix, p->k, span_str(p->re));
}

static enum err
change_state(struct index *ix, const struct present *p,
    enum store_body_state state)
{
	struct db_stmt *st;
	enum err e = index_statement(ix, S_STATE, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, p->k);
	db_bind_int(st, 2, (int64_t)state);
	e = db_run(st);
	return e != ERR_NONE ? e : view_again(ix, p);
}

static enum err
run_on(struct index *ix, enum statement s, int64_t k)
{
	struct db_stmt *st;
	enum err e = index_statement(ix, s, &st);

	if (e != ERR_NONE)
		return e;
	db_bind_int(st, 1, k);
	return db_run(st);
}

/* Words cannot be taken out of a full text whose source is gone. */
static enum err
count_stale(struct index *ix)
{
	return db_exec(ix->db, "INSERT INTO meta(k, v) VALUES('stale', 1)"
	    " ON CONFLICT(k) DO UPDATE SET v = v + 1");
}

static enum err
drop(struct index *ix, const struct present *p)
{
	enum err e = run_on(ix, S_UNSAY, p->k);

	if (e == ERR_NONE)
		e = run_on(ix, S_DROP, p->k);
	/* the links still tell whom it touched */
	if (e == ERR_NONE)
		e = view_again(ix, p);
	if (e == ERR_NONE)
		e = run_on(ix, S_DROP_LINK, p->k);
	if (e == ERR_NONE)
		e = run_on(ix, S_DROP_FINDER, p->k);
	if (e == ERR_NONE)
		e = run_on(ix, S_DROP_THING, p->k);
	if (e == ERR_NONE && p->notice && p->k >= ix->wordless)
		e = count_stale(ix);
	return e;
}

/* Of what is erased nothing stays. If words of any row that went are left,
 * they may be its own: it may have been dropped long before. */
static enum err
leave_nothing(struct index *ix, bool was_there)
{
	int64_t stale = 0;
	enum err e = index_meta_get(ix, "stale", &stale);

	ix->must_shred |= was_there || stale != 0;
	return e == ERR_NONE && stale != 0 ? index_words_forget(ix) : e;
}

enum err
index_drop(struct index *ix, struct position at)
{
	struct present p;
	enum err e = find_present(ix, at, &p);

	if (e == ERR_NOT_FOUND)
		return ERR_NONE;
	return e != ERR_NONE ? e : drop(ix, &p);
}

/* Erased, and not even who said it when is known. */
static enum err
take_nothing(struct index *ix, struct position at)
{
	enum err e = index_drop(ix, at);

	return e != ERR_NONE ? e : leave_nothing(ix, true);
}

static bool
is_unreadable(enum err e)
{
	return e == ERR_NOT_FOUND || e == ERR_DAMAGED || e == ERR_DECRYPT;
}

enum err
index_take(struct index *ix, const struct index_source *source,
    const struct found *f, bool *done)
{
	struct taken t = { .ix = ix, .source = source, .f = f };
	struct store_body body;
	struct span text = span_of(NULL, 0);
	struct present p;
	char d[INDEX_D + 1];
	enum err read, e = ERR_NONE;

	read = source->read(source->ctx, f->at.log, f->at.index, &ix->turn,
	    &body, &text);
	if (read != ERR_NONE && !is_unreadable(read))
		return read;
	if (read != ERR_NONE && f->state != STORE_BODY_QUARANTINED) {
		*done = false;
		return f->state == STORE_BODY_ERASED ?
		    take_nothing(ix, f->at) : ERR_NONE;
	}
	t.parsed = read == ERR_NONE && parse(&t, text) == ERR_NONE;
	look(&t);
	index_write_d(&t.d, is_marked(&t), d);
	e = find_present(ix, f->at, &p);
	if (e == ERR_NONE && strcmp(p.d, d) == 0 &&
	    (p.state == f->state || f->state != STORE_BODY_ERASED)) {
		e = p.state == f->state ? e : change_state(ix, &p, f->state);
	} else if (e == ERR_NONE || e == ERR_NOT_FOUND) {
		bool was_there = e == ERR_NONE;

		e = was_there ? drop(ix, &p) : ERR_NONE;
		if (e == ERR_NONE && f->state == STORE_BODY_ERASED)
			e = leave_nothing(ix, was_there);
		if (e == ERR_NONE)
			e = put_all(&t);
	}
	if (e == ERR_NONE)
		*done = true;
	return e;
}

enum err
index_take_words(struct index *ix, const struct index_source *source,
    const struct found *f, int64_t k)
{
	struct taken t = { .ix = ix, .source = source, .f = f };
	struct store_body body;
	struct span text = span_of(NULL, 0);
	enum err e = source->read(source->ctx, f->at.log, f->at.index,
	    &ix->turn, &body, &text);

	if (e != ERR_NONE)
		return is_unreadable(e) ? ERR_NONE : e;
	/* erased since: its row says so soon */
	if (body.state == STORE_BODY_ERASED)
		return ERR_NONE;
	t.parsed = parse(&t, text) == ERR_NONE;
	look(&t);
	return put_words(&t, k);
}
