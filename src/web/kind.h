/* SPDX-License-Identifier: Apache-2.0
 *
 * What a file of the site is, by the end of its name: its media type, and how
 * long a cache may keep it. Pure.
 */
#ifndef WEB_KIND_H
#define WEB_KIND_H

#include "base/span.h"

#include <stdbool.h>

struct web_kind {
	const char *type;
	const char *cache;   /* Cache-Control */
	bool is_page;        /* HTML: has policies of its own */
	bool is_framed;      /* a page that stands in those of other sites */
	bool is_foreign;     /* nothing that we know: only to be saved */
};

/* The kind of `name`, a path in the site. A name with twelve or more
 * hexadecimal digits between two dots ("style.0a1b2c3d4e5f.css") is that of
 * content that never changes. */
struct web_kind web_kind_of(struct span name);

#endif
