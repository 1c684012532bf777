/* SPDX-License-Identifier: Apache-2.0
 *
 * What is told over the control socket to those who wait for events.
 */
#include "node/control_inside.h"

#include "base/log.h"
#include "crypto/jws.h"
#include "node/exits.h"

/* A reader who is further behind is let go, and has to look again. */
enum { EVENTS_OUT_MAX = 1048576 };

/* Its coded values, for those who may read: never its text. */
static void
put_coded(struct control *c, struct json_out *w, const struct entry *entry,
    struct json_val body, const struct exit_pass *pass, const char **name)
{
	char id[UUID_TEXT + 1], re[ENTRY_DIGEST_TEXT + 1];
	const struct kind *k = kind_find(c->service->schema, entry->kind);

	if (exit_opens(pass, EXIT_EVENT, EXIT_PLACE)) {
		uuid_write(&entry->id, id);
		json_put_member_str(w, "id", id);
		json_put_member_u64(w, "rev", entry->rev);
	}
	if (exit_opens(pass, EXIT_EVENT, EXIT_LEVEL))
		json_put_member_u64(w, "level", (uint64_t)level_of(body));
	if (!exit_opens(pass, EXIT_EVENT, EXIT_CODED))
		return;
	json_put_member_span(w, "iss", entry->iss);
	json_put_member_span(w, "kind", entry->kind);
	if (entry->has_re) {
		entry_write_digest(&entry->re, re);
		json_put_member_str(w, "re", re);
	}
	if (k != NULL && k->is_answer)
		*name = "acknowledged";
}

/* What the entry says of itself. */
static void
put_entry(struct control *c, struct json_out *w, const struct hub_event *e,
    const char **name)
{
	struct service *s = c->service;
	struct arena a = { 0 };
	struct store_body body;
	struct exit_notice n;
	struct exit_pass pass;
	struct entry entry;
	struct json_val v;
	struct span text;
	struct jws jws;
	uint32_t log = UINT32_MAX;

	for (size_t i = 0; i < hub_log_count(s->hub); i++)
		if (span_is_equal(hub_log(s->hub, i).origin, e->origin))
			log = hub_log(s->hub, i).id;
	if (log != UINT32_MAX &&
	    hub_read_entry(s->hub, log, e->index, &a, &body, &text) ==
		ERR_NONE &&
	    jws_parse(text, ENTRY_TYP, &a, &jws, NULL) == ERR_NONE &&
	    entry_parse(jws.payload, &a, &entry, &v, NULL) == ERR_NONE) {
		n = exits_of_entry(s, log, &entry, v, body.state, NULL, &a);
		pass = exits_to_readers(s, EXIT_EVENT, &n);
		put_coded(c, w, &entry, v, &pass, name);
	}
	arena_release(&a);
}

static const char *
event_name(enum hub_event_type type)
{
	switch (type) {
	case HUB_LINK_UP:
	case HUB_LINK_DOWN:
	case HUB_SILENCE:
	case HUB_CLOCK:
		return "link";
	case HUB_ACCEPTED:
		return "accepted";
	case HUB_RELEASED:
		return "released";
	case HUB_RECEIPTED:
		return "receipted";
	case HUB_STATE:
	case HUB_DOCUMENT:
		return "state";
	case HUB_EMBARGO:
		return "embargo";
	case HUB_ERASED:
		return "erased";
	case HUB_SHUT_OUT:
		return "shut-out";
	case HUB_SWEPT:
		return "swept";
	case HUB_QUARANTINED:
	case HUB_CHANGED:
	case HUB_REFUSED:
	case HUB_ALARM:
	case HUB_NOTED: /* which nobody is told of */
		break;
	}
	return "alarm";
}

/* Nothing below this is owed to a team any more; at most `size`. */
static uint64_t
whole_below(const struct control *c, struct span team, uint64_t size)
{
	struct service *s = c->service;

	for (size_t i = 0; i < hub_peer_count(s->hub); i++) {
		struct hub_peer_info p = hub_peer(s->hub, i,
		    loop_now(s->loop));

		if (span_is_equal(p.team, team))
			return p.due != 0 && p.due_from < size ? p.due_from :
								 size;
	}
	return size;
}

static void
write_event(struct control *c, const struct hub_event *e, struct buf *out)
{
	const char *name = event_name(e->type);
	struct json_out w, d;
	struct buf data;

	buf_init(&data, 8192);
	json_out_init(&d, &data);
	json_put_open(&d, '{');
	json_put_member_span(&d, "team", e->team);
	json_put_member_span(&d, "log", e->origin);
	json_put_member_u64(&d, "index", e->index);
	json_put_member_str(&d, "error",
	    e->err == ERR_NONE ? "" : err_token(e->err));
	json_put_member_str(&d, "text", e->type == HUB_LINK_UP ? "up" :
		e->type == HUB_LINK_DOWN && e->text[0] == '\0' ? "down" :
								 e->text);
	if (e->type == HUB_LINK_UP || e->type == HUB_LINK_DOWN)
		json_put_member_bool(&d, "up", e->type == HUB_LINK_UP);
	if (e->type == HUB_RECEIPTED)
		json_put_member_u64(&d, "whole",
		    whole_below(c, e->team, e->index));
	if (e->type == HUB_ACCEPTED || e->type == HUB_RELEASED)
		put_entry(c, &d, e, &name);
	json_put_close(&d, '}');
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_str(&w, "event", name);
	json_put_member_u64(&w, "at",
	    (uint64_t)loop_now(c->service->loop).wall.ms);
	json_put_key(&w, "data");
	json_put_raw(&w, buf_span(&data));
	json_put_close(&w, '}');
	buf_release(&data);
}

void
control_tell(struct control *c, const struct hub_event *e)
{
	struct control_client *next;
	struct buf event;

	buf_init(&event, 16384);
	for (struct control_client *cl = c->clients; cl != NULL; cl = next) {
		next = cl->next;
		if (!cl->wants_events)
			continue;
		if (event.n == 0)
			write_event(c, e, &event);
		if (cl->out.n - cl->out_at > EVENTS_OUT_MAX) {
			log_event(LOG_NOTICE, "control.slow",
			    log_uint("uid", cl->uid));
			client_close(cl);
			continue;
		}
		client_put(cl, buf_span(&event));
	}
	buf_release(&event);
}

/* The caller may have been given other rights, or another name, since. */
static bool
is_of(struct control_client *cl, struct span login)
{
	struct caller who;

	caller_find(cl->control->service, cl->uid, &who);
	return who.login[0] != '\0' && span_is_str(login, who.login);
}

bool
control_page(struct control *c, struct span login, struct span text)
{
	struct control_client *next;
	struct json_out w;
	struct buf event;
	bool seen = false;

	buf_init(&event, 16384);
	json_out_init(&w, &event);
	json_put_open(&w, '{');
	json_put_member_str(&w, "event", "page");
	json_put_member_u64(&w, "at",
	    (uint64_t)loop_now(c->service->loop).wall.ms);
	json_put_key(&w, "data");
	json_put_open(&w, '{');
	json_put_member_span(&w, "text", text);
	json_put_close(&w, '}');
	json_put_close(&w, '}');
	for (struct control_client *cl = c->clients; cl != NULL; cl = next) {
		next = cl->next;
		if (!cl->wants_events || cl->watch == NULL ||
		    cl->out.n - cl->out_at > EVENTS_OUT_MAX ||
		    !is_of(cl, login))
			continue;
		client_put(cl, buf_span(&event));
		seen |= cl->watch != NULL;
	}
	buf_release(&event);
	return seen;
}
