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
#include "cli/vault_folder.h"
#include "record/entry.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { SLICE_MAX = 3145728, LINE_S = 10 };

struct work {
	struct cli *c;
	uint64_t id;
	const char *team;
	const char *origin;
	struct vault_target to;
	struct vault_folder folder;
	bool is_folder;
	uint64_t written, bytes; /* files of a folder, and what is in them */
	uint64_t left_out;
	struct digest digest;
	char digest_text[ENTRY_DIGEST_TEXT + 1];
	time_t told;
};

/* What a reply of the node says. */
struct slice {
	bool is_whole, is_last, has_offer;
	char offer[2 * sizeof(struct digest) + 1];
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
	json_put_member_bool(&r.w, "folder", w->is_folder);
	status = request_send(&r, w->c, "backup_begin", &data);
	if (status != CLI_OK)
		return status;
	w->id = out_u64(data, "backup");
	w->team = out_str(w->c, data, "team");
	w->origin = out_str(w->c, data, "origin");
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

/* The next reply: what is in it of a file goes there. */
static int
take_slice(struct work *w, bool has_it, struct slice *out)
{
	struct cli *c = w->c;
	struct json_val data;
	struct request r;
	struct buf bytes;
	int status;
	enum err e;

	request_open(&r);
	json_put_member_u64(&r.w, "backup", w->id);
	if (has_it)
		json_put_member_bool(&r.w, "has", true);
	status = request_send(&r, c, "backup_read", &data);
	if (status != CLI_OK)
		return status;
	buf_init(&bytes, SLICE_MAX);
	e = code_parse_base64(out_text(c, data, "data"), &bytes);
	if (e == ERR_NONE && bytes.n != 0)
		e = vault_target_put(&w->to, buf_span(&bytes));
	buf_release(&bytes);
	out->is_last = out_is_true(data, "end");
	out->is_whole = json_get(data, "digest").type != JSON_ABSENT;
	out->has_offer = json_get(data, "offer").type != JSON_ABSENT;
	if (out->has_offer)
		snprintf(out->offer, sizeof out->offer, "%s",
		    out_str(c, data, "offer"));
	show_progress(w, out_u64(data, "done"), out_u64(data, "of"));
	if (e == ERR_NONE && out->is_last)
		w->left_out = out_u64(data, "left_out");
	if (e == ERR_NONE && out->is_whole)
		e = entry_parse_digest(out_text(c, data, "digest"),
		    &w->digest);
	return e == ERR_NONE ? CLI_OK :
	    cli_fail_file(c, e, w->to.path, NULL);
}

static int
take_file(struct work *w)
{
	struct slice slice = { .is_last = false };
	int status = CLI_OK;

	/* the arena of the run would hold every slice */
	while (status == CLI_OK && !slice.is_last) {
		struct arena kept = w->c->arena;

		w->c->arena = (struct arena){ 0 };
		status = take_slice(w, false, &slice);
		arena_release(&w->c->arena);
		w->c->arena = kept;
	}
	return status == CLI_OK ? vault_target_keep(w->c, &w->to,
	    &w->digest) : status;
}

/* --- a folder --- */

/* A segment has its digest in its name, which is known when it is whole. */
static int
keep_file(struct work *w, const char *name, bool is_manifest)
{
	struct buf hex;
	int status;

	if (!is_manifest) {
		buf_init(&hex, 2 * sizeof w->digest.b + 1);
		code_write_hex(&hex, digest_span(&w->digest));
		w->to.path = cli_text(w->c, "%s/%s.%s", w->folder.segments,
		    name, buf_str(&hex));
		buf_release(&hex);
	}
	status = vault_target_keep(w->c, &w->to, &w->digest);
	w->written++;
	w->bytes += w->to.n;
	vault_target_close(&w->to);
	w->to.path = w->folder.path;
	return status;
}

/* One segment from its offer to its end, or what comes in its place. */
static int
take_segment(struct work *w, struct slice *s)
{
	bool is_manifest = strcmp(s->offer, "manifest") == 0;
	char name[sizeof s->offer];
	int status;

	if (!is_manifest && vault_folder_has(&w->folder, s->offer))
		return take_slice(w, true, s);
	memcpy(name, s->offer, sizeof name);
	status = vault_target_open(w->c, is_manifest ? w->folder.manifest :
	    cli_text(w->c, "%s/%s", w->folder.segments, name), is_manifest,
	    &w->to);
	s->is_whole = false;
	while (status == CLI_OK && !s->is_whole)
		status = take_slice(w, false, s);
	if (status == CLI_OK)
		status = keep_file(w, name, is_manifest);
	else
		vault_target_close(&w->to); /* while its name is there */
	if (status == CLI_OK && !s->is_last)
		status = take_slice(w, false, s);
	return status;
}

static int
take_folder(struct work *w)
{
	struct slice slice = { .is_last = false };
	int status;
	enum err e;

	w->to.path = w->folder.path;
	status = take_slice(w, false, &slice);
	while (status == CLI_OK && !slice.is_last) {
		struct arena kept = w->c->arena;

		w->c->arena = (struct arena){ 0 };
		status = slice.has_offer ? take_segment(w, &slice) :
		    cli_fail_file(w->c, ERR_SYNTAX, w->folder.path, NULL);
		arena_release(&w->c->arena);
		w->c->arena = kept;
	}
	if (status != CLI_OK)
		return status;
	e = vault_folder_clean(&w->folder);
	return e == ERR_NONE ? CLI_OK : cli_fail_file(w->c, e,
	    w->folder.segments, &(struct fault){ .rule = "the backup is whole, "
		"but what was erased since could not be removed from it" });
}

static int
take_all(struct work *w)
{
	int status = w->is_folder ? take_folder(w) : take_file(w);

	if (w->c->term.err_tty && !w->c->quiet && !out_is_json(w->c))
		fprintf(stderr, "\r\033[K");
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

static void
tell_left_out(struct work *w)
{
	struct cli *c = w->c;

	if (w->left_out == 0)
		return;
	cli_say(c, T(c, "%llu rows are damaged on this disk and were "
	    "left out; other nodes hold them",
	    "%llu filas están dañadas en este disco y se omitieron; "
	    "otros nodos las tienen",
	    "%llu linhas estão danificadas neste disco e foram "
	    "omitidas; outros nós as têm",
	    "%llu lignes sont abîmées sur ce disque et omises ; "
	    "d’autres nœuds les ont"),
	    (unsigned long long)w->left_out);
}

/* What was written, kept and removed, in files. */
static int
tell_folder(struct work *w)
{
	const struct vault_folder *d = &w->folder;
	struct cli *c = w->c;
	struct json_out out;
	struct buf b;

	if (out_is_json(c)) {
		out_open(c, &b, &out);
		json_put_member_str(&out, "folder", d->path);
		json_put_member_u64(&out, "written", w->written);
		json_put_member_u64(&out, "bytes", w->bytes);
		json_put_member_u64(&out, "kept", d->kept);
		json_put_member_u64(&out, "removed", d->removed);
		json_put_member_str(&out, "digest", w->digest_text);
		json_put_member_u64(&out, "left_out", w->left_out);
		out_close(&b, &out);
		return CLI_OK;
	}
	printf("%s\n", d->path);
	cli_say(c, T(c, "%llu files (%llu bytes) were written, %llu stayed, "
	    "%llu were removed; all were read back. The keys of the node are "
	    "not in it: almenara backup keyring",
	    "Se escribieron %llu archivos (%llu bytes), quedaron %llu, se "
	    "quitaron %llu; todos se releyeron. Las claves del nodo no están "
	    "en él: almenara backup keyring",
	    "Foram escritos %llu arquivos (%llu bytes), ficaram %llu, foram "
	    "removidos %llu; todos foram relidos. As chaves do nó não estão "
	    "nele: almenara backup keyring",
	    "%llu fichiers (%llu octets) écrits, %llu gardés, %llu supprimés ; "
	    "tous relus. Les clés du nœud n’y sont pas : almenara backup "
	    "keyring"), (unsigned long long)w->written,
	    (unsigned long long)w->bytes, (unsigned long long)d->kept,
	    (unsigned long long)d->removed);
	tell_left_out(w);
	return CLI_OK;
}

static int
tell(struct work *w)
{
	struct cli *c = w->c;
	struct json_out out;
	struct buf b;

	if (w->is_folder)
		return tell_folder(w);
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
	tell_left_out(w);
	return CLI_OK;
}

static int
run(struct cli *c)
{
	struct work w = { .c = c, .to = { .fd = -1 }, .told = time(NULL),
		.folder = { .lock = -1 },
		.is_folder = args_has(&c->args, "folder") };
	struct jwk key;
	int status = vault_public(c, &key);

	if (status == CLI_OK)
		status = begin(&w, &key);
	if (status != CLI_OK)
		return status;
	status = w.is_folder ? vault_folder_open(c, c->args.operand[0],
	    span_str(w.origin), &w.folder) :
	    vault_target_open(c, path_of(&w, c->args.operand[0]), false,
		&w.to);
	if (status == CLI_OK)
		status = take_all(&w);
	vault_target_close(&w.to);
	if (status != CLI_OK)
		(void)!end(&w, false);
	else
		status = end(&w, true);
	if (status == CLI_OK)
		status = tell(&w);
	vault_folder_close(&w.folder);
	return status;
}

const struct command command_backup = {
	.name = "backup", .group = GROUP_RUN, .operands = "FILE|DIR",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Write a sealed backup while the node works",
	    "Escribir un respaldo sellado con el nodo en marcha",
	    "Gravar uma cópia selada com o nó em funcionamento",
	    "Écrire une sauvegarde scellée, nœud en marche" } },
	.option = { VAULT_PUBLIC,
		{ "folder", 0, NULL, { {
		    "DIR is one backup, brought up to date: what is new is "
		    "written, what was erased is removed",
		    "DIR es un solo respaldo que se pone al día: se escribe "
		    "lo nuevo y se quita lo borrado",
		    "DIR é uma só cópia, posta em dia: grava-se o que é novo "
		    "e remove-se o que foi apagado",
		    "DIR est une seule sauvegarde, mise à jour : le nouveau "
		    "est écrit, l’effacé est supprimé" } } } },
};
