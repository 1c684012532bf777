/* SPDX-License-Identifier: Apache-2.0
 *
 * Sealed files (crypto/vault.h) on disk: written under another name, synced,
 * read back, and only then under their own; read in bounded memory.
 */
#ifndef CLI_VAULT_FILE_H
#define CLI_VAULT_FILE_H

#include "cli/cli.h"
#include "crypto/vault.h"
#include "store/archive.h"

#define VAULT_PUBLIC { "key", 0, "FILE.pub", { { \
	"the public key that it is sealed to (else backup_key)", \
	"la clave pública con que se sella (si no, backup_key)", \
	"a chave pública com que se sela (senão, backup_key)", \
	"la clé publique de scellement (sinon backup_key)" } } }
#define VAULT_PRIVATE { "key", 0, "FILE", { { \
	"the private key of backups", "la clave privada de los respaldos", \
	"a chave privada das cópias", "la clé privée des sauvegardes" } } }

struct vault_target {
	const char *path;
	char *part; /* its name until it is whole */
	int fd;
	uint64_t n;
	bool replaces;
};

/* CLI_OK, or the trouble has been told. Nothing is ever written over another
 * file, unless it `replaces` that, at once and whole. */
MUST int vault_target_open(struct cli *c, const char *path, bool replaces,
    struct vault_target *out);
MUST enum err vault_target_put(struct vault_target *t, struct span bytes);

/* Make it durable, read it back from the disk, hold it against `want` and the
 * form of such a file, and let it appear. CLI_OK, or it has been told. */
MUST int vault_target_keep(struct cli *c, struct vault_target *t,
    const struct digest *want);

/* Read a file and hold it against `want` and the form of such a file, without
 * the private key. ERR_DIGEST, ERR_SYNTAX, ERR_NOT_FOUND, ERR_IO... */
MUST enum err vault_read_back(const char *path, const struct digest *want,
    struct fault *f);

/* What has not appeared is removed. */
void vault_target_close(struct vault_target *t);

/* The public key of `--key`, else of the option `backup_key` of the node's
 * configuration. CLI_OK, or it has been told. */
MUST int vault_public(struct cli *c, struct jwk *out);

/* What is in a file, piece by piece. */
typedef enum err vault_sink(void *ctx, struct span bytes, struct fault *f);
MUST enum err vault_each(const char *path, const struct jwk *key,
    vault_sink *sink, void *ctx, struct fault *f);

/* Read the whole file, or folder (cli/vault_folder.h), with the private key: what is in it goes to `take`.
 * CLI_OK, or it has been told with its place. `counts` may be NULL. */
MUST int vault_file_read(struct cli *c, const char *path,
    const struct jwk *key, const struct archive_take *take,
    struct archive_counts *counts);

#endif
