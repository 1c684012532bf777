/* SPDX-License-Identifier: Apache-2.0
 *
 * What a joint site says of where its notices are from. How long a log is
 * stands nowhere, nor when its newest entry came: that would tell of notices
 * that are not for the public.
 */
#include "site/model.h"

#include "base/code.h"

static void
put_root(struct json_out *w, const struct digest *root)
{
	struct buf b;

	buf_init(&b, 64);
	code_write_base64(&b, digest_span(root));
	json_put_member_span(w, "checkpoint", buf_span(&b));
	buf_release(&b);
}

void
model_origin(const struct site_model *m, struct json_out *w, enum lang lang,
    const struct site_notice *n)
{
	const struct site_mark *k = &n->mark;

	if (!m->about->is_joint || k->log.n == 0)
		return;
	json_put_key(w, "origin");
	json_put_open(w, '{');
	json_put_member_span(w, "team", n->iss);
	json_put_member_str(w, "code", n->state);
	json_put_member_str(w, "state", model_state(m, n->state, lang));
	json_put_member_span(w, "log", k->log);
	json_put_member_span(w, "by", k->by);
	put_root(w, &k->root);
	model_time(w, "verified", k->at_s);
	json_put_close(w, '}');
}

void
model_member(const struct site_model *m, struct json_out *w, enum lang lang,
    const struct site_team *t, uint64_t notices)
{
	const struct site_held *h = &t->held;

	json_put_member_str(w, "team", t->id);
	json_put_member_str(w, "code", t->state);
	json_put_member_str(w, "state", model_state(m, t->state, lang));
	json_put_member_bool(w, "own", t->is_own);
	json_put_member_str(w, "log", h->is_held ? h->log : "");
	json_put_member_bool(w, "held", h->is_held);
	json_put_member_bool(w, "whole", h->is_held && h->is_whole);
	json_put_member_bool(w, "disputed", h->is_disputed);
	json_put_member_u64(w, "count", notices);
	if (h->is_held && h->until_s != 0)
		model_time(w, "until", h->until_s);
	if (h->is_held)
		model_time(w, "since", h->since_s);
}
