/* SPDX-License-Identifier: Apache-2.0
 *
 * Taking the watch and handing it over. Commands: duty, take, handover,
 * watch_arm.
 */
#include "node/duties_inside.h"

#include "crypto/random.h"
#include "node/escalations.h"
#include "schema/check.h"

static const struct names not_taken = { { "the watch was not taken",
	"la guardia no se tomó", "o plantão não foi assumido",
	"la veille n’a pas été prise" } };
static const struct names not_handed = { { "the watch was not handed over",
	"la guardia no se entregó", "o plantão não foi passado",
	"la veille n’a pas été passée" } };
static const struct names no_person = { {
	"only a person of this node keeps the watch, by name",
	"solo una persona de este nodo lleva la guardia, con su nombre",
	"só uma pessoa deste nó mantém o plantão, com seu nome",
	"seule une personne de ce nœud tient la veille, sous son nom" } };
static const struct names no_right = { {
	"you have neither a shift nor a role of it",
	"usted no tiene turno ni función de ese puesto",
	"você não tem turno nem função desse posto",
	"vous n’avez ni tour ni rôle de ce poste" } };
static const struct names is_yours = { { "you have it already",
	"ya la tiene usted", "você já está com ele", "vous l’avez déjà" } };
static const struct names is_kept = { {
	"has it, is present, and did not hand it over to you",
	"la tiene, está presente y no se la entregó a usted",
	"está com ele, está presente e não o passou a você",
	"l’a, est là et ne vous l’a pas passée" } };
static const struct names is_not_yours = { { "you have not taken it",
	"usted no la ha tomado", "você não o assumiu",
	"vous ne l’avez pas prise" } };
static const struct names no_heir = { {
	"has neither a shift nor a role of the post",
	"no tiene turno ni función del puesto",
	"não tem turno nem função do posto",
	"n’a ni tour ni rôle du poste" } };
static const struct names no_other = { { "nobody else holds that post",
	"nadie más ocupa ese puesto", "ninguém mais ocupa esse posto",
	"personne d’autre ne tient ce poste" } };
static const struct names is_self = { { "that is yourself", "es usted",
	"é você", "c’est vous" } };
static const struct names is_urgent = { {
	"of level 4 or 5 open: say to whom it goes",
	"de nivel 4 o 5 en curso: diga a quién pasa",
	"de nível 4 ou 5 em aberto: diga a quem passa",
	"de niveau 4 ou 5 en cours : dites à qui elle passe" } };

void
cmd_duty(struct call *c)
{
	json_put_open(&c->w, '{');
	duties_put(c->service, &c->w);
	duties_put_open(c->service, &c->w);
	json_put_close(&c->w, '}');
	call_done(c);
}

void
cmd_watch_arm(struct call *c)
{
	call_arm(c);
	json_put_open(&c->w, '{');
	json_put_member_bool(&c->w, "armed", c->caller.login[0] != '\0');
	json_put_close(&c->w, '}');
	call_done(c);
}

/* --- writing --- */

static void
on_written(void *ctx, const struct hub_appended *result)
{
	struct call *c = ctx;
	struct duties *d = c->service->duties;

	if (!call_is_written(c, result, not_taken.in[c->lang]))
		return;
	duties_written(d);
	duties_acted(c->service, span_str(c->caller.login));
	call_done_indexed(c);
}

/* `t`: revise this one; NULL: a new one. The body, which is `b`, is taken. */
static void
write_turn(struct call *c, const struct duties_turn *t, struct buf *b)
{
	struct service *s = c->service;
	struct hub_draft d = home_draft(s, "duty-turn");
	unsigned char random[10];
	struct fault f = { 0 };
	struct json doc;
	enum err e = home_check(s, d.kind, buf_span(b), &c->mem, &doc, &f);

	if (e != ERR_NONE) {
		buf_release(b);
		call_fail(c, e, EXIT_OF_ERROR, t == NULL ?
		    not_taken.in[c->lang] : not_handed.in[c->lang],
		    call_text(c, "%s %s", f.field, f.rule), "");
		return;
	}
	random_fill(random, sizeof random);
	d.has_id = true;
	d.id = uuid_make(loop_now(s->loop).wall, random);
	if (t != NULL) {
		d.id = t->id;
		d.rev = t->rev + 1;
		d.replaces = &t->digest;
		d.replaces_n = 1;
	}
	d.body = buf_span(b);
	json_put_member_str(&c->w, "id", call_id(c, &d.id));
	json_put_close(&c->w, '}');
	hub_append(s->hub, &d, on_written, c);
	service_stir(s);
	buf_release(b);
}

/* --- take --- */

static bool
is_lead(const struct call *c)
{
	for (size_t i = 0; i < c->caller.role_n; i++)
		if (strcmp(c->caller.role[i], "team_lead") == 0)
			return true;
	return false;
}

/* The post that is asked for, or offered to the caller, or the first. */
static bool
wanted_post(struct call *c, struct duties *d, unsigned holds, enum post *out)
{
	struct span word = call_arg(c, "post");
	const struct duties_turn *t;

	*out = POST_FIRST;
	if (word.n != 0) {
		*out = post_find(word);
		if (*out == POST_COUNT)
			call_misused(c, "post is not first, second, lead, "
			    "alternate or authority");
		return *out != POST_COUNT;
	}
	for (enum post p = 0; p < POST_COUNT; p++) {
		t = duties_of_post(d, p);
		if (t != NULL && t->turn.is_handing &&
		    (t->turn.to_post == POST_COUNT ?
			strcmp(t->turn.to, c->caller.login) == 0 :
			(holds & 1U << t->turn.to_post) != 0)) {
			*out = p;
			break;
		}
	}
	return true;
}

static bool
is_person(struct call *c, const struct names *what)
{
	if (c->caller.login[0] != '\0')
		return true;
	call_fail(c, ERR_DENIED, EXIT_SIGN_IN, what->in[c->lang],
	    no_person.in[c->lang],
	    "almenara person add USER --post TEXT --role duty_officer");
	return false;
}

/* What she could take instead. */
static const char *
take_next(struct call *c)
{
	for (enum post p = 0; p < POST_COUNT; p++)
		if (duties_may_hold(c->service, p, span_str(c->caller.login)))
			return call_text(c, "almenara take %s", post_word(p));
	return "almenara roster show";
}

static bool
may_take(struct call *c, const struct duties_turn *t, enum post post,
    unsigned holds)
{
	struct service *s = c->service;
	struct fault f = { 0 };
	bool is_own = t != NULL && strcmp(t->turn.person, c->caller.login) == 0;

	if (t != NULL && duty_may_take(&t->turn, c->caller.login, is_lead(c),
		holds, duties_presence(s, t->turn.person), &f) != ERR_NONE) {
		call_fail(c, ERR_RULE, EXIT_REFUSED, not_taken.in[c->lang],
		    is_own ? is_yours.in[c->lang] : call_text(c, "%s %s",
			t->turn.person, is_kept.in[c->lang]),
		    "almenara roster show");
		return false;
	}
	if (duties_may_hold(s, post, span_str(c->caller.login)) ||
	    (t != NULL && t->turn.is_handing))
		return true;
	call_fail(c, ERR_RULE, EXIT_REFUSED, not_taken.in[c->lang],
	    no_right.in[c->lang], take_next(c));
	return false;
}

/* What is taken over, for the answer and for the record. */
static void
put_taken(struct call *c, struct json_out *w, enum post post,
    const struct duties_turn *from, int64_t since_s)
{
	json_put_member_str(w, "post", post_word(post));
	json_put_member_str(w, "person", c->caller.login);
	json_put_member_u64(w, "since", (uint64_t)since_s);
	if (from != NULL && strcmp(from->turn.person, c->caller.login) != 0) {
		json_put_member_str(w, "from", from->turn.person);
		if (from->turn.is_handing && from->note.n != 0)
			json_put_member_span(w, "note", from->note);
	}
	duties_put_open(c->service, w);
}

void
cmd_take(struct call *c)
{
	struct service *s = c->service;
	struct duties *d = duties_now(s);
	unsigned holds = escalations_posts_of(s, span_str(c->caller.login));
	const struct duties_turn *t;
	int64_t since_s = call_now_s(c);
	struct json_out w;
	enum post post;
	bool is_back;
	struct buf b;

	if (!is_person(c, &not_taken) || !wanted_post(c, d, holds, &post))
		return;
	t = duties_of_post(d, post);
	if (!may_take(c, t, post, holds))
		return;
	/* her own, that nobody has accepted */
	is_back = t != NULL && strcmp(t->turn.person, c->caller.login) == 0;
	/* of two in one second the later is the newer */
	if (t != NULL && since_s <= t->turn.since_s)
		since_s = is_back ? t->turn.since_s : t->turn.since_s + 1;
	buf_init(&b, LIMIT_PAYLOAD / 2);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	put_taken(c, &w, post, t, since_s);
	json_put_member_str(&w, "state", "on");
	json_put_close(&w, '}');
	json_put_open(&c->w, '{');
	put_taken(c, &c->w, post, t, since_s);
	audit(s, &c->caller, "take", NULL, post_word(post), "taken",
	    t != NULL ? t->turn.person : "");
	write_turn(c, is_back ? t : NULL, &b);
}

/* --- handover --- */

/* The caller's turn: of the post asked for, or the only one. */
static const struct duties_turn *
own_turn(struct call *c, struct duties *d)
{
	struct span word = call_arg(c, "post");
	const struct duties_turn *t, *found = NULL;

	for (enum post p = 0; p < POST_COUNT; p++) {
		t = duties_of_post(d, p);
		if (t == NULL || strcmp(t->turn.person, c->caller.login) != 0 ||
		    (word.n != 0 && !span_is_str(word, post_word(p))))
			continue;
		if (found != NULL) {
			call_misused(c, "you keep several posts: say which by "
			    "post");
			return NULL;
		}
		found = t;
	}
	if (found == NULL)
		call_fail(c, ERR_STATE, EXIT_REFUSED, not_handed.in[c->lang],
		    is_not_yours.in[c->lang], "almenara take");
	return found;
}

/* To whom: people of a post other than the caller, or a person who may. */
static bool
find_heir(struct call *c, enum post post, enum post *to_post)
{
	struct span to = call_arg(c, "to");
	struct desk_holder h[DESK_HOLDERS];
	const char *why = no_heir.in[c->lang];
	size_t n;

	*to_post = post_find(to);
	if (*to_post != POST_COUNT) {
		n = escalations_people(c->service, *to_post, h, DESK_HOLDERS);
		for (size_t i = 0; i < n; i++)
			if (strcmp(h[i].person, c->caller.login) != 0)
				return true;
		why = no_other.in[c->lang];
	} else if (span_is_str(to, c->caller.login)) {
		why = is_self.in[c->lang];
	} else if (duties_may_hold(c->service, post, to)) {
		return true;
	}
	call_fail(c, ERR_RULE, EXIT_REFUSED, not_handed.in[c->lang],
	    call_text(c, "%.64s: %s", arena_string(&c->mem, to), why),
	    "almenara roster show");
	return false;
}

static void
write_offer(struct call *c, const struct duties_turn *t, enum post to_post,
    struct buf *b)
{
	static const char *const gone[] = { "state", "to", "to_post",
		"offered", "note", "open", "more", NULL };
	struct span to = call_arg(c, "to"), note = call_arg(c, "note");
	struct json doc;
	struct json_out w;

	json_out_init(&w, b);
	json_put_open(&w, '{');
	if (json_parse_arena(t->body, LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS,
		&c->mem, &doc, NULL) == ERR_NONE)
		json_put_rest(&w, json_root(&doc), gone, &c->mem);
	if (to.n == 0) {
		json_put_member_str(&w, "state", "done");
		json_put_member_str(&w, "end", "left");
	} else {
		json_put_member_str(&w, "state", "handing_over");
		if (to_post != POST_COUNT)
			json_put_member_str(&w, "to_post",
			    post_word(to_post));
		else
			json_put_member_span(&w, "to", to);
		json_put_member_u64(&w, "offered", (uint64_t)call_now_s(c));
	}
	if (note.n != 0)
		json_put_member_span(&w, "note", note);
	duties_put_open(c->service, &w);
	json_put_close(&w, '}');
}

void
cmd_handover(struct call *c)
{
	struct service *s = c->service;
	struct duties *d = duties_now(s);
	struct span to = call_arg(c, "to");
	const struct duties_turn *t;
	enum post to_post = POST_COUNT;
	struct duty_facts facts;
	struct fault f = { 0 };
	struct buf b;

	if (!is_person(c, &not_handed))
		return;
	t = own_turn(c, d);
	if (t == NULL)
		return;
	facts = duties_facts(d, t);
	if (to.n == 0 && duty_may_leave(&facts, &f) != ERR_NONE) {
		call_fail(c, ERR_RULE, EXIT_REFUSED, not_handed.in[c->lang],
		    call_text(c, "%u %s", facts.urgent,
			is_urgent.in[c->lang]),
		    "almenara handover --to second --note TEXT");
		return;
	}
	if (to.n != 0 && !find_heir(c, t->turn.post, &to_post))
		return;
	buf_init(&b, LIMIT_PAYLOAD / 2);
	write_offer(c, t, to_post, &b);
	json_put_open(&c->w, '{');
	json_put_member_str(&c->w, "post", post_word(t->turn.post));
	json_put_member_span(&c->w, "to", to);
	duties_put_open(s, &c->w);
	audit(s, &c->caller, "handover", &t->digest, post_word(t->turn.post),
	    to.n != 0 ? "offered" : "left", arena_string(&c->mem, to));
	if (to.n != 0)
		escalations_call(s, to_post != POST_COUNT ? to_post :
		    t->turn.post, to_post != POST_COUNT ? NULL :
		    arena_string(&c->mem, to), "handover", &t->id,
		    call_now_s(c) + d->policy.accept_ms / 1000);
	write_turn(c, t, &b);
}
