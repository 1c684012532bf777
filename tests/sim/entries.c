/* SPDX-License-Identifier: Apache-2.0
 *
 * What nodes append to their logs.
 */
#include "sim.h"

#include "base/mem.h"

#include <stdio.h>
#include <stdlib.h>

struct wait {
	struct sim_node *node;
	int64_t until_ms; /* 0: no embargo */
	struct sim_entry entry;
};

static void
appended(void *ctx, const struct hub_appended *result)
{
	struct wait *w = ctx;
	struct sim_node *n = w->node;

	n->waiting--;
	if (sim_is_dead(n)) {
		free(w);
		return;
	}
	if (result->err != ERR_NONE) {
		n->refused++;
		snprintf(n->refusal, sizeof n->refusal, "%s: %s",
		    err_token(result->err), result->text);
	} else {
		w->entry.log = judge_log(n->sim, hub_log(n->hub, 0).origin);
		w->entry.index = result->index;
		w->entry.digest = result->digest;
		w->entry.id = result->id;
		w->entry.released_ms = n->sim->now.mono.ms;
		n->entry = mem_grow(n->entry,
		    (n->entry_n + 1) * sizeof *n->entry);
		n->entry[n->entry_n++] = w->entry;
		if (w->until_ms != 0)
			embargo_note(n, &result->digest, w->until_ms);
	}
	free(w);
}

/* The rules of every node here: everything goes, by decision all the same. */
static void
sim_permit(const struct sim_node *n, struct hub_draft *d)
{
	static const char text[] =
	    "agreement 018f2f3e-7c1d-7a2b-9c3d-0123456789ab with all\n"
	    "allow release any to all and public\n";
	struct rules_ask ask = { .kind = d->kind, .own = span_str(n->team),
		.now = n->sim->now.wall };
	const struct rules *r;
	struct arena mem = { 0 };

	if (rules_parse(span_str(text), NULL, &mem, &r, NULL) != ERR_NONE ||
	    tlp_parse(d->tlp, &ask.tlp) != ERR_NONE ||
	    permit_decide(r, &ask, d->aud, d->aud_n, &d->permit, NULL,
		NULL) != ERR_NONE)
		abort();
	arena_release(&mem);
}

/* The permit that the next entry comes with: its own, none, or one that was
 * decided for something else. */
static void
permit_next(struct sim_node *n, struct hub_draft *d)
{
	struct hub_draft other = *d;

	if (n->next_permit == PERMIT_OTHER_LABEL)
		other.tlp = span_str("TLP:RED");
	if (n->next_permit == PERMIT_OTHER_READER && other.aud_n != 0)
		other.aud_n--;
	if (n->next_permit != PERMIT_NONE)
		sim_permit(n, &other);
	d->permit = other.permit;
	n->next_permit = PERMIT_FITS;
}

void
sim_append(struct sim_node *n, unsigned readers, bool urgent, bool spoiled)
{
	static const char form[] = "{\"title\":{\"en\":\"Exercise %u\"},"
	    "\"language\":\"en\",\"author_post\":\"duty officer\","
	    "\"exercise\":\"SIM\",\"level\":%u,\"severity\":\"%s\","
	    "\"urgency\":\"Immediate\",\"certainty\":\"Observed\","
	    "\"rsit\":[\"availability/outage\"],"
	    "\"sectors\":[\"government\"],\"states\":[\"UY\"],"
	    "\"requested_action\":\"check\",\"attack_vector\":\"mail\","
	    "\"impact\":{\"en\":\"none\"},\"outlook\":\"stable\"}";
	struct span aud[SIM_NODES];
	struct hub_draft d = { .kind = span_str("warning"), .aud = aud,
		.tlp = span_str(readers != 0 ? "TLP:AMBER" : "TLP:CLEAR"),
		.urgent = urgent };
	struct wait *w = mem_alloc(sizeof *w);
	struct digest replaces;
	char body[600];

	snprintf(body, sizeof body, form, (unsigned)n->entry_n,
	    spoiled && n->poison == POISON_NO && n->from[0] == '\0' &&
	    !n->is_elsewhere &&
	    n->next_of == NULL ? 9u : urgent ? 4u : 3u, urgent ? "Severe" : "Moderate");
	d.body = span_str(n->next_body != NULL ? n->next_body : body);
	if (n->next_kind != NULL)
		d.kind = span_str(n->next_kind);
	if (n->next_tlp != NULL)
		d.tlp = span_str(n->next_tlp);
	d.has_embargo = n->next_until_ms != 0;
	d.embargo_until_s = n->next_until_ms / 1000;
	d.embargo_publish = n->next_publish;
	n->next_body = n->next_kind = n->next_tlp = NULL;
	if (n->next_of != NULL) {
		d.has_id = true;
		d.id = n->next_of->id;
		d.rev = n->next_of->rev + !n->next_same;
		replaces = n->next_of->digest;
		replaces.b[0] ^= n->next_wrong;
		d.replaces = &replaces;
		d.replaces_n = d.rev != 0;
	}
	if (n->next_about != NULL) {
		d.has_re = true;
		d.re = n->next_about->digest;
	}
	for (unsigned i = 0; i < n->sim->n; i++)
		if ((readers & 1u << i) != 0 ||
		    (readers != 0 && n->sim->to_self && i == n->i))
			aud[d.aud_n++] = span_str(n->sim->node[i].team);
	*w = (struct wait){ n, n->next_until_ms, { .readers = readers != 0 ? readers :
						(1u << n->sim->n) - 1,
		.urgent = urgent, .spoiled = spoiled } };
	w->entry.readers &= ~(1u << n->i);
	w->entry.rev = d.rev;
	n->next_of = n->next_about = NULL;
	n->next_wrong = n->next_same = false;
	n->next_until_ms = 0;
	n->waiting++;
	permit_next(n, &d);
	hub_append(n->hub, &d, appended, w);
	n->turn_due = true;
}

static void
noted(void *ctx, const struct hub_appended *result)
{
	struct sim_node *n = ctx;

	if (result->err != ERR_NONE && !sim_is_dead(n))
		sim_fail(n->sim, "a private entry: %s", result->text);
}

void
sim_note(struct sim_node *n, const char *kind, const struct uuid *id,
    uint64_t rev, const char *body)
{
	const struct digest before = hash_sha256(span_str(kind));
	const struct span team = span_str(n->team);
	struct hub_draft d = { .is_private = true, .kind = span_str(kind),
		.tlp = span_str("TLP:RED"), .body = span_str(body),
		.has_id = true, .id = *id, .rev = rev, .replaces = &before,
		.replaces_n = rev != 0, .aud = &team, .aud_n = 1 };

	hub_append(n->hub, &d, noted, n);
	n->turn_due = true;
}
