/* SPDX-License-Identifier: Apache-2.0
 *
 * The rule that counts: an expression of C over the one variable n, read once
 * into steps for a calculator.
 */
#include "site/mo_inside.h"

#include "base/limits.h"

enum {
	DO_N,
	DO_NUMBER,
	DO_NOT,
	DO_MULTIPLY,
	DO_DIVIDE,
	DO_REST,
	DO_ADD,
	DO_SUBTRACT,
	DO_LESS,
	DO_MORE,
	DO_LESS_EQUAL,
	DO_MORE_EQUAL,
	DO_EQUAL,
	DO_UNEQUAL,
	DO_AND,
	DO_OR,
	DO_CHOOSE /* of three values */
};

enum { DEPTH = 16, NUMBER_MAX = 1000000 };

struct rule {
	struct span s;
	struct mo_plural *out;
	unsigned depth;
	bool is_bad;
};

static void
skip(struct rule *r)
{
	while (r->s.n != 0 && (r->s.p[0] == ' ' || r->s.p[0] == '\t')) {
		r->s.p++;
		r->s.n--;
	}
}

static bool
take(struct rule *r, const char *token)
{
	size_t n = strlen(token);

	skip(r);
	if (r->s.n < n || memcmp(r->s.p, token, n) != 0)
		return false;
	r->s.p += n;
	r->s.n -= n;
	return true;
}

static void
put(struct rule *r, unsigned char what, uint32_t value)
{
	if (r->out->n == MO_PLURAL_STEPS) {
		r->is_bad = true;
		return;
	}
	r->out->step[r->out->n].what = what;
	r->out->step[r->out->n++].value = value;
}

static uint32_t
take_number(struct rule *r)
{
	uint32_t v = 0;
	size_t digits = 0;

	skip(r);
	for (; r->s.n != 0 && r->s.p[0] >= '0' && r->s.p[0] <= '9'; digits++) {
		v = v * 10 + (r->s.p[0] - '0');
		r->is_bad |= v > NUMBER_MAX;
		if (r->is_bad)
			return 0;
		r->s.p++;
		r->s.n--;
	}
	r->is_bad |= digits == 0;
	return v;
}

static void choose(struct rule *r);

static void
primary(struct rule *r)
{
	if (r->is_bad || ++r->depth > DEPTH) {
		r->is_bad = true;
		return;
	}
	if (take(r, "n")) {
		put(r, DO_N, 0);
	} else if (take(r, "!")) {
		primary(r);
		put(r, DO_NOT, 0);
	} else if (take(r, "(")) {
		choose(r);
		r->is_bad |= !take(r, ")");
	} else {
		put(r, DO_NUMBER, take_number(r));
	}
	r->depth--;
}

/* What binds, from weakest to strongest; longer tokens first. */
static const struct {
	const char *token;
	unsigned char what, level;
} binary[] = {
	{ "||", DO_OR, 0 }, { "&&", DO_AND, 1 }, { "==", DO_EQUAL, 2 },
	{ "!=", DO_UNEQUAL, 2 }, { "<=", DO_LESS_EQUAL, 3 },
	{ ">=", DO_MORE_EQUAL, 3 }, { "<", DO_LESS, 3 }, { ">", DO_MORE, 3 },
	{ "+", DO_ADD, 4 }, { "-", DO_SUBTRACT, 4 }, { "*", DO_MULTIPLY, 5 },
	{ "/", DO_DIVIDE, 5 }, { "%", DO_REST, 5 },
};

enum { LEVELS = 6 };

static bool
take_binary(struct rule *r, unsigned level, unsigned char *what)
{
	for (size_t i = 0; i < sizeof binary / sizeof *binary; i++)
		if (binary[i].level == level && take(r, binary[i].token)) {
			*what = binary[i].what;
			return true;
		}
	return false;
}

/* As deep as there are levels. */
static void
operation(struct rule *r, unsigned level)
{
	unsigned char what = 0;

	if (level == LEVELS) {
		primary(r);
		return;
	}
	operation(r, level + 1);
	while (!r->is_bad && take_binary(r, level, &what)) {
		operation(r, level + 1);
		put(r, what, 0);
	}
}

static void
choose(struct rule *r)
{
	operation(r, 0);
	if (r->is_bad || !take(r, "?"))
		return;
	if (++r->depth > DEPTH) {
		r->is_bad = true;
		return;
	}
	choose(r);
	r->is_bad |= !take(r, ":");
	choose(r);
	put(r, DO_CHOOSE, 0);
	r->depth--;
}

enum err
plural_parse(struct span rule, struct mo_plural *out)
{
	struct mo_plural p = { 0 };
	struct rule r = { .s = rule, .out = &p };

	if (rule.n > LIMIT_MO_PLURAL)
		return ERR_LIMIT;
	if (!take(&r, "nplurals") || !take(&r, "="))
		return ERR_SYNTAX;
	p.forms = take_number(&r);
	if (p.forms == 0 || p.forms > MO_FORMS)
		return ERR_SYNTAX;
	if (!take(&r, ";") || !take(&r, "plural") || !take(&r, "="))
		return ERR_SYNTAX;
	choose(&r);
	(void)take(&r, ";");
	skip(&r);
	if (r.is_bad || r.s.n != 0)
		return ERR_SYNTAX;
	*out = p;
	return ERR_NONE;
}

static uint64_t
calculate(unsigned char what, uint64_t a, uint64_t b)
{
	switch (what) {
	case DO_MULTIPLY:
		return a * b;
	case DO_DIVIDE:
		return b == 0 ? 0 : a / b;
	case DO_REST:
		return b == 0 ? 0 : a % b;
	case DO_ADD:
		return a + b;
	case DO_SUBTRACT:
		return a - b;
	case DO_LESS:
		return a < b;
	case DO_MORE:
		return a > b;
	case DO_LESS_EQUAL:
		return a <= b;
	case DO_MORE_EQUAL:
		return a >= b;
	case DO_EQUAL:
		return a == b;
	case DO_UNEQUAL:
		return a != b;
	case DO_AND:
		return a != 0 && b != 0;
	default:
		return a != 0 || b != 0;
	}
}

unsigned
plural_form(const struct mo_plural *p, uint64_t n)
{
	uint64_t stack[MO_PLURAL_STEPS + 1] = { 0 };
	size_t top = 0;

	/* the parser puts no step whose values are not there */
	for (size_t i = 0; i < p->n; i++) {
		unsigned char what = p->step[i].what;

		if (what == DO_N) {
			stack[top++] = n;
		} else if (what == DO_NUMBER) {
			stack[top++] = p->step[i].value;
		} else if (what == DO_NOT) {
			stack[top - 1] = stack[top - 1] == 0;
		} else if (what == DO_CHOOSE) {
			top -= 2;
			stack[top - 1] = stack[top - 1] != 0 ? stack[top] :
			    stack[top + 1];
		} else {
			top--;
			stack[top - 1] = calculate(what, stack[top - 1],
			    stack[top]);
		}
	}
	return top == 1 && stack[0] < p->forms ? (unsigned)stack[0] : 0;
}
