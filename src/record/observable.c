/* SPDX-License-Identifier: Apache-2.0
 *
 * Observables in one form.
 */
#include "record/observable.h"

#include "base/host.h"
#include "record/blind.h"
#include "record/entry.h"

#include <stdio.h>
#include <string.h>

enum { VALUE_MAX = 1024 };

static bool
begins(struct span s, const char *with)
{
	size_t n = strlen(with);

	return s.n >= n && strncasecmp((const char *)s.p, with, n) == 0;
}

/* "hxxps://evil[.]example" -> "https://evil.example" */
static struct span
unmask(struct span s, struct arena *a)
{
	static const char *const dots[] = { "[.]", "(.)", "{.}", "[dot]",
		"(dot)" };
	unsigned char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		struct span rest = span_of(s.p + i, s.n - i);
		size_t k = 0;

		while (k < 5 && !begins(rest, dots[k]))
			k++;
		if (k < 5) {
			p[n++] = '.';
			i += strlen(dots[k]);
		} else if (begins(rest, "[:]") || begins(rest, "[@]")) {
			p[n++] = s.p[i + 1];
			i += 3;
		} else {
			p[n++] = s.p[i++];
		}
	}
	if (begins(span_of(p, n), "hxxp"))
		memcpy(p, "http", 4);
	return span_of(p, n);
}

static struct span
join(struct arena *a, const char *form, struct span s)
{
	size_t n = strlen(form);
	unsigned char *p = arena_alloc(a, n + s.n + 1);

	memcpy(p, form, n);
	if (s.n != 0)
		memcpy(p + n, s.p, s.n);
	return span_of(p, n + s.n);
}

static bool
take_host(struct span s, struct arena *a, struct observable *o)
{
	char host[HOST_TEXT];

	if (host_parse(s, host) != ERR_NONE)
		return false;
	o->host = arena_copy(a, span_str(host));
	return true;
}

static bool
take_net(struct span s, struct arena *a, struct observable *o)
{
	char text[PREFIX_TEXT];

	if (prefix_parse(s, &o->net) != ERR_NONE)
		return false;
	prefix_mask(&o->net);
	o->has_net = true;
	prefix_write(&o->net, text);
	o->text = join(a, "net:", span_str(text));
	return true;
}

/* --- web addresses --- */

static size_t
find(struct span s, const char *any)
{
	size_t i = 0;

	while (i < s.n && strchr(any, s.p[i]) == NULL)
		i++;
	return i;
}

/* Host and port in their form; what follows stays, without a fragment. */
static bool
take_url(struct span s, struct arena *a, struct observable *o)
{
	bool tls = begins(s, "https://");
	size_t head = tls ? 8 : 7, n;
	struct span rest, host, port = span_str(""), tail;
	char *text;

	if (!tls && !begins(s, "http://"))
		return false;
	rest = span_of(s.p + head, s.n - head);
	rest.n = find(rest, "#");
	n = find(rest, "/?");
	host = span_of(rest.p, n);
	tail = span_of(rest.p + n, rest.n - n);
	n = find(host, ":");
	if (host.n != 0 && host.p[0] != '[' && n < host.n) {
		port = span_of(host.p + n, host.n - n);
		host.n = n;
	}
	if (span_is_str(port, tls ? ":443" : ":80"))
		port = span_str("");
	if (!take_host(host, a, o)) {
		if (!take_net(host, a, o))
			return false;
		host = arena_lower(a, host);
	} else {
		host = o->host;
	}
	n = host.n + port.n + tail.n + 32;
	text = arena_alloc(a, n);
	snprintf(text, n, "url:%s://%.*s%.*s%s%.*s", tls ? "https" : "http",
	    SPAN_FMT(host), SPAN_FMT(port),
	    tail.n == 0 || tail.p[0] == '?' ? "/" : "", SPAN_FMT(tail));
	o->text = span_str(text);
	return true;
}

/* --- the rest --- */

static bool
take_mail(struct span s, struct arena *a, struct observable *o)
{
	size_t at = find(s, "@");

	if (at == 0 || at == s.n ||
	    !take_host(span_of(s.p + at + 1, s.n - at - 1), a, o))
		return false;
	o->text = join(a, "email:", arena_lower(a, s));
	return true;
}

static bool
is_hex(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (strchr("0123456789abcdefABCDEF", s.p[i]) == NULL ||
		    s.p[i] == '\0')
			return false;
	return s.n != 0;
}

static bool
take_asn(struct span s, struct arena *a, struct observable *o)
{
	if (begins(s, "AS"))
		s = span_trim(span_of(s.p + 2, s.n - 2));
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	o->text = join(a, "asn:", s);
	return s.n != 0;
}

static bool
is_type(struct span type, const char *const *list)
{
	for (; *list != NULL; list++)
		if (span_is_str(type, *list))
			return true;
	return false;
}

static bool
take_form(struct span type, struct span s, struct arena *a,
    struct observable *o)
{
	static const char *const digests[] = { "sha256", "sha1", "md5",
		"certificate", "ja3", NULL };
	static const char *const nets[] = { "ipv4", "ipv6", "cidr", NULL };

	if (is_type(type, nets))
		return take_net(s, a, o);
	if (span_is_str(type, "domain")) {
		if (!take_host(s, a, o))
			return take_net(s, a, o);
		o->text = join(a, "domain:", o->host);
		return true;
	}
	if (span_is_str(type, "url"))
		return take_url(s, a, o);
	if (span_is_str(type, "email"))
		return take_mail(s, a, o);
	if (span_is_str(type, "asn"))
		return take_asn(s, a, o);
	if (!is_type(type, digests) || !is_hex(s))
		return false;
	o->text = join(a, "digest:", arena_lower(a, s));
	return true;
}

struct observable
observable_make(struct span type, struct span value, struct arena *a)
{
	struct observable o = { .text = span_str(""), .host = span_str("") };
	const struct observable none = o;
	char head[64];

	value = span_trim(value);
	if (value.n == 0 || value.n > VALUE_MAX || type.n > 32)
		return none;
	if (take_form(type, unmask(value, a), a, &o))
		return o;
	o = none;
	snprintf(head, sizeof head, "%.*s:", SPAN_FMT(type));
	o.text = join(a, head, value);
	return o;
}

/* --- of a body --- */

static size_t
find_text(struct span s, const char *what)
{
	size_t n = strlen(what), i = 0;

	while (i + n <= s.n && memcmp(s.p + i, what, n) != 0)
		i++;
	return i + n <= s.n ? i : s.n;
}

struct observable
observable_guess(struct span value, struct arena *a)
{
	struct observable o = { .text = span_str(""), .host = span_str("") };
	const struct observable none = o;
	struct span s = span_trim(value);

	if (s.n == 0 || s.n > VALUE_MAX)
		return none;
	s = unmask(s, a);
	if (is_hex(s) && (s.n == 32 || s.n == 40 || s.n == 64)) {
		o.text = join(a, "digest:", arena_lower(a, s));
		return o;
	}
	if (find_text(s, "://") < s.n)
		return take_url(s, a, &o) ? o : none;
	if (find_text(s, "@") < s.n)
		return take_mail(s, a, &o) ? o : none;
	if (take_net(s, a, &o))
		return o;
	if (find_text(s, ".") == s.n || !take_host(s, a, &o))
		return none;
	o.text = join(a, "domain:", o.host);
	return o;
}

/* Addresses that are not those of one place in the world. */
static bool
is_everywhere(const struct prefix *net)
{
	static const char *const inside[] = { "0.0.0.0/8", "10.0.0.0/8",
		"100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
		"172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3", "::/127",
		"fc00::/7", "fe80::/10", "ff00::/8" };
	struct prefix wide;

	for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
		if (prefix_parse(span_str(inside[i]), &wide) == ERR_NONE &&
		    prefix_covers(&wide, net))
			return true;
	return false;
}

static size_t
add(struct observable *out, size_t n, struct observable o)
{
	if (o.text.n == 0 || n == LIMIT_OBSERVABLES ||
	    (o.has_net && is_everywhere(&o.net)))
		return n;
	for (size_t i = 0; i < n; i++)
		if (span_is_equal(out[i].text, o.text))
			return n;
	out[n] = o;
	return n + 1;
}

static size_t
add_item(struct observable *out, size_t n, struct json_val item,
    struct arena *a)
{
	static const char *const common[] = { "port", "asn", "other", NULL };
	struct span type, value;

	if (json_text(json_get(item, "type"), a, &type) != ERR_NONE ||
	    json_text(json_get(item, "value"), a, &value) != ERR_NONE ||
	    is_type(type, common) ||
	    json_is_str(json_get(item, "role"), "benign"))
		return n;
	return add(out, n, observable_make(type, value, a));
}

/* What a circle shows of them; what is no digest is none. */
static size_t
add_blind(struct observable *out, size_t n, struct json_val item,
    struct arena *a)
{
	struct observable o = { .host = span_str("") };
	struct digest d;
	struct span s;

	if (json_text(item, a, &s) != ERR_NONE ||
	    entry_parse_digest(s, &d) != ERR_NONE)
		return n;
	o.text = join(a, BLIND_FORM, s);
	return add(out, n, o);
}

size_t
observables_of(struct json_val body, struct arena *a,
    struct observable out[LIMIT_OBSERVABLES])
{
	struct json_val list = json_get(body, "observables");
	struct json_val result = json_get(body, "result");
	struct span one;
	size_t n = 0;

	if (result.type == JSON_STRING && !json_is_str(result, "seen"))
		return 0;
	if (list.type == JSON_ARRAY)
		for (struct json_val v = json_first(list);
		     v.type != JSON_ABSENT && n < LIMIT_OBSERVABLES;
		     v = json_next(list, v))
			n = add_item(out, n, v, a);
	list = json_get(body, BLIND_MEMBER);
	if (list.type == JSON_ARRAY)
		for (struct json_val v = json_first(list);
		     v.type != JSON_ABSENT && n < LIMIT_OBSERVABLES;
		     v = json_next(list, v))
			n = add_blind(out, n, v, a);
	if (json_text(json_get(body, "observable"), a, &one) == ERR_NONE)
		n = add(out, n, observable_guess(one, a));
	return n;
}
