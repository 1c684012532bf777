/* SPDX-License-Identifier: Apache-2.0
 *
 * What of the log is for the public: EXIT_SITE and EXIT_FEED decide.
 */
#include "node/site_public.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/jws.h"
#include "index/index.h"
#include "node/documents.h"
#include "node/exits.h"
#include "node/site_joint.h"
#include "record/carried.h"
#include "record/fingerprint.h"
#include "store/db.h"
#include "store/sqlite.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { STEP = 64, APPLICATION_ID = 0x416c6d70 /* "Almp" */, CACHE_KIB = 512,
	WAITS = 12 /* each twice as long as the one before */ };

/* One notice, shown or not. */
struct kept {
	struct arena a;
	struct site_notice n;
	struct span iss;
	struct uuid id;
	struct digest digest;  /* by these it is known to be as it was: */
	uint32_t flags;
	enum store_body_state state;
	unsigned revisions;
	uint64_t at;
	struct span jws;
	int64_t shown_from_s;  /* by its embargo; 0: none */
	bool is_public, is_new, is_seen;
	unsigned waits; /* for its checkpoint: so often looked for it */
};

struct site_public {
	const struct config *config;
	const struct schema *schema;
	struct store *store;
	struct registry *registry;
	struct index *index;
	struct db *noted; /* what was published */
	struct span own;
	struct kept **kept; /* by id and team */
	size_t kept_n;
	const struct site_notice **shown; /* newest first */
	size_t shown_n;
	uint32_t own_log;   /* and how much of it is released */
	bool has_own_log;
	uint64_t released;
	struct arena turn;
	struct arena rules_mem;
	const struct rules *rules; /* NULL: there are none */
};

/* --- reading: what is open and released, and nothing else --- */

static bool
find_own_log(void *ctx, const struct store_log *log)
{
	struct site_public *p = ctx;

	/* a node has one that it signs now; older ones are mirrors of it */
	if (log->role == STORE_OWN && log->id != p->own_log) {
		p->own_log = log->id;
		p->has_own_log = true;
		p->released = 0;
	}
	return true;
}

static bool
is_released(const struct site_public *p, uint32_t log, uint64_t index)
{
	return !p->has_own_log || log != p->own_log || index < p->released;
}

struct role_of {
	uint32_t id;
	bool is_private;
};

static bool
see_role(void *ctx, const struct store_log *log)
{
	struct role_of *r = ctx;

	if (log->id == r->id)
		r->is_private = log->role == STORE_PRIVATE;
	return true;
}

static enum err
read_entry(void *ctx, uint32_t log, uint64_t index, struct arena *a,
    struct store_body *body, struct span *jws)
{
	struct site_public *p = ctx;
	struct role_of role = { .id = log };
	struct jws parsed;
	enum err e = store_scan_logs(p->store, see_role, &role);

	if (e != ERR_NONE)
		return e;
	if (role.is_private)
		return ERR_DECRYPT;
	if (!is_released(p, log, index))
		return ERR_NOT_FOUND;
	e = store_get_body(p->store, log, index, a, body);
	if (e != ERR_NONE)
		return e;
	/* what was sealed does not parse, and this process has no key */
	if (body->opened.n != 0 || body->bytes.n == 0 ||
	    jws_parse(body->bytes, ENTRY_TYP, a, &parsed, NULL) != ERR_NONE)
		return ERR_DECRYPT;
	*jws = body->bytes;
	return ERR_NONE;
}

static uint32_t
rank_of(void *ctx, struct span origin)
{
	const struct site_public *p = ctx;

	return registry_log_rank(p->registry, origin);
}

struct rank {
	struct site_public *p;
	uint32_t id, rank;
};

static bool
see_rank(void *ctx, const struct store_log *log)
{
	struct rank *r = ctx;

	if (log->id == r->id)
		r->rank = rank_of(r->p, log->origin);
	return true;
}

static uint32_t
rank(void *ctx, uint32_t id)
{
	struct rank r = { ctx, id, 0 };

	if (store_scan_logs(r.p->store, see_rank, &r) != ERR_NONE)
		return 0;
	return r.rank;
}

/* --- opening --- */

static enum err
refuse(const char *what, const char *path, enum err e, const struct fault *f)
{
	log_event(LOG_ERROR, what, log_str("path", path), log_err("error", e),
	    log_str("field", f->field), log_str("rule", f->rule));
	return e;
}

static enum err
open_noted(struct site_public *p, const char *path, struct fault *f)
{
	const struct db_options o = { APPLICATION_ID, CACHE_KIB, false };
	enum err e = db_open(path, &o, &p->noted, f);

	if (e == ERR_DAMAGED && db_remove(path) == ERR_NONE)
		e = db_open(path, &o, &p->noted, f);
	if (e == ERR_NONE)
		e = db_exec(p->noted, "CREATE TABLE IF NOT EXISTS"
		    " published(iss TEXT, id BLOB, rev INT, iat INT,"
		    " PRIMARY KEY(iss, id, rev)) WITHOUT ROWID");
	if (e == ERR_NONE)
		e = joint_open(p->noted);
	return e;
}

static enum err
open_files(struct site_public *p)
{
	const struct store_sqlite_options o = { .read_only = true };
	/* it wraps nothing: what is not public has no row */
	static const unsigned char no_key[32];
	struct index_config ic = { .schema = p->schema, .store_key = no_key,
		.team = p->own };
	const char *dir = p->config->data_dir;
	struct fault f = { 0 };
	char path[4352];
	enum err e;

	snprintf(path, sizeof path, "%s/log.db", dir);
	e = store_sqlite_open(path, &o, &p->store, &f);
	if (e != ERR_NONE)
		return refuse("store.open", path, e, &f);
	snprintf(path, sizeof path, "%s/site", dir);
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return refuse("site.folder", path, ERR_IO, &f);
	snprintf(path, sizeof path, "%s/site/published.db", dir);
	e = open_noted(p, path, &f);
	if (e != ERR_NONE)
		return refuse("site.published", path, e, &f);
	snprintf(path, sizeof path, "%s/site/index.db", dir);
	ic.path = path;
	e = index_open(&ic, &p->index, &f);
	if (e != ERR_NONE)
		return refuse("index.open", path, e, &f);
	return store_scan_logs(p->store, find_own_log, p);
}

static enum err
open_registry(struct site_public *p)
{
	struct registry *r;
	struct fault f = { 0 };
	enum err e = documents_open(p->config->documents, p->store, &r, &f);

	if (e != ERR_NONE)
		return refuse("documents.open", p->config->documents, e, &f);
	registry_free(p->registry);
	p->registry = r;
	return ERR_NONE;
}

enum err
public_open(const struct config *config, const struct schema *schema,
    struct site_public **out)
{
	struct site_public *p = mem_alloc(sizeof *p);
	enum err e;

	p->config = config;
	p->schema = schema;
	p->own = span_str(config->team);
	e = open_files(p);
	if (e == ERR_NONE)
		e = open_registry(p);
	if (e == ERR_NONE)
		*out = p;
	else
		public_close(p);
	return e;
}

static void
kept_free(struct kept *k)
{
	arena_release(&k->a);
	free(k);
}

void
public_close(struct site_public *p)
{
	if (p == NULL)
		return;
	for (size_t i = 0; i < p->kept_n; i++)
		kept_free(p->kept[i]);
	free(p->kept);
	free(p->shown);
	index_close(p->index);
	db_close(p->noted);
	registry_free(p->registry);
	store_free(p->store);
	arena_release(&p->turn);
	arena_release(&p->rules_mem);
	free(p);
}

/* --- following --- */

void
public_arrived(struct site_public *p, uint32_t log, uint64_t index)
{
	index_arrived(p->index, log, index);
}

void
public_released(struct site_public *p, uint32_t log, uint64_t size)
{
	if (log != p->own_log || size - p->released > LIMIT_LIST_ROWS) {
		p->own_log = log;
		p->has_own_log = true;
		index_sweep(p->index);
	} else {
		for (uint64_t i = p->released; i < size; i++)
			index_arrived(p->index, log, i);
	}
	p->released = size;
}

void
public_forget(struct site_public *p)
{
	for (size_t i = 0; i < p->kept_n; i++)
		p->kept[i]->is_new = true;
}

enum err
public_rules(struct site_public *p, struct span text)
{
	struct arena mem = { 0 };
	const struct rules *r = NULL;
	enum err e = text.n != 0 ?
	    rules_parse(text, p->schema, &mem, &r, NULL) : ERR_NONE;

	if (e != ERR_NONE) {
		arena_release(&mem);
		return e;
	}
	arena_release(&p->rules_mem);
	p->rules_mem = mem;
	p->rules = r;
	return ERR_NONE;
}

enum err
public_again(struct site_public *p, bool forget)
{
	enum err e = open_registry(p);

	/* the own log may be another one now */
	if (e == ERR_NONE)
		e = store_scan_logs(p->store, find_own_log, p);
	if (e != ERR_NONE)
		return e;
	if (forget)
		e = index_reset(p->index);
	else
		index_sweep(p->index);
	/* no revision is that long: all are read again */
	for (size_t i = 0; i < p->kept_n; i++)
		p->kept[i]->revisions = UINT32_MAX;
	return e;
}

enum err
public_step(struct site_public *p, bool *more)
{
	const struct index_source source = { p, p->store, read_entry, rank,
		rank_of };
	unsigned taken;
	enum err e = index_step(p->index, &source, STEP, &taken);

	arena_reset(&p->turn);
	*more = e == ERR_NONE && index_lag(p->index) != 0;
	if (e == ERR_DAMAGED)
		e = index_reset(p->index);
	return e;
}

/* --- what was published --- */

static enum err
note_published(struct site_public *p, const struct site_notice *n)
{
	struct db_stmt *st = NULL;
	enum err e = db_prepare(p->noted, "INSERT OR IGNORE INTO"
	    " published(iss, id, rev, iat) VALUES(?1, ?2, ?3, ?4)", &st);

	if (e == ERR_NONE) {
		db_bind_text(st, 1, n->iss);
		db_bind_blob(st, 2, span_of(n->id.b, sizeof n->id.b));
		db_bind_int(st, 3, (int64_t)n->rev);
		db_bind_int(st, 4, n->iat_s);
		e = db_run(st);
	}
	db_finalize(st);
	return e;
}

static enum err
read_published(struct site_public *p, struct site_notice *n)
{
	struct db_stmt *st = NULL;
	bool row = true;
	enum err e = db_prepare(p->noted, "SELECT rev, iat FROM published"
	    " WHERE iss = ?1 AND id = ?2 AND rev < ?3 ORDER BY rev DESC"
	    " LIMIT 64", &st);

	n->past_n = 0;
	if (e == ERR_NONE) {
		db_bind_text(st, 1, n->iss);
		db_bind_blob(st, 2, span_of(n->id.b, sizeof n->id.b));
		db_bind_int(st, 3, (int64_t)n->rev);
	}
	while (e == ERR_NONE && n->past_n < SITE_PAST_MAX &&
	    (e = db_step(st, &row)) == ERR_NONE && row)
		n->past[n->past_n++] = (struct site_past){
			(uint64_t)db_int(st, 0), db_int(st, 1) };
	db_finalize(st);
	for (size_t i = 0; i < n->past_n / 2; i++) {
		struct site_past t = n->past[i];

		n->past[i] = n->past[n->past_n - 1 - i];
		n->past[n->past_n - 1 - i] = t;
	}
	return e;
}

static struct joint
joint_of(const struct site_public *p)
{
	return (struct joint){ p->store, p->registry, p->noted };
}

/* --- one notice --- */

/* What stands at a position; what it carries in its stead. */
struct content {
	struct store_body stored;
	struct span jws;
	struct entry entry, carrier;
	struct json_val body;
	bool is_carried;
};

static enum err
read_content(struct site_public *p, const struct index_row *row,
    struct arena *a, struct content *out)
{
	struct content c = { 0 };
	const struct kind *k;
	struct carried in;
	struct jws jws;
	enum err e = read_entry(p, row->log, row->index, a, &c.stored, &c.jws);

	if (e == ERR_NONE)
		e = jws_parse(c.jws, ENTRY_TYP, a, &jws, NULL);
	if (e == ERR_NONE)
		e = entry_parse(jws.payload, a, &c.entry, &c.body, NULL);
	if (e != ERR_NONE)
		return e;
	c.carrier = c.entry;
	k = kind_find(p->schema, c.entry.kind);
	if (k != NULL && k->carries != CARRIES_NOTHING &&
	    carried_parse(&c.carrier, c.body, k->carries, p->schema, a, &in,
		NULL) == ERR_NONE) {
		c.is_carried = true;
		c.entry = in.entry;
		c.body = in.body;
		c.jws = in.jws.text;
	}
	*out = c;
	return ERR_NONE;
}

static bool
is_open_by(const struct exit_notice *n, enum exit_way way,
    const struct exit_reader *to, struct wall now)
{
	struct exit_pass pass;

	(void)exit_decide(n, way, to, now, &pass, NULL);
	return exit_opens(&pass, way, EXIT_TEXT) &&
	    exit_opens(&pass, way, EXIT_WHOLE);
}

static const char *
state_of(const struct site_public *p, struct span iss, struct arena *a)
{
	const struct team *t = registry_team(p->registry, iss);

	return t == NULL ? "" : arena_string(a, t->state);
}

static void
take_content(struct site_public *p, struct kept *k,
    const struct index_row *row, const struct content *c)
{
	struct site_notice *n = &k->n;

	*n = (struct site_notice){ .iss = k->iss, .id = k->id,
		.state = state_of(p, k->iss, &k->a), .rev = c->entry.rev,
		.iat_s = c->entry.iat_s,
		.exp_s = c->entry.has_exp ? c->entry.exp_s : 0,
		.kind = kind_find(p->schema, c->entry.kind),
		.level = row->level, .body = c->body, .digest = row->digest };
	if ((row->flags & INDEX_ENDED) != 0)
		n->stand = json_get(c->body, "withdrawn").type != JSON_ABSENT ?
		    SITE_WITHDRAWN : SITE_CLOSED;
	k->jws = c->jws;
}

/* May it be shown? Its text is read only if its row does not forbid it. */
static enum err
judge(struct site_public *p, struct kept *k, const struct index_row *row,
    struct wall now, bool *again)
{
	const struct exits_about about = { p->registry, p->own };
	const struct exits_what what = { row->kind, row->iss, row->level };
	struct exit_reader to = { .who = EXIT_TO_PUBLIC, .own = p->own };
	struct exit_notice n = exits_about_row(&about, row);
	struct content c;
	enum err e;

	k->is_public = false;
	k->shown_from_s = 0;
	arena_reset(&k->a);
	k->iss = arena_copy(&k->a, row->iss);
	if (n.standing != EXIT_STANDS && n.standing != EXIT_ENDED)
		return ERR_NONE;
	e = read_content(p, row, &k->a, &c);
	*again = e == ERR_NOT_FOUND;
	if (e == ERR_NOT_FOUND || e == ERR_DECRYPT || e == ERR_DAMAGED)
		return ERR_NONE;
	if (e != ERR_NONE)
		return e;
	n = exits_about_entry(&about, (row->flags & INDEX_PRIVATE) != 0,
	    &c.entry, c.body, c.stored.state, row, &k->a);
	if (c.is_carried)
		exits_carried(&n, &c.carrier, row);
	if (n.has_embargo && n.embargo_until_s > now.ms / 1000)
		k->shown_from_s = n.embargo_until_s;
	to.rule = exits_blocked(p->rules, p->own, &what, &n, now);
	if (!is_open_by(&n, EXIT_SITE, &to, now))
		return ERR_NONE;
	take_content(p, k, row, &c);
	k->n.in_feed = is_open_by(&n, EXIT_FEED, &to, now);
	if (p->config->site_joint) {
		const struct joint j = joint_of(p);

		e = joint_mark(&j, row, k->iss, now, &k->a, &k->n.mark);
		*again = e == ERR_NOT_FOUND;
		if (e != ERR_NONE)
			return *again ? ERR_NONE : e;
	}
	k->is_public = true;
	e = read_published(p, &k->n);
	return e == ERR_NONE ? note_published(p, &k->n) : e;
}

/* --- all of them --- */

static int
order(const struct kept *a, const struct uuid *id, struct span iss)
{
	int c = memcmp(a->id.b, id->b, sizeof id->b);

	return c != 0 ? c : span_compare(a->iss, iss);
}

static size_t
find_place(const struct site_public *p, const struct uuid *id,
    struct span iss)
{
	size_t low = 0, high = p->kept_n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (order(p->kept[mid], id, iss) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct kept *
find_kept(struct site_public *p, const struct index_row *row)
{
	size_t i = find_place(p, &row->id, row->iss);
	struct kept *k;

	if (i < p->kept_n && order(p->kept[i], &row->id, row->iss) == 0)
		return p->kept[i];
	k = mem_alloc(sizeof *k);
	k->id = row->id;
	k->iss = arena_copy(&k->a, row->iss);
	k->revisions = UINT32_MAX; /* was never looked at */
	p->kept = mem_grow(p->kept, (p->kept_n + 1) * sizeof(struct kept *));
	memmove(p->kept + i + 1, p->kept + i,
	    (p->kept_n - i) * sizeof(struct kept *));
	p->kept[i] = k;
	p->kept_n++;
	return k;
}

struct round {
	struct site_public *p;
	struct index_row *row; /* in p->turn */
	size_t n;
};

/* The inbox must not be asked for more while it is told. */
static bool
keep_row(void *ctx, const struct index_row *row)
{
	struct round *r = ctx;
	const struct kind *k = kind_find(r->p->schema, row->kind);
	struct index_row *to = &r->row[r->n];

	if (k == NULL || !k->notice || k->erases || k->is_private)
		return true;
	*to = *row;
	to->iss = arena_copy(&r->p->turn, row->iss);
	to->kind = span_str(k->name);
	to->brief = span_str("");
	r->n++;
	return true;
}

static bool
is_as_it_was(const struct kept *k, const struct index_row *row, int64_t now_s)
{
	return digest_is_equal(&k->digest, &row->digest) &&
	    k->flags == row->flags && k->state == row->state &&
	    k->revisions == row->revisions &&
	    (k->shown_from_s == 0 || k->shown_from_s > now_s);
}

/* What a joint site cannot yet tell the origin of stays as it was. */
static enum err
wait_for_checkpoint(struct site_public *p, struct kept *k,
    const struct index_row *row, bool *waits)
{
	const struct joint j = joint_of(p);
	bool is_covered = true;
	enum err e = p->config->site_joint ?
	    joint_is_covered(&j, row, &is_covered) : ERR_NONE;

	if (is_covered)
		k->waits = 0;
	else if (k->waits < WAITS)
		k->waits++;
	*waits = !is_covered;
	return e;
}

static enum err
judge_row(struct site_public *p, const struct index_row *row,
    struct wall now, public_gone_fn *gone, void *ctx)
{
	struct kept *k = find_kept(p, row);
	char place[SITE_PLACE];
	bool was = k->is_public, again = false, waits;
	enum err e;

	k->is_seen = true;
	if (is_as_it_was(k, row, now.ms / 1000))
		return ERR_NONE;
	e = wait_for_checkpoint(p, k, row, &waits);
	if (e != ERR_NONE || waits)
		return e;
	e = judge(p, k, row, now, &again);
	if (e != ERR_NONE)
		return e;
	k->digest = row->digest;
	k->flags = row->flags;
	k->state = row->state;
	k->revisions = again ? UINT32_MAX : row->revisions;
	k->at = row->at;
	k->is_new = k->is_public;
	if (was && !k->is_public) {
		site_place(&(struct site_notice){ .iss = k->iss,
		    .id = k->id }, place);
		gone(ctx, place);
	}
	return ERR_NONE;
}

/* Those of which the index has no row any more. */
static void
drop_unseen(struct site_public *p, public_gone_fn *gone, void *ctx)
{
	char place[SITE_PLACE];
	size_t n = 0;

	for (size_t i = 0; i < p->kept_n; i++) {
		struct kept *k = p->kept[i];

		if (k->is_seen) {
			k->is_seen = false;
			p->kept[n++] = k;
			continue;
		}
		site_place(&(struct site_notice){ .iss = k->iss,
		    .id = k->id }, place);
		if (k->is_public)
			gone(ctx, place);
		kept_free(k);
	}
	p->kept_n = n;
}

static int
newer(const void *a, const void *b)
{
	const struct kept *const *x = a, *const *y = b;

	return (*x)->at < (*y)->at ? 1 : (*x)->at > (*y)->at ? -1 : 0;
}

static void
list_shown(struct site_public *p)
{
	struct kept **all = mem_array(p->kept_n + 1, sizeof(struct kept *));
	size_t n = 0;

	for (size_t i = 0; i < p->kept_n; i++)
		if (p->kept[i]->is_public)
			all[n++] = p->kept[i];
	if (n != 0)
		qsort(all, n, sizeof(struct kept *), newer);
	free(p->shown);
	p->shown = mem_array(n + 1, sizeof(struct site_notice *));
	for (size_t i = 0; i < n; i++)
		p->shown[i] = &all[i]->n;
	p->shown_n = n;
	free(all);
}

enum err
public_judge(struct site_public *p, struct wall now,
    public_changed_fn *changed, public_gone_fn *gone, void *ctx)
{
	struct index_filter filter = { .ended = true };
	enum err e = ERR_NONE;

	do {
		struct round r = { .p = p };

		r.row = arena_alloc(&p->turn, LIMIT_LIST_ROWS * sizeof *r.row);
		e = index_inbox(p->index, &filter, keep_row, &r,
		    &filter.before);
		for (size_t i = 0; e == ERR_NONE && i < r.n; i++)
			e = judge_row(p, &r.row[i], now, gone, ctx);
		arena_reset(&p->turn);
	} while (e == ERR_NONE && filter.before != 0);
	if (e != ERR_NONE)
		return e;
	drop_unseen(p, gone, ctx);
	list_shown(p);
	for (size_t i = 0; i < p->kept_n; i++) {
		struct kept *k = p->kept[i];

		if (k->is_public && k->is_new)
			changed(ctx, &k->n, k->jws);
		k->is_new = false;
	}
	return ERR_NONE;
}

size_t
public_notices(const struct site_public *p,
    const struct site_notice *const **out)
{
	*out = p->shown;
	return p->shown_n;
}

int64_t
public_next_s(const struct site_public *p, int64_t now_s)
{
	int64_t next = 0;

	for (size_t i = 0; i < p->kept_n; i++) {
		const struct kept *k = p->kept[i];
		int64_t at = k->is_public ? k->n.exp_s : k->shown_from_s;

		if (k->waits != 0)
			at = now_s + (1 << k->waits) / 2;
		if (at > now_s && (next == 0 || at < next))
			next = at;
	}
	return next;
}

/* --- the network --- */

static void
take_team(const struct site_public *p, const struct team *t, struct arena *a,
    struct site_team *out)
{
	struct digest key = jwk_thumbprint(&t->identity);
	struct buf words, hex;

	buf_init(&words, 512);
	buf_init(&hex, 128);
	fingerprint_words(&key, &words);
	fingerprint_hex(&key, &hex);
	*out = (struct site_team){ .id = arena_string(a, t->id),
		.state = arena_string(a, t->state),
		.key_words = arena_string(a, buf_span(&words)),
		.key_hex = arena_string(a, buf_span(&hex)),
		.is_own = span_is_equal(t->id, p->own) };
	buf_release(&words);
	buf_release(&hex);
}

size_t
public_teams(const struct site_public *p, struct arena *a,
    struct site_team *out, size_t max)
{
	const struct register_doc *doc = registry_register(p->registry);
	size_t n = 0;

	for (size_t i = 0; doc != NULL && i < doc->team_count && n < max; i++) {
		const struct team *t = &doc->teams[i];

		if (t->status == TEAM_MEMBER)
			take_team(p, t, a, &out[n++]);
	}
	return n;
}

enum err
public_held(const struct site_public *p, struct wall now, struct arena *a,
    struct site_team *team, size_t n)
{
	const struct joint j = joint_of(p);
	enum err e = ERR_NONE;

	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		e = joint_held(&j, team[i].id, now, a, &team[i].held);
	return e;
}

const char *
public_state(const struct site_public *p, struct arena *a)
{
	return state_of(p, p->own, a);
}
