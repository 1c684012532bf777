/* SPDX-License-Identifier: Apache-2.0
 *
 * What the script of the form (site/report.js) has sealed in the browser: it
 * goes to the node as it is, and nothing of it is read here. It belongs to the
 * token of its page, which must be good: what was recorded on its way is worth
 * nothing after the first time.
 */
#include "web/forms_inside.h"

#include "base/code.h"
#include "crypto/hpke.h"
#include "crypto/random.h"
#include "site/hashed.h"

void
forms_check_sealed(struct visit *v)
{
	struct forms *i = v->forms;
	unsigned bits;
	enum token_state s = token_judge(i->key, &i->spent,
	    forms_text(v, TYPED_TOKEN), i->now_ms, &bits);
	struct buf raw;

	buf_init(&raw, LIMIT_REPORT_TYPED);
	if ((s != TOKEN_GOOD && s != TOKEN_EARLY) ||
	    !span_is_str(forms_text(v, TYPED_STEP), "send") ||
	    v->files.n != 0 || /* nothing that is sealed would name them */
	    code_parse_base64url(forms_text(v, TYPED_SEALED), &raw) !=
		ERR_NONE || raw.n <= HPKE_OVERHEAD)
		v->wrong[WRONG_SEALED] = true;
	buf_release(&raw);
}

void
forms_send_sealed(struct visit *v)
{
	struct digest find;
	struct json_out w;
	struct jwk reader;
	struct buf b;

	random_fill(v->code, sizeof v->code);
	v->has_code = true;
	find = follow_digest(v->code);
	follow_key(v->code, &reader);
	buf_init(&b, LIMIT_WEB_CALL);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	forms_put_digest(&w, "find", find.b);
	forms_put_digest(&w, "reader", reader.x);
	json_put_member_str(&w, "lane", forms_is_slow(v) ? "slow" : "normal");
	json_put_member_str(&w, "language", lang_tag(v->lang));
	json_put_member_span(&w, "token", forms_text(v, TYPED_TOKEN));
	json_put_member_span(&w, "form", forms_text(v, TYPED_SEALED));
	json_put_close(&w, '}');
	forms_call(v, TALK_REPORT, buf_span(&b));
	jwk_wipe(&reader);
	buf_release(&b);
}

void
forms_put_key(const struct forms *i, struct json_out *w)
{
	const struct digest d = jwk_thumbprint(&i->jwk);

	forms_put_digest(w, "key", i->jwk.x);
	json_put_member_str(w, "key_name", kid_of(&d).s);
	json_put_member_u64(w, "most", LIMIT_REPORT_TEXT);
}

void
forms_put_script(struct forms *i, struct buf *out)
{
	static const enum coding plain[] = { CODING_NONE };
	char name[HASHED_NAME];
	struct web_file f;
	bool is_folder;

	(void)hashed_script(name);
	if (files_find(i->files, span_str(name), plain, 1, i->now_ms, &f,
	    &is_folder) == ERR_NONE)
		buf_put_format(out, "<script type=\"module\" src=\"/%s\">"
		    "</script>\n", name);
}
