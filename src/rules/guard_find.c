/* SPDX-License-Identifier: Apache-2.0
 *
 * What can be seen in one text: addresses, names, persons, secrets, labels.
 * One look at each place; every form is bounded, so the time is linear.
 */
#include "rules/guard_inside.h"

enum { NAME_MAX = 253, TOKEN_LEAST = 8, BACK = 24, PHONE_DIGITS = 9 };

static unsigned char
before(struct span s, size_t i)
{
	return i > 0 ? s.p[i - 1] : 0;
}

/* --- addresses --- */

/* "." or as people take its bite away: "[.]", "(.)". */
static size_t
dot(struct span s, size_t i)
{
	if (guard_byte(s, i) == '.')
		return 1;
	return (guard_byte(s, i) == '[' || guard_byte(s, i) == '(') &&
	    guard_byte(s, i + 1) == '.' && (guard_byte(s, i + 2) == ']' ||
		guard_byte(s, i + 2) == ')') ? 3 : 0;
}

static size_t
octet(struct span s, size_t i, unsigned *out)
{
	size_t n = 0;

	for (*out = 0; n < 3 && guard_is_digit(guard_byte(s, i + n)); n++)
		*out = *out * 10 + (unsigned)(s.p[i + n] - '0');
	return guard_is_digit(guard_byte(s, i + n)) || *out > 255 ? 0 : n;
}

static size_t
read_ipv4(struct span s, size_t at, unsigned out[4])
{
	size_t i = at, n;

	for (int k = 0; k < 4; k++) {
		n = octet(s, i, &out[k]);
		if (n == 0)
			return 0;
		i += n;
		n = k < 3 ? dot(s, i) : 0;
		if (k < 3 && n == 0)
			return 0;
		i += n;
	}
	/* a longer number, a version of five parts, a word */
	if (guard_is_word(guard_byte(s, i)) || guard_byte(s, i) == '-' ||
	    guard_byte(s, i) == '_' ||
	    (guard_byte(s, i) == '.' && guard_is_word(guard_byte(s, i + 1))))
		return 0;
	return i - at;
}

/* Does one of these words stand shortly before, so that it is a version? */
static bool
is_version(struct span s, size_t at)
{
	static const char *const words[] = { "vers", "release", "build",
		"firmware", "before", "prior", "antes", "hasta",
		"than", "<", "update", "v.", "ver.", "driver",
		"fixed in", "patch" };
	size_t from = at > BACK ? at - BACK : 0;

	if (guard_lower(before(s, at)) == 'v')
		return true;
	for (size_t i = from; i < at; i++)
		for (size_t k = 0; k < sizeof words / sizeof *words; k++)
			if (guard_has(s, i, words[k]))
				return true;
	return false;
}

/* A whole private range is a matter of books, not of a network. */
static bool
is_whole_range(struct span s, size_t end, const unsigned a[4])
{
	return guard_byte(s, end) == '/' && a[2] == 0 && a[3] == 0 &&
	    ((a[0] == 10 && a[1] == 0 && guard_has(s, end, "/8")) ||
		(a[0] == 172 && guard_has(s, end, "/12")) ||
		(a[0] == 192 && guard_has(s, end, "/16")));
}

static size_t
find_ipv4(struct span s, size_t at)
{
	unsigned a[4];
	size_t n;

	if (!guard_is_digit(guard_byte(s, at)) ||
	    guard_is_word(before(s, at)) || before(s, at) == '.' ||
	    before(s, at) == '-' || before(s, at) == '_')
		return 0;
	n = read_ipv4(s, at, a);
	if (n == 0 || is_whole_range(s, at + n, a) || is_version(s, at))
		return 0;
	return a[0] == 10 || (a[0] == 192 && a[1] == 168) ||
	    (a[0] == 172 && a[1] >= 16 && a[1] <= 31) ? n : 0;
}

/* fc00::/7: four hexadecimal digits and two more groups at the least. */
static size_t
find_ipv6(struct span s, size_t at)
{
	size_t n = 0, colons = 0, first = 0;
	unsigned char second = guard_lower(guard_byte(s, at + 1));

	if (guard_lower(guard_byte(s, at)) != 'f' ||
	    (second != 'c' && second != 'd') || guard_is_word(before(s, at)) ||
	    before(s, at) == ':')
		return 0;
	for (; n < 45; n++) {
		unsigned char c = guard_lower(guard_byte(s, at + n));

		if (c == ':' && colons++ == 0)
			first = n;
		if (c != ':' && !guard_is_digit(c) && (c < 'a' || c > 'f'))
			break;
	}
	return first == 4 && colons >= 2 &&
	    !guard_is_word(guard_byte(s, at + n)) ? n : 0;
}

/* --- names of hosts --- */

static bool
is_host_byte(unsigned char c)
{
	return guard_is_digit(c) || guard_is_alpha(c) || c == '-' ||
	    c == '.' || c == '_';
}

static bool
ends_in(struct span name, struct span end)
{
	if (end.n == 0 || name.n < end.n)
		return false;
	for (size_t i = 0; i < end.n; i++)
		if (guard_lower(name.p[name.n - end.n + i]) !=
		    guard_lower(end.p[i]))
			return false;
	return name.n == end.n || name.p[name.n - end.n - 1] == '.';
}

/* Names of packages are written the other way round. */
static bool
is_package(struct span name)
{
	static const char *const first[] = { "com.", "org.", "net.", "io.",
		"java", "sun.", "jdk.", "system." };

	for (size_t i = 0; i < sizeof first / sizeof *first; i++)
		if (guard_has(name, 0, first[i]))
			return true;
	return false;
}

static bool
is_inside(struct span name, const struct guard_ask *ask)
{
	static const char *const ends[] = { "local", "internal", "intranet",
		"lan", "corp", "localdomain", "home.arpa" };

	for (size_t i = 0; i < ask->domain_n; i++)
		if (ends_in(name, ask->domain[i]))
			return true;
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (ends_in(name, span_str(ends[i])) &&
		    name.n > strlen(ends[i]) && !is_package(name))
			return true;
	return false;
}

/* The name that begins at `at`, without a dot at its end. */
static struct span
read_name(struct span s, size_t at)
{
	size_t n = 0;

	while (n < NAME_MAX && is_host_byte(guard_byte(s, at + n)))
		n++;
	while (n > 0 && !guard_is_word(s.p[at + n - 1]))
		n--;
	return span_of(s.p + at, n);
}

static size_t
find_host(struct span s, size_t at, const struct guard_ask *ask)
{
	struct span name;

	if (is_host_byte(before(s, at)) || before(s, at) >= 0x80 ||
	    !guard_is_word(guard_byte(s, at)))
		return 0;
	name = read_name(s, at);
	/* a path or the name of a file is no host */
	if (before(s, at) == '\\' || (before(s, at) == '/' &&
		(at < 2 || s.p[at - 2] != '/')) ||
	    guard_byte(s, at + name.n) == '(')
		return 0;
	return is_inside(name, ask) ? name.n : 0;
}

/* --- persons --- */

/* Mailboxes of an office. */
static bool
is_office(struct span local)
{
	static const char *const words[] = { "cert", "csirt", "soc", "noc",
		"abuse", "security", "secure", "seguridad", "seguranca",
		"securite", "incident", "info", "contact", "contato",
		"support", "soporte", "suporte", "psirt", "help", "admin",
		"vuln", "press", "prensa", "report", "team", "no-reply",
		"noreply", "secretar", "central", "service", "feedback",
		"hostmaster", "postmaster", "webmaster", "office", "sales",
		"product", "disclosure", "advis", "alert", "ics", "cve",
		"customer", "enquir", "inquir", "mail", "risk", "privacy" };

	for (size_t at = 0; at < local.n; at++)
		for (size_t i = 0; i < sizeof words / sizeof *words; i++)
			if (guard_has(local, at, words[i]))
				return true;
	return false;
}

static bool
is_local_byte(unsigned char c)
{
	return guard_is_digit(c) || guard_is_alpha(c) || c == '.' ||
	    c == '-' || c == '_' || c == '+';
}

/* `at` is the "@". */
static size_t
find_mail(struct span s, size_t at, size_t *from)
{
	struct span domain, local;
	size_t n = 0;

	if (guard_byte(s, at) != '@')
		return 0;
	while (n < at && n < 64 && is_local_byte(s.p[at - 1 - n]))
		n++;
	local = span_of(s.p + at - n, n);
	domain = read_name(s, at + 1);
	if (n == 0 || domain.n < 4 || !guard_is_alpha(domain.p[0]) ||
	    memchr(domain.p, '.', domain.n) == NULL || is_office(local) ||
	    ends_in(domain, span_str("example")) ||
	    ends_in(domain, span_str("example.com")) ||
	    ends_in(domain, span_str("example.org")) ||
	    ends_in(domain, span_str("example.net")))
		return 0;
	*from = at - n;
	return n + 1 + domain.n;
}

/* "+598 2 901 2929": as numbers are written for others. */
static size_t
find_phone(struct span s, size_t at)
{
	size_t n = 1, digits = 0;

	if (guard_byte(s, at) != '+' || guard_is_word(before(s, at)) ||
	    !guard_is_digit(guard_byte(s, at + 1)) ||
	    guard_byte(s, at + 1) == '0')
		return 0;
	for (; n < 24; n++) {
		unsigned char c = guard_byte(s, at + n);

		digits += guard_is_digit(c);
		if (!guard_is_digit(c) && c != ' ' && c != '-' && c != '.' &&
		    c != '(' && c != ')')
			break;
	}
	while (n > 0 && !guard_is_digit(s.p[at + n - 1]))
		n--;
	return digits >= PHONE_DIGITS && digits <= 15 &&
	    !guard_is_word(guard_byte(s, at + n)) ? n : 0;
}

/* --- secrets --- */

static bool
is_token_byte(unsigned char c)
{
	return guard_is_digit(c) || guard_is_alpha(c) || c == '_' || c == '-';
}

static size_t
token(struct span s, size_t at)
{
	size_t n = 0;

	while (n < 4096 && is_token_byte(guard_byte(s, at + n)))
		n++;
	return n;
}

static size_t
find_jwt(struct span s, size_t at)
{
	size_t n, m;

	if (memcmp(s.p + at, "eyJ", 3) != 0)
		return 0;
	n = token(s, at);
	if (n < 12 || guard_byte(s, at + n) != '.' ||
	    guard_byte(s, at + n + 1) != 'e')
		return 0;
	m = token(s, at + n + 1);
	return m >= 12 && guard_byte(s, at + n + 1 + m) == '.' ?
	    n + 1 + m : 0;
}

/* What key material begins with, and how long it is at the least. */
static size_t
find_key(struct span s, size_t at)
{
	static const struct {
		const char *head;
		size_t least;
	} heads[] = { { "AGE-SECRET-KEY-1", 40 }, { "AKIA", 20 },
		{ "ASIA", 20 }, { "ghp_", 36 }, { "gho_", 36 },
		{ "github_pat_", 40 }, { "glpat-", 20 }, { "xoxb-", 24 },
		{ "xoxp-", 24 }, { "AIza", 39 }, { "sk_live_", 24 } };
	size_t n;

	if (s.n - at >= 11 && memcmp(s.p + at, "-----BEGIN ", 11) == 0)
		for (size_t i = at + 11; i < at + 48 && i < s.n; i++)
			if (s.n - i >= 11 &&
			    memcmp(s.p + i, "PRIVATE KEY", 11) == 0)
				return i + 16 - at < s.n - at ? i + 16 - at :
				    s.n - at;
	if (is_token_byte(before(s, at)) || s.n - at < 20)
		return 0;
	for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
		size_t len = strlen(heads[i].head);

		if (memcmp(s.p + at, heads[i].head, len) != 0)
			continue;
		n = token(s, at);
		return n >= heads[i].least ? n : 0;
	}
	return find_jwt(s, at);
}

/* A word, a colon or equals sign, and something that looks chosen: letters
 * and digits, or signs, in one word. */
static bool
is_chosen(struct span s, size_t at, size_t *n)
{
	bool letter = false, digit = false, sign = false;
	size_t i = at;

	for (; i < s.n && i - at < 128 && s.p[i] > ' ' && s.p[i] != ',' &&
	    s.p[i] != '"' && s.p[i] != '\''; i++) {
		letter = letter || guard_is_alpha(s.p[i]);
		digit = digit || guard_is_digit(s.p[i]);
		sign = sign || s.p[i] == '!' || s.p[i] == '#' ||
		    s.p[i] == '$' || s.p[i] == '%' || s.p[i] == '@';
	}
	*n = i - at;
	return *n >= 6 && letter && (digit || sign) && s.p[at] != '<' &&
	    s.p[at] != '$' && s.p[at] != '{' && s.p[at] != '[' &&
	    s.p[at] != '/' && s.p[at] != '(';
}

static size_t
find_credential(struct span s, size_t at)
{
	static const char *const words[] = { "password", "passwd", "passphrase",
		"contraseña", "clave", "senha", "mot de passe",
		"api_key", "api-key", "apikey", "secret_key", "secret-key",
		"access_token", "authorization: bearer", "pwd" };
	size_t i, n;

	if (guard_is_word(before(s, at)))
		return 0;
	for (size_t k = 0; k < sizeof words / sizeof *words; k++) {
		if (!guard_has(s, at, words[k]))
			continue;
		i = at + strlen(words[k]);
		while (guard_byte(s, i) == ' ' || guard_byte(s, i) == '"')
			i++;
		if (guard_byte(s, i) != ':' && guard_byte(s, i) != '=' &&
		    words[k][0] != 'a')
			continue;
		while (i < s.n && (s.p[i] == ':' || s.p[i] == '=' ||
		    s.p[i] == ' ' || s.p[i] == '"' || s.p[i] == '\''))
			i++;
		if (i < s.n && is_chosen(s, i, &n))
			return i + n - at;
	}
	return 0;
}

/* "://user:secret@" */
static size_t
find_login(struct span s, size_t at)
{
	bool colon = false;

	if (!guard_has(s, at, "://"))
		return 0;
	for (size_t i = at + 3; i < s.n && i < at + 128; i++) {
		if (s.p[i] == '@')
			return colon ? i - at : 0;
		if (s.p[i] == ':')
			colon = true;
		else if (s.p[i] <= ' ' || s.p[i] == '/' || s.p[i] == '?')
			return 0;
	}
	return 0;
}

/* --- labels --- */

static size_t
find_label(struct span s, size_t at, enum tlp tlp)
{
	size_t n = 4;
	enum tlp named;

	if (!guard_has(s, at, "tlp") || guard_is_word(before(s, at)) ||
	    (guard_byte(s, at + 3) != ':' && guard_byte(s, at + 3) != ' ' &&
		guard_byte(s, at + 3) != '-'))
		return 0;
	while (guard_is_alpha(guard_byte(s, at + n)) ||
	    (guard_byte(s, at + n) == '+' && n > 4))
		n++;
	return n > 4 && n <= 20 &&
	    tlp_import(span_of(s.p + at + 4, n - 4), &named) == ERR_NONE &&
	    named > tlp ? n : 0;
}

/* --- one text --- */

/* What begins at `at`. */
static size_t
look_at(const struct guard_ask *ask, struct span s, size_t at,
    enum guard_rule *rule)
{
	size_t n;

	if ((n = find_key(s, at)) != 0)
		*rule = GUARD_KEY;
	else if ((n = find_credential(s, at)) != 0 ||
	    (n = find_login(s, at)) != 0)
		*rule = GUARD_CREDENTIAL;
	else if ((n = guard_person_id(s, at)) != 0)
		*rule = GUARD_PERSON_ID;
	else if ((n = find_ipv4(s, at)) != 0 || (n = find_ipv6(s, at)) != 0)
		*rule = GUARD_ADDRESS;
	else if ((n = find_host(s, at, ask)) != 0)
		*rule = GUARD_HOST;
	else if ((n = find_phone(s, at)) != 0)
		*rule = GUARD_PHONE;
	else if ((n = find_label(s, at, ask->tlp)) != 0)
		*rule = GUARD_WORDS;
	return n;
}

void
guard_find(const struct guard_ask *ask, const char *path, struct span text,
    struct guard *g)
{
	for (size_t i = 0; i < text.n;) {
		enum guard_rule rule = GUARD_RULES;
		size_t from = i, n = find_mail(text, i, &from);

		if (n != 0)
			rule = GUARD_MAIL;
		else
			n = look_at(ask, text, i, &rule);
		if (n != 0)
			guard_add(g, rule, path, from, n);
		i = n != 0 && from + n > i ? from + n : i + 1;
	}
}
