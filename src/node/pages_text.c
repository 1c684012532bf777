/* SPDX-License-Identifier: Apache-2.0
 *
 * What a page says: to a person, by a channel that anybody on its way may
 * read. Of a notice above TLP:CLEAR it names number and level; the exit
 * decision says so (rules/exit.h), not this file.
 */
#include "node/pages.h"

#include "node/answers.h"
#include "node/exits.h"
#include "schema/show.h"

#include <stdio.h>

/* What is known of one page while it is composed. */
struct draft_page {
	struct service *service;
	struct arena *a;
	struct record page;
	enum lang lang;
	struct json_val person;
	struct index_row notice;
	bool has_notice;
	struct exit_pass pass;
	enum exit_way way;
};

static const struct names say_login = { {
	"Log in to read and answer it.",
	"Inicie sesión para leerlo y responder.",
	"Entre no sistema para ler e responder.",
	"Connectez-vous pour le lire et y répondre." } };
static const struct names say_test = { {
	"This is a test. Nothing has happened.",
	"Esto es una prueba. No ha pasado nada.",
	"Isto é um teste. Nada aconteceu.",
	"Ceci est un essai. Rien ne s’est passé." } };

static const struct names say_code = { {
	"Once you have read it, this code acknowledges it for you (almenara "
	"ack --code):",
	"Después de leerla, este código acusa recibo en su nombre (almenara "
	"ack --code):",
	"Depois de lê-lo, este código confirma em seu nome (almenara ack "
	"--code):",
	"Après lecture, ce code accuse réception en votre nom (almenara ack "
	"--code) :" } };
static const struct names say_proof = { {
	"This code proves that it has reached you (almenara ack --code):",
	"Este código prueba que le llegó (almenara ack --code):",
	"Este código prova que chegou até você (almenara ack --code):",
	"Ce code prouve qu’il vous est parvenu (almenara ack --code) :" } };
static const struct names say_reply = { {
	"Or answer this letter, with the code alone on a line.",
	"O responda a este correo, con el código solo en una línea.",
	"Ou responda a este e-mail, com o código sozinho numa linha.",
	"Ou répondez à ce courriel, avec le code seul sur une ligne." } };

/* What to do about a page that is about no notice to be answered. */
static const struct {
	const char *reason, *command;
} next_steps[] = { { "unanswered", "watch" }, { "deadline", "watch" },
	{ "shift-gap", "roster show" }, { "handover", "take" } };
static const struct names say_next = { { "Next step", "Siguiente paso",
	"Próximo passo", "Ensuite" } };

/* --- who --- */

static bool
find_person(struct draft_page *d, struct record *r, const char **why)
{
	struct service *s = d->service;
	struct index_row row;
	struct span login;

	*why = "there is no such person any more";
	if (json_text(json_get(d->page.body, "person"), d->a, &login) !=
		ERR_NONE ||
	    index_person_by_user(s->index, login, d->a, &row) != ERR_NONE ||
	    record_read(s, row.log, row.index, d->a, r) != ERR_NONE)
		return false;
	d->person = r->body;
	return true;
}

/* The person's address for the channel: the first that was verified, else the
 * first. */
static bool
find_address(struct draft_page *d, const char *channel, struct span *out,
    const char **why)
{
	struct json_val list = json_get(d->person, "channels"), best = { 0 };

	*why = "the person has no address for this channel";
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		bool verified = json_get(v, "verified").type == JSON_TRUE;

		if (!json_is_str(json_get(v, "kind"), channel) ||
		    (best.type != JSON_ABSENT && !verified))
			continue;
		best = v;
		if (verified)
			break;
	}
	return json_text(json_get(best, "address"), d->a, out) == ERR_NONE &&
	    out->n != 0 && out->n <= LIMIT_PAGE_ADDRESS;
}

static enum lang
lang_of_person(const struct draft_page *d)
{
	enum lang own = lang_of(span_str(d->service->config->lang), LANG_EN);
	struct json_val v = json_get(d->person, "language");
	struct span tag;

	if (v.type == JSON_ABSENT)
		v = json_first(json_get(d->person, "languages"));
	return json_text(v, d->a, &tag) == ERR_NONE ? lang_of(tag, own) : own;
}

/* --- what --- */

/* What may be said of the notice by this way. Without a notice, or with one
 * that is not here, a page says nothing of any. */
static void
decide(struct draft_page *d)
{
	struct json_val n = json_get(d->page.body, "notice");
	struct exit_notice facts;
	struct digest digest;
	struct span text;

	d->has_notice = json_text(json_get(n, "digest"), d->a, &text) ==
		ERR_NONE &&
	    entry_parse_digest(text, &digest) == ERR_NONE &&
	    index_by_digest(d->service->index, &digest, d->a, &d->notice) ==
		ERR_NONE;
	if (!d->has_notice)
		return;
	facts = exits_of_row(d->service, &d->notice);
	d->pass = exits_to_readers(d->service, d->way, &facts);
}

/* The label of a member of kind `page`, or of its value. */
static const char *
label(const struct draft_page *d, const char *member, struct span value)
{
	const struct kind *k = kind_find(d->service->schema,
	    span_str("page"));
	const struct field *f = k == NULL ? NULL : field_find(k,
	    span_str(member));
	const struct choice *c = f == NULL || value.n == 0 ? NULL :
	    choice_find(f->choices, value);

	return c != NULL ? c->names.in[d->lang] :
	    f != NULL	 ? f->names.in[d->lang] :
			   "";
}

static bool
is_reason(const struct draft_page *d, const char *word)
{
	return json_is_str(json_get(d->page.body, "reason"), word);
}

/* What `almenara show` takes, and lists show: the number in the origin's log
 * would be that of several notices. */
enum { TAIL = 8 };

/* "EXERCISE: A notice awaits an answer: Notice 8f3e0417, Level 5" */
static struct span
subject_of(struct draft_page *d)
{
	struct json_val body = d->page.body, n = json_get(body, "notice");
	uint64_t level;
	struct span reason = span_str(""), id;
	struct buf b;
	struct span s;

	buf_init(&b, LIMIT_PAGE_SUBJECT);
	(void)!json_text(json_get(body, "reason"), d->a, &reason);
	if (json_get(body, "exercise").type == JSON_TRUE)
		buf_put_format(&b, "%s: ", word(d->service->schema,
		    is_reason(d, "trial") ? "test_mark" : "exercise",
		    d->lang));
	buf_put_format(&b, "Almenara: %s", label(d, "reason", reason));
	if (exit_opens(&d->pass, d->way, EXIT_PLACE) &&
	    json_text(json_get(n, "id"), d->a, &id) == ERR_NONE &&
	    id.n == UUID_TEXT)
		buf_put_format(&b, ": %s %.*s",
		    label(d, "notice", span_str("")), TAIL,
		    id.p + UUID_TEXT - TAIL);
	if (json_u64(json_get(body, "level"), &level) == ERR_NONE &&
	    (!d->has_notice || exit_opens(&d->pass, d->way, EXIT_LEVEL)))
		buf_put_format(&b, ", %s %llu",
		    label(d, "level", span_str("")),
		    (unsigned long long)level);
	s = arena_copy(d->a, buf_span(&b));
	buf_release(&b);
	return s;
}

/* Only of what anybody may read. */
static void
put_title(struct draft_page *d, struct buf *out)
{
	const struct show how = { .schema = d->service->schema,
		.lang = d->lang };
	const struct show_head head = { .kind = d->notice.kind };
	struct json doc;

	if (!d->has_notice || !exit_opens(&d->pass, d->way, EXIT_TEXT) ||
	    json_parse_arena(arena_copy(d->a, d->notice.brief),
		LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, d->a, &doc, NULL) !=
		ERR_NONE)
		return;
	if (show_title(&how, &head, json_root(&doc), d->a, out) == ERR_NONE)
		buf_put_str(out, "\n");
}

/* All of it, in a letter that only its reader opens. True if it was put. */
static bool
put_whole(struct draft_page *d, struct buf *out)
{
	const struct show how = { .schema = d->service->schema,
		.lang = d->lang };
	struct show_head head = { .kind = d->notice.kind,
		.iss = d->notice.iss, .rev = d->notice.rev,
		.tlp = d->notice.tlp, .has_tlp = d->notice.has_tlp,
		.iat = { d->notice.iat_s * 1000 } };
	struct record r;
	struct buf text;
	bool good;

	if (d->way != EXIT_SEALED_MAIL || !d->has_notice ||
	    !exit_opens(&d->pass, d->way, EXIT_TEXT) ||
	    record_read(d->service, d->notice.log, d->notice.index, d->a,
		&r) != ERR_NONE)
		return false;
	buf_init(&text, LIMIT_PAGE_TEXT / 2);
	good = show_record(&how, &head, r.body, d->a, &text) == ERR_NONE &&
	    buf_check(&text) == ERR_NONE;
	if (good) {
		buf_put(out, buf_span(&text));
		buf_put_str(out, "\n");
	}
	buf_release(&text);
	return good;
}

/* What takes an answer bears a code for it. */
static bool
has_code(const struct draft_page *d)
{
	return is_reason(d, "test") || (d->has_notice &&
	    (is_reason(d, "escalation") || is_reason(d, "trial")));
}

static void
put_code(struct draft_page *d, const struct uuid *page, struct buf *out)
{
	char code[ANSWER_CODE + 1];

	if (!has_code(d))
		return;
	answers_code(d->service, page, code);
	buf_put_format(out, "%s\n%s\n", is_reason(d, "test") ?
		say_proof.in[d->lang] : say_code.in[d->lang], code);
}

static void
put_next(struct draft_page *d, struct buf *out)
{
	for (size_t i = 0; i < sizeof next_steps / sizeof *next_steps; i++)
		if (is_reason(d, next_steps[i].reason)) {
			buf_put_format(out, "%s: almenara %s\n",
			    say_next.in[d->lang], next_steps[i].command);
			return;
		}
	if (d->has_notice)
		buf_put_format(out, "%s\n", say_login.in[d->lang]);
}

static void
put_text(struct draft_page *d, const struct courier_page *page,
    struct buf *out)
{
	if (!put_whole(d, out))
		put_title(d, out);
	if (is_reason(d, "test") || is_reason(d, "trial"))
		buf_put_format(out, "%s\n", say_test.in[d->lang]);
	put_next(d, out);
	put_code(d, &page->id, out);
	if (has_code(d) && page->channel == COURIER_MAIL &&
	    d->service->config->reply_socket[0] != '\0')
		buf_put_format(out, "%s\n", say_reply.in[d->lang]);
}

static void
put_json(struct draft_page *d, const struct courier_page *page,
    struct span subject, struct buf *out)
{
	struct json_val n = json_get(d->page.body, "notice");
	char id[UUID_TEXT + 1];
	struct json_out w;
	char code[ANSWER_CODE + 1];
	struct span reason = span_str("");
	uint64_t number;

	uuid_write(&page->id, id);
	(void)!json_text(json_get(d->page.body, "reason"), d->a, &reason);
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_u64(&w, "v", 1);
	json_put_member_str(&w, "page", id);
	json_put_member_u64(&w, "at", (uint64_t)page->at_s);
	json_put_member_span(&w, "reason", reason);
	json_put_member_u64(&w, "level", (uint64_t)page->level);
	json_put_member_bool(&w, "exercise",
	    json_get(d->page.body, "exercise").type == JSON_TRUE);
	if (exit_opens(&d->pass, d->way, EXIT_PLACE) &&
	    json_u64(json_get(n, "number"), &number) == ERR_NONE) {
		json_put_member_u64(&w, "number", number);
		json_put_member_span(&w, "team", d->notice.iss);
	}
	if (has_code(d)) {
		answers_code(d->service, &page->id, code);
		json_put_member_str(&w, "code", code);
	}
	json_put_member_span(&w, "text", subject);
	json_put_close(&w, '}');
}

/* --- several in one letter --- */

static bool
read_page(struct draft_page *d, uint64_t index)
{
	static const struct exit_pass nothing;
	struct service *s = d->service;

	if (record_read(s, hub_log(s->hub, 1).id, index, d->a, &d->page) !=
	    ERR_NONE)
		return false;
	d->has_notice = false;
	d->pass = nothing;
	decide(d);
	return true;
}

static void
put_others(struct draft_page *d, const struct courier_page *with, size_t n,
    struct buf *out)
{
	for (size_t i = 0; i < n; i++) {
		if (!read_page(d, with[i].index))
			continue;
		buf_put_str(out, "\n");
		buf_put(out, subject_of(d));
		buf_put_str(out, "\n");
		put_title(d, out);
		put_code(d, &with[i].id, out);
	}
}

/* The lines of a letter or message by the way of `d`. */
static struct span
text_of(struct draft_page *d, const struct courier_page *page,
    const struct courier_page *with, size_t n)
{
	struct buf text;
	struct span s;

	buf_init(&text, LIMIT_PAGE_TEXT);
	put_text(d, page, &text);
	put_others(d, with, n, &text);
	s = arena_copy(d->a, buf_span(&text));
	buf_release(&text);
	return s;
}

static struct span
json_of(struct draft_page *d, const struct courier_page *page,
    struct span subject)
{
	struct buf text;
	struct span s;

	buf_init(&text, LIMIT_PAGE_TEXT);
	put_json(d, page, subject, &text);
	s = arena_copy(d->a, buf_span(&text));
	buf_release(&text);
	return s;
}

/* The same once more, with what only its reader opens. */
static bool
seal(struct draft_page *d, const struct courier_page *page,
    const struct courier_page *with, size_t n, struct page_text *t)
{
	if (json_text(json_get(json_get(d->person, "mail_key"), "text"), d->a,
	    &t->key) != ERR_NONE || t->key.n == 0)
		return true;
	d->way = EXIT_SEALED_MAIL;
	if (!read_page(d, page->index))
		return false;
	t->plain = t->text.n <= LIMIT_PAGE_PLAIN ? t->text :
	    span_str(say_login.in[d->lang]);
	t->text = text_of(d, page, with, n);
	return true;
}

bool
page_compose(struct service *s, const struct courier_item *item,
    const struct courier_page *with, size_t n, struct arena *a,
    struct page_text *out, const char **why)
{
	const struct courier_page *page = &item->page;
	struct draft_page d = { .service = s, .a = a,
		.way = page->channel == COURIER_MAIL ? EXIT_MAIL : EXIT_PAGE };
	struct page_text t = { .key = span_str("") };
	struct record person;

	*why = "the record of the page cannot be read";
	if (!read_page(&d, page->index) || !find_person(&d, &person, why))
		return false;
	d.lang = lang_of_person(&d);
	if (page->channel == COURIER_SCREEN)
		(void)!json_text(json_get(d.person, "login"), a, &t.to);
	else if (!find_address(&d, courier_channel_word(page->channel), &t.to,
	    why))
		return false;
	t.subject = subject_of(&d);
	t.text = page->channel == COURIER_WEBHOOK ?
	    json_of(&d, page, t.subject) :
	    text_of(&d, page, with, n);
	*why = "the record of the page cannot be read";
	if (page->channel == COURIER_MAIL && !seal(&d, page, with, n, &t))
		return false;
	*out = t;
	return true;
}
