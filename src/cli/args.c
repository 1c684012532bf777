/* SPDX-License-Identifier: Apache-2.0
 *
 * Options and operands out of words.
 */
#include "cli/args.h"

#include "base/mem.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const struct option args_common[] = {
	{ "node", 0, "PATH", { { "the node: its folder or its control socket",
	    "el nodo: su carpeta o su socket de control",
	    "o nó: sua pasta ou seu socket de controle",
	    "le nœud : son dossier ou sa socket de contrôle" } } },
	{ "control", 0, "PATH", { { "the node's control socket",
	    "el socket de control del nodo", "o socket de controle do nó",
	    "la socket de contrôle du nœud" } } },
	{ "json", 0, NULL, { { "one JSON document on standard output",
	    "un documento JSON en la salida estándar",
	    "um documento JSON na saída padrão",
	    "un document JSON sur la sortie standard" } } },
	{ "jsonl", 0, NULL, { { "one JSON document a line",
	    "un documento JSON por línea", "um documento JSON por linha",
	    "un document JSON par ligne" } } },
	{ "quiet", 'q', NULL, { { "no narration",
	    "sin narración", "sem narração", "sans narration" } } },
	{ "no-input", 0, NULL, { { "never ask",
	    "no preguntar nunca", "nunca perguntar",
	    "ne jamais demander" } } },
	{ "lang", 0, "en|es|pt|fr", { { "language of texts",
	    "idioma de los textos", "idioma dos textos",
	    "langue des textes" } } },
	{ "timeout", 0, "SECONDS", { { "how long to wait for the node",
	    "cuánto esperar al nodo", "quanto esperar pelo nó",
	    "combien de temps attendre le nœud" } } },
	{ "help", 'h', NULL, { { "this help",
	    "esta ayuda", "esta ajuda", "cette aide" } } },
	{ NULL, 0, NULL, { { NULL, NULL, NULL, NULL } } }
};

static const struct option *
row_find(const struct option *row, const char *name, size_t n, char letter)
{
	for (; row != NULL && row->name != NULL; row++) {
		if (letter != 0 ? row->letter == letter :
		    strlen(row->name) == n && memcmp(row->name, name, n) == 0)
			return row;
	}
	return NULL;
}

static const struct option *
option_find(const struct option *own, const char *name, size_t n, char letter)
{
	const struct option *o = row_find(own, name, n, letter);

	return o != NULL ? o : row_find(args_common, name, n, letter);
}

static const char *
option_nearest(const struct option *own, const char *name)
{
	const struct option *table[] = { own, args_common };
	const char *best = NULL;
	size_t least = 3;

	for (size_t t = 0; t < 2; t++) {
		for (const struct option *o = table[t];
		    o != NULL && o->name != NULL; o++) {
			size_t d = args_distance(name, o->name);

			if (d < least) {
				least = d;
				best = o->name;
			}
		}
	}
	return best;
}

static enum err
option_unknown(const struct option *own, const char *word, struct fault *f)
{
	const char *near = word[1] == '-' ? option_nearest(own, word + 2) :
	    NULL;

	if (near != NULL)
		return fault_at(f, ERR_USAGE, 0, word,
		    "there is no such option; did you mean --%s?", near);
	return fault_at(f, ERR_USAGE, 0, word, "there is no such option");
}

/* One option word; `next` is the word after it or NULL, `took` says whether
 * that was its value. */
static enum err
option_take(const char *word, const char *next, const struct option *own,
    struct args_given *out, bool *took, struct fault *f)
{
	bool is_long = word[1] == '-';
	const char *eq = is_long ? strchr(word, '=') : NULL;
	size_t n = eq != NULL ? (size_t)(eq - word) - 2 : strlen(word) - 1;
	const struct option *o = is_long ?
	    option_find(own, word + 2, eq != NULL ? n : n - 1, 0) :
	    n == 1 ? option_find(own, "", 0, word[1]) : NULL;

	*took = false;
	if (o == NULL)
		return option_unknown(own, word, f);
	if (o->value == NULL && eq != NULL)
		return fault_at(f, ERR_USAGE, 0, word, "takes no value");
	if (o->value != NULL && eq == NULL && next == NULL)
		return fault_at(f, ERR_USAGE, 0, word, "needs a value: %s",
		    o->value);
	*took = o->value != NULL && eq == NULL;
	*out = (struct args_given){ o, eq != NULL ? eq + 1 :
	    *took ? next : "" };
	return ERR_NONE;
}

enum err
args_parse(const char *const *words, size_t n, const struct option *own,
    struct args *out, struct fault *f)
{
	struct args a = { .given = mem_array(n + 1, sizeof *a.given),
		.operand = mem_array(n + 1, sizeof *a.operand) };
	bool is_over = false, took;
	enum err e;

	for (size_t i = 0; i < n; i++) {
		if (is_over || words[i][0] != '-' || words[i][1] == '\0') {
			a.operand[a.count++] = words[i];
			continue;
		}
		if (strcmp(words[i], "--") == 0) {
			is_over = true;
			continue;
		}
		e = option_take(words[i], i + 1 < n ? words[i + 1] : NULL,
		    own, &a.given[a.given_count], &took, f);
		if (e != ERR_NONE) {
			args_release(&a);
			return e;
		}
		a.given_count++;
		i += took;
	}
	*out = a;
	return ERR_NONE;
}

void
args_release(struct args *a)
{
	free(a->given);
	free((void *)a->operand);
	*a = (struct args){ 0 };
}

const char *
args_find_at(const struct args *a, const char *name, size_t i)
{
	for (size_t k = 0; k < a->given_count; k++) {
		if (strcmp(a->given[k].option->name, name) == 0 && i-- == 0)
			return a->given[k].value;
	}
	return NULL;
}

const char *
args_find(const struct args *a, const char *name)
{
	const char *v = NULL;

	for (size_t k = 0; k < a->given_count; k++) {
		if (strcmp(a->given[k].option->name, name) == 0)
			v = a->given[k].value;
	}
	return v;
}

bool
args_has(const struct args *a, const char *name)
{
	return args_find(a, name) != NULL;
}

enum err
args_number(const struct args *a, const char *name, unsigned long least,
    unsigned long most, unsigned long *value, struct fault *f)
{
	const char *s = args_find(a, name);
	unsigned long v;
	char *end;

	if (s == NULL)
		return ERR_NONE;
	errno = 0;
	v = strtoul(s, &end, 10);
	if (s[0] < '0' || s[0] > '9' || *end != '\0' || errno != 0 ||
	    v < least || v > most)
		return fault_at(f, ERR_USAGE, 0, name,
		    "%.40s is not a whole number within %lu to %lu", s, least,
		    most);
	*value = v;
	return ERR_NONE;
}

enum { DISTANCE_MOST = 32 };

static size_t
least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
args_distance(const char *a, const char *b)
{
	size_t d[DISTANCE_MOST + 1][DISTANCE_MOST + 1];
	size_t n = strlen(a), m = strlen(b);

	if (n > DISTANCE_MOST || m > DISTANCE_MOST)
		return DISTANCE_MOST;
	for (size_t i = 0; i <= n; i++)
		d[i][0] = i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			size_t v = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			v = least_of(v, d[i - 1][j] + 1);
			v = least_of(v, d[i][j - 1] + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				v = least_of(v, d[i - 2][j - 2] + 1);
			d[i][j] = v;
		}
	}
	return d[n][m];
}
