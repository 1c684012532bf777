/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara backup: all that the node holds but its keys, sealed to a key that
 * is kept offline, while the node works.
 */
#include "base/code.h"
#include "base/limits.h"
#include "cli/file.h"
#include "cli/node.h"
#include "cli/out.h"
#include "cli/vault_file.h"
#include "record/entry.h"

#include <stdio.h>
#include <time.h>

enum { SLICE_MAX = 3145728, LINE_S = 10 };

struct work {
	struct cli *c;
	uint64_t id;
	const char *team;
	struct vault_target to;
	uint64_t left_out;
	struct digest digest;
	char digest_text[ENTRY_DIGEST_TEXT + 1];
	time_t told;
};

static int
begin(struct work *w, const struct jwk *key)
{
	struct json_val data;
	struct request r;
	struct buf jwk;
	int status;

	buf_init(&jwk, 1024);
	jwk_write_public(key, &jwk);
	request_open(&r);
	json_put_key(&r.w, "key");
	json_put_raw(&r.w, buf_span(&jwk));
	buf_release(&jwk);
	status = request_send(&r, w->c, "backup_begin", &data);
	if (status != CLI_OK)
		return status;
	w->id = out_u64(data, "backup");
	w->team = out_str(w->c, data, "team");
	return CLI_OK;
}

/* A name of its own in a folder. */
static const char *
path_of(struct work *w, const char *operand)
{
	time_t now = time(NULL);
	char when[32];
	struct tm tm;

	if (!file_is_folder(operand))
		return operand;
	strftime(when, sizeof when, "%Y%m%dT%H%M%SZ", gmtime_r(&now, &tm));
	return cli_text(w->c, "%s/%s-%s.almenara", operand, w->team, when);
}

static void
show_progress(struct work *w, uint64_t done, uint64_t of)
{
	struct cli *c = w->c;
	bool redraw = c->term.err_tty && !c->term.accessible;
	time_t now = time(NULL);

	if (c->quiet || out_is_json(c) || of == 0 ||
	    (!redraw && now - w->told < LINE_S))
		return;
	w->told = now;
	fprintf(stderr, redraw ? "\r\033[K%llu/%llu MiB" :
	    "%llu/%llu MiB\n", (unsigned long long)(done >> 20),
	    (unsigned long long)(of >> 20));
}

static int
take_slice(struct work *w, bool *is_last)
{
	struct cli *c = w->c;
	struct json_val data;
	struct request r;
	struct buf bytes;
	int status;
	enum err e;

	request_open(&r);
	json_put_member_u64(&r.w, "backup", w->id);
	status = request_send(&r, c, "backup_read", &data);
	if (status != CLI_OK)
		return status;
	buf_init(&bytes, SLICE_MAX);
	e = code_parse_base64(out_text(c, data, "data"), &bytes);
	if (e == ERR_NONE)
		e = vault_target_put(&w->to, buf_span(&bytes));
	buf_release(&bytes);
	*is_last = out_is_true(data, "end");
	show_progress(w, out_u64(data, "done"), out_u64(data, "of"));
	if (e == ERR_NONE && *is_last) {
		w->left_out = out_u64(data, "left_out");
		e = entry_parse_digest(out_text(c, data, "digest"),
		    &w->digest);
	}
	return e == ERR_NONE ? CLI_OK :
	    cli_fail_file(c, e, w->to.path, NULL);
}

static int
take_all(struct work *w)
{
	bool is_last = false;
	int status = CLI_OK;

	/* the arena of the run would hold every slice */
	while (status == CLI_OK && !is_last) {
		struct arena kept = w->c->arena;

		w->c->arena = (struct arena){ 0 };
		status = take_slice(w, &is_last);
		arena_release(&w->c->arena);
		w->c->arena = kept;
	}
	if (w->c->term.err_tty && !w->c->quiet && !out_is_json(w->c))
		fprintf(stderr, "\r\033[K");
	if (status == CLI_OK)
		status = vault_target_keep(w->c, &w->to, &w->digest);
	return status;
}

/* What the audit trail says of it. */
static int
end(struct work *w, bool is_written)
{
	struct json_val data;
	struct request r;

	entry_write_digest(&w->digest, w->digest_text);
	request_open(&r);
	json_put_member_u64(&r.w, "backup", w->id);
	json_put_member_str(&r.w, is_written ? "digest" : "failed",
	    is_written ? w->digest_text : "the file was not written");
	return request_send(&r, w->c, "backup_end", &data);
}

static int
tell(struct work *w)
{
	struct cli *c = w->c;
	struct json_out out;
	struct buf b;

	if (out_is_json(c)) {
		out_open(c, &b, &out);
		json_put_member_str(&out, "file", w->to.path);
		json_put_member_u64(&out, "bytes", w->to.n);
		json_put_member_str(&out, "digest", w->digest_text);
		json_put_member_u64(&out, "left_out", w->left_out);
		out_close(&b, &out);
		return CLI_OK;
	}
	printf("%s\n", w->to.path);
	cli_say(c, T(c, "%llu bytes were written and read back. The keys of "
	    "the node are not in it: almenara backup keyring",
	    "Se escribieron y releyeron %llu bytes. Las claves del nodo no "
	    "están en él: almenara backup keyring",
	    "Foram escritos e relidos %llu bytes. As chaves do nó não estão "
	    "nele: almenara backup keyring",
	    "%llu octets écrits et relus. Les clés du nœud n’y sont pas : "
	    "almenara backup keyring"), (unsigned long long)w->to.n);
	if (w->left_out != 0)
		cli_say(c, T(c, "%llu rows are damaged on this disk and were "
		    "left out; other nodes hold them",
		    "%llu filas están dañadas en este disco y se omitieron; "
		    "otros nodos las tienen",
		    "%llu linhas estão danificadas neste disco e foram "
		    "omitidas; outros nós as têm",
		    "%llu lignes sont abîmées sur ce disque et omises ; "
		    "d’autres nœuds les ont"),
		    (unsigned long long)w->left_out);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	struct work w = { .c = c, .to = { .fd = -1 }, .told = time(NULL) };
	struct jwk key;
	int status = vault_public(c, &key);

	if (status == CLI_OK)
		status = begin(&w, &key);
	if (status != CLI_OK)
		return status;
	status = vault_target_open(c, path_of(&w, c->args.operand[0]), &w.to);
	if (status == CLI_OK)
		status = take_all(&w);
	vault_target_close(&w.to);
	if (status != CLI_OK) {
		(void)!end(&w, false);
		return status;
	}
	status = end(&w, true);
	return status == CLI_OK ? tell(&w) : status;
}

const struct command command_backup = {
	.name = "backup", .group = GROUP_RUN, .operands = "FILE|DIR",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Write a sealed backup while the node works",
	    "Escribir un respaldo sellado con el nodo en marcha",
	    "Gravar uma cópia selada com o nó em funcionamento",
	    "Écrire une sauvegarde scellée, nœud en marche" } },
	.option = { VAULT_PUBLIC },
};
