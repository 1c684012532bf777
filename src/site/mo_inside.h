/* SPDX-License-Identifier: Apache-2.0
 *
 * For mo.c and mo_plural.c only.
 */
#ifndef SITE_MO_INSIDE_H
#define SITE_MO_INSIDE_H

#include "site/mo.h"

/* "nplurals=2; plural=(n != 1);" as the header of a catalogue has it.
 * ERR_SYNTAX, ERR_LIMIT. */
MUST enum err plural_parse(struct span rule, struct mo_plural *out);

unsigned plural_form(const struct mo_plural *p, uint64_t n);

#endif
