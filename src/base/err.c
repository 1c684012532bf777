/* SPDX-License-Identifier: Apache-2.0
 *
 * The error list as text.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *token;
	const char *sentence;
} errs[] = {
#define ERR(code, token, sentence) { token, sentence },
#include "base/err.def"
#undef ERR
};

const char *
err_token(enum err e)
{
	return (unsigned)e < ERR_COUNT ? errs[e].token : "unknown";
}

const char *
err_sentence(enum err e)
{
	return (unsigned)e < ERR_COUNT ? errs[e].sentence : "unknown error";
}

enum err
err_find(const char *token)
{
	for (unsigned i = 0; i < ERR_COUNT; i++)
		if (strcmp(errs[i].token, token) == 0)
			return (enum err)i;
	return ERR_IO;
}

enum err
fault_at(struct fault *f, enum err e, size_t at, const char *field,
    const char *rule_format, ...)
{
	va_list ap;

	if (f == NULL)
		return e;
	f->at = at;
	snprintf(f->field, sizeof f->field, "%s", field != NULL ? field : "");
	va_start(ap, rule_format);
	vsnprintf(f->rule, sizeof f->rule, rule_format, ap);
	va_end(ap);
	return e;
}
