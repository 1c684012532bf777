/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands of authority holders and of a team's identity key share:
 * proposals, documents and cold keys as files, and what a proposal says in the
 * user's words. Nothing here needs a node.
 */
#ifndef CLI_CEREMONY_H
#define CLI_CEREMONY_H

#include "cli/cli.h"
#include "record/diff.h"
#include "record/proposal.h"

#define CEREMONY_OUT { "out", 'o', "FILE", { { "the proposal to write", \
	"la propuesta que se escribe", "a proposta a escrever", \
	"la proposition à écrire" } } }
#define CEREMONY_WITH { "with", 0, "FOLDER", { { \
	"the documents it is read against (a node's documents folder)", \
	"los documentos con que se lee (la carpeta documents de un nodo)", \
	"os documentos com que se lê (a pasta documents de um nó)", \
	"les documents de référence (dossier documents d’un nœud)" } } }
#define CEREMONY_DAYS { "days", 0, "N", { { "for how many days it is good", \
	"vigencia en días", "vigência em dias", "validité en jours" } } }
#define CEREMONY_PASS { "passphrase-file", 0, "FILE", { { \
	"first line: the key's passphrase (else it is asked)", \
	"primera línea: la contraseña de la clave (si no, se pregunta)", \
	"primeira linha: a senha da chave (senão, é perguntada)", \
	"première ligne : la phrase secrète (sinon demandée)" } } }
#define CEREMONY_YES { "yes", 'y', NULL, { { "do not ask", "no preguntar", \
	"não perguntar", "ne pas demander" } } }

enum { DAY_S = 86400 };

/* A whole file in the memory of the run. */
MUST enum err ceremony_file(struct cli *c, const char *path, size_t max,
    struct span *out);

/* A proposal, or a finished document as one without company. */
MUST enum err ceremony_read(struct cli *c, const char *path,
    struct proposal *out, struct fault *f);

/* The document that a file holds: it is one, or a team's card with its keyset.
 * The fault is that of a document. */
MUST enum err ceremony_document(struct cli *c, struct span file,
    struct document *out, struct fault *f);

/* Write it whole over what is there. */
MUST enum err ceremony_write(struct cli *c, const char *path,
    const struct proposal *p);

/* The documents of `folder` that a proposal of `kind` is read against, with
 * the team's keyset if `team` is given; the registry of all of them (caller
 * frees). */
MUST enum err ceremony_with(struct cli *c, const char *folder,
    enum document_kind kind, struct span team, struct proposal *out,
    struct registry **registry, struct fault *f);

/* The hash of the newest document of a kind (and team) of a registry, false
 * if there is none. */
bool ceremony_hash(const struct registry *r, enum document_kind kind,
    struct span team, struct digest *out);

/* Make a proposal of the payload beside what `p` is read against, judge it,
 * write it to the option "out" and show it. The exit code. */
int ceremony_finish(struct cli *c, struct proposal *p,
    const struct buf *payload);

/* A cold key: plain JWK or under a passphrase, which is asked if need be. */
MUST enum err ceremony_key(struct cli *c, const char *path,
    struct jwk *out, struct fault *f);

/* The same of a key that opens backups (crypto/vault.h). */
MUST enum err ceremony_vault_key(struct cli *c, const char *path,
    struct jwk *out, struct fault *f);

/* A new file with the secret key under a passphrase, which is asked. ERR_KEY
 * if none is given, and as file_write_new. */
MUST enum err ceremony_key_seal(struct cli *c, const struct jwk *key,
    const char *path);

/* The passphrase of the option, else of the person at the terminal, asked
 * twice for a new one. `out` is wiped and released by the caller. ERR_KEY if
 * there is neither. */
MUST enum err ceremony_passphrase(struct cli *c, bool is_new,
    struct buf *out);

/* Show a judged proposal: what, changes, who signed and who is missing. */
void ceremony_show(struct cli *c, const struct proposal *p,
    const struct judgement *j);

/* Changes alone. */
void ceremony_show_changes(struct cli *c, const struct difference_list *l);
void ceremony_put_changes(struct cli *c, struct json_out *w,
    const struct difference_list *l);

/* One change as a sentence in the user's language. */
const char *ceremony_words(struct cli *c, const struct difference *d);

/* Fingerprint in words (and hex), in the memory of the run. */
const char *ceremony_print(struct cli *c, const struct digest *kid);

/* A refused file with its place and rule, and what to do next. */
int ceremony_refused(struct cli *c, enum err e, const char *path,
    const struct fault *f);

/* POSIX seconds of an option "YYYY-MM-DD", 00:00 UTC. ERR_USAGE. */
MUST enum err ceremony_date(struct cli *c, const char *option, int64_t *out,
    struct fault *f);

#endif
