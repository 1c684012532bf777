/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading a keyring.
 */
#include "cli/keyring_file.h"

#include "base/limits.h"
#include "cli/file.h"

#include <string.h>

enum { PASSPHRASE_MAX = 4096 };

enum err
keyring_file_passphrase(const char *path, struct buf *out)
{
	const unsigned char *end;
	enum err e;

	buf_init(out, PASSPHRASE_MAX);
	if (path[0] == '\0')
		return ERR_NONE;
	e = file_read(path, out);
	end = out->n == 0 ? NULL : memchr(out->p, '\n', out->n);
	if (end != NULL)
		out->n = (size_t)(end - out->p);
	return e;
}

static void
wipe(struct buf *b)
{
	if (b->p != NULL)
		secret_wipe(b->p, b->cap);
	buf_release(b);
}

enum err
keyring_file_read(const char *path, const char *passphrase_file,
    struct keyring **out, struct fault *f)
{
	struct buf file, pass;
	enum err e;

	buf_init(&file, LIMIT_KEYFILE);
	e = keyring_file_passphrase(passphrase_file, &pass);
	if (e == ERR_NONE)
		e = file_read(path, &file);
	if (e == ERR_NONE)
		e = keyring_parse(buf_span(&file), buf_span(&pass), out, f);
	wipe(&file);
	wipe(&pass);
	return e;
}

const struct digest *
keyring_file_kids(const struct keyring *r, struct arena *a, size_t *n)
{
	struct digest *kid = arena_alloc(a, LIMIT_KEYRING_KEYS * sizeof *kid);
	const struct keyring_key *k;

	*n = 0;
	while (*n < LIMIT_KEYRING_KEYS && (k = keyring_at(r, *n)) != NULL)
		kid[(*n)++] = kid_digest(&k->kid);
	return kid;
}
