/* SPDX-License-Identifier: Apache-2.0
 *
 * Templates and style of the site: those in the program, and before them those
 * of a folder of the state's own.
 */
#ifndef NODE_SITE_THEME_H
#define NODE_SITE_THEME_H

#include "site/template.h"

struct theme;

/* Read the folder ("" for none) whole. ERR_IO, ERR_LIMIT, ERR_USAGE (a file
 * that is no template of the site, so that a slip of the pen is seen) with the
 * file in `f`. */
MUST enum err theme_open(const char *folder, struct theme **out,
    struct fault *f);
void theme_close(struct theme *t); /* accepts NULL */

/* Lives as long as the theme. */
struct template_source theme_source(struct theme *t);

#endif
