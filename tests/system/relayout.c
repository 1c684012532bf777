/* SPDX-License-Identifier: Apache-2.0
 *
 * A backup that says another layout of the store in it:
 *
 *	relayout KEY N < FILE > OUT
 *
 * opens FILE with the private key in the file KEY, adds N (may be below 0) to
 * the layout in its head and seals it to the same key. With 0 it stays whole.
 */
#include "base/mem.h"
#include "cli/file.h"
#include "crypto/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MOST = 128 << 20, HEAD = 5 };

static void
must(enum err e, const char *what)
{
	if (e == ERR_NONE)
		return;
	fprintf(stderr, "relayout: %s: %s\n", what, err_token(e));
	exit(1);
}

static void
read_key(const char *path, struct arena *a, struct jwk *out)
{
	struct json json;
	struct buf b;

	buf_init(&b, 4096);
	must(file_read(path, &b), path);
	must(json_parse_arena(buf_span(&b), 4, 64, a, &json, NULL), path);
	must(jwk_parse(json_root(&json), out, NULL), path);
	buf_release(&b);
}

static void
open_all(struct span file, const struct jwk *key, struct arena *a,
    struct vault_head *head, struct buf *out)
{
	unsigned char *piece = mem_alloc(PIECE_SEALED);
	struct vault_reader r;

	must(vault_parse_head(file, a, head, NULL), "head");
	must(vault_open(file, key, &r, NULL), "key");
	for (size_t at = head->n; at < file.n;) {
		bool is_last = file.n - at <= PIECE_SEALED;
		size_t n = is_last ? file.n - at : PIECE_SEALED;

		must(vault_next(&r, span_of(file.p + at, n), is_last, piece),
		    "piece");
		buf_put_mem(out, piece, n - PIECE_TAG);
		at += n;
	}
	vault_close(&r);
	free(piece);
}

/* The first member: H, its length, JSON. */
static void
put_head(struct span all, long more, struct buf *out, size_t *n)
{
	static const char word[] = "\"layout\":";
	const unsigned char *at;
	char *end;
	long layout;
	struct buf head;

	*n = HEAD + ((size_t)all.p[1] << 24 | (size_t)all.p[2] << 16 |
			(size_t)all.p[3] << 8 | all.p[4]);
	at = memmem(all.p, *n, word, strlen(word));
	if (at == NULL || all.p[0] != 'H')
		must(ERR_SYNTAX, "layout");
	at += strlen(word);
	layout = strtol((const char *)at, &end, 10) + more;
	buf_init(&head, 65536);
	buf_put_mem(&head, all.p + HEAD, (size_t)(at - all.p) - HEAD);
	buf_put_format(&head, "%ld", layout);
	buf_put_mem(&head, end, *n - (size_t)((unsigned char *)end - all.p));
	buf_put_mem(out, (unsigned char[HEAD]){ 'H', 0, 0,
	    (unsigned char)(head.n >> 8), (unsigned char)head.n }, HEAD);
	buf_put_mem(out, head.p, head.n);
	buf_release(&head);
}

int
main(int argc, char **argv)
{
	struct vault_writer *w = mem_alloc(sizeof *w);
	struct buf file, all, changed, out;
	struct vault_head head;
	struct arena a = { 0 };
	struct jwk key;
	size_t n;

	if (argc != 3)
		return 2;
	buf_init(&file, FILE_MOST);
	buf_init(&all, FILE_MOST);
	buf_init(&changed, FILE_MOST);
	buf_init(&out, FILE_MOST);
	read_key(argv[1], &a, &key);
	must(file_read("-", &file), "input");
	open_all(buf_span(&file), &key, &a, &head, &all);
	put_head(buf_span(&all), strtol(argv[2], NULL, 10), &changed, &n);
	buf_put_mem(&changed, all.p + n, all.n - n);
	key.has_secret = false;
	must(vault_begin(w, &key, head.log, random_fill, &out), "sealing");
	vault_put(w, buf_span(&changed), &out);
	vault_end(w, &out);
	if (out.over || fwrite(out.p, 1, out.n, stdout) != out.n ||
	    fflush(stdout) != 0)
		must(ERR_IO, "output");
	free(w);
	buf_release(&file);
	buf_release(&all);
	buf_release(&changed);
	buf_release(&out);
	arena_release(&a);
	return 0;
}
