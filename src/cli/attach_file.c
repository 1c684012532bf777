/* SPDX-License-Identifier: Apache-2.0
 *
 * Attachments as files.
 */
#include "cli/attach_file.h"

#include "base/code.h"
#include "base/limits.h"
#include "cli/node.h"
#include "cli/out.h"
#include "crypto/hash.h"
#include "record/attachment.h"
#include "record/entry.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK = 1048576 }; /* of text, in one request */

static const char *
media_of(const char *name)
{
	static const char *const known[][2] = {
		{ ".json", "application/json" }, { ".pdf", "application/pdf" },
		{ ".txt", "text/plain" }, { ".log", "text/plain" },
		{ ".csv", "text/csv" }, { ".xml", "application/xml" },
		{ ".zip", "application/zip" }, { ".gz", "application/gzip" },
		{ ".png", "image/png" }, { ".jpg", "image/jpeg" },
		{ ".pcap", "application/vnd.tcpdump.pcap" },
		{ ".eml", "message/rfc822" },
	};
	size_t n = strlen(name);

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		size_t k = strlen(known[i][0]);

		if (n > k && strcmp(name + n - k, known[i][0]) == 0)
			return known[i][1];
	}
	return "application/octet-stream";
}

static enum err
error_of_errno(void)
{
	return errno == ENOENT ? ERR_NOT_FOUND : errno == EACCES ? ERR_DENIED :
	    errno == EEXIST ? ERR_EXISTS : errno == ENOSPC ? ERR_FULL : ERR_IO;
}

/* --- in --- */

static int
begin(struct cli *c, const char *name, const char *media, uint64_t size,
    uint64_t *upload)
{
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "name", name);
	json_put_member_str(&r.w, "media", media);
	json_put_member_u64(&r.w, "size", size);
	status = request_send(&r, c, "attach_begin", &data);
	if (status == CLI_OK)
		*upload = out_u64(data, "upload");
	return status;
}

static int
chunk_send(struct cli *c, uint64_t upload, struct span text)
{
	struct json_val data;
	struct request r;
	struct buf coded;
	int status;

	buf_init(&coded, 2 * CHUNK);
	code_write_base64(&coded, text);
	request_open(&r);
	json_put_member_u64(&r.w, "upload", upload);
	json_put_member_span(&r.w, "data", buf_span(&coded));
	status = request_send(&r, c, "attach_add", &data);
	buf_release(&coded);
	return status;
}

/* A chunk of the file, less only at its end. */
static enum err
chunk_read(int fd, unsigned char *out, size_t *n)
{
	for (*n = 0; *n < CHUNK;) {
		ssize_t got = read(fd, out + *n, CHUNK - *n);

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

static int
chunks_send(struct cli *c, int fd, const char *path, uint64_t upload)
{
	unsigned char *text = arena_alloc(&c->arena, CHUNK);
	int status = CLI_OK;
	size_t n;

	do {
		enum err e = chunk_read(fd, text, &n);

		if (e != ERR_NONE)
			return cli_fail_file(c, e, path, NULL);
		if (n > 0)
			status = chunk_send(c, upload, span_of(text, n));
	} while (n == CHUNK && status == CLI_OK);
	return status;
}

static int
end(struct cli *c, uint64_t upload, struct json_val *out)
{
	struct json *json = arena_alloc(&c->arena, sizeof *json);
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_u64(&r.w, "upload", upload);
	status = request_send(&r, c, "attach_end", &data);
	if (status != CLI_OK)
		return status;
	if (json_parse_arena(arena_copy(&c->arena, json_raw(json_get(data,
	    "attachment"))), LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->arena,
	    json, NULL) != ERR_NONE)
		return CLI_FAILED;
	*out = json_root(json);
	return CLI_OK;
}

int
attach_file(struct cli *c, const char *path, const char *name,
    const char *media, struct json_val *out)
{
	const char *slash = strrchr(path, '/');
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t upload = 0;
	struct stat st;
	int status;

	if (fd < 0)
		return cli_fail_file(c, error_of_errno(), path, NULL);
	if (name == NULL)
		name = slash != NULL ? slash + 1 : path;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close(fd);
		return cli_fail(c, &(struct trouble){ .exit = CLI_USAGE,
		    .what = path, .why = T(c, "this is not a regular file",
		    "no es un archivo regular",
		    "não é um arquivo regular",
		    "ce n’est pas un fichier ordinaire") });
	}
	status = begin(c, name, media != NULL ? media : media_of(name),
	    (uint64_t)st.st_size, &upload);
	if (status == CLI_OK)
		status = chunks_send(c, fd, path, upload);
	if (status == CLI_OK)
		status = end(c, upload, out);
	close(fd);
	return status;
}

/* --- out --- */

struct target {
	const char *path;
	char *part; /* where it is written until it is whole */
	int fd;
	uint64_t have;
	struct hash_stream *hash;
};

static int
target_open(struct cli *c, struct target *t)
{
	t->part = cli_text(c, "%s.XXXXXX", t->path);
	t->fd = access(t->path, F_OK) == 0 ? -1 : mkostemp(t->part, O_CLOEXEC);
	if (t->fd < 0)
		return cli_fail_file(c, access(t->path, F_OK) == 0 ?
		    ERR_EXISTS : error_of_errno(), t->path, NULL);
	t->hash = hash_stream_create();
	return CLI_OK;
}

static enum err
target_put(struct target *t, struct span text)
{
	hash_stream_add(t->hash, text);
	t->have += text.n;
	while (text.n > 0) {
		ssize_t n = write(t->fd, text.p, text.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return error_of_errno();
		text = span_of(text.p + n, text.n - (size_t)n);
	}
	return ERR_NONE;
}

/* It is what the notice says: let it appear, but never over another file. */
static int
target_keep(struct cli *c, struct target *t, struct span digest)
{
	char text[ENTRY_DIGEST_TEXT + 1];
	struct digest d = hash_stream_now(t->hash);

	entry_write_digest(&d, text);
	if (!span_is_str(digest, text))
		return cli_fail_file(c, ERR_DIGEST, t->path, NULL);
	if (fsync(t->fd) != 0 || link(t->part, t->path) != 0)
		return cli_fail_file(c, error_of_errno(), t->path, NULL);
	return CLI_OK;
}

static void
target_close(struct target *t)
{
	if (t->fd >= 0) {
		close(t->fd);
		unlink(t->part);
	}
	hash_stream_free(t->hash);
}

static void
request_begin(struct request *r, const char *id, const char *name)
{
	request_open(r);
	json_put_member_str(&r->w, "id", id);
	if (name != NULL)
		json_put_member_str(&r->w, "name", name);
}

/* All of its text, a piece of the node's choice at a time. */
static int
text_copy(struct cli *c, const char *id, const char *name, uint64_t size,
    struct target *t)
{
	struct json_val data;
	struct request r;
	struct buf text;
	int status;
	enum err e;

	do {
		request_begin(&r, id, name);
		json_put_member_u64(&r.w, "offset", t->have);
		status = request_send(&r, c, "attachment_read", &data);
		if (status != CLI_OK)
			return status;
		buf_init(&text, 2 * CHUNK);
		e = code_parse_base64(out_text(c, data, "data"), &text);
		if (e == ERR_NONE && text.n == 0 && size > 0)
			e = ERR_SYNTAX;
		if (e == ERR_NONE)
			e = target_put(t, buf_span(&text));
		buf_release(&text);
		if (e != ERR_NONE)
			return cli_fail_file(c, e, t->path, NULL);
	} while (t->have < size);
	return CLI_OK;
}

int
attachment_get(struct cli *c, const char *id, const char *name,
    const char *path)
{
	struct target t = { .fd = -1 };
	struct json_val data;
	struct span digest;
	struct request r;
	uint64_t size;
	int status;

	request_begin(&r, id, name);
	status = request_send(&r, c, "attachment_fetch", &data);
	if (status != CLI_OK)
		return status;
	name = out_str(c, data, "name");
	digest = arena_copy(&c->arena, out_text(c, data, "digest"));
	size = out_u64(data, "size");
	/* the name is another team's word: it names no place of ours */
	if (!attachment_is_name(span_str(name)))
		return cli_fail_file(c, ERR_SCHEMA, name, NULL);
	t.path = path != NULL ? path : name;
	status = target_open(c, &t);
	if (status == CLI_OK)
		status = text_copy(c, id, name, size, &t);
	if (status == CLI_OK)
		status = target_keep(c, &t, digest);
	target_close(&t);
	if (status == CLI_OK)
		printf("%s\n", t.path);
	return status;
}
