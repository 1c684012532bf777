/* SPDX-License-Identifier: Apache-2.0
 *
 * Commands: site, site_build.
 */
#include "node/command.h"

#include "node/site_link.h"

void
cmd_site(struct call *c)
{
	struct site_link_state s = site_link_state(c->service->site);

	json_put_open(&c->w, '{');
	json_put_member_bool(&c->w, "site", s.has_site);
	json_put_member_str(&c->w, "folder", c->service->config->site_dir);
	json_put_member_u64(&c->w, "asked", s.asked);
	json_put_member_u64(&c->w, "done", s.done);
	json_put_member_u64(&c->w, "files", s.files);
	json_put_member_u64(&c->w, "changes", s.changes);
	json_put_member_u64(&c->w, "faults", s.faults);
	json_put_member_u64(&c->w, "at", (uint64_t)s.at_s);
	json_put_member_bool(&c->w, "publish", s.has_publish);
	json_put_member_u64(&c->w, "published", (uint64_t)s.published_s);
	json_put_member_u64(&c->w, "failed", (uint64_t)s.failed_s);
	json_put_member_u64(&c->w, "failures", s.failures);
	json_put_member_str(&c->w, "why", s.why);
	json_put_member_str(&c->w, "key",
	    jwk_kid(&c->service->entry_jwk).s);
	json_put_close(&c->w, '}');
	call_done(c);
}

void
cmd_site_build(struct call *c)
{
	uint64_t n = site_link_build(c->service->site);

	if (n == 0) {
		call_fail(c, ERR_STATE, EXIT_REFUSED,
		    "the site is not written", site_link_state(
			c->service->site).has_site ?
		    "its writer does not listen" :
		    "almenarad.conf names no site_url", "almenara doctor");
		return;
	}
	json_put_open(&c->w, '{');
	json_put_member_u64(&c->w, "number", n);
	json_put_close(&c->w, '}');
	call_done(c);
}
