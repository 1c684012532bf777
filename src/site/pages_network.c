/* SPDX-License-Identifier: Apache-2.0
 *
 * The network, the directory, and the own team by RFC 2350.
 */
#include "site/pages_inside.h"

#include "schema/plain.h"

enum { COLUMNS = 72, MONTH_S = 30 * 24 * 3600, EXPIRES_S = 6 * MONTH_S };

enum err
pages_open_card(struct pages_set *p, const struct template_source *from,
    struct fault *f)
{
	static const char name[] = "team-card.json";
	struct json *doc = arena_alloc(&p->brought, sizeof *doc);
	struct span text;
	enum err e = from->find(from->ctx, name, &text);

	if (e != ERR_NONE)
		return fault_at(f, e, 0, name, "there is no such file");
	e = json_parse_arena(text, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
	    &p->brought, doc, f);
	if (e == ERR_NONE)
		p->card.body = json_root(doc);
	return e;
}

/* The newest that stands of each team. */
static void
take_cards(const struct site_notice *const *notice, size_t n,
    struct site_team *team, size_t teams)
{
	for (size_t t = 0; t < teams; t++)
		for (size_t i = 0; i < n; i++) {
			const struct site_notice *s = notice[i];

			if (!s->kind->describes || s->stand != SITE_STANDS ||
			    !span_is_str(s->iss, team[t].id))
				continue;
			team[t].card = (struct site_card){ s->body, s->iat_s };
			break;
		}
}

/* --- plain text --- */

static void
put_line(struct buf *out, struct span line)
{
	unsigned indent = 0;

	while (indent < line.n && line.p[indent] == ' ')
		indent++;
	if (indent == line.n)
		return;
	for (unsigned i = 0; i < indent; i++)
		buf_put_u8(out, ' ');
	plain_wrap(out, span_of(line.p + indent, line.n - indent), COLUMNS,
	    indent, indent);
}

static void
wrap(struct span text, struct buf *out)
{
	for (size_t from = 0; from < text.n;) {
		const unsigned char *at = text.p + from;
		const unsigned char *end = memchr(at, '\n', text.n - from);
		size_t n = end != NULL ? (size_t)(end - at) : text.n - from;

		put_line(out, span_of(at, n));
		buf_put_u8(out, '\n');
		from += n + 1;
	}
}

static void
put_text(struct pages_set *p, enum lang lang, const char *path,
    pages_put_fn *put, void *ctx)
{
	struct buf out;

	buf_init(&out, LIMIT_SITE_PAGE);
	wrap(buf_span(&p->page), &out);
	put(ctx, path, buf_span(&out));
	if (lang == LANG_EN)
		put(ctx, SITE_RFC2350, buf_span(&out));
	buf_release(&out);
}

/* --- the pages --- */

static void
put_rfc2350(struct pages_set *p, enum lang lang, const struct site_team *own,
    pages_put_fn *put, void *ctx)
{
	static const char page[] = "rfc2350/";
	char path[LIMIT_SITE_PATH + 1];
	struct json_out w;

	pages_begin(p, &w, lang, page);
	model_card(&p->model, &w, lang, own, &p->card);
	pages_path(path, lang, page, "index.html");
	pages_finish(p, &w, PAGE_RFC2350, lang, path, put, ctx);
	pages_begin(p, &w, lang, page);
	model_card(&p->model, &w, lang, own, &p->card);
	model_end(&p->model, &w);
	pages_path(path, lang, page, SITE_RFC2350);
	if (pages_fill(p, PAGE_RFC2350_TEXT, lang))
		put_text(p, lang, path, put, ctx);
	arena_reset(&p->a);
}

static void
put_states(struct pages_set *p, enum page page, enum lang lang,
    const char *name, const struct site_team *team, size_t n,
    pages_put_fn *put, void *ctx)
{
	char path[LIMIT_SITE_PATH + 1];
	struct json_out w;

	pages_begin(p, &w, lang, name);
	model_network(&p->model, &w, lang, team, n);
	pages_path(path, lang, name, "index.html");
	pages_finish(p, &w, page, lang, path, put, ctx);
}

/* Written anew each month, and good for half a year (RFC 9116). To encrypt to,
 * it names what the team says of itself: the key of the site only signs. */
static void
put_security(struct pages_set *p, const struct site_team *own, int64_t now_s,
    pages_put_fn *put, void *ctx)
{
	char iso[INSTANT_TEXT_MAX];
	int64_t month_s = now_s / MONTH_S * MONTH_S;
	struct json_out w;

	pages_begin(p, &w, LANG_EN, "");
	model_card(&p->model, &w, LANG_EN, own, &p->card);
	wall_write((struct wall){ (month_s + EXPIRES_S) * 1000 }, iso);
	json_put_member_str(&w, "expires", iso);
	pages_finish(p, &w, PAGE_SECURITY, LANG_EN, SITE_SECURITY, put, ctx);
}

void
pages_network(struct pages_set *p, struct site_team *team, size_t n,
    const struct site_notice *const *notice, size_t notices, int64_t now_s,
    pages_put_fn *put, void *ctx)
{
	/* before the register names it, a team has a name all the same */
	const struct site_team unnamed = { .id = p->about->team,
		.state = p->about->state, .key_words = "", .key_hex = "",
		.is_own = true };
	const struct site_team *own = &unnamed;

	take_cards(notice, notices, team, n);
	for (size_t i = 0; i < n; i++)
		if (team[i].is_own)
			own = &team[i];
	for (int l = 0; l < LANG_COUNT; l++) {
		enum lang lang = (enum lang)l;

		put_states(p, PAGE_NETWORK, lang, "network/", team, n, put,
		    ctx);
		put_states(p, PAGE_DIRECTORY, lang, "directory/", team, n,
		    put, ctx);
		put_rfc2350(p, lang, own, put, ctx);
	}
	if (p->about->mail[0] != '\0' || p->about->phone[0] != '\0')
		put_security(p, own, now_s, put, ctx);
}
