/* SPDX-License-Identifier: Apache-2.0
 *
 * Persons on the command line.
 */
#include "cli/person_put.h"

#include <string.h>

static void
list_put(struct request *r, struct cli *c, const char *option,
    const char *member)
{
	const char *v;

	if (!args_has(&c->args, option))
		return;
	json_put_key(&r->w, member);
	json_put_open(&r->w, '[');
	for (size_t i = 0; (v = args_find_at(&c->args, option, i)) != NULL;
	    i++) {
		while (*v != '\0') {
			size_t n = strcspn(v, ", ");

			if (n > 0)
				json_put_span(&r->w, span_of(v, n));
			v += n;
			v += strspn(v, ", ");
		}
	}
	json_put_close(&r->w, ']');
}

/* --channel mail=ana@csirt.example */
static bool
channel_put(struct request *r, const char *v)
{
	static const char *const kinds[] = { "mail", "push", "webhook",
		"command" };
	size_t n = strcspn(v, "=");

	if (v[n] == '\0' || v[n + 1] == '\0')
		return false;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (!span_is_str(span_of(v, n), kinds[i]))
			continue;
		json_put_open(&r->w, '{');
		json_put_member_str(&r->w, "kind", kinds[i]);
		json_put_member_str(&r->w, "address", v + n + 1);
		json_put_member_bool(&r->w, "verified", false);
		json_put_close(&r->w, '}');
		return true;
	}
	return false;
}

static bool
channels_put(struct request *r, struct cli *c)
{
	const char *v;
	bool good = true;

	if (!args_has(&c->args, "channel"))
		return true;
	json_put_key(&r->w, "channels");
	json_put_open(&r->w, '[');
	for (size_t i = 0; (v = args_find_at(&c->args, "channel", i)) != NULL;
	     i++)
		if (strcmp(v, "none") != 0)
			good = good && channel_put(r, v);
	json_put_close(&r->w, ']');
	return good;
}

/* --quiet-hours 22:00-06:30 --zone America/Lima */
static bool
quiet_put(struct request *r, struct cli *c)
{
	const char *v = args_find(&c->args, "quiet-hours");
	const char *zone = args_find(&c->args, "zone");
	size_t n;

	if (v == NULL)
		return zone == NULL;
	json_put_key(&r->w, "quiet");
	if (strcmp(v, "none") == 0) {
		json_put_raw(&r->w, span_str("null"));
		return true;
	}
	n = strcspn(v, "-");
	if (v[n] == '\0' || zone == NULL)
		return false;
	json_put_open(&r->w, '{');
	json_put_member_span(&r->w, "from", span_of(v, n));
	json_put_member_str(&r->w, "until", v + n + 1);
	json_put_member_str(&r->w, "zone", zone);
	json_put_close(&r->w, '}');
	return true;
}

int
person_put(struct request *r, struct cli *c)
{
	const char *wrong = NULL;

	json_put_member_str(&r->w, "unix_user", c->args.operand[0]);
	request_put_option(r, c, "post", "post");
	request_put_option(r, c, "name", "name");
	list_put(r, c, "language", "languages");
	list_put(r, c, "role", "roles");
	request_put_option(r, c, "page-language", "language");
	if (!channels_put(r, c))
		wrong = "--channel mail|push|webhook|command=ADDRESS";
	else if (!quiet_put(r, c))
		wrong = "--quiet-hours 22:00-06:30 --zone America/Lima";
	if (wrong == NULL)
		return CLI_OK;
	buf_release(&r->b);
	return cli_usage(c, wrong);
}
