/* SPDX-License-Identifier: Apache-2.0
 *
 * The node's process, told in the order of its life: open the store, know the
 * keys, listen, enter the sandbox, turn until told to stop, close. One turn of
 * the loop is one turn of the hub, so that all that came in together shares
 * one transaction.
 */
#include "node/service.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "node/agreements.h"
#include "node/anchors.h"
#include "node/answers.h"
#include "node/approvals.h"
#include "node/backups.h"
#include "node/broadcast.h"
#include "node/claims.h"
#include "node/command.h"
#include "node/control.h"
#include "node/documents.h"
#include "node/duties.h"
#include "node/escalations.h"
#include "node/exits.h"
#include "node/keeping.h"
#include "node/notify.h"
#include "node/letter_keys.h"
#include "node/mailings.h"
#include "node/pages.h"
#include "node/peering.h"
#include "node/process.h"
#include "node/obligations.h"
#include "node/officials.h"
#include "node/outdated.h"
#include "node/overlap_links.h"
#include "node/pledges.h"
#include "node/promises.h"
#include "node/proving.h"
#include "node/reports.h"
#include "node/rosters.h"
#include "node/sandbox.h"
#include "node/site_link.h"
#include "node/uploads.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	INDEX_SLICE = 4,     /* entries read for the index between turns */
	INDEX_PAUSE_MS = 20, /* quiet that is left between such slices */
	/* and before the first: deliveries come first, and a query takes what
	 * is due before it answers; but it never waits longer than this */
	INDEX_DELAY_MS = 500,
	/* who released one asks soon again, and the next release would wait
	 * for it: once its receipts have come */
	INDEX_OWN_MS = 80,
	INDEX_LATEST_MS = 5000,
	INDEX_REST = 7,      /* times as long as it worked, in a stream: */
	STREAM_MS = 200,     /* the last body is no older */
	STOP_MS = 3000       /* for goodbyes to leave */
};

/* --- the turn --- */

static void
set_wake(struct service *s)
{
	struct now now = loop_now(s->loop);
	int64_t wait = hub_wake(s->hub).ms - now.mono.ms;

	loop_timer_start(s->wake, wait > 0 ? (uint64_t)wait : 0, 0);
}

/* A node that cannot ask its keeper can sign nothing: begin again as a pair. */
static void
check_keeper(struct service *s)
{
	struct keeper_job none = { .what = KEEPER_OPEN };

	if (hub_start(s->hub)->machine.state != START_HALT || s->is_stopping)
		return;
	buf_init(&none.out, 64);
	if (keeper_run(keeper_client_keeper(s->keeper), &none, 1) !=
	    ERR_NONE) {
		log_event(LOG_ERROR, "service.keeper-gone",
		    log_str("next", "starting again"));
		s->end = ERR_CLOSED;
		loop_stop(s->loop);
	}
	buf_release(&none.out);
}

static void
on_turn_end(void *ctx)
{
	struct service *s = ctx;
	bool was_halted = start_is(hub_start(s->hub), START_HALT);

	if (s->is_stopping)
		return;
	s->in_turn = true;
	hub_turn(s->hub, loop_now(s->loop));
	s->in_turn = false;
	if (!was_halted)
		check_keeper(s);
	control_resume(s->control);
	pages_turn(s->pages);
	mailings_turn(s->mailings);
	broadcast_turn(s->broadcast);
	set_wake(s);
}

/* Any event ends in a turn; the timers need do nothing themselves. */
static void
on_wake(void *ctx)
{
	(void)ctx;
}

void
service_stir(struct service *s)
{
	if (!s->in_turn)
		loop_timer_start(s->wake, 0, 0);
}

/* --- the index --- */

static void
index_wait(struct service *s, int64_t wait_ms)
{
	struct mono now = loop_now(s->loop).mono;

	if (s->is_stopping)
		return;
	rest_news(&s->index_rest, wait_ms, INDEX_LATEST_MS, now);
	wait_ms = rest_due(&s->index_rest).ms - now.ms;
	loop_timer_start(s->idle, wait_ms > 0 ? (uint64_t)wait_ms : 0, 0);
}

static void
index_soon(struct service *s, int64_t wait_ms)
{
	s->index_has_news = true;
	index_wait(s, wait_ms);
}

static enum err
source_read(void *ctx, uint32_t log, uint64_t index, struct arena *a,
    struct store_body *body, struct span *jws)
{
	struct service *s = ctx;

	return hub_read_entry(s->hub, log, index, a, body, jws);
}

static uint32_t
source_rank_of(void *ctx, struct span origin)
{
	const struct service *s = ctx;

	return registry_log_rank(s->registry, origin);
}

static uint32_t
source_rank(void *ctx, uint32_t id)
{
	struct service *s = ctx;

	for (size_t i = 0; i < hub_log_count(s->hub); i++) {
		struct hub_log_info info = hub_log(s->hub, i);

		if (info.id == id)
			return source_rank_of(s, info.origin);
	}
	return 0;
}

enum err
service_index(struct service *s, unsigned most)
{
	const struct index_source source = { s, s->store, source_read,
		source_rank, source_rank_of };
	int64_t began_ms = clock_mono_ms(), now_ms;
	unsigned taken;
	enum err e = index_step(s->index, &source, most, &taken);

	now_ms = clock_mono_ms();
	if (began_ms - s->accepted_ms < STREAM_MS)
		s->index_from_ms = now_ms + INDEX_REST * (now_ms - began_ms);
	agreements_stale(s);
	if (e != ERR_NONE)
		log_event(LOG_WARNING, "index.step", log_err("error", e));
	return e;
}

int64_t
service_index_rest(const struct service *s)
{
	int64_t rest_ms = s->index_from_ms - loop_now(s->loop).mono.ms;

	return rest_ms > 0 ? rest_ms : 0;
}

static void
on_idle(void *ctx)
{
	struct service *s = ctx;
	int64_t since_s;

	rest_clear(&s->index_rest);
	if (service_index_rest(s) != 0) {
		index_wait(s, service_index_rest(s));
		return;
	}
	if (service_index(s, INDEX_SLICE) != ERR_NONE)
		return;
	if (index_lag(s->index) == 0 && s->index_has_news) {
		s->index_has_news = false;
		claims_stir(s);
		promises_stir(s);
		pledges_stir(s);
		obligations_stir(s);
		reports_handed_stir(s);
		overlaps_stir(s);
		overlap_links_stir(s);
		outdated_stir(s);
	}
	if (index_lag(s->index) != 0 ||
	    !index_has_words(s->index, &since_s))
		index_wait(s, INDEX_PAUSE_MS);
}

/* --- what the hub tells --- */

static enum log_level
level_of_event(const struct hub_event *e)
{
	switch (e->type) {
	case HUB_ALARM:
	case HUB_REFUSED:
	case HUB_QUARANTINED:
	case HUB_CHANGED:
	case HUB_CLOCK:
	case HUB_SHUT_OUT:
		return LOG_WARNING;
	case HUB_STATE:
		return e->err != ERR_NONE ? LOG_ERROR : LOG_NOTICE;
	case HUB_LINK_UP:
	case HUB_LINK_DOWN:
	case HUB_SILENCE:
	case HUB_DOCUMENT:
	case HUB_EMBARGO:
	case HUB_ERASED:
	case HUB_SWEPT:
		return LOG_NOTICE;
	case HUB_ACCEPTED:
	case HUB_RELEASED:
	case HUB_RECEIPTED:
	case HUB_NOTED:
		break;
	}
	return LOG_DETAIL;
}

/* What there is to be taken, or to be looked at again. What this node writes
 * for itself is taken with the next that is news to others, or when a person
 * asks. */
static void
tell_index(struct service *s, const struct hub_event *e)
{
	if (e->type == HUB_DOCUMENT || e->type == HUB_ERASED)
		index_sweep(s->index);
	else if (e->type != HUB_ACCEPTED && e->type != HUB_QUARANTINED &&
	    e->type != HUB_CHANGED && e->type != HUB_RELEASED &&
	    e->type != HUB_NOTED)
		return;
	for (size_t i = 0; i < hub_log_count(s->hub); i++)
		if (e->type != HUB_DOCUMENT &&
		    span_is_equal(hub_log(s->hub, i).origin, e->origin))
			index_arrived(s->index, hub_log(s->hub, i).id,
			    e->index);
	if (e->type == HUB_NOTED)
		return;
	/* what law wants gone does not wait for quiet */
	index_soon(s, e->type == HUB_ERASED ? 0 :
		e->type == HUB_RELEASED     ? INDEX_OWN_MS :
					      INDEX_DELAY_MS);
}

/* A line of the log says of an entry where it is and no more: why one was set
 * aside may quote it. */
static void
log_hub_event(struct service *s, const char *name, const struct hub_event *e)
{
	const struct exit_pass pass = exits_to_log(s, NULL);
	bool is_entry = e->type == HUB_ACCEPTED ||
	    e->type == HUB_QUARANTINED || e->type == HUB_CHANGED ||
	    e->type == HUB_RELEASED;

	log_event(level_of_event(e), name, log_span("team", e->team),
	    log_span("log", e->origin), log_uint("index", e->index),
	    log_err("error", e->err), log_str("text",
	    is_entry && !exit_opens(&pass, EXIT_LOG, EXIT_TEXT) ? "" :
								  e->text));
}

void
service_told(void *ctx, const struct hub_event *e)
{
	static const char *const names[] = { [HUB_STATE] = "node.state",
		[HUB_LINK_UP] = "peer.link.up",
		[HUB_LINK_DOWN] = "peer.link.down",
		[HUB_REFUSED] = "peer.refused",
		[HUB_SILENCE] = "peer.silence",
		[HUB_CLOCK] = "peer.clock-off",
		[HUB_ACCEPTED] = "entry.accepted",
		[HUB_QUARANTINED] = "entry.quarantined",
		[HUB_CHANGED] = "entry.changed",
		[HUB_RELEASED] = "entry.released",
		[HUB_RECEIPTED] = "entry.receipted",
		[HUB_DOCUMENT] = "document.accepted",
		[HUB_ALARM] = "alarm",
		[HUB_ERASED] = "entry.erased",
		[HUB_SHUT_OUT] = "peer.shut-out",
		[HUB_SWEPT] = "attachments.swept",
		[HUB_EMBARGO] = "embargo" };
	struct service *s = ctx;

	if (e->type == HUB_NOTED) { /* nobody's news */
		if (s->index != NULL)
			tell_index(s, e);
		return;
	}
	log_hub_event(s, names[e->type], e);
	if (s->control != NULL)
		control_tell(s->control, e);
	if (e->type == HUB_RELEASED)
		broadcast_released(s->broadcast, e->index + 1);
	if (s->index == NULL)
		return; /* opening */
	if (e->type == HUB_ACCEPTED)
		s->accepted_ms = clock_mono_ms();
	tell_index(s, e);
	escalations_tell(s, e);
	site_link_tell(s->site, e);
	if (e->type == HUB_DOCUMENT)
		members_changed(s);
}

void
service_alarm(struct service *s, const char *text)
{
	const struct hub_event e = { .type = HUB_ALARM, .team = s->own_team,
		.origin = span_str(s->origin), .text = text };

	service_told(s, &e);
}

static enum err
sandbox(const struct config *config)
{
	const struct sandbox_paths paths = {
		.read = { "/etc", "/usr/share/zoneinfo", config->documents,
			config->file },
		.write = { config->data_dir } };

	return sandbox_enter(SANDBOX_NODE, sandbox_mode_find(config->sandbox),
	    &paths);
}

/* --- signals --- */

static void
on_last(void *ctx)
{
	struct service *s = ctx;

	if (!s->is_stopping || !peering_is_busy(s->peering))
		loop_stop(s->loop);
	else
		loop_timer_start(s->last, 10, 0);
	if (s->is_stopping &&
	    loop_now(s->loop).mono.ms > s->stop_at.ms + STOP_MS)
		loop_stop(s->loop);
}

void
service_stop(struct service *s)
{
	if (s->is_stopping)
		return;
	log_event(LOG_NOTICE, "service.stopping", log_str("node", s->node));
	s->stop_at = loop_now(s->loop).mono;
	s->in_turn = true;
	hub_stop(s->hub, loop_now(s->loop));
	s->in_turn = false;
	s->is_stopping = true;
	loop_timer_start(s->last, 10, 0);
}

/* SIGTERM: what is staged is finished, then goodbye on all links. */
static void
on_stop(void *ctx)
{
	service_stop(ctx);
}

/* The configuration as the parent opened it, and what of it may change while
 * running. */
static void
reload_config(struct service *s, int fd)
{
	struct config fresh = { 0 };
	struct buf faults;
	enum err e;

	buf_init(&faults, LIMIT_CONFIG);
	e = fd >= 0 ? config_read_fd(fd, s->config->file, &fresh, &faults) :
		      config_read(s->config->file, &fresh, &faults);
	if (e == ERR_NONE) {
		config_release(&s->fresh);
		s->fresh = fresh;
		log_set_level(log_level_find(fresh.log_level));
	} else {
		log_event(LOG_WARNING, "config.refused",
		    log_span("why", buf_span(&faults)));
	}
	buf_release(&faults);
}

/* SIGHUP: configuration, sharing rules, the documents folder. */
static void
on_reload(void *ctx)
{
	struct service *s = ctx;
	int config = -1, rules = -1;

	if (s->is_stopping)
		return;
	if (!process_take_files(&config, &rules)) {
		/* sent to this process itself: it needs the parent's hands */
		if (process_ask_reload())
			return;
	}
	reload_config(s, config);
	rulebook_take(s, rules);
	if (config >= 0)
		close(config);
	if (rules >= 0)
		close(rules);
	log_event(LOG_NOTICE, "service.reloaded",
	    log_uint("documents",
		documents_offer(s->config->documents, s->store, s->hub,
		    loop_now(s->loop))));
	audit_self(s, "config", NULL, "", "done", "");
}

static void
on_reviews(void *ctx)
{
	approvals_clock(ctx);
}

/* --- life --- */

static void
service_close(struct service *s)
{
	broadcast_free(s->broadcast);
	site_link_free(s->site);
	pages_free(s->pages);
	mailings_free(s->mailings);
	letter_keys_free(s->letter_keys);
	control_free(s->control);
	backups_free(s->backups);
	index_close(s->index);
	hub_free(s->hub);
	answers_free(s->answers);
	officials_free(s->officials);
	reports_free(s->reports);
	obligations_close(s);
	escalations_close(s);
	duties_close(s);
	rosters_close(s);
	uploads_free(s->uploads);
	blobs_close(s->blobs);
	rulebook_close(&s->rulebook);
	agreements_free(s);
	free(s->recent);
	free(s->anchors);
	peering_free(s->peering);
	registry_free(s->registry);
	schema_free(s->schema);
	sentinel_close(s->sentinel);
	store_free(s->store);
	keeper_client_free(s->keeper);
	loop_timer_free(s->wake);
	loop_timer_free(s->idle);
	loop_timer_free(s->last);
	loop_timer_free(s->reviews);
	loop_free(s->loop);
	config_release(&s->fresh);
	explicit_bzero(s->store_key, sizeof s->store_key);
	free(s);
}

static enum err
run(struct service *s)
{
	struct loop_signal *stop = NULL, *reload = NULL;
	struct loop_timer *alive = NULL;
	sigset_t late;
	enum err e = loop_signal_create(s->loop, SIGTERM, on_stop, s, &stop);

	if (e == ERR_NONE)
		e = loop_signal_create(s->loop, SIGHUP, on_reload, s, &reload);
	if (e == ERR_NONE) {
		loop_on_turn_end(s->loop, on_turn_end, s);
		alive = process_alive_start(s->loop);
		loop_timer_start(s->wake, 0, 0);
		loop_timer_start(s->reviews, INDEX_DELAY_MS, 0);
		members_start(s);
		claims_start(s);
		anchors_start(s);
		keeping_start(s);
		promises_start(s);
		pledges_start(s);
		obligations_start(s);
		reports_handed_start(s);
		overlaps_start(s);
		overlap_links_start(s);
		outdated_start(s);
		proving_start(s);
		index_soon(s, INDEX_DELAY_MS);
		process_ready();
		log_event(LOG_NOTICE, "service.running",
		    log_str("node", s->node), log_str("log", s->origin));
		loop_run(s->loop);
		e = s->end;
	}
	/* the parent may say it again: closing in order comes first */
	sigemptyset(&late);
	sigaddset(&late, SIGTERM);
	sigprocmask(SIG_BLOCK, &late, NULL);
	loop_timer_free(alive);
	proving_stop(s);
	outdated_stop(s);
	overlap_links_stop(s);
	overlaps_stop(s);
	reports_handed_stop(s);
	obligations_stop(s);
	pledges_stop(s);
	promises_stop(s);
	anchors_stop(s);
	keeping_stop(s);
	claims_stop(s);
	members_stop(s);
	loop_signal_free(reload);
	loop_signal_free(stop);
	return e;
}

enum err
service_run(const struct config *config, int keeper_fd, bool *again)
{
	struct service *s = mem_alloc(sizeof *s);
	enum err e;

	s->config = config;
	s->own_team = span_str(config->team);
	s->loop = loop_create();
	s->wake = loop_timer_create(s->loop, on_wake, s);
	s->idle = loop_timer_create(s->loop, on_idle, s);
	s->last = loop_timer_create(s->loop, on_last, s);
	s->reviews = loop_timer_create(s->loop, on_reviews, s);
	e = service_open(s, keeper_fd);
	if (e == ERR_NONE)
		e = sandbox(config);
	if (e == ERR_NONE)
		e = run(s);
	*again = e == ERR_NONE && s->is_renewed;
	if (e != ERR_NONE)
		log_event(LOG_ERROR, "service.failed", log_err("error", e));
	service_close(s);
	return e;
}
