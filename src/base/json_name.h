/* SPDX-License-Identifier: Apache-2.0
 *
 * Inside of the JSON reader: are the member names of an object all different?
 */
#ifndef BASE_JSON_NAME_H
#define BASE_JSON_NAME_H

#include "base/json.h"

#define JSON_NAME_NONE UINT32_MAX

/* A hash of the unescaped bytes of the string token `t` of the text that ends
 * at `end`. Equal names have equal hashes; the converse is not relied upon. */
uint32_t json_name_hash(const unsigned char *text, const unsigned char *end,
    const struct json_tok *t);

/* The name token first in the text that equals one before it in the object
 * `o`, which is complete and whose names have their hash in `kids`; or
 * JSON_NAME_NONE. `next` of the names is used on the way and put right. */
uint32_t json_name_twin(const unsigned char *text, struct json_tok *tok,
    uint32_t o);

#endif
