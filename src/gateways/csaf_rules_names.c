/* SPDX-License-Identifier: Apache-2.0
 *
 * CSAF 6.1.12, 6.1.13, 6.1.31: languages, package addresses, versions.
 */
#include "gateways/csaf_inside.h"

#include "schema/words.h"

#include <strings.h>

/* ISO 639-1. */
static const char languages[] =
    " aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce"
    " ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr"
    " fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is"
    " it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln"
    " lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv"
    " ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si"
    " sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt"
    " tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ";

static bool
is_language(struct span s)
{
	char word[5];

	if (s.n >= 2 && (s.p[0] | 32) == 'i' && s.p[1] == '-')
		return true;
	if (s.n >= 2 && (s.p[0] | 32) == 'x' && s.p[1] == '-')
		return true;
	if (!lang_is_tag(s))
		return false;
	if (s.n > 2 && s.p[2] != '-')
		return true;
	word[0] = word[3] = ' ';
	word[1] = (char)(s.p[0] | 32);
	word[2] = (char)(s.p[1] | 32);
	word[4] = '\0';
	return strstr(languages, word) != NULL;
}

static enum err
unknown_language(const struct csaf_doc *d, struct fault *f)
{
	static const char *const members[] = { "lang", "source_lang" };

	for (size_t i = 0; i < 2; i++) {
		struct json_val v = json_get(d->document, members[i]);

		if (v.type != JSON_ABSENT && !is_language(csaf_string(d, v)))
			return csaf_refuse(d, v, f, "is no language");
	}
	return ERR_NONE;
}

/* pkg:type/namespace/name@version?qualifiers#subpath with type and name. */
bool
csaf_is_purl(struct span s)
{
	size_t type, name, end = 0;

	if (s.n < 4 || strncasecmp((const char *)s.p, "pkg:", 4) != 0)
		return false;
	for (type = 4; type < s.n && s.p[type] == '/'; type++)
		;
	while (end < s.n && s.p[end] != '?' && s.p[end] != '#')
		end++;
	while (end > type && s.p[end - 1] == '/')
		end--;
	for (name = end; name > type && s.p[name - 1] != '/'; name--)
		;
	if (name < type + 2 || name == end || s.p[name] == '@')
		return false;
	return !(s.p[type] >= '0' && s.p[type] <= '9');
}

static enum err
bad_purl(const struct csaf_doc *d, struct fault *f)
{
	for (size_t i = 0; i < d->product_count; i++) {
		struct json_val v = json_get(json_get(d->product[i].at,
		    "product_identification_helper"), "purl");
		struct span s = csaf_string(d, v);

		if (v.type != JSON_ABSENT &&
		    !csaf_is_purl(s))
			return csaf_refuse(d, v, f, "is no package address");
	}
	return ERR_NONE;
}

/* Does `s` hold one of the words that speak of several versions? Words stand
 * between blanks: "after-eight" and "vers:all" are names. */
bool
csaf_is_range(struct span s)
{
	static const char *const words[] = { "after", "all", "before",
		"earlier", "later", "prior", "versions" };
	size_t start = 0;

	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && (s.p[i] == '<' || s.p[i] == '>'))
			return true;
		if (i < s.n && s.p[i] > ' ')
			continue;
		for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
			if (strlen(words[w]) == i - start && strncasecmp(
			    words[w], (const char *)s.p + start,
			    i - start) == 0)
				return true;
		}
		start = i + 1;
	}
	return false;
}

static MUST enum err
check_branches(const struct csaf_doc *d, struct json_val list,
    struct fault *f)
{
	enum err e;

	CSAF_EACH(b, list) {
		struct json_val name = json_get(b, "name");

		if (json_is_str(json_get(b, "category"), "product_version") &&
		    csaf_is_range(csaf_string(d, name)))
			return csaf_refuse(d, name, f,
			    "a single version speaks of several");
		e = check_branches(d, json_get(b, "branches"), f);
		if (e != ERR_NONE)
			return e;
	}
	return ERR_NONE;
}

static enum err
version_range(const struct csaf_doc *d, struct fault *f)
{
	return check_branches(d, json_get(d->tree, "branches"), f);
}

const struct csaf_rule csaf_rules_names[] = {
	{ { "6.1.12", "language" }, unknown_language },
	{ { "6.1.13", "purl" }, bad_purl },
	{ { "6.1.31", "version range in product version" }, version_range },
	{ { NULL, NULL }, NULL }
};
