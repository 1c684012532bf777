/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames and requests of the control protocol.
 */
#include "node/request.h"

#include "base/reader.h"

enum { TOKENS_MAX = 262144 };

enum err
request_frame(struct span in, struct span *out)
{
	struct reader r;
	uint32_t n;

	*out = span_str("");
	if (in.n < REQUEST_HEAD)
		return ERR_NONE;
	reader_init(&r, in);
	n = reader_u32(&r);
	if (n == 0 || n > LIMIT_CONTROL_FRAME)
		return ERR_LIMIT;
	if (in.n - REQUEST_HEAD >= n)
		*out = span_of(in.p + REQUEST_HEAD, n);
	return ERR_NONE;
}

enum err
request_parse(struct span text, struct arena *a, struct json *doc,
    struct request *out, struct fault *f)
{
	struct request r = { 0 };
	struct json_val root;
	uint64_t version = 0;
	enum err e = json_parse_arena(text, JSON_DEPTH_MAX, TOKENS_MAX, a,
	    doc, f);

	if (e != ERR_NONE)
		return e;
	root = json_root(doc);
	if (json_u64(json_get(root, "v"), &version) != ERR_NONE ||
	    version != 1)
		return fault_at(f, ERR_UNSUPPORTED, 0, "v",
		    "this node speaks version 1");
	if (json_u64(json_get(root, "id"), &r.id) != ERR_NONE ||
	    json_text(json_get(root, "cmd"), a, &r.cmd) != ERR_NONE)
		return fault_at(f, ERR_SYNTAX, 0, "",
		    "a request has the members v, id and cmd");
	if (json_text(json_get(root, "lang"), a, &r.lang) != ERR_NONE)
		r.lang = span_str("");
	r.args = json_get(root, "args");
	*out = r;
	return ERR_NONE;
}
