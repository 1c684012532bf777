/* SPDX-License-Identifier: Apache-2.0
 *
 * A report that a browser has sealed: opened by the keeper, looked at, and
 * sealed again as the web process seals, so that from here on it is as any
 * other. It belongs to the token of its form, which is good once: who has
 * recorded it cannot send it again as a report of her own.
 */
#include "node/reports_inside.h"

#include "base/code.h"
#include "base/log.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "record/filled.h"

enum { OPENED_MOST = 65536 };

static enum err
open_form(struct service *s, struct span form, struct span token,
    struct buf *out)
{
	struct keeper_job j = { .what = KEEPER_OPEN_INTAKE,
		.typ = REPORT_INFO };
	struct buf raw, aad;
	enum err e;

	buf_init(&raw, OPENED_MOST);
	buf_init(&aad, 128);
	buf_put_str(&aad, REPORT_AAD_FORM);
	buf_put(&aad, token);
	e = buf_check(&aad);
	if (e == ERR_NONE)
		e = code_parse_base64url(form, &raw);
	j.in = buf_span(&raw);
	j.with = buf_span(&aad);
	j.out = *out;
	if (e == ERR_NONE)
		e = keeper_run(keeper_client_keeper(s->keeper), &j, 1);
	*out = j.out;
	buf_release(&raw);
	buf_release(&aad);
	return e != ERR_NONE ? e : j.result;
}

/* The answers of `x` as the web process seals them, in base64url. */
static enum err
seal_answers(const struct service *s, const struct filled *x, struct buf *out)
{
	unsigned char seed[32];
	struct json_out w;
	struct buf b, raw;
	enum err e;

	buf_init(&b, OPENED_MOST);
	buf_init(&raw, OPENED_MOST);
	json_out_init(&w, &b);
	filled_write(x, &w);
	random_fill(seed, sizeof seed);
	e = buf_check(&b);
	if (e == ERR_NONE)
		e = hpke_seal(&s->intake_jwk, seed, span_str(REPORT_INFO),
		    span_str(REPORT_AAD), buf_span(&b), &raw);
	code_write_base64url(out, buf_span(&raw));
	secret_wipe(seed, sizeof seed);
	if (b.p != NULL)
		secret_wipe(b.p, b.cap);
	buf_release(&b);
	buf_release(&raw);
	return e;
}

static void
put_same(struct json_val v, struct json_out *w)
{
	static const char *const same[] = { "find", "reader", "lane",
		"language" };

	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		struct json_val m = json_get(v, same[i]);

		if (m.type == JSON_ABSENT)
			continue;
		json_put_key(w, same[i]);
		json_put_raw(w, json_raw(m));
	}
}

/* In the clear from here to its end. */
static enum err
unseal(struct service *s, struct json_val v, struct arena *a,
    struct buf *opened, struct buf *out)
{
	const struct field *topic = field_find(kind_find(s->schema,
	    span_str("report")), span_str("topic"));
	struct span form, token;
	struct fault f = { 0 };
	struct filled x;
	struct json_out w;
	struct buf sealed;
	enum err e = json_text(json_get(v, "form"), a, &form);

	if (e == ERR_NONE)
		e = json_text(json_get(v, "token"), a, &token);
	if (e == ERR_NONE)
		e = open_form(s, form, token, opened);
	if (e == ERR_NONE)
		e = filled_parse(buf_span(opened), a, &x, &f);
	if (e == ERR_NONE && choice_find(topic->choices, x.topic) == NULL)
		e = fault_at(&f, ERR_SCHEMA, 0, "topic", "is no choice");
	if (e != ERR_NONE) {
		log_event(LOG_NOTICE, "report.sealed", log_err("error", e),
		    log_str("field", f.field), log_str("rule", f.rule));
		return e;
	}
	buf_init(&sealed, 2 * OPENED_MOST);
	e = seal_answers(s, &x, &sealed);
	json_out_init(&w, out);
	json_put_open(&w, '{');
	put_same(v, &w);
	json_put_member_span(&w, "topic", x.topic);
	json_put_member_str(&w, "consent", filled_consent(x.share, x.named));
	json_put_member_span(&w, "sealed", buf_span(&sealed));
	json_put_close(&w, '}');
	buf_release(&sealed);
	return e != ERR_NONE ? e : buf_check(out);
}

void
reports_file_sealed(struct service *s, uint64_t call, struct json_val v,
    struct arena *a)
{
	struct arena mem = { 0 };
	struct buf opened, text;
	struct json doc;
	enum err e;

	buf_init(&opened, OPENED_MOST);
	buf_init(&text, LIMIT_WEB_CALL);
	e = unseal(s, v, &mem, &opened, &text);
	if (e == ERR_NONE)
		e = json_parse_arena(buf_span(&text), LIMIT_JSON_DEPTH, 64, a,
		    &doc, NULL);
	if (e == ERR_NONE)
		reports_file(s, call, json_root(&doc), a);
	else
		reports_reply(s, call, e == ERR_IO || e == ERR_CLOSED ?
		    TALK_LATER : TALK_WRONG, span_str(err_token(e)));
	if (opened.p != NULL)
		secret_wipe(opened.p, opened.cap);
	buf_release(&opened);
	buf_release(&text);
	arena_release(&mem);
}
