/* SPDX-License-Identifier: Apache-2.0
 *
 * A proposal: one file that goes from holder to holder on machines without a
 * node or a network. It carries the payload to be signed, the signatures so
 * far, and the documents against which it must be read: all charters, the
 * register, the designations and, for a keyset, the one before it. So every
 * holder sees by herself what changes and who is still missing.
 *
 * {"v":1,"with":[DOCUMENT...],"payload":P}   nobody has signed yet, or
 * {"v":1,"with":[DOCUMENT...],"signed":DOCUMENT}
 */
#ifndef RECORD_PROPOSAL_H
#define RECORD_PROPOSAL_H

#include "record/registry.h"

/* Any kind of register document with its payload parsed. */
struct parsed {
	struct document doc;
	union {
		struct charter charter;
		struct register_doc reg;
		struct suspension suspension;
		struct keyset keyset;
		struct designations designations;
	} u;
};

/* Parse the payload of `d`, whatever its kind; `domain` for keysets. */
MUST enum err parsed_read(const struct document *d, struct span domain,
    struct arena *a, struct parsed *out, struct fault *f);

struct proposal {
	struct span *with; /* documents */
	size_t with_count;
	struct document doc; /* of what is proposed; no signature or some */
};

/* `a` holds what `out` points to, `bytes` must outlive it. At most
 * LIMIT_PROPOSAL. Nothing is verified but the form. ERR_SYNTAX, ERR_SCHEMA,
 * ERR_LIMIT, as document_parse; `out` is untouched on failure. */
MUST enum err proposal_parse(struct span bytes, struct arena *a,
    struct proposal *out, struct fault *f);

/* Append the file. ERR_LIMIT. */
MUST enum err proposal_write(const struct proposal *p, struct buf *out);

/* A new one of `payload`; what is in `with` is borrowed. */
MUST enum err proposal_make(struct span payload, struct span *with,
    size_t with_count, struct arena *a, struct proposal *out,
    struct fault *f);

enum { ELECTORATES = 2 };

struct elector {
	struct span name;
	struct digest kid;
	const struct jwk *key;
	bool has_signed;
};

/* Those of whom some must sign: a list of authorities, or one identity. */
struct electorate {
	uint64_t charter; /* version of the charter whose list it is, or 0 */
	struct elector *elector;
	size_t count;
	size_t have;
	size_t need;
};

/* A proposal held against its documents. */
struct judgement {
	struct registry *registry; /* of `with`; caller frees, see release */
	struct digest root;        /* the charter that all of it rests on */
	struct parsed what;
	struct parsed before;      /* its predecessor */
	bool has_before;
	struct electorate electorate[ELECTORATES];
	size_t electorate_count;
	bool is_complete;          /* every electorate has enough */
};

/* Is it signable: do the documents in it verify, does what is proposed follow
 * them by version, hash and rules, and would it still be in date at `now`?
 * Errors name place and rule; then `out` is empty. Signatures that do not
 * verify count for nothing. */
MUST enum err proposal_judge(const struct proposal *p, struct wall now,
    struct arena *a, struct judgement *out, struct fault *f);
void judgement_release(struct judgement *j);

/* Whose key is this? NULL: it may not sign here. */
const struct elector *judgement_find(const struct judgement *j,
    const struct digest *kid);

/* Add the signature of `secret`; memory of `a`. ERR_KEY if that key is in no
 * electorate, ERR_CONFLICT if it has signed. */
MUST enum err proposal_sign(const struct proposal *p,
    const struct judgement *j, const struct jwk *secret, struct arena *a,
    struct proposal *out, struct fault *f);

/* Take over the signatures of `other`, which must propose the same bytes:
 * ERR_CONFLICT if not. */
MUST enum err proposal_merge(const struct proposal *p,
    const struct proposal *other, struct arena *a, struct proposal *out,
    struct fault *f);

#endif
