/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: pins_reload, keyset_cut.
 */
#include "node/command.h"
#include "node/documents.h"
#include "node/site_link.h"
#include "record/change.h"
#include "record/pins.h"

/* --- pins --- */

static bool
has_pin(const struct pin *list, size_t n, const struct pin *p)
{
	for (size_t i = 0; i < n; i++)
		if (pin_is_equal(&list[i], p))
			return true;
	return false;
}

static void
audit_pin(struct call *c, const struct pin *p, const char *outcome)
{
	struct buf b;

	buf_init(&b, 256);
	pin_write(p, &b);
	audit(c->service, &c->caller, "pin", NULL, buf_str(&b), outcome, "");
	buf_release(&b);
}

/* The operator's file was changed (the node itself may only read it): what is
 * new in it and what is gone from it becomes an entry each. */
void
cmd_pins_reload(struct call *c)
{
	struct service *s = c->service;
	struct fault f = { 0 };
	struct pin *fresh = NULL, *old;
	const struct pin *held;
	size_t n = 0, old_n, added = 0, removed = 0;
	enum err e = documents_pins(s->config->documents, &c->mem, &fresh, &n,
	    &f);

	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_REFUSED, "the pins stay as they were",
		    call_text(c, "%s: %s", f.field, f.rule),
		    "almenara pin list");
		return;
	}
	held = registry_pins(s->registry, &old_n);
	old = arena_alloc(&c->mem, old_n * sizeof *old);
	for (size_t i = 0; i < old_n; i++) {
		old[i] = held[i];
		old[i].team = arena_copy(&c->mem, held[i].team);
	}
	hub_set_pins(s->hub, fresh, n, loop_now(s->loop));
	site_link_again(s->site);
	for (size_t i = 0; i < n; i++)
		if (!has_pin(old, old_n, &fresh[i])) {
			audit_pin(c, &fresh[i], "added");
			added++;
		}
	for (size_t i = 0; i < old_n; i++)
		if (!has_pin(fresh, n, &old[i])) {
			audit_pin(c, &old[i], "removed");
			removed++;
		}
	json_put_open(&c->w, '{');
	json_put_member_u64(&c->w, "pins", n);
	json_put_member_u64(&c->w, "added", added);
	json_put_member_u64(&c->w, "removed", removed);
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- cuts --- */

/* Where a stolen entry key is cut, unless people know better: the largest size
 * of the own log that enough other teams had cosigned before a time. */
void
cmd_keyset_cut(struct call *c)
{
	struct service *s = c->service;
	uint64_t before = 0, least = 3, size;
	enum err e = json_u64(json_get(c->args, "before"), &before);

	if (e != ERR_NONE || (json_get(c->args, "least").type !=
	    JSON_ABSENT && json_u64(json_get(c->args, "least"), &least) !=
	    ERR_NONE)) {
		call_misused(c, "before is a time in seconds");
		return;
	}
	e = hub_cut(s->hub, least, before, &size);
	if (e != ERR_NONE) {
		call_fail(c, e, EXIT_OF_ERROR,
		    "the cosignatures cannot be read", "",
		    "almenara log verify");
		return;
	}
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "log", s->origin);
	json_put_member_u64(&c->w, "cut", size);
	json_put_member_u64(&c->w, "size", hub_log_count(s->hub) == 0 ? 0 :
	    hub_log(s->hub, 0).size);
	json_put_close(&c->w, '}');
	call_done(c);
}
