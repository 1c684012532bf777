/* SPDX-License-Identifier: Apache-2.0
 *
 * Permits, and the lines that are built in.
 */
#include "rules/permit.h"

#include "base/buf.h"

static const char stamp; /* its address shows who made a permit */

const char rules_built_in[] =
    "# What the node says by itself, whatever the file of rules says.\n"
    "# The answer of a person on watch goes to those who wait for it.\n"
    "allow release acknowledgement to all\n"
    "# That somebody does not answer, never what.\n"
    "allow release unanswered to all\n"
    "# What keeps the log and an embargo going.\n"
    "allow release epoch release consent embargo-broken to all and public\n"
    "# That a report which was handed here has come, and its state.\n"
    "allow release report-status to all\n"
    "# The key by which an audience reads what follows.\n"
    "allow release circle-key to all\n";

/* What a permit is about, in a form that two parties find the same. */
static struct digest
about(struct span kind, struct span tlp, const struct span *aud, size_t aud_n)
{
	const struct span *last = NULL, *next;
	struct digest d;
	struct buf b;

	buf_init(&b, 512 + aud_n * (LIMIT_TEAM_NAME + 2));
	buf_put_format(&b, "%.*s\n%.*s\n", SPAN_FMT(kind), SPAN_FMT(tlp));
	do { /* ascending, without repeats */
		next = NULL;
		for (size_t i = 0; i < aud_n; i++)
			if ((last == NULL ||
				span_compare(aud[i], *last) > 0) &&
			    (next == NULL || span_compare(aud[i], *next) < 0))
				next = &aud[i];
		if (next != NULL)
			buf_put_format(&b, "%.*s\n", SPAN_FMT(*next));
		last = next;
	} while (next != NULL);
	d = hash_sha256(buf_span(&b));
	buf_release(&b);
	return d;
}

static void
add_fields(struct rules_answer *all, const struct rules_answer *one)
{
	for (size_t i = 0; i < one->strip_n; i++) {
		size_t k = 0;

		while (k < all->strip_n &&
		    !span_is_equal(all->strip[k], one->strip[i]))
			k++;
		if (k == all->strip_n && k < LIMIT_RULES_STRIP)
			all->strip[all->strip_n++] = one->strip[i];
	}
}

/* Cite the line that asks for more, or the first that says anything. */
static void
join(struct rules_answer *all, const struct rules_answer *one)
{
	if (all->line == 0 || one->approvals > all->approvals) {
		all->allow = one->allow;
		all->approvals = one->approvals;
		all->line = one->line;
		all->text = one->text;
		all->why = one->why;
	}
	add_fields(all, one);
}

enum err
permit_decide(const struct rules *r, const struct rules_ask *ask,
    const struct span *aud, size_t aud_n, struct permit *out,
    struct span *refused, struct rules_answer *answer)
{
	struct rules_ask each = *ask;
	struct rules_answer all = { 0 }, one;
	size_t n = aud_n != 0 ? aud_n : 1;

	each.to = aud_n != 0 ? RULES_TO_TEAM : RULES_TO_PUBLIC;
	for (size_t i = 0; i < n; i++) {
		each.name = aud_n != 0 ? aud[i] : span_str("");
		rules_decide(r, &each, &one);
		if (!one.allow) {
			if (refused != NULL)
				*refused = each.name;
			if (answer != NULL)
				*answer = one;
			return ERR_RULE;
		}
		join(&all, &one);
	}
	if (answer != NULL)
		*answer = all;
	*out = (struct permit){ .line = all.line,
		.approvals = all.approvals,
		.about = about(ask->kind, span_str(tlp_label(ask->tlp)), aud,
		    aud_n),
		.made = &stamp };
	if (r != NULL)
		out->rules = *rules_digest(r);
	return ERR_NONE;
}

enum err
permit_built_in(struct span own, struct span kind, enum tlp tlp,
    const struct span *aud, size_t aud_n, struct permit *out)
{
	const struct rules_ask ask = { .kind = kind, .tlp = tlp, .own = own,
		.any_role = true, .agreed = true };
	const struct rules *r;
	struct arena mem = { 0 };
	enum err e = rules_parse(span_str(rules_built_in), NULL, &mem, &r,
	    NULL);

	if (e == ERR_NONE)
		e = permit_decide(r, &ask, aud, aud_n, out, NULL, NULL);
	if (e == ERR_NONE)
		out->built_in = true;
	arena_release(&mem);
	return e;
}

bool
permit_fits(const struct permit *p, struct span kind, struct span tlp,
    const struct span *aud, size_t aud_n)
{
	struct digest d;

	if (p->made != &stamp)
		return false;
	d = about(kind, tlp, aud, aud_n);
	return digest_is_equal(&d, &p->about);
}
