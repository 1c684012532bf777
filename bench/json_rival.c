/* SPDX-License-Identifier: Apache-2.0
 *
 * jansson, as one would use it.
 */
#include "json_rival.h"

#include <jansson.h>

bool
json_rival_parse(const void *text, size_t n, bool strict)
{
	json_t *v = json_loadb(text, n, strict ? JSON_REJECT_DUPLICATES : 0,
	    NULL);

	json_decref(v);
	return v != NULL;
}
