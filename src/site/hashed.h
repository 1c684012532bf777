/* SPDX-License-Identifier: Apache-2.0
 *
 * Files whose name says what is in them, so that whoever has one never asks
 * again: "style-0123456789abcdef.css". Pure.
 */
#ifndef SITE_HASHED_H
#define SITE_HASHED_H

#include "base/span.h"

enum { HASHED_NAME = 32 };

/* `start`-HASH`end`, NUL-ended; both ends short. */
void hashed_name(const char *start, struct span bytes, const char *end,
    char out[HASHED_NAME]);

/* The script of the report form, and its name. The same in every build, and not
 * of the theme: what it seals, the node must open. */
struct span hashed_script(char name[HASHED_NAME]);

#endif
