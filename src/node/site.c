/* SPDX-License-Identifier: Apache-2.0
 *
 * The writer of the public site: from start to sandbox, then a turn for each
 * piece of news. A turn takes what is new, writes the pages that it changes,
 * has the list of all files signed by the node, and writes list and signature
 * last.
 */
#include "node/site.h"

#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/reader.h"
#include "net/loop.h"
#include "node/process.h"
#include "node/sandbox.h"
#include "node/site_csaf.h"
#include "node/site_public.h"
#include "node/site_publish.h"
#include "node/site_theme.h"
#include "node/site_wire.h"
#include "site/files.h"
#include "site/manifest.h"
#include "site/pages.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	SOON_MS = 20,         /* what comes together is written together */
	LATER_MS = 5000,      /* after a failure */
	SIGNED_MS = 10000,    /* for the node to have digests signed */
	LATER_MAX = 1048576,
	ROUND_S = 3600,       /* the home page says its age anew */
	TURN_STEPS = 16
};

struct writer {
	const struct config *config;
	struct loop *loop;
	struct loop_timer *work, *clock;
	struct loop_watch *watch;
	int node_fd;
	struct schema *schema;
	struct catalogue words[LANG_COUNT];
	struct site_about about;
	struct theme *theme;
	struct pages_set *pages;
	struct files *files;
	struct site_public *public;
	struct site_csaf *csaf;
	struct site_publish *publish; /* NULL: nothing carries it on */
	uint32_t asked;        /* number of the last digests, to be signed */
	struct buf later;      /* messages that came during a turn */
	struct arena names;    /* what `about` points to */
	struct arena turn;
	bool is_all;           /* write everything, not only what changed */
	bool wants_all;        /* in the next turn */
	bool is_told;          /* what of the own log is released */
	bool is_due;           /* the lists, though nothing changed */
	bool has_cards;        /* what teams say of themselves changed */
	bool has_changed;
	enum err failed;       /* of this turn */
	uint64_t build;        /* the last that was asked for */
	uint64_t signed_changes;
	size_t listed;         /* files in the list */
	int64_t lists_s;       /* when the lists were written */
	int64_t month_s;       /* of what is signed in the clear, which ends */
	struct buf list;       /* the last one that was to be signed */
	bool is_signed;        /* and is, and stands */
	enum err end;
};

/* --- writing --- */

/* Texts that people check with gpg say since when they stand. */
static int64_t
signed_s(const struct writer *w)
{
	enum { MONTH_S = 30 * 24 * 3600 };

	return loop_now(w->loop).wall.ms / 1000 / MONTH_S * MONTH_S;
}

static bool
is_signed_text(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strcmp(path, SITE_SECURITY) == 0 ||
	    strcmp(slash != NULL ? slash + 1 : path, SITE_RFC2350) == 0;
}

static void
put(void *ctx, const char *path, struct span bytes)
{
	struct writer *w = ctx;

	if (w->failed != ERR_NONE)
		return;
	w->failed = is_signed_text(path) ?
	    site_csaf_text(w->csaf, path, bytes, signed_s(w)) :
	    files_put(w->files, path, bytes);
	if (w->failed != ERR_NONE)
		log_event(LOG_ERROR, "site.write", log_str("path", path),
		    log_err("error", w->failed));
}

static void
on_changed(void *ctx, const struct site_notice *n, struct span jws)
{
	struct writer *w = ctx;
	struct site_notice shown = *n;
	char path[SITE_CSAF_PATH];
	enum err e;

	w->has_changed = true;
	/* the page of one that stands no more is swept with all */
	w->wants_all = w->wants_all || (n->kind->guides &&
	    n->stand != SITE_STANDS);
	w->has_cards = w->has_cards || n->kind->describes;
	if (w->failed == ERR_NONE && site_csaf_place(w->csaf, n, path)) {
		e = site_csaf_notice(w->csaf, n);
		if (e == ERR_NONE)
			shown.csaf = path;
		else if (e != ERR_SCHEMA && e != ERR_LIMIT)
			w->failed = e;
	}
	pages_notice(w->pages, &shown, jws, put, w);
}

static void
remove_file(struct writer *w, const char *place, const char *before,
    const char *file)
{
	char path[LIMIT_SITE_PATH + 1];

	snprintf(path, sizeof path, "%s%s%s", before, place, file);
	if (w->failed == ERR_NONE)
		w->failed = files_remove(w->files, path);
}

static void
on_gone(void *ctx, const char *place)
{
	struct writer *w = ctx;
	size_t n = strlen(w->config->team);
	char before[4];

	w->has_changed = true;
	w->has_cards = true; /* it may have been one */
	for (int l = 0; l < LANG_COUNT; l++) {
		snprintf(before, sizeof before, "%s/", lang_tag((enum lang)l));
		remove_file(w, place, before, "notice.txt");
	}
	remove_file(w, place, "", "notice.json");
	remove_file(w, place, "", "notice.cap");
	remove_file(w, place, "", "notice.jws");
	/* w/TEAM/ID/ */
	if (w->failed == ERR_NONE && strncmp(place + 2, w->config->team, n) ==
		0 && place[2 + n] == '/')
		w->failed = site_csaf_gone(w->csaf, place + n + 3);
	pages_gone(w->pages, place, put, w);
}

/* A permalink that the folder has and the log does not let out any more. */
struct places {
	struct writer *w;
	char **place;
	size_t n;
};

static void
see_page(void *ctx, const char *path)
{
	static const char file[] = "index.html";
	struct places *p = ctx;
	size_t n = strlen(path), m = sizeof file - 1;
	const char *slash;

	/* w/TEAM/ID/index.html */
	slash = strchr(path + 2, '/');
	if (n < m + 4 || strcmp(path + n - m, file) != 0 || slash == NULL ||
	    slash == path + n - m - 1)
		return;
	p->place = mem_grow(p->place, (p->n + 1) * sizeof *p->place);
	p->place[p->n++] = arena_string(&p->w->turn, span_of(path, n - m));
}

static int
by_text(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

/* The places of what is shown, in order. */
static char **
places_shown(struct writer *w, size_t *n)
{
	const struct site_notice *const *notice;
	char **place, text[SITE_PLACE];

	*n = public_notices(w->public, &notice);
	place = arena_alloc(&w->turn, (*n + 1) * sizeof *place);
	for (size_t i = 0; i < *n; i++) {
		site_place(notice[i], text);
		place[i] = arena_string(&w->turn, span_str(text));
	}
	qsort(place, *n, sizeof *place, by_text);
	return place;
}

static void
bury(struct writer *w)
{
	struct places p = { .w = w };
	size_t n;
	char **shown = places_shown(w, &n);

	files_each(w->files, "w/", see_page, &p);
	for (size_t i = 0; i < p.n; i++)
		if (bsearch(&p.place[i], shown, n, sizeof *shown, by_text) ==
		    NULL)
			on_gone(w, p.place[i]);
	free(p.place);
}

/* How far the logs of others are held changes with time: written with the
 * lists. */
static void
put_joint(struct writer *w, const struct site_notice *const *notice,
    size_t notices, int64_t now_s)
{
	struct site_team *team = arena_alloc(&w->turn,
	    LIMIT_TEAMS * sizeof *team);
	size_t n = public_teams(w->public, &w->turn, team, LIMIT_TEAMS);

	if (w->failed == ERR_NONE)
		w->failed = public_held(w->public, (struct wall){ now_s * 1000 },
		    &w->turn, team, n);
	if (w->failed == ERR_NONE)
		pages_joint(w->pages, team, n, notice, notices, now_s, put, w);
}

static void
put_lists(struct writer *w, int64_t now_s)
{
	const struct site_notice *const *notice;
	size_t n = public_notices(w->public, &notice);

	pages_lists(w->pages, notice, n, now_s, put, w);
	if (w->about.is_joint)
		put_joint(w, notice, n, now_s);
	if (w->failed == ERR_NONE)
		w->failed = site_csaf_end(w->csaf, notice, n, now_s);
	w->lists_s = now_s;
}

static void
put_network(struct writer *w, int64_t now_s)
{
	const struct site_notice *const *notice;
	size_t notices = public_notices(w->public, &notice);
	struct site_team *team = arena_alloc(&w->turn,
	    LIMIT_TEAMS * sizeof *team);
	size_t n = public_teams(w->public, &w->turn, team, LIMIT_TEAMS);

	pages_network(w->pages, team, n, notice, notices, now_s, put, w);
}

/* --- the list, and its signature --- */

static enum err
send_node(struct writer *w, struct span message)
{
	ssize_t n;

	do {
		n = send(w->node_fd, message.p, message.n, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n == (ssize_t)message.n)
		return ERR_NONE;
	w->end = ERR_CLOSED;
	loop_stop(w->loop);
	return ERR_CLOSED;
}

static void
tell_done(struct writer *w)
{
	const char *first;
	size_t faults = pages_faults(w->pages, &first);
	struct buf b;

	buf_init(&b, 64);
	buf_put_u8(&b, SITE_DONE);
	buf_put_u64(&b, w->build);
	buf_put_u64(&b, w->listed);
	buf_put_u64(&b, files_changes(w->files));
	buf_put_u64(&b, faults);
	(void)!send_node(w, buf_span(&b));
	buf_release(&b);
}

/* The list is kept until its signature comes: both are written then. */
static void
ask_signature(struct writer *w)
{
	struct digest d;
	struct buf b;

	buf_clear(&w->list);
	w->is_signed = false;
	w->listed = files_list(w->files, &w->list);
	d = hash_sha256(buf_span(&w->list));
	w->signed_changes = files_changes(w->files);
	buf_init(&b, 64);
	buf_put_u8(&b, SITE_SIGN);
	buf_put(&b, digest_span(&d));
	buf_put_u64(&b, w->listed);
	(void)!send_node(w, buf_span(&b));
	buf_release(&b);
}

static void
on_signed(struct writer *w, struct span jws)
{
	enum err e = files_put(w->files, MANIFEST_LIST, buf_span(&w->list));

	if (e == ERR_NONE)
		e = files_put(w->files, MANIFEST_SIGNED, jws);
	if (e != ERR_NONE) {
		log_event(LOG_ERROR, "site.manifest", log_err("error", e));
		return;
	}
	/* the two just written are not in the list */
	w->signed_changes = files_changes(w->files);
	log_event(LOG_DETAIL, "site.written",
	    log_uint("changes", w->signed_changes));
	w->is_signed = true;
	tell_done(w);
	site_publish_want(w->publish, buf_span(&w->list));
}

static void
on_published(void *ctx, enum err e, const struct site_publish_state *s)
{
	struct writer *w = ctx;
	struct buf b;

	if (e != ERR_NONE) {
		w->end = e;
		loop_stop(w->loop);
		return;
	}
	buf_init(&b, 64 + sizeof s->why);
	buf_put_u8(&b, SITE_PUBLISHED);
	buf_put_u64(&b, (uint64_t)s->done_s);
	buf_put_u64(&b, (uint64_t)s->failed_s);
	buf_put_u32(&b, s->failures);
	buf_put_str(&b, s->why);
	(void)!send_node(w, buf_span(&b));
	buf_release(&b);
}

/* --- what is signed for OpenPGP: a turn waits for it --- */

/* What comes meanwhile is taken after the turn, which must not be changed
 * under its feet. */
static enum err
wait_signed(struct writer *w, unsigned char *m, size_t max, struct span *out)
{
	struct pollfd p = { .fd = w->node_fd, .events = POLLIN };
	struct reader r;
	ssize_t n;

	for (;;) {
		int ready = poll(&p, 1, SIGNED_MS);

		if (ready < 0 && errno == EINTR)
			continue;
		if (ready <= 0)
			return ERR_TIMEOUT;
		n = recv(w->node_fd, m, max, MSG_DONTWAIT);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return ERR_CLOSED;
		if (m[0] != SITE_DIGESTS_SIGNED) {
			buf_put_span32(&w->later, span_of(m, (size_t)n));
			continue;
		}
		reader_init(&r, span_of(m + 1, (size_t)n - 1));
		if (reader_u32(&r) != w->asked)
			continue; /* an answer that was given up */
		*out = reader_rest(&r);
		return ERR_NONE;
	}
}

static enum err
sign_digests(void *ctx, const struct digest *d, size_t n,
    struct sign_public *key, unsigned char (*sig)[SIGN_BYTES])
{
	unsigned char m[SITE_MESSAGE_TO_MAX];
	struct writer *w = ctx;
	struct span got = { 0 };
	struct buf b;
	enum err e;

	if (n > SITE_DIGESTS_MAX)
		return ERR_LIMIT;
	buf_init(&b, SITE_MESSAGE_MAX);
	buf_put_u8(&b, SITE_DIGESTS);
	buf_put_u32(&b, ++w->asked);
	for (size_t i = 0; i < n; i++)
		buf_put(&b, digest_span(&d[i]));
	e = send_node(w, buf_span(&b));
	buf_release(&b);
	if (e == ERR_NONE)
		e = wait_signed(w, m, sizeof m, &got);
	if (e == ERR_NONE && got.n != sizeof key->b + n * SIGN_BYTES)
		e = ERR_SYNTAX;
	if (e != ERR_NONE)
		return e;
	memcpy(key->b, got.p, sizeof key->b);
	if (n != 0)
		memcpy(sig, got.p + sizeof key->b, n * SIGN_BYTES);
	return ERR_NONE;
}

/* --- a turn --- */

static void take_later(struct writer *w);

static void
set_clock(struct writer *w, int64_t now_s)
{
	int64_t next = w->lists_s + ROUND_S;
	int64_t ends = public_next_s(w->public, now_s);

	if (ends != 0 && ends < next)
		next = ends;
	loop_timer_start(w->clock, next <= now_s ? 1000 :
	    (uint64_t)(next - now_s) * 1000 + 1, 0);
}

/* All pages by a fresh set of templates, if these can be read. */
static void
take_theme(struct writer *w)
{
	struct pages_set *fresh;
	struct theme *theme;
	struct fault f = { 0 };
	struct site_about about = w->about;
	enum err e = theme_open(w->config->site_theme, &theme, &f);

	if (e == ERR_NONE) {
		const struct template_source from = theme_source(theme);

		e = pages_open(&from, &w->about, w->schema, w->words, &fresh,
		    &f);
		if (e != ERR_NONE)
			theme_close(theme);
	}
	if (e != ERR_NONE) {
		w->about = about;
		log_event(LOG_ERROR, "site.theme", log_str("file", f.field),
		    log_str("rule", f.rule));
		return;
	}
	pages_close(w->pages);
	theme_close(w->theme);
	w->pages = fresh;
	w->theme = theme;
}

/* All was looked at, and stands as it was signed. */
static void
write_nothing(struct writer *w)
{
	tell_done(w);
	if (w->is_signed)
		site_publish_want(w->publish, buf_span(&w->list));
}

static void
write_turn(struct writer *w, struct now now)
{
	int64_t now_s = now.wall.ms / 1000, month_s = signed_s(w);
	bool all = w->is_all || month_s != w->month_s;
	enum err e;

	w->failed = ERR_NONE;
	w->has_changed = false;
	if (all) {
		take_theme(w);
		files_mark(w->files);
		w->failed = site_csaf_again(w->csaf);
		public_forget(w->public);
	}
	e = w->failed;
	if (e == ERR_NONE)
		e = public_judge(w->public, now.wall, on_changed, on_gone, w);
	if (e == ERR_NONE && all) {
		bury(w);
		pages_fixed(w->pages, put, w);
	}
	if (e == ERR_NONE && (all || w->has_cards))
		put_network(w, now_s);
	if (e == ERR_NONE && (all || w->has_changed || w->is_due))
		put_lists(w, now_s);
	if (e == ERR_NONE)
		e = w->failed;
	if (e == ERR_NONE && all)
		e = files_sweep(w->files);
	if (e != ERR_NONE) {
		log_event(LOG_ERROR, "site.turn", log_err("error", e));
		w->is_all = true; /* what was written is not known well */
		loop_timer_start(w->work, LATER_MS, 0);
		return;
	}
	w->month_s = month_s;
	w->is_all = w->wants_all && !all;
	w->wants_all = w->is_due = w->has_cards = false;
	if (w->is_all)
		loop_timer_start(w->work, SOON_MS, 0);
	/* the first list is signed though all stood already */
	if (w->list.n == 0 || files_changes(w->files) != w->signed_changes)
		ask_signature(w);
	else if (all)
		write_nothing(w);
	set_clock(w, now_s);
}

static void
on_work(void *ctx)
{
	struct writer *w = ctx;
	bool more = true;
	enum err e = ERR_NONE;

	/* before that, all that is the own team's would seem to be gone */
	if (!w->is_told)
		return;
	for (int i = 0; i < TURN_STEPS && more && e == ERR_NONE; i++)
		e = public_step(w->public, &more);
	if (e != ERR_NONE) {
		log_event(LOG_ERROR, "site.index", log_err("error", e));
		loop_timer_start(w->work, LATER_MS, 0);
	} else if (more) {
		loop_timer_start(w->work, 0, 0);
	} else {
		write_turn(w, loop_now(w->loop));
		take_later(w);
	}
	arena_reset(&w->turn);
}

static void
soon(struct writer *w)
{
	if (!loop_timer_is_running(w->work))
		loop_timer_start(w->work, SOON_MS, 0);
}

static void
on_clock(void *ctx)
{
	struct writer *w = ctx;

	w->is_due = true;
	soon(w);
}

/* --- what the node says --- */

static void
take_message(struct writer *w, struct span m)
{
	struct reader r;
	uint32_t log;
	uint64_t n;

	reader_init(&r, m);
	switch (reader_u8(&r)) {
	case SITE_ENTRY:
		log = reader_u32(&r);
		n = reader_u64(&r);
		public_arrived(w->public, log, n);
		break;
	case SITE_RELEASED:
		log = reader_u32(&r);
		n = reader_u64(&r);
		public_released(w->public, log, n);
		w->is_told = true;
		break;
	case SITE_RULES:
		if (public_rules(w->public, reader_rest(&r)) != ERR_NONE)
			log_event(LOG_ERROR, "site.rules");
		return;
	case SITE_AGAIN:
	case SITE_FORGET:
		if (public_again(w->public, m.p[0] == SITE_FORGET) != ERR_NONE)
			log_event(LOG_ERROR, "site.again");
		w->is_all = true;
		break;
	case SITE_BUILD:
		w->build = reader_u64(&r);
		w->is_all = true;
		site_publish_ask(w->publish);
		break;
	case SITE_SIGNED:
		on_signed(w, reader_rest(&r));
		return;
	default:
		return;
	}
	soon(w);
}

static void
take_later(struct writer *w)
{
	bool lost = w->later.over;
	struct reader r;
	struct buf b = w->later;

	if (b.n == 0)
		return;
	buf_init(&w->later, LATER_MAX);
	reader_init(&r, buf_span(&b));
	while (r.at < r.in.n && !r.bad)
		take_message(w, reader_span32(&r, SITE_MESSAGE_TO_MAX));
	buf_release(&b);
	if (lost)
		take_message(w, span_str((const char[]){ SITE_AGAIN, '\0' }));
}

static void
on_node(void *ctx, unsigned ready)
{
	unsigned char m[SITE_MESSAGE_TO_MAX];
	struct writer *w = ctx;
	ssize_t n = recv(w->node_fd, m, sizeof m, MSG_DONTWAIT);

	(void)ready;
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		/* the node is gone, and the parent will say so */
		loop_watch_set(w->watch, 0);
		loop_stop(w->loop);
	} else if (n > 0) {
		take_message(w, span_of(m, (size_t)n));
	}
}

static void
on_stop(void *ctx)
{
	struct writer *w = ctx;

	loop_stop(w->loop);
}

/* --- life --- */

static enum err
open_words(struct writer *w)
{
	struct fault f = { 0 };
	enum err e = schema_load(&schema_files, &w->schema, &f);

	for (int l = 0; e == ERR_NONE && l < LANG_COUNT; l++)
		e = catalogue_open(&locale_files, (enum lang)l, &w->words[l],
		    &f);
	if (e != ERR_NONE)
		log_event(LOG_ERROR, "site.words", log_str("file", f.field),
		    log_str("rule", f.rule));
	return e;
}

static void
fill_about(struct writer *w)
{
	const struct config *c = w->config;
	size_t n = strlen(c->site_url);
	char *url = arena_alloc(&w->names, n + 2);

	memcpy(url, c->site_url, n);
	if (n != 0 && url[n - 1] != '/')
		url[n] = '/';
	w->about = (struct site_about){ .url = url, .name = c->site_name,
		.team = c->team, .state = public_state(w->public, &w->names),
		.phone = c->site_phone, .mail = c->site_mail,
		.is_joint = c->site_joint };
}

static enum err
open_all(struct writer *w)
{
	struct fault f = { 0 };
	/* first, so that what starts the command holds nothing */
	enum err e = site_publish_start(w->config, &w->publish);

	if (e == ERR_NONE)
		e = open_words(w);
	if (e == ERR_NONE)
		e = public_open(w->config, w->schema, &w->public);
	if (e != ERR_NONE)
		return e;
	fill_about(w);
	take_theme(w);
	if (w->pages == NULL)
		return ERR_CONFIG;
	e = files_open(w->config->site_dir, &w->files, &f);
	if (e != ERR_NONE) {
		log_event(LOG_ERROR, "site.folder",
		    log_str("path", w->config->site_dir),
		    log_str("at", f.field), log_str("rule", f.rule));
		return ERR_CONFIG;
	}
	w->csaf = site_csaf_create(&w->about, w->schema, w->files,
	    sign_digests, w);
	w->is_all = true;
	return ERR_NONE;
}

static enum err
rights_give_up(const struct config *c)
{
	char own[4352], log[3][4352];
	const struct sandbox_paths paths = {
		.read = { log[0], log[1], log[2], c->documents,
		    c->site_theme[0] != '\0' ? c->site_theme : NULL },
		.write = { c->site_dir, own } };

	snprintf(own, sizeof own, "%s/site", c->data_dir);
	snprintf(log[0], sizeof log[0], "%s/log.db", c->data_dir);
	snprintf(log[1], sizeof log[1], "%s/log.db-wal", c->data_dir);
	snprintf(log[2], sizeof log[2], "%s/log.db-shm", c->data_dir);
	return sandbox_enter(SANDBOX_SITE, sandbox_mode_find(c->sandbox),
	    &paths);
}

static enum err
run(struct writer *w)
{
	struct loop_signal *stop = NULL;
	enum err e = loop_watch_create(w->loop, w->node_fd, on_node, w,
	    &w->watch);

	if (e == ERR_NONE)
		e = loop_signal_create(w->loop, SIGTERM, on_stop, w, &stop);
	if (e == ERR_NONE)
		e = rights_give_up(w->config);
	if (e == ERR_NONE) {
		loop_watch_set(w->watch, LOOP_READ);
		e = send_node(w, span_str((const char[]){ SITE_HELLO, '\0' }));
		log_event(LOG_NOTICE, "site.running",
		    log_str("folder", w->config->site_dir));
	}
	if (e == ERR_NONE)
		e = site_publish_open(w->publish, w->loop, on_published, w);
	if (e == ERR_NONE) {
		loop_run(w->loop);
		e = w->end;
	}
	loop_signal_free(stop);
	loop_watch_free(w->watch);
	return e;
}

static void
writer_close(struct writer *w)
{
	pages_close(w->pages);
	theme_close(w->theme);
	site_csaf_free(w->csaf);
	files_close(w->files);
	public_close(w->public);
	site_publish_free(w->publish);
	schema_free(w->schema);
	loop_timer_free(w->work);
	loop_timer_free(w->clock);
	loop_free(w->loop);
	buf_release(&w->list);
	buf_release(&w->later);
	arena_release(&w->names);
	arena_release(&w->turn);
	free(w);
}

int
site_main(const struct config *config, int node_fd)
{
	struct writer *w = mem_alloc(sizeof *w);
	enum err e;

	w->config = config;
	w->node_fd = node_fd;
	w->loop = loop_create();
	w->work = loop_timer_create(w->loop, on_work, w);
	w->clock = loop_timer_create(w->loop, on_clock, w);
	buf_init(&w->list, LIMIT_SITE_MANIFEST);
	buf_init(&w->later, LATER_MAX);
	e = open_all(w);
	if (e == ERR_NONE)
		e = run(w);
	writer_close(w);
	if (e == ERR_NONE)
		return EXIT_SUCCESS;
	log_event(LOG_ERROR, "site.failed", log_err("error", e));
	return e == ERR_CONFIG ? PROCESS_EXIT_CONFIG : EXIT_FAILURE;
}
