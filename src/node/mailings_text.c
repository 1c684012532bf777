/* SPDX-License-Identifier: Apache-2.0
 *
 * What an organisation gets to read: in its language, decided anew at the
 * moment at which it goes. By a way that anybody may read on it (mail, http) a
 * notice above TLP:CLEAR is only told of.
 */
#include "node/mailings.h"

#include "node/passing.h"
#include "node/ruling.h"
#include "schema/show.h"

#include <string.h>

struct letter {
	struct service *service;
	struct arena *a;
	const struct mailing_head *head;
	const char *code;
	struct passing p;
	struct passing_reader to;
	enum lang lang;
	bool is_whole;       /* the text goes, not only that there is one */
	bool is_whole_open;  /* also where anybody may read it on its way */
	struct span key;     /* of its letters; "": it has none */
	struct json_val body; /* without what the rules leave out */
};

static const struct names say_concerns = { {
	"A notice of the network concerns your organisation. Ask the team that "
	"serves you for it.",
	"Una comunicación de la red concierne a su organización. Pídala al "
	"equipo que la atiende.",
	"Um comunicado da rede diz respeito à sua organização. Peça-o à equipe "
	"que a atende.",
	"Une communication du réseau concerne votre organisation. Demandez-la "
	"à l’équipe qui vous dessert." } };
static const struct names say_answer = { {
	"Tell us whether you saw it: reply with this code and behind it seen, "
	"not seen, false positive or useful:",
	"Díganos si lo ha visto: responda con este código y detrás visto, no "
	"visto, falso positivo o útil:",
	"Diga-nos se o viu: responda com este código e depois visto, não "
	"visto, falso positivo ou útil:",
	"Dites-nous si vous l’avez vu : répondez avec ce code suivi de vu, non "
	"vu, faux positif ou utile :" } };
static const struct names say_update = { { "Update", "Actualización",
	"Atualização", "Mise à jour" } };
static const struct names say_end = { { "Withdrawn or closed",
	"Retirada o cerrada", "Retirado ou encerrado", "Retirée ou close" } };

/* --- reading --- */

static bool
read_reader(struct letter *l, const struct uuid *who, const char **why)
{
	struct service *s = l->service;
	struct index_row row;
	char id[UUID_TEXT + 1];

	uuid_write(who, id);
	*why = "it is in the register no more";
	return index_find(s->index, INDEX_AT_HOME, span_str(id), l->a, &row,
	    NULL, NULL) == ERR_NONE &&
	    span_is_str(row.kind, "constituent") &&
	    passing_reader(s, &row, l->a, &l->to) == ERR_NONE &&
	    l->to.is_served;
}

static bool
read_notice(struct letter *l, const char **why)
{
	const struct rules_ask ask = { .any_role = true };
	struct index_row row;

	*why = "the notice cannot be read";
	return index_by_digest(l->service->index, &l->head->digest, l->a,
	    &row) == ERR_NONE &&
	    passing_open(l->service, &row, &ask, l->a, &l->p) == ERR_NONE;
}

static bool
take_address(struct letter *l, enum mailing_channel channel, const char **why)
{
	const char *field = mailing_channel_word(channel);

	*why = "it has no address for this channel";
	if (channel != MAILING_MAIL || json_text(json_get(json_get(l->to.body,
	    "mail_key"), "text"), l->a, &l->key) != ERR_NONE)
		l->key = span_str("");
	return json_text(json_first(json_get(l->to.body, field)), l->a,
	    &l->to.to) == ERR_NONE && l->to.to.n != 0 &&
	    l->to.to.n <= LIMIT_PAGE_ADDRESS;
}

static bool
decide(struct letter *l, enum mailing_channel channel, const char **why)
{
	bool is_open = channel == MAILING_MAIL || l->to.to.n < 8 ||
	    memcmp(l->to.to.p, "https://", 8) != 0;
	enum exit_way way = l->key.n != 0 ? EXIT_SEALED_MAIL : EXIT_MAIL;
	struct passing_answer x, open;
	struct json_out w;
	struct json *doc;
	struct buf b;

	passing_decide(l->service, &l->p, EXIT_REDISTRIBUTE, &l->to, l->a,
	    &x);
	*why = x.reason;
	if (!x.allow)
		return false;
	l->is_whole = exit_opens(&x.pass, EXIT_REDISTRIBUTE, EXIT_TEXT);
	l->is_whole_open = l->is_whole;
	if (is_open && l->is_whole) {
		passing_decide(l->service, &l->p, EXIT_MAIL, &l->to, l->a,
		    &open);
		l->is_whole_open = exit_opens(&open.pass, EXIT_MAIL,
		    EXIT_TEXT);
		passing_decide(l->service, &l->p, way, &l->to, l->a, &open);
		l->is_whole = exit_opens(&open.pass, way, EXIT_TEXT);
	}
	doc = arena_alloc(l->a, sizeof *doc);
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	ruling_strip(l->a, x.rules.strip, x.rules.strip_n, l->p.record.body,
	    &w);
	*why = "the notice cannot be shown";
	if (json_parse_buf(&b, l->a, doc, NULL) != ERR_NONE)
		return false;
	l->body = json_root(doc);
	return true;
}

/* --- writing --- */

static struct show
how_of(const struct letter *l)
{
	return (struct show){ .schema = l->service->schema, .lang = l->lang };
}

static const char *
act_of(const struct letter *l)
{
	return strcmp(l->head->act, "update") == 0 ? say_update.in[l->lang] :
	    strcmp(l->head->act, "end") == 0 ? say_end.in[l->lang] : "";
}

static struct span
subject_of(struct letter *l)
{
	const struct show how = how_of(l);
	const struct show_head head = { .kind = l->p.row.kind };
	const struct kind *k = kind_find(l->service->schema, l->p.row.kind);
	const char *act = act_of(l);
	struct buf b, title;
	struct span s;

	buf_init(&b, LIMIT_PAGE_SUBJECT);
	buf_init(&title, LIMIT_PAGE_SUBJECT / 2);
	buf_put_format(&b, "%s%s%s", act, act[0] != '\0' ? ": " : "",
	    k == NULL ? "Almenara" : k->names.in[l->lang]);
	if (l->is_whole_open && show_title(&how, &head, l->body, l->a, &title) ==
	    ERR_NONE)
		buf_put_format(&b, ": %.*s", SPAN_FMT(buf_span(&title)));
	s = arena_copy(l->a, buf_span(&b));
	buf_release(&title);
	buf_release(&b);
	return s;
}

static void
put_text(struct letter *l, bool is_whole, struct buf *out)
{
	const struct record *r = &l->p.record;
	const struct show how = how_of(l);
	const struct show_head head = { .kind = l->p.row.kind,
		.iss = l->p.row.iss, .rev = l->p.row.rev,
		.tlp = l->p.facts.tlp, .has_tlp = l->p.facts.has_tlp,
		.iat = { r->entry.iat_s * 1000 } };

	if (!is_whole)
		buf_put_format(out, "%s\n", say_concerns.in[l->lang]);
	else if (show_record(&how, &head, l->body, l->a, out) != ERR_NONE)
		buf_put_str(out, "\n");
	buf_put_str(out, "\n");
	buf_put_format(out, "%s %s\n", say_answer.in[l->lang], l->code);
}

static void
put_json(struct letter *l, struct span subject, struct buf *out)
{
	char id[UUID_TEXT + 1];
	struct json_out w;
	struct buf text;

	buf_init(&text, LIMIT_PAGE_TEXT / 2);
	put_text(l, l->is_whole, &text);
	uuid_write(&l->p.row.id, id);
	json_out_init(&w, out);
	json_put_open(&w, '{');
	json_put_member_u64(&w, "v", 1);
	json_put_member_str(&w, "notice", id);
	json_put_member_u64(&w, "rev", l->p.row.rev);
	json_put_member_str(&w, "act", l->head->act);
	json_put_member_span(&w, "kind", l->p.row.kind);
	json_put_member_str(&w, "tlp", tlp_label(l->p.facts.tlp));
	json_put_member_u64(&w, "level", (uint64_t)l->p.row.level);
	json_put_member_str(&w, "language", lang_tag(l->lang));
	json_put_member_str(&w, "code", l->code);
	json_put_member_span(&w, "subject", subject);
	json_put_member_span(&w, "text", buf_span(&text));
	json_put_close(&w, '}');
	buf_release(&text);
}

/* Where it cannot be sealed; if that is too long, that there is one. */
static struct span
plain_of(struct letter *l)
{
	struct buf text;
	struct span s;

	buf_init(&text, LIMIT_PAGE_PLAIN);
	put_text(l, l->is_whole_open, &text);
	if (buf_check(&text) != ERR_NONE) {
		buf_clear(&text);
		put_text(l, false, &text);
	}
	s = arena_copy(l->a, buf_span(&text));
	buf_release(&text);
	return s;
}

bool
mailing_compose(struct service *s, const struct mailing_head *h,
    const struct mailing_one *one, const char *code, struct arena *a,
    struct mailing_text *out, const char **why)
{
	enum lang own = lang_of(span_str(s->config->lang), LANG_EN);
	enum mailing_channel channel = (enum mailing_channel)one->channel;
	struct letter l = { .service = s, .a = a, .head = h, .code = code };
	struct span tag;
	struct buf text;
	bool good;

	if (!read_reader(&l, &one->who, why) ||
	    !take_address(&l, channel, why) || !read_notice(&l, why) ||
	    !decide(&l, channel, why))
		return false;
	l.lang = json_text(json_get(l.to.body, "language"), a, &tag) ==
	    ERR_NONE ? lang_of(tag, own) : own;
	*out = (struct mailing_text){ .to = l.to.to,
		.subject = subject_of(&l), .key = l.key };
	buf_init(&text, LIMIT_PAGE_TEXT);
	if (channel == MAILING_WEBHOOK)
		put_json(&l, out->subject, &text);
	else
		put_text(&l, l.is_whole, &text);
	if (l.key.n != 0)
		out->plain = plain_of(&l);
	*why = "it is too long";
	good = buf_check(&text) == ERR_NONE;
	out->text = arena_copy(a, buf_span(&text));
	buf_release(&text);
	return good;
}
