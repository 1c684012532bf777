/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealed files on disk.
 */
#include "cli/vault_file.h"

#include "base/limits.h"
#include "base/mem.h"
#include "cli/ceremony.h"
#include "cli/file.h"
#include "cli/node_config.h"
#include "cli/vault_folder.h"
#include "crypto/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PUBLIC_MAX = 4096 };

static enum err
error_of_errno(void)
{
	return errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND :
	    errno == EACCES || errno == EROFS ? ERR_DENIED :
	    errno == EEXIST ? ERR_EXISTS :
	    errno == ENOSPC || errno == EDQUOT ? ERR_FULL : ERR_IO;
}

/* --- writing --- */

int
vault_target_open(struct cli *c, const char *path, bool replaces,
    struct vault_target *out)
{
	struct vault_target t = { .path = path, .fd = -1,
		.part = cli_text(c, "%s.XXXXXX", path),
		.replaces = replaces };
	enum err e = !replaces && access(path, F_OK) == 0 ? ERR_EXISTS :
							     ERR_NONE;

	if (e == ERR_NONE) {
		t.fd = mkostemp(t.part, O_CLOEXEC);
		e = t.fd < 0 ? error_of_errno() : ERR_NONE;
	}
	*out = t;
	return e == ERR_NONE ? CLI_OK : cli_fail_file(c, e, path, NULL);
}

enum err
vault_target_put(struct vault_target *t, struct span bytes)
{
	t->n += bytes.n;
	while (bytes.n > 0) {
		ssize_t n = write(t->fd, bytes.p, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_of_errno();
		bytes = span_of(bytes.p + n, bytes.n - (size_t)n);
	}
	return ERR_NONE;
}

/* As much as there is, up to `max`. */
static enum err
read_full(int fd, unsigned char *out, size_t max, size_t *n)
{
	for (*n = 0; *n < max;) {
		ssize_t got = read(fd, out + *n, max - *n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_of_errno();
		if (got == 0)
			break;
		*n += (size_t)got;
	}
	return ERR_NONE;
}

/* Head and number of pieces: what can be said without the private key. */
static enum err
check_form(struct span first, uint64_t size, struct fault *f)
{
	struct arena a = { 0 };
	struct vault_head head;
	uint64_t text;
	enum err e = vault_parse_head(first, &a, &head, f);

	if (e == ERR_NONE && (size < head.n ||
	    pieces_find_size(size - head.n, &text) != ERR_NONE))
		e = fault_at(f, ERR_SYNTAX, (size_t)size, "file",
		    "it ends within a piece");
	arena_release(&a);
	return e;
}

/* From the disk, as far as the system lets one ask for that. */
enum err
vault_read_back(const char *path, const struct digest *want, struct fault *f)
{
	unsigned char *piece = mem_alloc(LIMIT_VAULT_HEAD + PIECE_SEALED);
	struct hash_stream *hash = hash_stream_create();
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct digest got;
	struct stat st;
	uint64_t size = 0;
	size_t n;
	enum err e = fd < 0 || fstat(fd, &st) != 0 ? error_of_errno() :
						      ERR_NONE;

	if (fd >= 0)
		(void)posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	do {
		n = 0;
		if (e == ERR_NONE)
			e = read_full(fd, piece, LIMIT_VAULT_HEAD +
			    PIECE_SEALED, &n);
		if (e == ERR_NONE && size == 0)
			e = check_form(span_of(piece, n),
			    (uint64_t)st.st_size, f);
		hash_stream_add(hash, span_of(piece, n));
		size += n;
	} while (e == ERR_NONE && n == LIMIT_VAULT_HEAD + PIECE_SEALED);
	got = hash_stream_now(hash);
	if (e == ERR_NONE && !digest_is_equal(&got, want))
		e = fault_at(f, ERR_DIGEST, 0, "file",
		    "the disk gave back other bytes than were written");
	if (fd >= 0)
		close(fd);
	hash_stream_free(hash);
	free(piece);
	return e;
}

int
vault_target_keep(struct cli *c, struct vault_target *t,
    const struct digest *want)
{
	const char *slash = strrchr(t->path, '/');
	const char *folder = slash == NULL ? "." : slash == t->path ? "/" :
	    cli_text(c, "%.*s", (int)(slash - t->path), t->path);
	struct fault f = { 0 };
	enum err e = fsync(t->fd) == 0 ? ERR_NONE : error_of_errno();

	if (e == ERR_NONE)
		e = vault_read_back(t->part, want, &f);
	if (e == ERR_NONE && (t->replaces ? rename(t->part, t->path) :
	    link(t->part, t->path)) != 0)
		e = error_of_errno();
	if (e == ERR_NONE)
		e = file_sync_folder(folder);
	return e == ERR_NONE ? CLI_OK : cli_fail_file(c, e, t->path, &f);
}

void
vault_target_close(struct vault_target *t)
{
	if (t->fd < 0)
		return;
	close(t->fd);
	unlink(t->part);
	t->fd = -1;
}

/* --- keys --- */

static enum err
public_parse(struct cli *c, struct span text, struct jwk *out,
    struct fault *f)
{
	struct json json;
	enum err e = json_parse_arena(text, 4, 64, &c->arena, &json, f);

	if (e == ERR_NONE)
		e = jwk_parse(json_root(&json), out, f);
	if (e == ERR_NONE && (out->has_secret || out->kind == JWK_ED25519)) {
		jwk_wipe(out);
		e = fault_at(f, ERR_KEY, 0, "key",
		    "no public key of backups is in it");
	}
	return e;
}

int
vault_public(struct cli *c, struct jwk *out)
{
	const char *path = args_find(&c->args, "key");
	struct config config;
	struct fault f = { 0 };
	struct span text;
	enum err e;

	if (path == NULL) {
		int status = node_config_read(c, &config);

		if (status != CLI_OK)
			return status;
		path = arena_string(&c->arena, span_str(config.backup_key));
		config_release(&config);
	}
	if (path[0] == '\0')
		return cli_fail(c, &(struct trouble){ .exit = CLI_USAGE,
		    .what = T(c, "to which key?", "¿con qué clave?",
		    "com qual chave?", "avec quelle clé ?"),
		    .why = T(c, "neither --key nor the option backup_key "
		    "names one", "ni --key ni la opción backup_key la nombran",
		    "nem --key nem a opção backup_key a nomeiam",
		    "ni --key ni l’option backup_key n’en nomme une"),
		    .next = "almenara backup key --out FILE" });
	e = ceremony_file(c, path, PUBLIC_MAX, &text);
	if (e == ERR_NONE)
		e = public_parse(c, text, out, &f);
	return e == ERR_NONE ? CLI_OK : cli_fail_file(c, e, path, &f);
}

/* --- reading --- */

struct source {
	int fd;
	uint64_t size, at; /* `at`: of the piece that is read next */
	struct vault_reader reader;
	vault_sink *sink;
	void *ctx;
	unsigned char *piece;
};

static enum err
open_head(struct source *s, const struct jwk *key, struct fault *f)
{
	struct vault_head head = { .n = 0 };
	struct arena a = { 0 };
	uint64_t text;
	size_t n;
	enum err e = read_full(s->fd, s->piece, LIMIT_VAULT_HEAD, &n);

	if (e == ERR_NONE)
		e = vault_parse_head(span_of(s->piece, n), &a, &head, f);
	arena_release(&a);
	if (e == ERR_NONE)
		e = vault_open(span_of(s->piece, n), key, &s->reader, f);
	if (e != ERR_NONE)
		return e;
	s->at = head.n;
	if (s->size < s->at || pieces_find_size(s->size - s->at, &text) !=
	    ERR_NONE)
		return fault_at(f, ERR_DAMAGED, (size_t)s->size, "file",
		    "it ends within a piece: it was cut");
	return lseek(s->fd, (off_t)s->at, SEEK_SET) < 0 ? ERR_IO : ERR_NONE;
}

static enum err
read_piece(struct source *s, struct fault *f)
{
	uint64_t left = s->size - s->at;
	bool is_last = left <= PIECE_SEALED;
	size_t want = is_last ? (size_t)left : PIECE_SEALED, n;
	enum err e = read_full(s->fd, s->piece, want, &n);

	if (e == ERR_NONE && n != want)
		e = fault_at(f, ERR_DAMAGED, (size_t)(s->at + n), "file",
		    "it became shorter while it was read");
	if (e == ERR_NONE) {
		e = vault_next(&s->reader, span_of(s->piece, n), is_last,
		    s->piece);
		if (e != ERR_NONE)
			e = fault_at(f, ERR_DAMAGED, (size_t)s->at, "file",
			    "a piece was changed, or is not where it belongs");
	}
	if (e == ERR_NONE)
		e = s->sink(s->ctx, span_of(s->piece, n - PIECE_TAG), f);
	s->at += n;
	return e;
}

static enum err
read_all(struct source *s, const struct jwk *key, struct fault *f)
{
	enum err e = open_head(s, key, f);

	while (e == ERR_NONE && s->at < s->size)
		e = read_piece(s, f);
	return e;
}

enum err
vault_each(const char *path, const struct jwk *key, vault_sink *sink,
    void *ctx, struct fault *f)
{
	struct source s = { .sink = sink, .ctx = ctx,
		.fd = open(path, O_RDONLY | O_CLOEXEC) };
	struct stat st;
	enum err e = s.fd < 0 ? error_of_errno() : ERR_NONE;

	if (e == ERR_NONE && (fstat(s.fd, &st) != 0 || !S_ISREG(st.st_mode)))
		e = fault_at(f, ERR_SYNTAX, 0, "file", "is no regular file");
	if (e == ERR_NONE) {
		s.size = (uint64_t)st.st_size;
		s.piece = mem_alloc(PIECE_SEALED);
		e = read_all(&s, key, f);
		vault_close(&s.reader);
		secret_wipe(s.piece, PIECE_SEALED);
		free(s.piece);
	}
	if (s.fd >= 0)
		close(s.fd);
	return e;
}

static enum err
to_archive(void *ctx, struct span bytes, struct fault *f)
{
	return archive_read(ctx, bytes, f);
}

int
vault_file_read(struct cli *c, const char *path, const struct jwk *key,
    const struct archive_take *take, struct archive_counts *counts)
{
	struct archive_reader archive;
	struct fault f = { 0 };
	const char *at = path;
	enum err e;

	archive_reader_init(&archive, take);
	if (file_is_folder(path)) {
		archive.names_only = true;
		e = vault_folder_read(c, path, key, &archive, &at, &f);
	} else {
		e = vault_each(path, key, to_archive, &archive, &f);
	}
	if (e == ERR_NONE)
		e = archive_finish(&archive, &f);
	if (counts != NULL)
		*counts = archive.counts;
	archive_reader_release(&archive);
	return e == ERR_NONE ? CLI_OK : cli_fail_file(c, e, at, &f);
}
