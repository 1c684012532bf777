/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit trail: records of kind `audit` in the private log.
 */
#include "node/command.h"

#include "base/log.h"

struct hub_draft
home_draft(struct service *s, const char *kind)
{
	return (struct hub_draft){ .is_private = true,
		.kind = span_str(kind), .tlp = span_str("TLP:RED"),
		.aud = &s->own_team, .aud_n = 1 };
}

/* Nobody waits for it; if it cannot be written, neither can what it tells. */
static void
on_audited(void *ctx, const struct hub_appended *result)
{
	struct service *s = ctx;

	if (result->err == ERR_NONE)
		index_arrived(s->index, hub_log(s->hub, 1).id, result->index);
	else if (!s->is_stopping)
		log_event(LOG_WARNING, "audit.lost",
		    log_err("error", result->err),
		    log_str("text", result->text));
}

void
audit(struct service *s, const struct caller *who, const char *act,
    const struct digest *object, const char *subject, const char *outcome,
    const char *reason)
{
	audit_by(s, who, act, object, subject, outcome, reason, "", NULL);
}

void
audit_by(struct service *s, const struct caller *who, const char *act,
    const struct digest *object, const char *subject, const char *outcome,
    const char *reason, const char *rule, const struct digest *rules)
{
	struct hub_draft d = home_draft(s, "audit");
	char text[ENTRY_DIGEST_TEXT + 1], client[32];
	struct json_out w;
	struct buf b;

	if (s->is_stopping)
		return;
	buf_init(&b, 8192);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "actor",
	    who->login[0] != '\0' ? who->login : who->post);
	json_put_member_str(&w, "act", act);
	if (object != NULL) {
		entry_write_digest(object, text);
		json_put_member_str(&w, "object", text);
	}
	if (subject[0] != '\0')
		json_put_member_str(&w, "subject", subject);
	snprintf(client, sizeof client, "control uid %u", who->uid);
	json_put_member_str(&w, "client", client);
	json_put_member_str(&w, "outcome", outcome);
	if (reason[0] != '\0')
		json_put_member_str(&w, "reason", reason);
	if (rule[0] != '\0')
		json_put_member_str(&w, "rule", rule);
	if (rules != NULL) {
		entry_write_digest(rules, text);
		json_put_member_str(&w, "rules", text);
	}
	json_put_close(&w, '}');
	d.body = buf_span(&b);
	hub_append(s->hub, &d, on_audited, s);
	service_stir(s);
	buf_release(&b);
}
