/* SPDX-License-Identifier: Apache-2.0
 *
 * Attachments as files.
 */
#include "cli/attach_file.h"

#include "base/limits.h"
#include "cli/node.h"
#include "cli/out.h"
#include "record/attachment.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *
attach_media(const char *name)
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
send_in(struct cli *c, int fd, const char *name, const char *media,
    struct json_val *out)
{
	struct json *json = arena_alloc(&c->arena, sizeof *json);
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "name", name);
	json_put_member_str(&r.w, "media", media);
	status = request_send_file(&r, c, "attach", fd, &data);
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
	/* the node reads it: the less it has to wait for the disk then */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_WILLNEED);
	status = send_in(c, fd, name, media != NULL ? media : attach_media(name),
	    out);
	close(fd);
	return status;
}

/* --- out --- */

struct target {
	const char *path;
	char *part; /* where it is written until it is whole */
	int fd;
};

static int
target_open(struct cli *c, struct target *t)
{
	t->part = cli_text(c, "%s.XXXXXX", t->path);
	t->fd = access(t->path, F_OK) == 0 ? -1 : mkostemp(t->part, O_CLOEXEC);
	if (t->fd < 0)
		return cli_fail_file(c, access(t->path, F_OK) == 0 ?
		    ERR_EXISTS : error_of_errno(), t->path, NULL);
	return CLI_OK;
}

/* The node has checked what it wrote: let it appear, but never over another
 * file. */
static int
target_keep(struct cli *c, struct target *t)
{
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
}

static void
request_begin(struct request *r, const char *id, const char *name)
{
	request_open(r);
	json_put_member_str(&r->w, "id", id);
	if (name != NULL)
		json_put_member_str(&r->w, "name", name);
}

/* Have the node write into a new file by this request, which is begun. */
static int
receive(struct cli *c, struct request *r, const char *cmd, const char *path)
{
	struct target t = { .path = path, .fd = -1 };
	struct json_val data;
	int status = target_open(c, &t);

	if (status == CLI_OK)
		status = request_send_file(r, c, cmd, t.fd, &data);
	if (status == CLI_OK)
		status = target_keep(c, &t);
	target_close(&t);
	if (status == CLI_OK)
		printf("%s\n", t.path);
	return status;
}

int
report_file_get(struct cli *c, const char *number, unsigned long n,
    const char *path)
{
	struct request r;

	request_begin(&r, number, NULL);
	json_put_member_u64(&r.w, "n", n);
	return receive(c, &r, "report_file", path);
}

int
attachment_get(struct cli *c, const char *id, const char *name,
    const char *path)
{
	struct json_val data;
	struct request r;
	int status;

	request_begin(&r, id, name);
	status = request_send(&r, c, "attachment_fetch", &data);
	if (status != CLI_OK)
		return status;
	name = out_str(c, data, "name");
	/* the name is another team's word: it names no place of ours */
	if (!attachment_is_name(span_str(name)))
		return cli_fail_file(c, ERR_SCHEMA, name, NULL);
	request_begin(&r, id, name);
	return receive(c, &r, "attachment_write",
	    path != NULL ? path : name);
}
