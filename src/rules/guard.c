/* SPDX-License-Identifier: Apache-2.0
 *
 * The leak guard: walking a body, holding it against its sources, and the
 * words for people.
 */
#include "rules/guard_inside.h"

#include <stdio.h>

/* --- walking --- */

struct walk {
	struct arena *a;
	guard_walk_fn *fn;
	void *ctx;
};

/* Depth is bounded by what the document was parsed with. */
static void
walk(const struct walk *w, const char *path, struct json_val v)
{
	char name[96];
	struct span s;
	size_t i = 0;

	if (v.type == JSON_STRING && json_text(v, w->a, &s) == ERR_NONE)
		w->fn(w->ctx, path, s);
	if (v.type != JSON_OBJECT && v.type != JSON_ARRAY)
		return;
	for (struct json_val m = json_first(v); m.type != JSON_ABSENT;
	     m = json_next(v, m), i++) {
		struct span key;

		if (v.type == JSON_ARRAY) {
			snprintf(name, sizeof name, "%s[%zu]", path, i);
		} else {
			key = json_key(m, w->a);
			snprintf(name, sizeof name, "%s%s%.*s", path,
			    path[0] != '\0' ? "." : "", SPAN_FMT(key));
		}
		walk(w, name, m);
	}
}

void
guard_walk(struct json_val body, struct arena *a, guard_walk_fn *fn,
    void *ctx)
{
	const struct walk w = { a, fn, ctx };

	walk(&w, "", body);
}

void
guard_add(struct guard *g, enum guard_rule rule, const char *path, size_t at,
    size_t n)
{
	struct guard_hit *h;

	if (g->n == GUARD_HITS) {
		g->more++;
		return;
	}
	h = &g->hit[g->n++];
	*h = (struct guard_hit){ .rule = rule, .at = at, .n = n };
	snprintf(h->field, sizeof h->field, "%s", path);
}

/* --- texts --- */

struct look {
	const struct guard_ask *ask;
	struct guard *g;
};

static void
see_text(void *ctx, const char *path, struct span text)
{
	const struct look *l = ctx;

	guard_find(l->ask, path, text, l->g);
}

void
guard_text(const struct guard_ask *ask, struct json_val body,
    struct arena *a, struct guard *g)
{
	struct look l = { ask, g };

	guard_walk(body, a, see_text, &l);
}

/* --- sources --- */

static bool
is_wider(bool open, const struct span *aud, size_t aud_n,
    const struct guard_source *from)
{
	if (from->open)
		return false;
	if (open)
		return true;
	for (size_t i = 0; i < aud_n; i++)
		if (!span_is_among(aud[i], from->aud, from->aud_n))
			return true;
	return false;
}

void
guard_sources(enum tlp tlp, bool open, const struct span *aud, size_t aud_n,
    const struct guard_source *source, size_t n, struct guard *g)
{
	for (size_t i = 0; i < n; i++) {
		if (source[i].has_tlp && source[i].tlp > tlp)
			guard_add(g, GUARD_LABEL, "tlp", 0, 0);
		/* who is meant by a label alone is no audience to keep */
		if ((!source[i].has_tlp || source[i].tlp > TLP_GREEN) &&
		    (source[i].open || source[i].aud_n != 0) &&
		    is_wider(open, aud, aud_n, &source[i]))
			guard_add(g, GUARD_AUDIENCE, "aud", 0, 0);
	}
}

/* --- words --- */

static const struct {
	const char *code;
	struct names names;
} rules[GUARD_RULES] = {
	[GUARD_COPY] = { "guard-copy", { {
	    "a passage stands in a record with a stricter label",
	    "un pasaje figura en un registro con etiqueta más estricta",
	    "um trecho consta de um registro com rótulo mais estrito",
	    "un passage figure dans un enregistrement au marquage plus "
	    "strict" } } },
	[GUARD_AUDIENCE] = { "guard-audience", { {
	    "more would read it than what it is based on",
	    "la leerían más que aquello en lo que se basa",
	    "mais leitores do que aquilo em que se baseia",
	    "plus de lecteurs que ce dont elle procède" } } },
	[GUARD_LABEL] = { "guard-label", { {
	    "what it is based on has a stricter label",
	    "aquello en lo que se basa tiene una etiqueta más estricta",
	    "aquilo em que se baseia tem um rótulo mais estrito",
	    "ce dont elle procède a un marquage plus strict" } } },
	[GUARD_WORDS] = { "guard-words", { {
	    "the text names a stricter label than it gets",
	    "el texto nombra una etiqueta más estricta que la suya",
	    "o texto cita um rótulo mais estrito que o seu",
	    "le texte nomme un marquage plus strict que le sien" } } },
	[GUARD_ADDRESS] = { "guard-address", { {
	    "an address of a private network",
	    "una dirección de una red privada",
	    "um endereço de uma rede privada",
	    "une adresse d’un réseau privé" } } },
	[GUARD_HOST] = { "guard-host", { {
	    "the name of a host inside a network",
	    "el nombre de un equipo interno",
	    "o nome de um equipamento interno",
	    "le nom d’une machine interne" } } },
	[GUARD_MAIL] = { "guard-mail", { {
	    "an e-mail address that may be of a person",
	    "un correo que puede ser de una persona",
	    "um e-mail que pode ser de uma pessoa",
	    "une adresse électronique qui peut être d’une personne" } } },
	[GUARD_PHONE] = { "guard-phone", { {
	    "a telephone number", "un número de teléfono",
	    "um número de telefone", "un numéro de téléphone" } } },
	[GUARD_PERSON_ID] = { "guard-person-id", { {
	    "the national number of a person",
	    "el número de identidad de una persona",
	    "o número de identidade de uma pessoa",
	    "le numéro d’identité d’une personne" } } },
	[GUARD_CREDENTIAL] = { "guard-credential", { {
	    "what looks like a password or a credential",
	    "lo que parece una contraseña o credencial",
	    "o que parece uma senha ou credencial",
	    "ce qui ressemble à un mot de passe ou un secret d’accès" } } },
	[GUARD_KEY] = { "guard-key", { {
	    "what looks like a private key or a token",
	    "lo que parece una clave privada o un token",
	    "o que parece uma chave privada ou um token",
	    "ce qui ressemble à une clé privée ou un jeton" } } },
};

const char *
guard_code(enum guard_rule rule)
{
	return rules[rule].code;
}

const char *
guard_sentence(enum guard_rule rule, enum lang lang)
{
	return rules[rule].names.in[lang];
}
