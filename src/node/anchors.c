/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding, checking and making anchors, in slices on a timer.
 */
#include "node/anchors.h"

#include "base/log.h"
#include "base/mem.h"
#include "ledger/leaf.h"
#include "ledger/tree.h"

#include <stdlib.h>

enum {
	LOOK_SLICE = 64,    /* entries read in one turn */
	CHECK_SLICE = 2048, /* records hashed in one turn */
	PAUSE_MS = 5
};

static const char kind_name[] = "anchor";

struct anchors {
	struct service *service;
	struct loop_timer *timer;
	enum anchors_state state;
	struct anchor_found last; /* size 0: there is none */
	uint64_t look_below;
	struct tree tree;
	bool is_broken;  /* the records cannot be read on */
	bool is_writing; /* until it is durable */
	char why[160];
};

static struct hub_log_info
own(const struct service *s)
{
	return hub_log(s->hub, 0);
}

static struct hub_log_info
private(const struct service *s)
{
	return hub_log(s->hub, 1);
}

static void
again(struct anchors *x, int64_t wait_ms)
{
	loop_timer_start(x->timer, (uint64_t)wait_ms, 0);
}

/* --- finding --- */

bool
anchors_read(struct service *s, uint64_t index, struct arena *a,
    struct anchor_found *out)
{
	struct anchor_found x = { .index = index };
	struct span log, root;
	struct record r;

	if (record_read(s, own(s).id, index, a, &r) != ERR_NONE ||
	    r.is_carried || !span_is_str(r.entry.kind, kind_name) ||
	    json_text(json_get(r.body, "log"), a, &log) != ERR_NONE ||
	    !span_is_equal(log, private(s).origin) ||
	    json_u64(json_get(r.body, "size"), &x.anchor.size) != ERR_NONE ||
	    json_text(json_get(r.body, "root"), a, &root) != ERR_NONE ||
	    entry_parse_digest(root, &x.root) != ERR_NONE)
		return false;
	x.anchor.at_s = r.entry.iat_s;
	*out = x;
	return true;
}

/* Without an anchor, its hour began with the first entry. */
static void
begin_without(struct anchors *x)
{
	struct arena a = { 0 };
	struct record r;

	x->last.anchor.at_s = loop_now(x->service->loop).wall.ms / 1000;
	if (record_read(x->service, private(x->service).id, 0, &a, &r) ==
	    ERR_NONE)
		x->last.anchor.at_s = r.entry.iat_s;
	arena_release(&a);
	x->state = ANCHORS_GOOD;
}

static void
look(struct anchors *x)
{
	struct arena a = { 0 };

	for (int i = 0; i < LOOK_SLICE && x->look_below != 0 &&
	     x->state == ANCHORS_LOOKING; i++) {
		if (anchors_read(x->service, --x->look_below, &a, &x->last))
			x->state = ANCHORS_CHECKING;
		arena_reset(&a);
	}
	arena_release(&a);
	if (x->state == ANCHORS_LOOKING && x->look_below == 0)
		begin_without(x);
	again(x, PAUSE_MS);
}

/* --- checking --- */

static void
found_bad(struct anchors *x, const char *why)
{
	char text[256];

	x->state = ANCHORS_BAD;
	snprintf(x->why, sizeof x->why, "%s", why);
	snprintf(text, sizeof text, "the audit trail is not what was anchored: "
	    "%s: almenara audit verify", why);
	service_alarm(x->service, text);
}

static bool
see_record(void *ctx, uint64_t index, struct span record)
{
	struct anchors *x = ctx;
	struct digest leaf = leaf_hash(record);

	x->is_broken = index != x->tree.size;
	if (!x->is_broken)
		tree_append(&x->tree, &leaf, NULL);
	return !x->is_broken;
}

static void
check(struct anchors *x)
{
	uint64_t size = x->last.anchor.size, from = x->tree.size;
	struct service *s = x->service;
	struct digest root;
	enum err e;

	if (private(s).size < size) {
		found_bad(x, "the private log is shorter than its anchor");
		return;
	}
	e = store_scan_records(s->store, private(s).id, from,
	    size - from < CHECK_SLICE ? size - from : CHECK_SLICE, see_record,
	    x);
	root = tree_root(&x->tree);
	if (e != ERR_NONE || x->is_broken || x->tree.size == from)
		found_bad(x, "a record of the private log cannot be read");
	else if (x->tree.size < size)
		again(x, PAUSE_MS);
	else if (!digest_is_equal(&root, &x->last.root))
		found_bad(x, "the records of the private log give another "
			     "root");
	else {
		x->state = ANCHORS_GOOD;
		again(x, 0);
	}
}

/* --- making --- */

static void
on_anchored(void *ctx, const struct hub_appended *result)
{
	struct anchors *x = ctx;
	struct service *s = x->service;
	struct arena a = { 0 };

	x->is_writing = false;
	if (s->is_stopping)
		return;
	if (result->err != ERR_NONE) {
		log_event(LOG_WARNING, "audit.not-anchored",
		    log_err("error", result->err),
		    log_str("text", result->text));
		return;
	}
	if (anchors_read(s, result->index, &a, &x->last))
		log_event(LOG_DETAIL, "audit.anchored",
		    log_uint("size", x->last.anchor.size),
		    log_uint("index", x->last.index));
	arena_release(&a);
}

static void
make(struct anchors *x)
{
	struct service *s = x->service;
	struct hub_log_info log = private(s);
	struct hub_draft d = { .kind = span_str(kind_name),
		.tlp = span_str(tlp_label(TLP_RED)), .aud = &s->own_team,
		.aud_n = 1 };
	char root[ENTRY_DIGEST_TEXT + 1];
	struct json_out w;
	struct buf b;

	entry_write_digest(&log.root, root);
	buf_init(&b, 1024);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_span(&w, "log", log.origin);
	json_put_member_u64(&w, "size", log.size);
	json_put_member_str(&w, "root", root);
	json_put_close(&w, '}');
	d.body = buf_span(&b);
	x->is_writing = true;
	hub_append(s->hub, &d, on_anchored, x);
	service_stir(s);
	buf_release(&b);
}

static void
watch(struct anchors *x)
{
	struct service *s = x->service;
	int64_t wait_ms = ANCHOR_LOOK_MS;
	const char *why;

	if (!x->is_writing && hub_may_append(s->hub, &why) == ERR_NONE &&
	    anchor_step(&x->last.anchor, s->config->anchor_s, private(s).size,
		loop_now(s->loop).wall, &wait_ms))
		make(x);
	again(x, wait_ms);
}

static void
on_timer(void *ctx)
{
	struct anchors *x = ctx;

	if (x->service->is_stopping)
		return;
	switch (x->state) {
	case ANCHORS_LOOKING:
		look(x);
		break;
	case ANCHORS_CHECKING:
		check(x);
		break;
	case ANCHORS_GOOD:
		watch(x);
		break;
	case ANCHORS_BAD:
		break;
	}
}

/* --- life --- */

void
anchors_start(struct service *s)
{
	struct anchors *x = mem_alloc(sizeof *x);

	x->service = s;
	x->timer = loop_timer_create(s->loop, on_timer, x);
	x->look_below = own(s).size;
	s->anchors = x;
	again(x, 0);
}

void
anchors_stop(struct service *s)
{
	if (s->anchors != NULL) {
		loop_timer_free(s->anchors->timer);
		s->anchors->timer = NULL;
	}
}

void
anchors_stir(struct service *s)
{
	struct anchors *x = s->anchors;

	if (x != NULL && x->timer != NULL && x->state == ANCHORS_GOOD &&
	    !x->is_writing)
		again(x, PAUSE_MS);
}

void
anchors_put(struct service *s, struct json_out *w)
{
	static const char *const words[] = { [ANCHORS_LOOKING] = "looking",
		[ANCHORS_CHECKING] = "checking", [ANCHORS_GOOD] = "good",
		[ANCHORS_BAD] = "bad" };
	const struct anchors *x = s->anchors;

	json_put_key(w, "audit");
	json_put_open(w, '{');
	if (x != NULL) {
		json_put_member_str(w, "state", words[x->state]);
		json_put_key(w, "anchored");
		json_put_i64(w, x->last.anchor.size == 0 ? 0 :
			x->last.anchor.at_s);
		json_put_member_u64(w, "size", x->last.anchor.size);
		json_put_member_u64(w, "index", x->last.index);
		json_put_member_str(w, "why", x->why);
	}
	json_put_close(w, '}');
}
