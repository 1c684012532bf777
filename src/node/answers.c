/* SPDX-License-Identifier: Apache-2.0
 *
 * Answers by code.
 */
#include "node/answers.h"

#include "base/log.h"
#include "base/mem.h"
#include "courier/reply.h"
#include "node/mailings.h"

#include <stdlib.h>
#include <unistd.h>

enum {
	PENDING = 16,  /* acknowledgements that are not durable yet */
	SLICE = 64,
	SLICES = 64,   /* of the index, before a code is put off */
	ROUNDS = 16    /* of the audit trail */
};

struct answers {
	struct service *service;
	struct hash_key *key;
	struct answer_guard guard;
	struct uuid pending[PENDING];
	size_t pending_n;
};

/* One code on its way. */
struct asked {
	struct answers *all;
	struct arena mem;
	answers_done_fn *done;
	void *ctx;
	const char *way;
	struct span from;
	struct span login;
	struct span channel; /* by which the page went */
	enum lang lang;
	unsigned char source[ANSWER_SOURCE];
	struct uuid page;
	char page_id[UUID_TEXT + 1];
	struct digest notice;
	uint32_t uid;
	struct answer_facts facts;
};

static const struct names says[ANSWER_VERDICTS] = {
	[ANSWER_GOOD] = { { "The notice is acknowledged for you.",
	    "La comunicación queda acusada en su nombre.",
	    "O comunicado foi confirmado em seu nome.",
	    "La communication est accusée en votre nom." } },
	[ANSWER_PROVED] = { { "Thank you: the test has reached you.",
	    "Gracias: la prueba le llegó.",
	    "Obrigado: o teste chegou até você.",
	    "Merci : l’essai vous est parvenu." } },
	[ANSWER_WRONG] = { { "No page has this code. To answer: almenara inbox",
	    "Ninguna llamada lleva este código. Para responder: almenara inbox",
	    "Nenhuma chamada tem este código. Para responder: almenara inbox",
	    "Aucun appel ne porte ce code. Pour répondre : almenara inbox" } },
	[ANSWER_OTHER] = { { "This code was sent to another person. To answer "
	    "for yourself: almenara inbox",
	    "Este código se envió a otra persona. Para responder por usted: "
	    "almenara inbox",
	    "Este código foi enviado a outra pessoa. Para responder por si: "
	    "almenara inbox",
	    "Ce code a été envoyé à une autre personne. Pour répondre "
	    "vous-même : almenara inbox" } },
	[ANSWER_NOTHING] = { { "This page asks for no answer.",
	    "Esta llamada no pide respuesta.",
	    "Esta chamada não pede resposta.",
	    "Cet appel n’attend pas de réponse." } },
	[ANSWER_EXPIRED] = { { "The code has expired. To answer: almenara "
	    "inbox",
	    "El código venció. Para responder: almenara inbox",
	    "O código expirou. Para responder: almenara inbox",
	    "Le code a expiré. Pour répondre : almenara inbox" } },
	[ANSWER_USED] = { { "You have acknowledged this notice already. To "
	    "change the answer: almenara ack",
	    "Usted ya acusó recibo de esta comunicación. Para cambiar la "
	    "respuesta: almenara ack",
	    "Este comunicado já foi confirmado por você. Para mudar a "
	    "resposta: almenara ack",
	    "Vous avez déjà accusé réception de cette communication. Pour "
	    "changer la réponse : almenara ack" } },
	[ANSWER_GONE] = { { "The notice was withdrawn or a newer one stands. "
	    "To see it: almenara inbox",
	    "La comunicación fue retirada o hay una más nueva. Para verla: "
	    "almenara inbox",
	    "O comunicado foi retirado ou há um mais novo. Para vê-lo: "
	    "almenara inbox",
	    "La communication a été retirée ou une plus récente existe. Pour "
	    "la voir : almenara inbox" } },
	[ANSWER_STRANGER] = { { "The person who was called is no longer one of "
	    "this node. See: almenara person list",
	    "La persona llamada ya no es de este nodo. Vea: almenara person "
	    "list",
	    "A pessoa chamada já não é deste nó. Veja: almenara person list",
	    "La personne appelée n’est plus de ce nœud. Voir : almenara "
	    "person list" } },
	[ANSWER_UNSEEN] = { { "Read the notice first (almenara inbox, almenara "
	    "show), then send the code again.",
	    "Lea primero la comunicación (almenara inbox, almenara show) y "
	    "envíe el código de nuevo.",
	    "Leia primeiro o comunicado (almenara inbox, almenara show) e "
	    "envie o código de novo.",
	    "Lisez d’abord la communication (almenara inbox, almenara show), "
	    "puis renvoyez le code." } },
	[ANSWER_LATER] = { { "Codes are not looked at now: try again in some "
	    "minutes, or answer by almenara ack.",
	    "Ahora no se miran códigos: pruebe en unos minutos o responda con "
	    "almenara ack.",
	    "Agora os códigos não são vistos: tente em alguns minutos ou "
	    "responda com almenara ack.",
	    "Les codes ne sont pas examinés maintenant : réessayez dans "
	    "quelques minutes ou répondez par almenara ack." } },
};

struct answers *
answers_create(struct service *s)
{
	struct answers *x = mem_alloc(sizeof *x);
	struct hash_key *store = hash_key_create(span_of(s->store_key,
	    sizeof s->store_key));
	struct digest own = hash_hmac(store, span_str("almenara reply code"));

	x->service = s;
	x->key = hash_key_create(digest_span(&own));
	hash_key_free(store);
	explicit_bzero(&own, sizeof own);
	return x;
}

void
answers_free(struct answers *x)
{
	if (x == NULL)
		return;
	hash_key_free(x->key);
	free(x);
}

void
answers_code(const struct service *s, const struct uuid *page,
    char out[ANSWER_CODE + 1])
{
	answer_code_write(s->answers->key, page, out);
}

/* --- from the code to its page --- */

struct search {
	const struct hash_key *key;
	const char *code;
	int64_t oldest_s;
	unsigned looked;
	bool is_found;
	struct uuid id;
	uint32_t log;
	uint64_t index;
};

static bool
see_page(void *ctx, const struct index_row *row)
{
	struct search *x = ctx;
	char code[ANSWER_CODE + 1];

	if (row->iat_s < x->oldest_s || x->looked++ == ANSWER_PAGES)
		return false;
	answer_code_write(x->key, &row->id, code);
	if (strcmp(code, x->code) != 0)
		return true;
	x->is_found = true;
	x->id = row->id;
	x->log = row->log;
	x->index = row->index;
	return false;
}

/* --- what is known of it --- */

static bool
take_digest(struct json_val notice, struct arena *a, struct digest *out)
{
	struct span text;

	return json_text(json_get(notice, "digest"), a, &text) == ERR_NONE &&
	    entry_parse_digest(text, out) == ERR_NONE;
}

static void
take_person(struct asked *x)
{
	struct service *s = x->all->service;
	struct json_val v;
	struct index_row row;
	struct record r;
	struct span tag;

	if (index_person_by_user(s->index, x->login, &x->mem, &row) !=
		ERR_NONE ||
	    record_read(s, row.log, row.index, &x->mem, &r) != ERR_NONE)
		return;
	x->facts.is_active = json_get(r.body, "active").type != JSON_FALSE &&
	    caller_uid_find(x->login, &x->uid);
	v = json_get(r.body, "language");
	if (v.type == JSON_ABSENT)
		v = json_first(json_get(r.body, "languages"));
	if (json_text(v, &x->mem, &tag) == ERR_NONE)
		x->lang = lang_of(tag, x->lang);
}

struct looking {
	struct asked *asked;
	bool found;
};

/* By her, and it went well? */
static bool
see_trace(void *ctx, uint64_t at, uint32_t log, uint64_t index)
{
	static const char *const bad[] = { "refused", "denied", "failed" };
	struct looking *l = ctx;
	struct asked *x = l->asked;
	struct span actor;
	struct record r;

	(void)at;
	if (record_read(x->all->service, log, index, &x->mem, &r) !=
		ERR_NONE ||
	    json_text(json_get(r.body, "actor"), &x->mem, &actor) !=
		ERR_NONE ||
	    !span_is_equal(actor, x->login))
		return true;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (json_is_str(json_get(r.body, "outcome"), bad[i]))
			return true;
	l->found = true;
	return false;
}

/* Has she done this with the notice? */
static bool
has_done(struct asked *x, enum act act)
{
	struct looking l = { .asked = x };
	char text[ENTRY_DIGEST_TEXT + 1];
	struct index_trace_ask ask = { .by = INDEX_TRACE_OF, .and_n = 1,
		.and_by = INDEX_TRACE_ACT,
		.and_value = span_str(act_token(act)) };
	struct index_traced seen = { .next = 0 };

	entry_write_digest(&x->notice, text);
	ask.value = span_str(text);
	for (unsigned i = 0; i < ROUNDS && !l.found; i++) {
		if (index_traces(x->all->service->index, &ask, see_trace, &l,
		    &seen) != ERR_NONE || seen.next == 0)
			break;
		ask.before = seen.next;
	}
	return l.found;
}

static bool
is_pending(const struct answers *all, const struct uuid *page)
{
	for (size_t i = 0; i < all->pending_n; i++)
		if (memcmp(&all->pending[i], page, sizeof *page) == 0)
			return true;
	return false;
}

static void
take_notice(struct asked *x)
{
	const uint32_t mask = INDEX_NEWEST | INDEX_ENDED | INDEX_REPLACED;
	struct service *s = x->all->service;
	struct index_row row;

	x->facts.is_standing = index_by_digest(s->index, &x->notice, &x->mem,
	    &row) == ERR_NONE && (row.flags & mask) == INDEX_NEWEST &&
	    row.state == STORE_BODY_HELD;
	x->facts.is_used = is_pending(x->all, &x->page) ||
	    has_done(x, ACT_ACKNOWLEDGE);
	x->facts.was_shown = has_done(x, ACT_VIEW);
}

/* All that the log says of the page. */
static void
take_page(struct asked *x, const struct search *found,
    const struct caller *who)
{
	struct record r;

	if (record_read(x->all->service, found->log, found->index, &x->mem,
	    &r) != ERR_NONE ||
	    json_text(json_get(r.body, "person"), &x->mem, &x->login) !=
		ERR_NONE)
		return;
	x->page = found->id;
	uuid_write(&x->page, x->page_id);
	x->facts.is_found = true;
	x->facts.page_s = r.entry.iat_s;
	(void)!json_i64(json_get(r.body, "until"), &x->facts.until_s);
	x->facts.is_hers = who == NULL ||
	    span_is_str(x->login, who->login);
	x->facts.has_notice = (json_is_str(json_get(r.body, "reason"),
	    "escalation") || json_is_str(json_get(r.body, "reason"),
	    "trial")) && take_digest(json_get(r.body, "notice"), &x->mem,
	    &x->notice);
	x->facts.is_test = json_is_str(json_get(r.body, "reason"), "test");
	(void)!json_text(json_get(r.body, "channel"), &x->mem, &x->channel);
	take_person(x);
	if (x->facts.has_notice)
		take_notice(x);
}

/* --- ends --- */

static void
end(struct asked *x, enum answer_verdict v, const char *text)
{
	x->done(x->ctx, v, text);
	arena_release(&x->mem);
	free(x);
}

static void
refuse(struct asked *x, enum answer_verdict v)
{
	struct service *s = x->all->service;
	bool is_last = answer_guard_refused(&x->all->guard, x->source,
	    loop_now(s->loop).mono);
	char why[400];

	snprintf(why, sizeof why, "code %s: by %s, %.*s%s",
	    answer_verdict_word(v), x->way, (int)(x->from.n < 200 ? x->from.n :
		200), (const char *)x->from.p, is_last ?
	    "; for some minutes none is looked at from there" : "");
	log_event(LOG_WARNING, "page.reply", log_str("page", x->page_id),
	    log_str("refused", answer_verdict_word(v)),
	    log_str("by", x->way));
	audit_self(s, "reply", v != ANSWER_WRONG && x->facts.has_notice ?
	    &x->notice : NULL, x->page_id, "refused", why);
	end(x, v, says[v].in[x->lang]);
}

static void
on_acked(void *ctx, enum err e, const char *why)
{
	struct asked *x = ctx;
	struct answers *all = x->all;

	for (size_t i = 0; i < all->pending_n; i++)
		if (memcmp(&all->pending[i], &x->page, sizeof x->page) == 0)
			all->pending[i] = all->pending[--all->pending_n];
	log_event(e == ERR_NONE ? LOG_NOTICE : LOG_WARNING, "page.reply",
	    log_str("page", x->page_id), log_err("error", e),
	    log_str("by", x->way));
	if (e == ERR_NONE) {
		end(x, ANSWER_GOOD, says[ANSWER_GOOD].in[x->lang]);
		return;
	}
	audit_self(all->service, "reply", &x->notice, x->page_id, "failed",
	    why);
	end(x, ANSWER_LATER, why);
}

/* The record is what proves it (pages.c reads it); a second one changes
 * nothing. */
static void
prove(struct asked *x)
{
	struct service *s = x->all->service;
	char via[80];
	struct caller who;

	snprintf(via, sizeof via, "%s reply to page %s", x->way, x->page_id);
	caller_find(s, x->uid, &who);
	who.via = via;
	audit(s, &who, "reply", NULL, x->page_id, "proved",
	    arena_string(&x->mem, x->channel));
	end(x, ANSWER_PROVED, says[ANSWER_PROVED].in[x->lang]);
}

static void
acknowledge(struct asked *x, const struct answers_ask *ask)
{
	char digest[ENTRY_DIGEST_TEXT + 1], via[80];
	struct json_out w;
	struct buf b;

	entry_write_digest(&x->notice, digest);
	snprintf(via, sizeof via, "%s reply to page %s", x->way, x->page_id);
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "id", digest);
	json_put_member_span(&w, "answer", ask->answer.n != 0 ? ask->answer :
	    span_str("assessing"));
	if (ask->comment.n != 0)
		json_put_member_span(&w, "comment", ask->comment);
	json_put_close(&w, '}');
	x->all->pending[x->all->pending_n++] = x->page;
	call_home(x->all->service, x->uid, "ack", buf_str(&b), via,
	    on_acked, x);
	buf_release(&b);
}

/* --- those whom the team serves --- */

enum {
	SERVED_S = 30 * 86400,     /* their codes hold for so long */
	SERVED_ANSWERS = 4096      /* of them, the newest, that are looked at */
};

struct served {
	struct asked *asked;
	const char *code;
	int64_t oldest_s;
	size_t looked;
	bool is_told;
	struct mailings_found of;
	struct span result;
	struct span by;
};

static bool
take_id(struct json_val v, const char *member, struct arena *a,
    struct uuid *out)
{
	struct span text;

	return json_text(json_get(v, member), a, &text) == ERR_NONE &&
	    uuid_parse(text, out) == ERR_NONE;
}

/* The same was said already: a letter may come twice. */
static bool
see_said(void *ctx, const struct index_row *row)
{
	struct served *x = ctx;
	struct arena *a = &x->asked->mem;
	struct uuid who, notice;
	struct span result;
	struct json doc;

	if (row->iat_s < x->oldest_s || x->looked++ == SERVED_ANSWERS)
		return false;
	if (json_parse_arena(row->brief, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
		a, &doc, NULL) != ERR_NONE ||
	    !take_id(json_root(&doc), "who", a, &who) ||
	    !take_id(json_root(&doc), "notice", a, &notice) ||
	    memcmp(&who, &x->of.who, sizeof who) != 0 ||
	    !uuid_is_equal(&notice, &x->of.notice))
		return true;
	/* the newest is what they say now */
	x->is_told = json_text(json_get(json_root(&doc), "result"), a,
	    &result) == ERR_NONE && span_is_equal(result, x->result);
	return false;
}

static bool
see_sender(void *ctx, const struct index_row *row)
{
	struct served *x = ctx;
	struct record r;
	struct span by;

	if (x->by.n == 0 && record_read(x->asked->all->service, row->log,
		row->index, &x->asked->mem, &r) == ERR_NONE &&
	    json_text(json_get(r.body, "by"), &x->asked->mem, &by) ==
		ERR_NONE)
		x->by = by;
	return true;
}

/* Who has sent it on answers for what comes back. */
static bool
find_sender(struct served *x, uint32_t *uid)
{
	const struct index_notice want = { .revision = see_sender, .ctx = x };
	struct service *s = x->asked->all->service;
	char id[UUID_TEXT + 1];
	struct index_row row;

	uuid_write(&x->of.mailing, id);
	if (index_find(s->index, INDEX_AT_HOME, span_str(id),
		&x->asked->mem, &row, NULL, NULL) != ERR_NONE)
		return false;
	(void)!index_notice(s->index, &row, &want, &x->asked->mem, NULL);
	if (span_is_str(x->by, "administrator")) {
		*uid = (uint32_t)geteuid();
		return true;
	}
	return x->by.n != 0 && caller_uid_find(x->by, uid);
}

static const struct names served_says[] = {
	{ { "Thank you: your answer was kept.",
	    "Gracias: su respuesta quedó registrada.",
	    "Obrigado: sua resposta foi registrada.",
	    "Merci : votre réponse est enregistrée." } },
	{ { "You have said so already. Thank you.",
	    "Usted ya lo había dicho. Gracias.",
	    "Você já o tinha dito. Obrigado.",
	    "Vous l’aviez déjà dit. Merci." } },
	{ { "Write behind the code: seen, not seen, false positive, useful",
	    "Escriba detrás del código: visto, no visto, falso positivo, útil",
	    "Escreva depois do código: visto, não visto, falso positivo, útil",
	    "Écrivez après le code : vu, non vu, faux positif, utile" } }
};

static void
on_served(void *ctx, enum err e, const char *why)
{
	struct asked *x = ctx;
	struct answers *all = x->all;

	for (size_t i = 0; i < all->pending_n; i++)
		if (memcmp(&all->pending[i], &x->page, sizeof x->page) == 0)
			all->pending[i] = all->pending[--all->pending_n];
	log_event(e == ERR_NONE ? LOG_NOTICE : LOG_WARNING, "served.reply",
	    log_str("who", x->page_id), log_err("error", e),
	    log_str("by", x->way));
	end(x, e == ERR_NONE ? ANSWER_GOOD : ANSWER_LATER,
	    e == ERR_NONE ? served_says[0].in[x->lang] : why);
}

static void
keep_served(struct served *s, uint32_t uid)
{
	struct asked *x = s->asked;
	char id[UUID_TEXT + 1], via[80];
	struct json_out w;
	struct buf b;

	uuid_write(&s->of.notice, id);
	x->page = s->of.who;
	uuid_write(&s->of.who, x->page_id);
	snprintf(via, sizeof via, "%s reply of %s", x->way, x->page_id);
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "id", id);
	json_put_member_str(&w, "code", s->code);
	json_put_member_span(&w, "result", s->result);
	json_put_close(&w, '}');
	x->all->pending[x->all->pending_n++] = x->page;
	call_home(x->all->service, uid, "redistribute_feedback", buf_str(&b),
	    via, on_served, x);
	buf_release(&b);
}

/* True if the code is one of theirs: then it was answered. */
static bool
take_served(struct asked *x, const char *code, struct span word,
    int64_t now_s)
{
	struct service *s = x->all->service;
	struct served *v = arena_alloc(&x->mem, sizeof *v);
	uint32_t uid;

	v->asked = x;
	v->code = code;
	v->oldest_s = now_s - SERVED_S;
	v->result = word.n != 0 ? word : span_str("seen");
	if (!mailings_find(s->mailings, code, v->oldest_s, NULL, &v->of))
		return false;
	if (span_is_str(v->result, "?")) {
		end(x, ANSWER_NOTHING, served_says[2].in[x->lang]);
		return true;
	}
	v->looked = 0;
	(void)!index_home_all(s->index, "constituent-feedback", 0, see_said,
	    v);
	if (v->is_told)
		end(x, ANSWER_USED, served_says[1].in[x->lang]);
	else if (is_pending(x->all, &v->of.who))
		end(x, ANSWER_LATER, says[ANSWER_LATER].in[x->lang]);
	else if (!find_sender(v, &uid))
		end(x, ANSWER_STRANGER, says[ANSWER_STRANGER].in[x->lang]);
	else
		keep_served(v, uid);
	return true;
}

/* --- a code --- */

/* What came a moment ago must be known: a page, a look, an answer. */
static bool
catch_up(struct service *s)
{
	for (unsigned i = 0; i < SLICES && index_lag(s->index) != 0; i++)
		if (service_index(s, SLICE) != ERR_NONE)
			return false;
	return index_lag(s->index) == 0;
}

static struct asked *
begin(struct answers *all, const struct answers_ask *ask,
    answers_done_fn *done, void *ctx)
{
	struct asked *x = mem_alloc(sizeof *x);
	const struct span parts[] = { span_str(ask->way), ask->from };
	struct digest d = hash_sha256_spans(parts, 2);

	*x = (struct asked){ .all = all, .done = done, .ctx = ctx,
		.way = ask->way };
	x->lang = lang_of(span_str(all->service->config->lang), LANG_EN);
	x->from = arena_copy(&x->mem, ask->from);
	memcpy(x->source, d.b, sizeof x->source);
	return x;
}

/* "XXXXX-XXXXX word" */
static void
split(struct span text, struct span *code, struct span *word)
{
	const unsigned char *blank = text.n == 0 ? NULL :
	    memchr(text.p, ' ', text.n);

	*code = text;
	*word = span_str("");
	if (blank == NULL)
		return;
	code->n = (size_t)(blank - text.p);
	*word = span_of(blank + 1, text.n - code->n - 1);
}

void
answers_take(struct service *s, const struct answers_ask *ask,
    answers_done_fn *done, void *ctx)
{
	struct answers *all = s->answers;
	struct asked *x = begin(all, ask, done, ctx);
	struct now now = loop_now(s->loop);
	char code[REPLY_CODE + 1] = "";
	struct search look = { .key = all->key, .code = code,
		.oldest_s = now.wall.ms / 1000 - ANSWER_LIFE_S };
	struct span typed, word;
	enum answer_verdict v;

	if (!answer_guard_allows(&all->guard, x->source, now.mono) ||
	    all->pending_n == PENDING || !catch_up(s)) {
		end(x, ANSWER_LATER, says[ANSWER_LATER].in[x->lang]);
		return;
	}
	split(ask->code, &typed, &word);
	if (reply_is_code(typed, code))
		(void)!index_home_all(s->index, "page", 0, see_page, &look);
	if (look.is_found)
		take_page(x, &look, ask->who);
	else if (code[0] != '\0' && ask->who == NULL &&
	    take_served(x, code, word, now.wall.ms / 1000))
		return;
	v = answer_judge(&x->facts, now.wall.ms / 1000);
	if (v == ANSWER_GOOD)
		acknowledge(x, ask);
	else if (v == ANSWER_PROVED)
		prove(x);
	else
		refuse(x, v);
}
