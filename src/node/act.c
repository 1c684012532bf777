/* SPDX-License-Identifier: Apache-2.0
 *
 * The table of acts.
 */
#include "node/act.h"

static const struct {
	const char *token;
	struct names names;
} acts[ACT_COUNT] = { { "", { { "", "", "", "" } } },
#define ACT(name, word, en, es, pt, fr) { word, { { en, es, pt, fr } } },
#include "node/acts.def"
#undef ACT
};

const char *
act_token(enum act a)
{
	return acts[a].token;
}

const char *
act_word(enum act a, enum lang lang)
{
	return acts[a].names.in[lang];
}

enum act
act_find(struct span token)
{
	for (int a = ACT_NONE + 1; a < ACT_COUNT; a++)
		if (span_is_str(token, acts[a].token))
			return (enum act)a;
	return ACT_NONE;
}
