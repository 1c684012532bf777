/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of evidence.
 */
#include "cli/evidence.h"

#include "base/code.h"
#include "base/limits.h"
#include "cli/out.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PIECE = 65536 };

/* --- reading --- */

static enum err
hash_file(int fd, struct evidence_file *out)
{
	static unsigned char piece[PIECE];
	struct hash_stream *h = hash_stream_create();
	enum err e = ERR_NONE;
	ssize_t n;

	out->size = 0;
	do {
		n = read(fd, piece, sizeof piece);
		if (n > 0) {
			hash_stream_add(h, span_of(piece, (size_t)n));
			out->size += (uint64_t)n;
		}
		if (n < 0 && errno != EINTR)
			e = ERR_IO;
	} while (n != 0 && e == ERR_NONE);
	out->digest = hash_stream_now(h);
	hash_stream_free(h);
	return e;
}

static int
read_one(struct cli *c, const char *path, struct evidence_file *out)
{
	const char *slash = strrchr(path, '/');
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;
	enum err e = ERR_NONE;

	out->name = slash != NULL ? slash + 1 : path;
	if (fd < 0)
		return cli_fail_file(c, errno == ENOENT ? ERR_NOT_FOUND :
			errno == EACCES ? ERR_DENIED : ERR_IO, path, NULL);
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		e = ERR_USAGE;
	else
		e = hash_file(fd, out);
	close(fd);
	return e == ERR_NONE ? CLI_OK : cli_fail_file(c, e, path, NULL);
}

int
evidence_read(struct cli *c, size_t first, struct evidence_file **out,
    size_t *n)
{
	size_t count = c->args.count - first;
	struct evidence_file *v = arena_alloc(&c->arena,
	    (count + 1) * sizeof *v);
	int status;

	for (size_t i = 0; i < count; i++) {
		status = read_one(c, c->args.operand[first + i], &v[i]);
		if (status != CLI_OK)
			return status;
		for (size_t k = 0; k < i; k++)
			if (strcmp(v[k].name, v[i].name) == 0)
				return cli_usage(c, cli_text(c, T(c,
				    "two files are called %s",
				    "dos archivos se llaman %s",
				    "dois arquivos se chamam %s",
				    "deux fichiers s’appellent %s"),
				    v[i].name));
	}
	*out = v;
	*n = count;
	return CLI_OK;
}

int
evidence_fetch(struct cli *c, struct json_val *body)
{
	struct json *kept = arena_alloc(&c->arena, sizeof *kept);
	struct json_val data;
	struct request r;
	int status;

	request_open(&r);
	json_put_member_str(&r.w, "id", c->args.operand[0]);
	status = request_send(&r, c, "case", &data);
	if (status != CLI_OK)
		return status;
	/* the answer lives until the next request */
	if (json_parse_arena(arena_copy(&c->arena, json_raw(json_get(data,
		"body"))), LIMIT_JSON_DEPTH, LIMIT_JSON_TOKENS, &c->arena,
		kept, NULL) != ERR_NONE ||
	    json_get(json_root(kept), "items").type != JSON_ARRAY)
		return cli_usage(c, T(c, "this is no evidence in custody",
		    "no es evidencia en custodia",
		    "não é evidência em custódia",
		    "ce n’est pas une preuve sous garde"));
	*body = json_root(kept);
	return CLI_OK;
}

/* --- comparing --- */

static const struct evidence_file *
find(struct cli *c, const struct evidence_file *file, size_t n,
    struct json_val item)
{
	for (size_t i = 0; i < n; i++)
		if (span_is_str(out_text(c, item, "name"), file[i].name))
			return &file[i];
	return NULL;
}

static bool
is_same(struct cli *c, const struct evidence_file *f, struct json_val item)
{
	struct buf b;
	bool same;

	buf_init(&b, 65);
	code_write_hex(&b, digest_span(&f->digest));
	same = span_is_equal(buf_span(&b), out_text(c, item, "sha256")) &&
	    out_u64(item, "size") == f->size;
	buf_release(&b);
	return same;
}

static bool
is_listed(struct cli *c, struct json_val items, const char *name)
{
	for (struct json_val v = json_first(items); v.type != JSON_ABSENT;
	     v = json_next(items, v))
		if (span_is_str(out_text(c, v, "name"), name))
			return true;
	return false;
}

struct compared {
	struct table t;
	struct json_out w;
	unsigned bad;
};

static void
tell(struct cli *c, struct compared *x, struct span name, bool good,
    const char *word)
{
	x->bad += !good;
	table_put(&x->t, name, STYLE_BOLD);
	table_put(&x->t, span_str(cli_word(c, word)),
	    good ? STYLE_GOOD : STYLE_BAD);
	json_put_open(&x->w, '{');
	json_put_member_span(&x->w, "file", name);
	json_put_member_bool(&x->w, "good", good);
	json_put_member_str(&x->w, "state", word + strlen("evidence_"));
	json_put_close(&x->w, '}');
}

int
evidence_compare(struct cli *c, struct json_val body,
    const struct evidence_file *file, size_t n)
{
	const char *const heads[] = { cli_word(c, "file"),
		cli_word(c, "state"), NULL };
	struct json_val items = json_get(body, "items");
	struct compared x = { .bad = 0 };
	struct buf b;

	table_init(&x.t, &c->term, heads);
	out_open(c, &b, &x.w);
	json_put_key(&x.w, "files");
	json_put_open(&x.w, '[');
	for (struct json_val v = json_first(items); v.type != JSON_ABSENT;
	     v = json_next(items, v)) {
		const struct evidence_file *f = find(c, file, n, v);
		bool good = f != NULL && is_same(c, f, v);

		tell(c, &x, out_text(c, v, "name"), good,
		    f == NULL ? "evidence_missing" :
		    good      ? "evidence_good" :
				"evidence_changed");
	}
	for (size_t i = 0; i < n; i++)
		if (!is_listed(c, items, file[i].name))
			tell(c, &x, span_str(file[i].name), false,
			    "evidence_other");
	json_put_close(&x.w, ']');
	json_put_member_bool(&x.w, "good", x.bad == 0);
	if (out_is_json(c)) {
		out_close(&b, &x.w);
		table_release(&x.t);
	} else {
		buf_release(&b);
		out_table(c, &x.t);
	}
	return x.bad == 0 ? CLI_OK : CLI_UNVERIFIED;
}

/* --- steps --- */

bool
evidence_act_check(struct cli *c, int64_t *at, int *status)
{
	if (!args_has(&c->args, "reason")) {
		*status = cli_usage(c, "--reason TEXT");
		return false;
	}
	if (!remark_time(c, "at", at, status))
		return false;
	if (*at == 0)
		*at = time(NULL);
	return true;
}

static void
put_name(struct json_out *w, const char *member, const char *name)
{
	if (name != NULL && name[0] != '\0')
		json_put_member_str(w, member, name);
}

void
evidence_put_act(struct cli *c, struct json_out *w, int64_t at,
    const char *from, const char *to, bool hash_checked)
{
	json_put_key(w, "act");
	json_put_open(w, '{');
	json_put_member_u64(w, "at", (uint64_t)at);
	remark_put_text(c, w, "reason", "reason");
	put_name(w, "from", from);
	put_name(w, "to", to);
	json_put_member_bool(w, "hash_checked", hash_checked);
	remark_put_text(c, w, "witness", "witness");
	json_put_close(w, '}');
}
