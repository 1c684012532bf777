/* SPDX-License-Identifier: Apache-2.0
 *
 * The public face of the node, as members of its status.
 */
#include "node/face.h"

#include "node/broadcast.h"
#include "node/site_link.h"

static void
put_site(const struct site_link_state *s, const struct config *c,
    int64_t now_s, struct json_out *w)
{
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
		put_site(&site, s->config, now_s, w);
	if (s->config->web_listen.n != 0)
		put_web(&web, s->config, now_s, w);
}
