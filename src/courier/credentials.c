/* SPDX-License-Identifier: Apache-2.0
 *
 * The courier's credentials.
 */
#include "courier/credentials.h"

static struct span
next_word(struct span *line)
{
	struct span w;
	size_t i = 0, from;

	while (i < line->n && (line->p[i] == ' ' || line->p[i] == '\t'))
		i++;
	for (from = i; i < line->n && line->p[i] != ' ' && line->p[i] != '\t';)
		i++;
	w = span_of(line->p + from, i - from);
	*line = span_of(line->p + i, line->n - i);
	return w;
}

static enum err
parse_line(struct span line, struct credential *out)
{
	static const char *const words[] = { [CREDENTIAL_MAIL] = "mail",
		[CREDENTIAL_WEBHOOK] = "webhook",
		[CREDENTIAL_PUSH] = "push" };
	struct span kind = next_word(&line);
	unsigned i = 0;

	while (i < 3 && !span_is_str(kind, words[i]))
		i++;
	*out = (struct credential){ .kind = (enum credential_kind)i };
	out->name = next_word(&line);
	out->secret = next_word(&line);
	if (i == 3 || out->secret.n == 0 || next_word(&line).n != 0)
		return ERR_CONFIG;
	return i == CREDENTIAL_WEBHOOK &&
	    out->secret.n < CREDENTIAL_SECRET_LEAST ? ERR_LIMIT : ERR_NONE;
}

enum err
credentials_parse(struct span text, struct credentials *out, struct fault *f)
{
	out->n = 0;
	for (size_t at = 0, number = 1; at < text.n; number++) {
		const unsigned char *end = memchr(text.p + at, '\n',
		    text.n - at);
		struct span line = span_of(text.p + at, end != NULL ?
		    (size_t)(end - text.p) - at : text.n - at);
		struct span first = line;
		enum err e;

		at += line.n + 1;
		first = next_word(&first);
		if (first.n == 0 || first.p[0] == '#')
			continue;
		if (out->n == CREDENTIALS_MAX)
			return fault_at(f, ERR_LIMIT, number, "line",
			    "%zu: more than %d lines", number,
			    CREDENTIALS_MAX);
		e = parse_line(line, &out->at[out->n]);
		if (e != ERR_NONE)
			return fault_at(f, e, number, "line",
			    e == ERR_LIMIT ?
			    "%zu: a secret has %d characters at least" :
			    "%zu: must be mail, webhook or push, a name and "
			    "a secret", number, CREDENTIAL_SECRET_LEAST);
		out->n++;
	}
	return ERR_NONE;
}

static struct span
without_port(struct span host)
{
	const unsigned char *colon = host.n == 0 ? NULL :
	    memrchr(host.p, ':', host.n);

	return colon == NULL || host.p[host.n - 1] == ']' ? host :
	    span_of(host.p, (size_t)(colon - host.p));
}

const struct credential *
credentials_find(const struct credentials *c, enum credential_kind kind,
    struct span host)
{
	const struct credential *any = NULL;

	for (size_t i = 0; i < c->n; i++) {
		if (c->at[i].kind != kind)
			continue;
		if (kind == CREDENTIAL_MAIL ||
		    span_is_equal(c->at[i].name, host))
			return &c->at[i];
		if (span_is_equal(c->at[i].name, without_port(host)))
			any = &c->at[i];
	}
	return any;
}
