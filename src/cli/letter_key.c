/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys of letters, from a file to the node.
 */
#include "cli/letter_key.h"

#include "base/limits.h"
#include "cli/file.h"
#include "cli/node.h"
#include "cli/out.h"

/* In fours, as people read them to each other. */
static const char *
in_fours(struct cli *c, struct span hex)
{
	const char *text = "";

	for (size_t i = 0; i < hex.n; i += 4)
		text = cli_text(c, "%s%s%.*s", text, i == 0 ? "" : " ",
		    (int)(hex.n - i < 4 ? hex.n - i : 4),
		    (const char *)hex.p + i);
	return text;
}

static void
say(struct cli *c, struct json_val data)
{
	uint64_t until = out_u64(data, "until");

	cli_say(c, "%s  %s", span_is_str(out_text(c, data, "kind"), "smime") ?
		"S/MIME" : "OpenPGP", out_str(c, data, "who"));
	cli_say(c, "%s", in_fours(c, out_text(c, data, "fingerprint")));
	if (until != 0)
		cli_say(c, T(c, "until %s", "hasta %s", "até %s",
		    "jusqu’au %s"), out_time(c, until));
	cli_say(c, "%s", T(c, "Compare the fingerprint with its owner by "
	    "another way, such as the telephone.",
	    "Compare la huella con su titular por otra vía, como el teléfono.",
	    "Compare a impressão digital com o titular por outra via, como o "
	    "telefone.",
	    "Comparez l’empreinte avec son titulaire par une autre voie, "
	    "comme le téléphone."));
}

static int
send_it(struct cli *c, const char *cmd, const char *name, bool is_removed,
    struct span key)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, name, c->args.operand[0]);
	json_put_key(&r.w, "key");
	if (is_removed)
		json_put_null(&r.w);
	else
		json_put_span(&r.w, key);
	status = request_send(&r, c, cmd, &data);
	if (status != CLI_OK)
		return status;
	if (out_is_json(c))
		out_data(c, data);
	else if (!is_removed)
		say(c, data);
	else
		cli_say(c, "%s", c->args.operand[0]);
	return CLI_OK;
}

int
letter_key_put(struct cli *c, const char *cmd, const char *name)
{
	bool is_removed = args_has(&c->args, "remove");
	struct buf key;
	enum err e;
	int status;

	if (is_removed == (c->args.count == 2))
		return cli_usage(c, T(c, "a file or --remove",
		    "un archivo o --remove", "um arquivo ou --remove",
		    "un fichier ou --remove"));
	if (is_removed)
		return send_it(c, cmd, name, true, span_str(""));
	buf_init(&key, LIMIT_PAGE_KEY);
	e = file_read(c->args.operand[1], &key);
	status = e == ERR_NONE ? send_it(c, cmd, name, false,
	    buf_span(&key)) : cli_fail_file(c, e, c->args.operand[1], NULL);
	buf_release(&key);
	return status;
}
