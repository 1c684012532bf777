/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands of groups share.
 */
#include "cli/group.h"

#include "cli/remark.h"

void
group_put(struct cli *c, struct request *r, void *ctx)
{
	(void)ctx;
	json_put_member_str(&r->w, "name", c->args.operand[0]);
	request_put_option(r, c, "title", "title");
	request_put_option(r, c, "up-to", "ceiling");
	request_put_option(r, c, "tlp", "tlp");
	request_put_option(r, c, "note", "note");
	remark_put_list(c, &r->w, "members", "members");
	remark_put_list(c, &r->w, "add", "members");
	remark_put_list(c, &r->w, "remove", "remove");
	json_put_member_bool(&r->w, "close", args_has(&c->args, "close"));
	json_put_member_bool(&r->w, "back", args_has(&c->args, "back"));
}
