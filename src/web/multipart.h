/* SPDX-License-Identifier: Apache-2.0
 *
 * multipart/form-data (RFC 7578) as it comes, piece by piece: nothing is kept
 * but the head of a part and what may be the beginning of a boundary. Strict:
 * what browsers and curl send, and nothing else. Pure.
 */
#ifndef WEB_MULTIPART_H
#define WEB_MULTIPART_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	MULTIPART_BOUNDARY = 70,  /* characters; RFC 2046 section 5.1.1 */
	MULTIPART_HEAD = 2048,    /* of one part */
	MULTIPART_NAME = 64,
	MULTIPART_FILE = 255,     /* a longer name of a file loses its front */
	MULTIPART_SHOWN = 200,    /* bytes of what is kept of such a name */
	MULTIPART_PARTS = 64
};

struct multipart_part {
	struct span name;
	bool is_file;      /* it has a file name, maybe an empty one */
	struct span file;  /* as it came, the last part of a path */
	struct span media; /* "" if it says none */
};

/* Whoever takes it. An error ends it all. `bytes` of a part come in any
 * number of pieces, none if it is empty. */
struct multipart_sink {
	void *ctx;
	enum err (*part)(void *ctx, const struct multipart_part *p);
	enum err (*bytes)(void *ctx, struct span s);
	enum err (*end)(void *ctx); /* of a part */
};

enum multipart_state {
	MULTIPART_FIRST, /* the first boundary is to come */
	MULTIPART_IN_HEAD,
	MULTIPART_IN_BODY,
	MULTIPART_AFTER, /* a boundary came: another part, or the end? */
	MULTIPART_DONE,
	MULTIPART_BROKEN
};

struct multipart {
	const struct multipart_sink *sink;
	enum multipart_state state;
	char delimiter[MULTIPART_BOUNDARY + 4]; /* CR LF - - boundary */
	size_t delimiter_n;
	size_t matched;          /* of the delimiter */
	unsigned char head[MULTIPART_HEAD];
	size_t head_n;
	unsigned parts;
};

/* The boundary of a Content-Type; a NULL pointer if it is none of
 * multipart/form-data, or has no boundary that may be. */
struct span multipart_boundary(struct span content_type);

/* `boundary` of 1 to MULTIPART_BOUNDARY characters is copied; `sink` must
 * outlive it. */
void multipart_init(struct multipart *m, struct span boundary,
    const struct multipart_sink *sink);

/* The next bytes. ERR_SYNTAX, ERR_LIMIT, or what the sink says; all that
 * follows is then refused with ERR_STATE. */
MUST enum err multipart_put(struct multipart *m, struct span in,
    struct fault *f);

/* What is kept of the name of a file, NUL-ended: UTF-8 of 1 to MULTIPART_SHOWN
 * bytes, its end if it is longer; no controls and none that turn the direction
 * of writing, no separators of a path, no dot in front. How long it is. */
size_t multipart_file_name(struct span file, char out[MULTIPART_SHOWN + 1]);

/* Did all come? What follows the last boundary is passed over. */
bool multipart_is_whole(const struct multipart *m);

#endif
