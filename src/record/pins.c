/* SPDX-License-Identifier: Apache-2.0
 *
 * The pin file: read, changed, written.
 */
#include "record/pins.h"

#include "base/limits.h"
#include "record/name.h"

static struct span
trimmed(struct span s)
{
	while (s.n != 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\r'))
		s.n--;
	while (s.n != 0 && *s.p == ' ')
		s = span_of(s.p + 1, s.n - 1);
	return s;
}

static struct span
word_step(struct span *line)
{
	struct span w;
	size_t n = 0;

	*line = trimmed(*line);
	while (n < line->n && line->p[n] != ' ')
		n++;
	w = span_of(line->p, n);
	*line = span_of(line->p + n, line->n - n);
	return w;
}

static enum err
read_line(struct span line, struct pins *out)
{
	struct span verdict = word_step(&line), what = word_step(&line),
		    name = word_step(&line);
	struct pin_line l = { .remark = trimmed(line) };
	struct kid kid;

	if (verdict.n == 0 || *verdict.p == '#')
		return ERR_NONE;
	if (out->n == LIMIT_PINS)
		return ERR_LIMIT;
	if (span_is_str(verdict, "refuse"))
		l.pin.verdict = PIN_REFUSE;
	else if (!span_is_str(verdict, "accept"))
		return ERR_SYNTAX;
	if (span_is_str(what, "team") && name_is_team(name))
		l.pin.team = name;
	else if (span_is_str(what, "key") &&
	    kid_parse(name, &kid) == ERR_NONE)
		l.pin.kid = kid_digest(&kid);
	else
		return ERR_SYNTAX;
	if (l.remark.n != 0 && !name_is_line(l.remark, PINS_REMARK))
		return ERR_SYNTAX;
	out->line[out->n++] = l;
	return ERR_NONE;
}

enum err
pins_parse(struct span text, struct pins *out, struct fault *f)
{
	size_t before = out->n, number = 0;
	enum err e = text.n > LIMIT_PINS_FILE ? ERR_LIMIT : ERR_NONE;

	out->n = 0;
	while (e == ERR_NONE && text.n != 0) {
		const unsigned char *end = memchr(text.p, '\n', text.n);
		size_t n = end != NULL ? (size_t)(end - text.p) : text.n;

		number++;
		e = read_line(span_of(text.p, n), out);
		n += end != NULL;
		text = span_of(text.p + n, text.n - n);
	}
	if (e == ERR_NONE)
		return e;
	out->n = before;
	return e == ERR_LIMIT ? fault_at(f, e, 0, "pins",
	    "more than %d pins", LIMIT_PINS) :
	    fault_at(f, e, 0, "pins",
	    "line %zu is not \"accept|refuse team|key NAME\"", number);
}

void
pin_write(const struct pin *p, struct buf *out)
{
	buf_put_str(out, p->verdict == PIN_ACCEPT ? "accept " : "refuse ");
	if (p->team.n != 0) {
		buf_put_str(out, "team ");
		buf_put(out, p->team);
	} else {
		buf_put_str(out, "key ");
		buf_put_str(out, kid_of(&p->kid).s);
	}
}

void
pins_write(const struct pins *p, struct buf *out)
{
	buf_put_str(out, "# what this node accepts and refuses, whatever "
	    "the register says\n");
	for (size_t i = 0; i < p->n; i++) {
		pin_write(&p->line[i].pin, out);
		if (p->line[i].remark.n != 0) {
			buf_put_str(out, " ");
			buf_put(out, p->line[i].remark);
		}
		buf_put_str(out, "\n");
	}
}

static bool
is_same_name(const struct pin *a, const struct pin *b)
{
	return a->team.n != 0 || b->team.n != 0 ?
	    span_is_equal(a->team, b->team) :
	    digest_is_equal(&a->kid, &b->kid);
}

bool
pin_is_equal(const struct pin *a, const struct pin *b)
{
	return a->verdict == b->verdict && is_same_name(a, b);
}

enum err
pins_remove(struct pins *p, const struct pin *what, struct fault *f)
{
	size_t kept = 0, before = p->n;

	for (size_t i = 0; i < before; i++)
		if (!is_same_name(&p->line[i].pin, what))
			p->line[kept++] = p->line[i];
	p->n = kept;
	return kept != before ? ERR_NONE :
	    fault_at(f, ERR_NOT_FOUND, 0, "pins", "there is no such pin");
}

enum err
pins_add(struct pins *p, const struct pin_line *line, struct fault *f)
{
	for (size_t i = 0; i < p->n; i++)
		if (pin_is_equal(&p->line[i].pin, &line->pin))
			return fault_at(f, ERR_EXISTS, 0, "pins",
			    "this pin is there already");
	(void)!pins_remove(p, &line->pin, NULL);
	if (p->n == LIMIT_PINS)
		return fault_at(f, ERR_LIMIT, 0, "pins", "more than %d pins",
		    LIMIT_PINS);
	p->line[p->n++] = *line;
	return ERR_NONE;
}

struct pin *
pins_list(const struct pins *p, struct arena *a)
{
	struct pin *list = arena_alloc(a, p->n * sizeof *list);

	for (size_t i = 0; i < p->n; i++)
		list[i] = p->line[i].pin;
	return list;
}

size_t
pins_accept_all(struct pins *p, const struct register_doc *r,
    struct span remark)
{
	size_t added = 0;

	for (size_t i = 0; i < r->team_count; i++) {
		struct pin_line line = { .remark = remark };
		bool has_pin = false;

		line.pin.kid = jwk_thumbprint(&r->teams[i].identity);
		for (size_t k = 0; k < p->n && !has_pin; k++)
			has_pin = is_same_name(&p->line[k].pin, &line.pin);
		if (!has_pin && pins_add(p, &line, NULL) == ERR_NONE)
			added++;
	}
	return added;
}
