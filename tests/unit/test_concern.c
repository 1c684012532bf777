/* SPDX-License-Identifier: Apache-2.0
 *
 * Observables in one form, and whom a notice concerns.
 */
#include "cmocka_all.h"

#include "record/concern.h"
#include "record/observable.h"

static void
test_observables(void **state)
{
	static const struct {
		const char *type, *value, *text;
	} same[] = {
		{ "domain", " Evil[.]Example. ", "domain:evil.example" },
		{ "domain", "evil.example", "domain:evil.example" },
		{ "domain", "192.0.2.1", "net:192.0.2.1" },
		{ "ipv4", "192.0.2(.)7", "net:192.0.2.7" },
		{ "cidr", "192.0.2.7/24", "net:192.0.2.0/24" },
		{ "ipv6", "2001:DB8:0::1", "net:2001:db8::1" },
		{ "url", "hxxp://Evil.Example:80", "url:http://evil.example/" },
		{ "url", "https://EVIL.example:443/A?b#c",
		    "url:https://evil.example/A?b" },
		{ "url", "https://evil.example:8443/A",
		    "url:https://evil.example:8443/A" },
		{ "url", "https://evil.example?x=1",
		    "url:https://evil.example/?x=1" },
		{ "email", "Boss[@]Bank.example", "email:boss@bank.example" },
		{ "sha256", "ABCDEF01", "digest:abcdef01" },
		{ "asn", "AS64500", "asn:64500" },
		{ "asn", "64500", "asn:64500" },
		{ "filename", " A b.exe ", "filename:A b.exe" },
		{ "sha256", "not hex", "sha256:not hex" },
		{ "ipv4", "nowhere", "ipv4:nowhere" },
		{ "domain", "   ", "" } };
	struct arena a = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		struct observable o = observable_make(span_str(same[i].type),
		    span_str(same[i].value), &a);

		assert_string_equal(arena_string(&a, o.text), same[i].text);
	}
	arena_release(&a);
}

static struct json_val
read(struct arena *a, const char *text)
{
	struct json *doc = arena_alloc(a, sizeof *doc);

	assert_int_equal(json_parse_arena(span_str(text), 16, 1000, a, doc,
	    NULL), ERR_NONE);
	return json_root(doc);
}

static const char notice[] = "{\"sectors\":[\"energy\",\"health/hospitals\"],"
    "\"products\":[{\"vendor\":\"Acme\",\"name\":\"Acme Gate 9.1\","
    "\"cpe\":\"cpe:2.3:a:acme:gate:9.1:*:*:*:*:*:*:*\"},"
    "{\"vendor\":\"Debian\",\"name\":\"openssl\","
    "\"purl\":\"pkg:deb/debian/openssl@3.0?arch=amd64\"},"
    "{\"name\":\"Wall\",\"vendor\":\"Acme\",\"state\":\"not_affected\"}],"
    "\"observables\":[{\"type\":\"url\",\"value\":"
    "\"hxxps://Login.Bank.example/x\"},"
    "{\"type\":\"ipv4\",\"value\":\"192.0.2.77\"},"
    "{\"type\":\"cidr\",\"value\":\"2001:db8::/32\"},"
    "{\"type\":\"domain\",\"value\":\"safe.example\",\"role\":\"benign\"}]}";

static void
test_concern(void **state)
{
	static const struct {
		const char *constituent;
		unsigned why;
	} row[] = {
		{ "{\"sector\":\"energy/electricity\"}", CONCERN_SECTOR },
		{ "{\"sector\":\"health\"}", CONCERN_SECTOR },
		{ "{\"sector\":\"health/laboratories\"}", 0 },
		{ "{\"sector\":\"energyx\"}", 0 },
		{ "{\"products\":[\"acme gate\"]}", CONCERN_PRODUCT },
		{ "{\"products\":[\"ACME\"]}", CONCERN_PRODUCT },
		{ "{\"products\":[\"Gat\"]}", 0 },
		{ "{\"products\":[\"Acme Wall\"]}", 0 },
		{ "{\"products\":[\"cpe:/a:acme:gate\"]}", CONCERN_PRODUCT },
		{ "{\"products\":[\"cpe:2.3:a:acme:gate:9.1:*:*:*:*:*:*:*\"]}",
		    CONCERN_PRODUCT },
		{ "{\"products\":[\"cpe:2.3:a:acme:gate:9.2:*:*:*:*:*:*:*\"]}",
		    0 },
		{ "{\"products\":[\"cpe:2.3:a:acme:wall:9.1:*:*:*:*:*:*:*\"]}",
		    0 },
		{ "{\"products\":[\"cpe:2.3:a:debian:openssl:*:*:*:*:*:*:*:*\"]"
		  "}", CONCERN_PRODUCT },
		{ "{\"products\":[\"pkg:deb/debian/openssl\"]}",
		    CONCERN_PRODUCT },
		{ "{\"products\":[\"pkg:deb/debian/openssh\"]}", 0 },
		{ "{\"products\":[\" \"]}", 0 },
		{ "{\"domains\":[\"Bank.example\"]}", CONCERN_DOMAIN },
		{ "{\"domains\":[\"nk.example\",\"safe.example\"]}", 0 },
		{ "{\"prefixes\":[\"192.0.2.64/27\"]}", 0 + CONCERN_PREFIX },
		{ "{\"prefixes\":[\"192.0.2.0/26\"]}", 0 },
		{ "{\"prefixes\":[\"2001:db8:17::/48\"]}", CONCERN_PREFIX },
		{ "{\"sector\":\"energy\",\"prefixes\":[\"192.0.2.77\"]}",
		    CONCERN_SECTOR | CONCERN_PREFIX },
		{ "{}", 0 } };
	struct arena a = { 0 };
	struct concern c;

	(void)state;
	concern_make(read(&a, notice), &a, &c);
	for (size_t i = 0; i < sizeof row / sizeof *row; i++)
		if (concern_match(&c, read(&a, row[i].constituent), &a) !=
		    row[i].why)
			fail_msg("%s", row[i].constituent);
	concern_make(read(&a, "{}"), &a, &c);
	assert_int_equal(concern_match(&c, read(&a, "{\"sector\":\"\","
	    "\"products\":[\"x\"],\"domains\":[\"a.example\"]}"), &a), 0);
	arena_release(&a);
}

/* A notice about all versions, or about one; what they have too. A part that is
 * left open on either side fits every one. */
static void
test_versions(void **state)
{
	static const struct {
		const char *notice, *own;
		unsigned why;
	} row[] = {
		{ "cpe:2.3:a:acme:gate:*:*:*:*:*:*:*:*",
		    "cpe:2.3:a:acme:gate:9.2:*:*:*:*:*:*:*", CONCERN_PRODUCT },
		{ "cpe:2.3:a:acme:gate:-:*:*:*:*:*:*:*",
		    "cpe:2.3:a:acme:gate:9.2:*:*:*:*:*:*:*", CONCERN_PRODUCT },
		{ "cpe:/a:acme:gate", "cpe:/a:acme:gate:9.2",
		    CONCERN_PRODUCT },
		{ "cpe:/a:acme:gate:9.2", "cpe:/a:acme:gate",
		    CONCERN_PRODUCT },
		{ "cpe:/a:acme", "cpe:/a:acme:gate:9.2", CONCERN_PRODUCT },
		{ "cpe:/a:acme:gate:9.2", "cpe:/a:acme", CONCERN_PRODUCT },
		{ "cpe:/a:acme:gate:9.1", "cpe:/a:acme:gate:9.2", 0 },
		{ "cpe:/a:acme:wall", "cpe:/a:acme:gate", 0 },
		/* but not of every maker */
		{ "cpe:2.3:a:acme:gate:*:*:*:*:*:*:*:*",
		    "cpe:2.3:a:*:gate:9.2:*:*:*:*:*:*:*", 0 },
		{ "cpe:2.3:a:*:gate:9.2:*:*:*:*:*:*:*",
		    "cpe:2.3:a:*:gate:9.2:*:*:*:*:*:*:*", 0 } };
	struct arena a = { 0 };
	struct concern c;
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
		snprintf(text, sizeof text, "{\"products\":[{\"name\":\"x\","
		    "\"cpe\":\"%s\"}]}", row[i].notice);
		concern_make(read(&a, text), &a, &c);
		snprintf(text, sizeof text, "{\"products\":[\"%s\"]}",
		    row[i].own);
		if (concern_match(&c, read(&a, text), &a) != row[i].why)
			fail_msg("%s, %s", row[i].notice, row[i].own);
	}
	arena_release(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_observables),
		cmocka_unit_test(test_concern),
		cmocka_unit_test(test_versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
