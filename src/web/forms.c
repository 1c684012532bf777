/* SPDX-License-Identifier: Apache-2.0
 *
 * The form: what is done with it. A form is taken in bounded memory, and only
 * so many at once from one network. forms_typed.c takes and checks what comes,
 * forms_files.c seals its files on their way, forms_send.c seals the rest for
 * the node, forms_page.c shows pages; who may send is judged in token.h and
 * pace.h.
 */
#include "web/forms_inside.h"

#include "base/code.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "web/refusal.h"

#include <stdlib.h>
#include <sys/socket.h>

enum {
	POSTS = 30,          /* at once from a network, */
	POSTS_MS = 2000,     /* and one more in so long */
	CODES = 20,
	CODES_MS = 10000,
	PIECES = 1024,       /* of files: 64 MiB, */
	PIECES_MS = 5000
};

/* --- life of a visit --- */

static void
visit_free(void *ctx)
{
	struct visit *v = ctx;

	forms_files_drop(v);
	crowd_leave(v->forms->crowd, v->net);
	*v->prev = v->next;
	if (v->next != NULL)
		v->next->prev = v->prev;
	for (size_t k = 0; k < TYPED_COUNT; k++) {
		if (v->field[k].p != NULL)
			secret_wipe(v->field[k].p, v->field[k].cap);
		buf_release(&v->field[k]);
	}
	buf_release(&v->reply);
	secret_wipe(v, sizeof *v);
	free(v);
}

/* --- a report --- */

static void
show(struct visit *v, enum forms_page page, unsigned status)
{
	forms_show(v->forms, v->call, v->lang, page, status, v,
	    span_str(""));
}

static void
show_receipt(struct visit *v)
{
	char code[FOLLOW_TEXT + 1];
	struct json_out w;
	struct buf b;

	follow_write(v->code, code);
	buf_init(&b, 256);
	buf_put_str(&b, ",\"number\":");
	json_out_init(&w, &b);
	json_put_span(&w, buf_span(&v->reply));
	/* the model has an empty one, of what was typed */
	buf_clear(&v->field[TYPED_CODE]);
	buf_put_str(&v->field[TYPED_CODE], code);
	forms_show(v->forms, v->call, v->lang, FORMS_RECEIPT, 200, v,
	    buf_span(&b));
	buf_release(&b);
}

static void
end_report(struct visit *v)
{
	if (v->has_reply) {
		v->wrong[WRONG_SEALED] = v->op == TALK_WRONG;
		v->wrong[WRONG_LATER] = v->op != TALK_DONE &&
		    v->op != TALK_WRONG;
		if (v->op == TALK_DONE)
			show_receipt(v);
		else if (v->op == TALK_WRONG)
			show(v, v->page, 422);
		else
			show(v, v->page, 503);
		return;
	}
	forms_check(v);
	if (forms_is_wrong(v))
		show(v, v->page, 422);
	else if (span_is_str(forms_text(v, TYPED_STEP), "send"))
		forms_send(v);
	else if (span_is_str(forms_text(v, TYPED_STEP), "change"))
		show(v, v->page, 200);
	else
		show(v, FORMS_CHECK, 200);
	if (v->has_reply)
		end_report(v);
}

/* --- following --- */

static void
show_stand(struct visit *v)
{
	struct buf b;

	buf_init(&b, 4 * LIMIT_WEB_CALL);
	if (forms_stand(v, &b) == ERR_NONE) {
		forms_show(v->forms, v->call, v->lang, FORMS_FOLLOW, 200,
		    v, buf_span(&b));
	} else {
		v->wrong[WRONG_LATER] = true;
		show(v, FORMS_FOLLOW, 503);
	}
	if (b.p != NULL)
		secret_wipe(b.p, b.cap);
	buf_release(&b);
}

static void
on_follow_reply(struct visit *v)
{
	if (v->op == TALK_NOTHING) {
		v->wrong[WRONG_NOTHING] = true;
		show(v, FORMS_FOLLOW, 404);
	} else if (v->op != TALK_DONE) {
		v->wrong[WRONG_LATER] = true;
		show(v, FORMS_FOLLOW, 503);
	} else if (v->asked == TALK_FOLLOW) {
		show_stand(v);
	} else {
		/* it is done: see how it stands now */
		buf_clear(&v->field[TYPED_MESSAGE]);
		forms_files_drop(v);
		forms_ask(v, TALK_FOLLOW);
	}
}

static void
end_follow(struct visit *v)
{
	struct span step = forms_text(v, TYPED_STEP);
	enum talk_op op = TALK_FOLLOW;

	if (v->has_reply) {
		on_follow_reply(v);
		return;
	}
	forms_check(v);
	if (!v->wrong[WRONG_BROKEN] && follow_parse(forms_text(v, TYPED_CODE),
	    v->code, NULL) != ERR_NONE)
		v->wrong[WRONG_CODE] = true;
	if (forms_is_wrong(v)) {
		show(v, FORMS_FOLLOW, 422);
		return;
	}
	if (span_is_str(step, "write") && (v->files.n != 0 ||
	    forms_text(v, TYPED_MESSAGE).n != 0))
		op = TALK_MESSAGE;
	else if (span_is_str(step, "withdraw"))
		op = TALK_WITHDRAW;
	else if (span_is_str(step, "allow") ||
	    span_is_str(step, "allow-contact") ||
	    span_is_str(step, "allow-none"))
		op = TALK_CONSENT;
	forms_ask(v, op);
	if (v->has_reply)
		end_follow(v);
}

static void
take_end(void *ctx)
{
	struct visit *v = ctx;

	if (v->waits == 0 && v->page == FORMS_FOLLOW)
		end_follow(v);
	else if (v->waits == 0)
		end_report(v);
	if (v->waits != 0)
		http_hold(v->call);
}

/* --- the node --- */

static void
ask_key(struct forms *i)
{
	const struct talk_frame f = { .type = TALK_CALL, .op = TALK_KEY };
	struct buf b;

	buf_init(&b, 64);
	talk_write(&f, &b);
	(void)!send(i->fd, b.p, b.n, MSG_NOSIGNAL | MSG_DONTWAIT);
	buf_release(&b);
}

static void
go_on(struct visit *v, enum talk_op op, struct span text)
{
	v->waits = 0;
	v->has_reply = true;
	v->op = op;
	buf_clear(&v->reply);
	buf_put(&v->reply, text);
	http_go_on(v->call);
}

void
forms_reply(void *ctx, const struct talk_frame *f)
{
	struct forms *i = ctx;
	unsigned char x[32];

	if (f->type == TALK_HERE) {
		ask_key(i);
		return;
	}
	if (f->id == 0) {
		i->has_jwk = f->op == TALK_DONE &&
		    code_parse_base64url_fixed(f->text, x, 32) == ERR_NONE;
		i->jwk = (struct jwk){ .kind = JWK_X25519 };
		if (i->has_jwk)
			memcpy(i->jwk.x, x, sizeof x);
		return;
	}
	if (forms_files_reply(i, f))
		return;
	for (struct visit *v = i->visits; v != NULL; v = v->next)
		if (v->waits == f->id) {
			go_on(v, (enum talk_op)f->op, f->text);
			return;
		}
}

void
forms_step(struct forms *i, int64_t now_ms)
{
	int64_t minute = now_ms / 60000;

	i->now_ms = now_ms;
	if (minute != i->minute) {
		i->posts_before = minute == i->minute + 1 ? i->posts_now : 0;
		i->posts_now = 0;
		i->minute = minute;
	}
	if (!i->has_jwk)
		ask_key(i);
	for (struct visit *v = i->visits; v != NULL; v = v->next)
		if (v->waits != 0 && now_ms >= v->until_ms)
			go_on(v, TALK_LATER, span_str(""));
	forms_files_step(i);
}

/* --- requests --- */

/* Nothing of what was asked for is in it. */
static void
refuse(struct http_call *call, unsigned status, enum lang lang)
{
	struct http_body *b;
	struct buf page;

	buf_init(&page, 4096);
	refusal_write(status, lang, &page);
	b = http_body_of(buf_span(&page));
	buf_release(&page);
	http_body_header(b, "Content-Type", "text/html; charset=utf-8");
	http_body_header(b, "Content-Language", lang_tag(lang));
	http_body_header(b, "Cache-Control", "no-store");
	if (status == 429)
		http_body_header(b, "Retry-After", "60");
	http_answer(call, status, b);
	http_body_free(b);
}

static void
begin(struct forms *i, struct http_call *call, enum lang lang,
    enum forms_page page, struct span boundary, crowd_key net)
{
	struct visit *v = mem_alloc(sizeof *v);
	const struct http_taker taker = { forms_take, take_end, visit_free,
		v };

	v->forms = i;
	v->call = call;
	v->net = net;
	v->lang = lang;
	v->page = page;
	v->next = i->visits;
	v->prev = &i->visits;
	if (i->visits != NULL)
		i->visits->prev = &v->next;
	i->visits = v;
	buf_init(&v->reply, LIMIT_WEB_CALL);
	forms_begin(v, boundary);
	if (http_take(call, &taker, LIMIT_REPORT_BODY))
		return;
	visit_free(v);
	refuse(call, 413, lang);
}

/* Before a byte of it is read: who sends too much costs nothing. */
static void
take_post(struct forms *i, struct http_call *call, enum lang lang,
    enum forms_page page)
{
	crowd_key from = i->is_limited ? http_from(call) : 0;
	crowd_key net = from != 0 ? pace_net(from) : 0;
	struct span boundary = multipart_boundary(http_header(call,
	    "Content-Type"));

	i->posts_now++;
	if (!i->has_jwk)
		refuse(call, 503, lang);
	else if (!pace_take(&i->posts, from, i->now_ms) || (page == FORMS_FOLLOW &&
	    !pace_take(&i->codes, from, i->now_ms)))
		refuse(call, 429, lang);
	else if (boundary.p == NULL)
		refuse(call, 400, lang);
	else if (!crowd_enter(i->crowd, net, LIMIT_REPORT_VISITS_EACH))
		refuse(call, net != 0 ? 429 : 503, lang);
	else
		begin(i, call, lang, page, boundary, net);
}

static bool
page_of(struct span path, enum forms_page *out)
{
	static const char *const at[] = { [FORMS_REPORT] = "report",
		[FORMS_WEAKNESS] = "report/vulnerability",
		[FORMS_FOLLOW] = "report/follow" };

	for (size_t k = 0; k < sizeof at / sizeof *at; k++)
		if (at[k] != NULL && span_is_str(path, at[k])) {
			*out = (enum forms_page)k;
			return true;
		}
	return false;
}

bool
forms_answer(struct forms *i, struct http_call *call,
    const struct web_path *p, int64_t now_ms)
{
	enum http_method m = http_method(call);
	enum forms_page page;

	i->now_ms = now_ms;
	if (!p->has_lang || p->n < 3 || !page_of(span_of(p->name + 3,
	    p->n - 3 - (p->is_folder && p->n > 3)), &page))
		return false;
	if (m == HTTP_POST && http_has_body(call)) {
		take_post(i, call, p->lang, page);
		return true;
	}
	if ((m != HTTP_GET && m != HTTP_HEAD) || http_has_body(call) ||
	    !i->has_jwk)
		return false;
	forms_show(i, call, p->lang, page, 200, NULL, span_str(""));
	return true;
}

/* --- life --- */

struct forms *
forms_create(int node_fd, const char *root, bool is_limited, int64_t now_ms)
{
	struct forms *i = mem_alloc(sizeof *i);
	unsigned char key[32];
	uint64_t salt[2];

	i->fd = node_fd;
	i->is_limited = is_limited;
	i->now_ms = now_ms;
	if (forms_pages_open(i, root) != ERR_NONE) {
		forms_free(i);
		return NULL;
	}
	random_fill(key, sizeof key);
	random_fill(salt, sizeof salt);
	i->key = hash_key_create(span_of(key, sizeof key));
	secret_wipe(key, sizeof key);
	pace_init(&i->posts, POSTS, POSTS_MS, salt[0]);
	pace_init(&i->codes, CODES, CODES_MS, salt[1]);
	pace_init(&i->pieces, PIECES, PIECES_MS, salt[0] ^ salt[1]);
	i->crowd = crowd_create(LIMIT_REPORT_VISITS);
	ask_key(i);
	return i;
}

void
forms_free(struct forms *i)
{
	if (i == NULL)
		return;
	forms_pages_close(i);
	hash_key_free(i->key);
	crowd_free(i->crowd);
	free(i);
}
