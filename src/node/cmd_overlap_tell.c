/* SPDX-License-Identifier: Apache-2.0
 *
 * Command: overlap_tell. The origins of an overlap that agreed to be named get
 * one record, sealed to them all. The node runs it for who asked them; people
 * run it where that could not be.
 */
#include "node/issue.h"
#include "node/overlap_links.h"

static const char not_told[] = "nobody was told";

/* In all four languages: whoever asked, each reads it. */
static void
put_title(struct json_out *w)
{
	static const struct names title = { {
		"Other teams hold the same, and agreed to be named",
		"Otros equipos tienen lo mismo y aceptaron ser nombrados",
		"Outras equipes têm o mesmo e aceitaram ser citadas",
		"D’autres équipes détiennent la même chose et ont accepté "
		"d’être nommées" } };

	json_put_key(w, "title");
	json_put_open(w, '{');
	for (enum lang l = 0; l < LANG_COUNT; l++)
		json_put_member_str(w, lang_tag(l), title.in[l]);
	json_put_close(w, '}');
}

static void
put_sides(struct call *c, struct json_out *w, const struct overlap *o,
    const struct overlap_link *x)
{
	json_put_key(w, "sides");
	json_put_open(w, '[');
	for (size_t i = 0; i < o->n; i++) {
		if (!x->agreed[i])
			continue;
		json_put_open(w, '{');
		json_put_member_span(w, "team", o->side[i].team);
		json_put_member_str(w, "id", call_id(c, &o->side[i].id));
		json_put_close(w, '}');
	}
	json_put_close(w, ']');
}

static bool
is_first(const struct overlap *o, const struct overlap_link *x, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (x->agreed[k] &&
		    span_is_equal(o->side[k].team, o->side[i].team))
			return false;
	return x->agreed[i];
}

/* What is said, and to whom. */
static enum err
write_ask(struct call *c, const struct overlap *o,
    const struct overlap_link *x, struct json *doc, struct fault *f)
{
	struct json_out w;
	struct buf b;

	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_key(&w, "aud");
	json_put_open(&w, '[');
	for (size_t i = 0; i < o->n; i++)
		if (is_first(o, x, i))
			json_put_span(&w, o->side[i].team);
	json_put_close(&w, ']');
	json_put_key(&w, "body");
	json_put_open(&w, '{');
	put_title(&w);
	if (o->exercise.n != 0)
		json_put_member_span(&w, "exercise", o->exercise);
	json_put_member_span(&w, "holds", o->observable);
	put_sides(c, &w, o, x);
	json_put_close(&w, '}');
	json_put_close(&w, '}');
	return json_parse_buf(&b, &c->mem, doc, f);
}

static enum err
make_plan(struct call *c, const struct overlap *o,
    const struct overlap_link *x, struct plan *out, struct fault *f)
{
	const struct kind *k = overlap_link_kind(c->service);
	struct plan_ask ask = { .tlp = span_str(tlp_label(x->tlp)) };
	struct json *doc = arena_alloc(&c->mem, sizeof *doc);
	enum err e;

	if (k == NULL)
		return fault_at(f, ERR_UNSUPPORTED, 0, "",
		    "this node knows no kind that introduces");
	ask.kind = span_str(k->name);
	e = write_ask(c, o, x, doc, f);
	if (e != ERR_NONE)
		return e;
	ask.aud = json_get(json_root(doc), "aud");
	ask.body = json_get(json_root(doc), "body");
	if (x->is_sent)
		ask.earlier = &x->row;
	e = plan_make(c, &ask, out, f);
	if (e == ERR_NONE)
		e = plan_check_alone(out, f);
	out->draft.id = x->id;
	return e;
}

void
cmd_overlap_tell(struct call *c)
{
	struct overlap *o = arena_alloc(&c->mem, sizeof *o);
	struct overlap_link *x = arena_alloc(&c->mem, sizeof *x);
	struct fault f = { 0 };
	struct index_row row;
	struct record r;
	struct plan p;
	enum err e;

	if (!call_find(c, INDEX_AT_HOME, "id", &row) ||
	    !call_read(c, &row, EXIT_REGISTER, &r))
		return;
	if (!overlaps_read(c->service, &row, &c->mem, o)) {
		call_fail(c, ERR_NOT_FOUND, EXIT_NOT_FOUND,
		    "this is no overlap", "", "almenara overlap list");
		return;
	}
	overlap_link_of(c, o, x);
	if (!x->is_due) {
		call_fail(c, x->is_sent ? ERR_EXISTS : ERR_RULE, EXIT_REFUSED,
		    not_told, x->is_sent ? "all who agreed were told already" :
		    "fewer than two of the origins have agreed to be named",
		    call_text(c, "almenara overlap show %s",
			call_id(c, &o->id)));
		return;
	}
	e = make_plan(c, o, x, &p, &f);
	if (e != ERR_NONE)
		issue_refuse(c, "overlap", e, call_id(c, &o->id), not_told,
		    &f, "almenara rules show");
	else
		issue_plan(c, &p, "overlap", not_told);
}
