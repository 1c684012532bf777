/* SPDX-License-Identifier: Apache-2.0
 *
 * The public face of the node, as members of its status.
 */
#include "node/face.h"

#include "base/limits.h"
#include "node/broadcast.h"
#include "node/site_link.h"

struct said {
	const char *name; /* of a guide; NULL: any record of the kind */
	bool is;
};

static bool
see_said(void *ctx, const struct index_row *row)
{
	struct said *x = ctx;
	struct arena a = { 0 };
	struct json doc;

	if (!row->has_tlp || row->tlp != TLP_CLEAR)
		return true;
	x->is = x->name == NULL || (json_parse_arena(row->brief,
	    LIMIT_JSON_DEPTH, 256, &a, &doc, NULL) == ERR_NONE &&
	    json_is_str(json_get(json_root(&doc), "name"), x->name));
	arena_release(&a);
	return !x->is;
}

/* Has the team released such a record for the public, and does it stand? One
 * that describes the team, or the advice of that name. */
static bool
is_said(struct service *s, const char *name)
{
	struct said x = { .name = name };

	for (size_t i = 0; i < kind_count(s->schema) && !x.is; i++) {
		const struct kind *k = kind_at(s->schema, i);
		const struct index_filter want = { .any = true, .mine = true,
			.kind = span_str(k->name) };

		if (name == NULL ? k->describes : k->guides)
			(void)!index_inbox(s->index, &want, see_said, &x,
			    NULL);
	}
	return x.is;
}

static void
put_site(struct service *service, const struct site_link_state *s,
    int64_t now_s, struct json_out *w)
{
	const struct config *c = service->config;

	json_put_key(w, "site");
	json_put_open(w, '{');
	json_put_member_str(w, "url", c->site_url);
	json_put_member_u64(w, "at", (uint64_t)s->at_s);
	if (s->at_s != 0)
		json_put_member_u64(w, "age_s", now_s > s->at_s ?
		    (uint64_t)(now_s - s->at_s) : 0);
	json_put_member_u64(w, "faults", s->faults);
	json_put_member_bool(w, "publish", s->has_publish);
	json_put_member_u64(w, "published", (uint64_t)s->published_s);
	json_put_member_u64(w, "failed", (uint64_t)s->failed_s);
	json_put_member_u64(w, "failures", s->failures);
	json_put_member_str(w, "why", s->why);
	json_put_member_bool(w, "reach", c->site_phone[0] != '\0' ||
	    c->site_mail[0] != '\0');
	json_put_member_bool(w, "card", is_said(service, NULL));
	json_put_member_bool(w, "disclosure", is_said(service,
	    "disclosure"));
	json_put_close(w, '}');
}

static void
put_web(const struct broadcast_web *b, const struct config *c, int64_t now_s,
    struct json_out *w)
{
	bool is_tls = c->web_certificate[0] != '\0';

	json_put_key(w, "web");
	json_put_open(w, '{');
	json_put_key(w, "address");
	json_put_open(w, '[');
	for (size_t i = 0; i < c->web_listen.n; i++)
		json_put_str(w, c->web_listen.items[i]);
	json_put_close(w, ']');
	json_put_member_bool(w, "up", b->is_up);
	if (b->is_up)
		json_put_member_u64(w, "open", b->open);
	json_put_member_bool(w, "tls", is_tls);
	/* one that is not up may be so because of it */
	if (is_tls && b->until_s > 0) {
		json_put_member_u64(w, "until", (uint64_t)b->until_s);
		json_put_member_u64(w, "left_s", b->until_s > now_s ?
		    (uint64_t)(b->until_s - now_s) : 0);
	}
	json_put_close(w, '}');
}

void
face_put(struct service *s, struct json_out *w)
{
	struct site_link_state site = site_link_state(s->site);
	struct broadcast_web web = broadcast_web(s->broadcast);
	int64_t now_s = loop_now(s->loop).wall.ms / 1000;

	if (site.has_site)
		put_site(s, &site, now_s, w);
	if (s->config->web_listen.n != 0)
		put_web(&web, s->config, now_s, w);
}
