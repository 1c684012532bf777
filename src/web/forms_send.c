/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes to the node: sealed to the team before it leaves this process.
 */
#include "web/forms_inside.h"

#include "base/code.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "crypto/secret.h"

#include <sys/socket.h>

enum {
	WAIT_MS = 10000, /* for the node */
	SEALED_MOST = 32768
};

bool
forms_put(const struct forms *i, const struct talk_frame *f)
{
	struct buf b;
	bool good;

	buf_init(&b, LIMIT_WEB_CALL + 64);
	talk_write(f, &b);
	good = buf_check(&b) == ERR_NONE && send(i->fd, b.p, b.n,
	    MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)b.n;
	buf_release(&b);
	return good;
}

void
forms_call(struct visit *v, enum talk_op op, struct span text)
{
	struct forms *i = v->forms;
	struct talk_frame f = { .type = TALK_CALL, .id = ++i->next_call,
		.op = (uint8_t)op, .text = text };

	v->asked = op;
	v->has_reply = false;
	v->waits = f.id;
	v->until_ms = i->now_ms + WAIT_MS;
	if (!forms_put(i, &f)) {
		v->waits = 0;
		v->has_reply = true;
		v->op = TALK_LATER;
	}
}

/* `text` sealed to `to`, as a member of an object. */
static enum err
put_sealed(const struct jwk *to, const char *name, const char *aad,
    struct span text, struct json_out *w)
{
	unsigned char seed[32];
	struct buf raw, b;
	enum err e;

	random_fill(seed, sizeof seed);
	buf_init(&raw, SEALED_MOST);
	buf_init(&b, 2 * SEALED_MOST);
	e = hpke_seal(to, seed, span_str("almenara report/1"), span_str(aad),
	    text, &raw);
	code_write_base64url(&b, buf_span(&raw));
	json_put_member_span(w, name, buf_span(&b));
	secret_wipe(seed, sizeof seed);
	buf_release(&raw);
	buf_release(&b);
	return e;
}

void
forms_put_digest(struct json_out *w, const char *name, const void *p)
{
	struct buf b;

	buf_init(&b, 64);
	code_write_base64url(&b, span_of(p, 32));
	json_put_member_span(w, name, buf_span(&b));
	buf_release(&b);
}

/* May it be handed on to the team that is responsible, and with what? */
static const char *
consent_of(const struct visit *v)
{
	if (span_is_str(forms_text(v, TYPED_NAMED), "yes"))
		return "contact";
	return span_is_str(forms_text(v, TYPED_SHARE), "network") ? "text" :
	    "none";
}

/* The same of the buttons where a report is followed. */
static const char *
consent_typed(const struct visit *v)
{
	struct span step = forms_text(v, TYPED_STEP);

	return span_is_str(step, "allow-contact") ? "contact" :
	    span_is_str(step, "allow") ? "text" : "none";
}

static void
put_answers(const struct visit *v, struct json_out *w)
{
	static const enum forms_field said[] = { TYPED_WHAT, TYPED_ONGOING,
		TYPED_WHEN, TYPED_CONTACT, TYPED_SHARE, TYPED_PRODUCT,
		TYPED_VENDOR, TYPED_VERSION, TYPED_EXPLOITED, TYPED_INFORMED,
		TYPED_PUBLISH, TYPED_CREDIT };

	json_put_open(w, '{');
	for (size_t k = 0; k < sizeof said / sizeof *said; k++)
		if (forms_text(v, said[k]).n != 0)
			json_put_member_span(w, forms_typed[said[k]].name,
			    forms_text(v, said[k]));
	forms_files_write(v, w);
	json_put_close(w, '}');
}

void
forms_send(struct visit *v)
{
	struct forms *i = v->forms;
	struct buf b, answers;
	struct json_out w, in;
	struct digest find;
	struct jwk reader;
	enum err e;

	if (forms_is_sealed(v)) {
		forms_send_sealed(v);
		return;
	}
	random_fill(v->code, sizeof v->code);
	v->has_code = true;
	find = follow_digest(v->code);
	follow_key(v->code, &reader);
	buf_init(&b, LIMIT_WEB_CALL);
	buf_init(&answers, SEALED_MOST);
	json_out_init(&in, &answers);
	put_answers(v, &in);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	forms_put_digest(&w, "find", find.b);
	forms_put_digest(&w, "reader", reader.x);
	json_put_member_span(&w, "topic", forms_text(v, TYPED_TOPIC));
	json_put_member_str(&w, "lane", forms_is_slow(v) ? "slow" : "normal");
	json_put_member_str(&w, "language", lang_tag(v->lang));
	json_put_member_str(&w, "consent", consent_of(v));
	forms_files_name(v, &w);
	e = put_sealed(&i->jwk, "sealed", "report", buf_span(&answers), &w);
	json_put_close(&w, '}');
	if (e == ERR_NONE) {
		forms_call(v, TALK_REPORT, buf_span(&b));
	} else {
		v->has_reply = true;
		v->op = TALK_LATER;
	}
	jwk_wipe(&reader);
	secret_wipe(answers.p, answers.cap);
	buf_release(&answers);
	buf_release(&b);
}

/* A message, sealed to `to`: with the keys of its files, or their names. */
static enum err
put_message(const struct visit *v, const struct jwk *to, const char *name,
    bool is_copy, struct json_out *w)
{
	struct json_out in;
	struct buf said;
	enum err e;

	buf_init(&said, SEALED_MOST);
	json_out_init(&in, &said);
	json_put_open(&in, '{');
	json_put_member_span(&in, "text", forms_text(v, TYPED_MESSAGE));
	if (is_copy)
		forms_files_show(v, &in);
	else
		forms_files_write(v, &in);
	json_put_close(&in, '}');
	e = put_sealed(to, name, "message", buf_span(&said), w);
	secret_wipe(said.p, said.cap);
	buf_release(&said);
	return e;
}

void
forms_ask(struct visit *v, enum talk_op op)
{
	struct digest find = follow_digest(v->code);
	struct json_out w;
	struct jwk reader;
	struct buf b;

	follow_key(v->code, &reader);
	buf_init(&b, LIMIT_WEB_CALL);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	forms_put_digest(&w, "find", find.b);
	if (op == TALK_MESSAGE) {
		forms_files_name(v, &w);
		if (put_message(v, &v->forms->jwk, "sealed", false, &w) !=
			ERR_NONE ||
		    put_message(v, &reader, "copy", true, &w) != ERR_NONE)
			buf_release(&b);
	}
	if (op == TALK_CONSENT)
		json_put_member_str(&w, "consent", consent_typed(v));
	json_put_close(&w, '}');
	jwk_wipe(&reader);
	forms_call(v, op, buf_span(&b));
	buf_release(&b);
}
