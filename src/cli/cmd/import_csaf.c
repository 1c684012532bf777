/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara import csaf: advisories of others become drafts. Files are read
 * here and only whole, checked drafts go to the node: a refused file changes
 * nothing. JSON that is no CSAF document is passed over by name.
 */
#include "base/code.h"
#include "base/limits.h"
#include "cli/attach_file.h"
#include "cli/file.h"
#include "cli/node.h"
#include "cli/out.h"
#include "crypto/hash.h"
#include "gateways/csaf.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DEPTH_MAX = 16, PROGRESS_S = 10 };

struct import {
	struct cli *c;
	const char *post;
	bool dry;
	bool is_walk; /* a file was found in a folder, not named */
	size_t drafts, passed, refused;
	int status;   /* of the worst file */
	time_t told;
	struct buf b; /* for the document's results with --json */
	struct json_out w;
	struct table table;
};

enum outcome { OUTCOME_DRAFT, OUTCOME_PASSED, OUTCOME_REFUSED };

static void
result_put_json(struct import *im, struct json_out *w, const char *path,
    const char *outcome, const char *draft, const char *why,
    const struct csaf_draft *d)
{
	(void)im;
	json_put_member_str(w, "file", path);
	json_put_member_str(w, "outcome", outcome);
	if (draft[0] != '\0')
		json_put_member_str(w, "draft", draft);
	if (why[0] != '\0')
		json_put_member_str(w, "why", why);
	if (d == NULL)
		return;
	json_put_member_span(w, "source", d->id);
	json_put_member_span(w, "title", d->title);
	json_put_member_u64(w, "level", (uint64_t)d->level);
	json_put_member_str(w, "tlp", tlp_label(d->tlp));
	json_put_member_bool(w, "tlp_stated", d->tlp_stated);
	json_put_key(w, "left_out");
	json_put_open(w, '[');
	for (size_t i = 0; i < d->left_out_count; i++)
		json_put_span(w, d->left_out[i]);
	json_put_close(w, ']');
}

static void
result(struct import *im, const char *path, enum outcome o,
    const char *draft, const char *why, const struct csaf_draft *d)
{
	static const char *const tokens[] = { "draft", "passed-over",
		"refused" };
	static const char *const words[] = { "draft", "passed_over",
		"refused" };
	static const enum term_style styles[] = { STYLE_GOOD, STYLE_DIM,
		STYLE_BAD };
	struct cli *c = im->c;
	struct json_out w;
	struct buf b;

	im->drafts += o == OUTCOME_DRAFT;
	im->passed += o == OUTCOME_PASSED;
	im->refused += o == OUTCOME_REFUSED;
	if (c->jsonl) {
		out_open(c, &b, &w);
		result_put_json(im, &w, path, tokens[o], draft, why, d);
		out_close(&b, &w);
	} else if (c->json) {
		json_put_open(&im->w, '{');
		result_put_json(im, &im->w, path, tokens[o], draft, why, d);
		json_put_close(&im->w, '}');
	} else {
		table_put(&im->table, span_str(cli_word(c, words[o])),
		    styles[o]);
		table_put_str(&im->table, draft);
		table_put(&im->table, d != NULL ? span_str(tlp_label(d->tlp)) :
		    span_str(""), STYLE_PLAIN);
		table_put_str(&im->table, path);
		table_put(&im->table, d != NULL && o == OUTCOME_DRAFT ?
		    d->title : span_str(why), STYLE_PLAIN);
	}
}

static int
draft_save(struct import *im, const struct csaf_draft *d, const char **draft)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "kind", "advisory");
	json_put_member_str(&r.w, "tlp", tlp_label(d->tlp));
	json_put_key(&r.w, "body");
	json_put_raw(&r.w, d->body);
	json_put_member_span(&r.w, "source", d->id);
	status = request_send(&r, im->c, "draft_save", &data);
	if (status == CLI_OK)
		*draft = out_str(im->c, data, "draft");
	return status;
}

static void
refuse(struct import *im, const char *path, enum err e, const struct fault *f)
{
	struct cli *c = im->c;
	const char *why = err_sentence(e);

	if (f->rule[0] != '\0')
		why = f->field[0] != '\0' ? cli_text(c, "%s: %s (byte %zu)",
		    f->field, f->rule, f->at) : cli_text(c,
		    "%s (byte %zu)", f->rule, f->at);
	if (e == ERR_UNSUPPORTED && im->is_walk) {
		result(im, path, OUTCOME_PASSED, "", why, NULL);
		return;
	}
	im->status = e == ERR_SCHEMA || e == ERR_UNSUPPORTED ||
	    e == ERR_SYNTAX || e == ERR_CONFLICT || e == ERR_LIMIT ?
	    CLI_REFUSED : (int)cli_exit_of(e);
	result(im, path, OUTCOME_REFUSED, "", why, NULL);
}

/* What the draft leaves out is not lost: the document goes along, and the
 * draft is made again with room for that. */
static int
document_attach(struct import *im, const char *path, struct span bytes,
    struct csaf_context *context, struct arena *a, struct csaf_draft *d)
{
	struct json_val added;
	struct fault f = { 0 };
	int status;
	enum err e;

	if (d->left_out_count == 0 || strcmp(path, "-") == 0)
		return CLI_OK;
	status = attach_file(im->c, path, cli_text(im->c, "%.16s.json",
	    (const char *)context->sha256.p), "application/json", &added);
	if (status != CLI_OK)
		return status;
	context->attachment = json_raw(added);
	e = csaf_import(bytes, context, a, d, &f);
	return e == ERR_NONE ? CLI_OK : cli_fail_file(im->c, e, path, &f);
}

/* One file; CLI_OK also if it was refused, else the node is out of reach. */
static int
file_import(struct import *im, const char *path)
{
	struct csaf_context context = { .schema = cli_schema(im->c),
		.author_post = span_str(im->post) };
	struct arena a = { 0 };
	struct fault f = { 0 };
	struct csaf_draft d;
	struct digest digest;
	const char *draft = "";
	struct buf bytes, hex;
	int status = CLI_OK;
	enum err e;

	buf_init(&bytes, LIMIT_IMPORT);
	buf_init(&hex, 64);
	e = file_read(path, &bytes);
	if (e == ERR_NONE) {
		digest = hash_sha256(buf_span(&bytes));
		code_write_hex(&hex, digest_span(&digest));
		context.sha256 = buf_span(&hex);
		e = csaf_import(buf_span(&bytes), &context, &a, &d, &f);
	}
	if (e != ERR_NONE)
		refuse(im, path, e, &f);
	else if (!im->dry)
		status = document_attach(im, path, buf_span(&bytes), &context,
		    &a, &d);
	if (e == ERR_NONE && !im->dry && status == CLI_OK)
		status = draft_save(im, &d, &draft);
	if (e == ERR_NONE && status == CLI_OK)
		result(im, path, OUTCOME_DRAFT, draft, "", &d);
	buf_release(&bytes);
	buf_release(&hex);
	arena_release(&a);
	return status;
}

static bool
is_json_name(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && strcmp(name + n - 5, ".json") == 0;
}

static void
progress(struct import *im, const char *path)
{
	struct cli *c = im->c;
	size_t n = im->drafts + im->passed + im->refused;
	bool redraw = c->term.err_tty && !c->term.accessible;
	time_t now = time(NULL);

	if (c->quiet || out_is_json(c) ||
	    (!redraw && now - im->told < PROGRESS_S))
		return;
	im->told = now;
	fprintf(stderr, redraw ? "\r\033[K%zu %.60s" : "%zu %s\n", n, path);
}

static int
folder_import(struct import *im, const char *folder, unsigned depth)
{
	struct file_list l;
	int status = CLI_OK;
	enum err e = file_list_read(folder, &l);
	struct fault f = { 0 };

	if (e != ERR_NONE) {
		refuse(im, folder, e, &f);
		return CLI_OK;
	}
	for (size_t i = 0; i < l.n && status == CLI_OK; i++) {
		const char *path = cli_text(im->c, "%s/%s", folder,
		    l.names[i]);

		progress(im, path);
		if (file_is_folder(path)) {
			if (depth < DEPTH_MAX)
				status = folder_import(im, path, depth + 1);
		} else if (is_json_name(path)) {
			status = file_import(im, path);
		}
	}
	file_list_release(&l);
	return status;
}

/* The author of drafts is the post of whoever imports. */
static int
post_find(struct import *im)
{
	struct json_val data;
	int status;

	im->post = "administrator";
	if (im->dry)
		return CLI_OK;
	status = node_call(im->c, "status", &data);
	if (status == CLI_OK && out_text(im->c, data, "post").n > 0)
		im->post = out_str(im->c, data, "post");
	return status;
}

static void
finish(struct import *im)
{
	struct cli *c = im->c;

	if (c->term.err_tty && !c->term.accessible && !c->quiet &&
	    !out_is_json(c))
		fprintf(stderr, "\r\033[K");
	if (c->json) {
		json_put_close(&im->w, ']');
		json_put_member_u64(&im->w, "drafts", im->drafts);
		json_put_member_u64(&im->w, "passed_over", im->passed);
		json_put_member_u64(&im->w, "refused", im->refused);
		json_put_member_bool(&im->w, "dry_run", im->dry);
		out_close(&im->b, &im->w);
	} else if (!c->jsonl) {
		out_table(c, &im->table);
	}
	cli_say(c, T(c, "%zu drafts, %zu passed over, %zu refused",
	    "%zu borradores, %zu omitidos, %zu rechazados",
	    "%zu rascunhos, %zu ignorados, %zu recusados",
	    "%zu brouillons, %zu ignorés, %zu refusés"), im->drafts,
	    im->passed, im->refused);
	if (im->drafts > 0 && !im->dry)
		cli_say(c, "  %s: almenara draft list",
		    cli_word(c, "next_step"));
}

static int
run(struct cli *c)
{
	const char *const heads[] = { cli_word(c, "result"),
		cli_word(c, "draft"), cli_word(c, "label"),
		cli_word(c, "file"), cli_word(c, "title"), NULL };
	struct import im = { .c = c, .told = time(NULL),
		.dry = args_has(&c->args, "dry-run") };
	int status = post_find(&im);

	if (status != CLI_OK)
		return status;
	table_init(&im.table, &c->term, heads);
	if (c->json) {
		out_open(c, &im.b, &im.w);
		json_put_key(&im.w, "files");
		json_put_open(&im.w, '[');
	}
	for (size_t i = 0; i < c->args.count && status == CLI_OK; i++) {
		const char *path = c->args.operand[i];

		im.is_walk = file_is_folder(path);
		status = im.is_walk ? folder_import(&im, path, 0) :
		    file_import(&im, path);
	}
	finish(&im);
	return status != CLI_OK ? status : im.status;
}

const struct command command_import_csaf = {
	.name = "import csaf", .group = GROUP_GATEWAYS,
	.operands = "FILE|FOLDER...", .least = 1, .most = 100000, .run = run,
	.summary = { { "CSAF advisories into drafts",
	    "Avisos CSAF a borradores", "Avisos CSAF para rascunhos",
	    "Avis CSAF en brouillons" } },
	.option = {
		{ "dry-run", 'n', NULL, { { "check only, save nothing",
		    "solo verificar, no guardar nada",
		    "só verificar, não salvar nada",
		    "vérifier seulement, ne rien garder" } } },
	},
};
