/* SPDX-License-Identifier: Apache-2.0
 *
 * Names with a digest.
 */
#include "site/hashed.h"

#include "base/embed.h"
#include "crypto/hash.h"

#include <stdio.h>

extern const struct embed_set site_templates;

void
hashed_name(const char *start, struct span bytes, const char *end,
    char out[HASHED_NAME])
{
	struct digest d = hash_sha256(bytes);
	char hex[17];

	for (size_t i = 0; i < 8; i++)
		snprintf(hex + 2 * i, 3, "%02x", d.b[i]);
	snprintf(out, HASHED_NAME, "%s-%s%s", start, hex, end);
}

struct span
hashed_script(char name[HASHED_NAME])
{
	const struct embed *f = embed_find(&site_templates, "report.js");
	struct span s = f != NULL ? span_of(f->p, f->n) : span_str("");

	hashed_name("report", s, ".js", name);
	return s;
}
