/* SPDX-License-Identifier: Apache-2.0
 *
 * Is the body of a record what its kind asks for? One generic check driven by
 * the kind's data. It looks at the body only: envelope, audience and
 * signatures are checked elsewhere.
 */
#ifndef SCHEMA_CHECK_H
#define SCHEMA_CHECK_H

#include "base/err.h"
#include "base/json.h"
#include "schema/kind.h"

/* CHECK_SENT: what this node is about to sign. Members that the kind does not
 * have are refused, and the level rule holds (level_check). CHECK_RECEIVED:
 * members and coded values that this version does not know are tolerated, so
 * that a newer node can say more. */
enum check_side { CHECK_SENT, CHECK_RECEIVED };

/* ERR_SCHEMA or ERR_LIMIT with the first breach in `f` (may be NULL), in the
 * order of the body: the path such as "products[2].state" and the rule. Of
 * members that are missing the first has its path, the rule names the others
 * of its object. */
MUST enum err body_check(const struct schema *s, const struct kind *k,
    struct json_val body, enum check_side side, struct arena *a,
    struct fault *f);

/* One value against one field, for forms that check as one types. `path`
 * names the value in the fault. */
MUST enum err value_check(const struct field *fd, struct json_val v,
    const char *path, enum check_side side, struct arena *a, struct fault *f);

/* Does `s` match a form of schemas/README.md, such as "CVE-####-####+"? */
bool form_match(const char *form, struct span s);

/* Does the body end its record: does it hold a field marked `ends`, or a state
 * that nothing leads on from? */
bool body_is_end(const struct kind *k, struct json_val body);

#endif
