/* SPDX-License-Identifier: Apache-2.0
 *
 * Proposals, documents and cold keys as files.
 */
#include "cli/ceremony.h"

#include "base/limits.h"
#include "cli/file.h"
#include "cli/pin_file.h"
#include "crypto/passphrase.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "record/network.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum { PASSPHRASE_MAX = 1024, KEY_FILE_MAX = 4096 };

enum err
ceremony_file(struct cli *c, const char *path, size_t max, struct span *out)
{
	struct buf b;
	enum err e;

	buf_init(&b, max);
	e = file_read(path, &b);
	if (e == ERR_NONE)
		*out = arena_copy(&c->arena, buf_span(&b));
	buf_release(&b);
	return e;
}

enum err
ceremony_read(struct cli *c, const char *path, struct proposal *out,
    struct fault *f)
{
	struct proposal p = { 0 };
	struct span bytes;
	enum err e = ceremony_file(c, path, LIMIT_PROPOSAL, &bytes);

	if (e != ERR_NONE)
		return e;
	if (document_parse(bytes, &c->arena, &p.doc, NULL) != ERR_NONE)
		return proposal_parse(bytes, &c->arena, out, f);
	*out = p;
	return ERR_NONE;
}

enum err
ceremony_document(struct cli *c, struct span file, struct document *out,
    struct fault *f)
{
	struct team_card card;
	enum err e = document_parse(file, &c->arena, out, f);

	if (e == ERR_NONE || team_card_parse(file, &c->arena, &card, NULL) !=
	    ERR_NONE)
		return e;
	return document_parse(card.keyset, &c->arena, out, f);
}

static enum err
replace_file(struct cli *c, const char *path, struct span bytes)
{
	const char *new = cli_text(c, "%s.new", path);
	enum err e;

	unlink(new);
	e = file_write_new(new, 0644, bytes);
	if (e == ERR_NONE && rename(new, path) != 0) {
		unlink(new);
		e = ERR_IO;
	}
	return e;
}

enum err
ceremony_write(struct cli *c, const char *path, const struct proposal *p)
{
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PROPOSAL);
	e = proposal_write(p, &b);
	if (e == ERR_NONE)
		e = replace_file(c, path, buf_span(&b));
	buf_release(&b);
	return e;
}

/* --- what a proposal is read against --- */

static bool
is_needed(const struct registry_document *d, enum document_kind kind,
    struct span team)
{
	switch (d->kind) {
	case DOCUMENT_CHARTER:
		return true;
	case DOCUMENT_REGISTER:
		return kind != DOCUMENT_CHARTER;
	case DOCUMENT_DESIGNATIONS:
		return kind == DOCUMENT_DESIGNATIONS;
	case DOCUMENT_KEYSET:
		return kind == DOCUMENT_KEYSET &&
		    span_is_equal(d->team, team);
	case DOCUMENT_SUSPENSION:
	case DOCUMENT_EPOCH:
	case DOCUMENT_KIND_COUNT:
		break;
	}
	return false;
}

enum err
ceremony_with(struct cli *c, const char *folder, enum document_kind kind,
    struct span team, struct proposal *out, struct registry **registry,
    struct fault *f)
{
	struct registry *r = NULL;
	struct proposal p = { 0 };
	size_t n;
	enum err e = folder_registry(c, folder, &r, f);

	if (e != ERR_NONE)
		return e;
	n = registry_document_count(r);
	p.with = arena_alloc(&c->arena, n * sizeof *p.with);
	for (size_t i = 0; i < n; i++) {
		struct registry_document d = registry_document_at(r, i);

		if (is_needed(&d, kind, team))
			p.with[p.with_count++] = arena_copy(&c->arena,
			    d.bytes);
	}
	*out = p;
	*registry = r;
	return ERR_NONE;
}

bool
ceremony_hash(const struct registry *r, enum document_kind kind,
    struct span team, struct digest *out)
{
	bool found = false;

	for (size_t i = 0; i < registry_document_count(r); i++) {
		struct registry_document d = registry_document_at(r, i);

		if (d.kind != kind || !span_is_equal(d.team, team))
			continue;
		*out = d.hash;
		found = true;
	}
	return found;
}

int
ceremony_refused(struct cli *c, enum err e, const char *path,
    const struct fault *f)
{
	return cli_fail_file(c, e, path, f);
}

int
ceremony_finish(struct cli *c, struct proposal *p, const struct buf *payload)
{
	const char *path = args_find(&c->args, "out");
	struct wall now = { (int64_t)time(NULL) * 1000 };
	struct judgement j = { 0 };
	struct fault f = { 0 };
	struct proposal made;
	enum err e = buf_check(payload);

	if (e == ERR_NONE)
		e = proposal_make(buf_span(payload), p->with, p->with_count,
		    &c->arena, &made, &f);
	if (e == ERR_NONE)
		e = proposal_judge(&made, now, &c->arena, &j, &f);
	if (e == ERR_NONE)
		e = ceremony_write(c, path, &made);
	if (e != ERR_NONE) {
		judgement_release(&j);
		return ceremony_refused(c, e, path, &f);
	}
	ceremony_show(c, &made, &j);
	judgement_release(&j);
	return CLI_OK;
}

/* --- cold keys --- */

/* A line from the terminal that is not shown. */
static enum err
ask_hidden(const char *question, struct buf *out)
{
	char line[PASSPHRASE_MAX];
	struct termios old, quiet;
	enum err e = ERR_NONE;

	if (tcgetattr(STDIN_FILENO, &old) != 0)
		return ERR_KEY;
	quiet = old;
	quiet.c_lflag &= (tcflag_t)~ECHO;
	fprintf(stderr, "%s: ", question);
	fflush(stderr);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	if (fgets(line, sizeof line, stdin) == NULL)
		e = ERR_KEY;
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &old);
	fprintf(stderr, "\n");
	if (e == ERR_NONE)
		buf_put_mem(out, line, strcspn(line, "\r\n"));
	secret_wipe(line, sizeof line);
	return e == ERR_NONE && out->n == 0 ? ERR_KEY : e;
}

static enum err
passphrase_file(const char *path, struct buf *out)
{
	enum err e = file_read(path, out);
	const unsigned char *end;

	if (e != ERR_NONE)
		return e;
	end = out->n == 0 ? NULL : memchr(out->p, '\n', out->n);
	if (end != NULL)
		out->n = (size_t)(end - out->p);
	return out->n == 0 ? ERR_KEY : ERR_NONE;
}

enum err
ceremony_passphrase(struct cli *c, bool is_new, struct buf *out)
{
	const char *path = args_find(&c->args, "passphrase-file");
	struct buf again;
	enum err e;

	buf_init(out, PASSPHRASE_MAX);
	buf_init(&again, PASSPHRASE_MAX);
	/* all memory at once, so that growing leaves no copy */
	(void)buf_extend(out, PASSPHRASE_MAX);
	(void)buf_extend(&again, PASSPHRASE_MAX);
	buf_clear(out);
	buf_clear(&again);
	if (path != NULL) {
		e = passphrase_file(path, out);
		goto out;
	}
	e = cli_can_ask(c) ? ask_hidden(T(c, "Passphrase", "Contraseña",
	    "Senha", "Phrase secrète"), out) : ERR_KEY;
	if (e == ERR_NONE && is_new)
		e = ask_hidden(T(c, "Once more", "Otra vez", "Outra vez",
		    "Encore une fois"), &again);
	if (e == ERR_NONE && is_new &&
	    !span_is_equal(buf_span(out), buf_span(&again)))
		e = ERR_KEY;
out:
	secret_wipe(again.p, again.cap);
	buf_release(&again);
	return e;
}

static enum err
parse_key(struct span text, bool signs, struct jwk *out, struct fault *f)
{
	struct arena a = { 0 };
	struct json json;
	enum err e = json_parse_arena(text, 4, 64, &a, &json, f);

	if (e == ERR_NONE)
		e = jwk_parse(json_root(&json), out, f);
	if (e == ERR_NONE && (!out->has_secret ||
	    (out->kind == JWK_ED25519) != signs)) {
		jwk_wipe(out);
		e = fault_at(f, ERR_KEY, 0, "key", signs ?
		    "no secret Ed25519 key is in it" :
		    "no secret key of backups is in it");
	}
	arena_release(&a);
	return e;
}

static enum err
read_key(struct cli *c, const char *path, bool signs, struct jwk *out,
    struct fault *f)
{
	struct buf file, text, pass = { 0 };
	enum err e;

	buf_init(&file, KEY_FILE_MAX);
	buf_init(&text, KEY_FILE_MAX);
	(void)buf_extend(&text, KEY_FILE_MAX);
	buf_clear(&text);
	e = file_read(path, &file);
	if (e == ERR_NONE && !passphrase_is_file(buf_span(&file))) {
		e = parse_key(buf_span(&file), signs, out, f);
		goto out;
	}
	if (e == ERR_NONE) {
		e = ceremony_passphrase(c, false, &pass);
		if (e != ERR_NONE)
			e = fault_at(f, e, 0, "passphrase",
			    "none was given: ask at a terminal, or "
			    "--passphrase-file");
	}
	if (e == ERR_NONE) {
		e = passphrase_open(buf_span(&pass), buf_span(&file), &text);
		if (e != ERR_NONE)
			e = fault_at(f, e, 0, "passphrase",
			    "the passphrase does not open it");
	}
	if (e == ERR_NONE)
		e = parse_key(buf_span(&text), signs, out, f);
out:
	if (file.p != NULL)
		secret_wipe(file.p, file.cap);
	secret_wipe(text.p, text.cap);
	if (pass.p != NULL)
		secret_wipe(pass.p, pass.cap);
	buf_release(&file);
	buf_release(&text);
	buf_release(&pass);
	return e;
}

enum err
ceremony_key(struct cli *c, const char *path, struct jwk *out,
    struct fault *f)
{
	return read_key(c, path, true, out, f);
}

enum err
ceremony_vault_key(struct cli *c, const char *path, struct jwk *out,
    struct fault *f)
{
	return read_key(c, path, false, out, f);
}

enum err
ceremony_key_seal(struct cli *c, const struct jwk *key, const char *path)
{
	unsigned char salt[PASSPHRASE_RANDOM];
	struct buf pass = { 0 }, text, b;
	enum err e = ceremony_passphrase(c, true, &pass);

	buf_init(&text, KEY_FILE_MAX);
	(void)buf_extend(&text, KEY_FILE_MAX);
	buf_clear(&text);
	buf_init(&b, KEY_FILE_MAX);
	if (e == ERR_NONE) {
		jwk_write_secret(key, &text);
		random_fill(salt, sizeof salt);
		e = passphrase_seal(buf_span(&pass), salt, buf_span(&text),
		    &b);
	}
	if (e == ERR_NONE)
		e = file_write_new(path, 0600, buf_span(&b));
	if (pass.p != NULL)
		secret_wipe(pass.p, pass.cap);
	secret_wipe(text.p, text.cap);
	buf_release(&pass);
	buf_release(&text);
	buf_release(&b);
	return e;
}

/* --- dates --- */

enum err
ceremony_date(struct cli *c, const char *option, int64_t *out,
    struct fault *f)
{
	const char *v = args_find(&c->args, option);
	struct wall t;

	if (v == NULL)
		return ERR_NONE;
	if (strlen(v) != 10 || wall_parse(span_str(cli_text(c,
	    "%sT00:00:00Z", v)), &t) != ERR_NONE)
		return fault_at(f, ERR_USAGE, 0, option,
		    "a date is YYYY-MM-DD");
	*out = t.ms / 1000;
	return ERR_NONE;
}
