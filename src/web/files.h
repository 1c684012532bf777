/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of the site as answers: read from its folder, kept in memory while
 * they are asked for, and looked at again after a fifth of a second. Beside a
 * file may lie the same one compressed, "x.html.gz" and "x.html.br". Nothing
 * outside of the folder is reached, by no name and through no link; nothing is
 * written.
 */
#ifndef WEB_FILES_H
#define WEB_FILES_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "web/accept.h"
#include "web/http.h"

#include <stdbool.h>
#include <stdint.h>

struct files;

/* A file in one coding; lives until the next call of files_find. */
struct web_file {
	const char *tag;   /* its ETag, with quotes */
	int64_t at_s;      /* when it was changed */
	uint64_t size;
	enum coding coding;
	const char *name;  /* in the site, without the end of the coding */
	struct span bytes; /* "" if it is too large to be kept */
	struct http_body *whole; /* for 200; NULL if it is too large */
};

/* The site in `root`, a folder. Caller frees. */
struct files *files_create(const char *root);
void files_free(struct files *f); /* accepts NULL */

/* Find the file `name`, a path as web/path.h lets through, in the first of `n`
 * codings in which it is there. ERR_NOT_FOUND, also for a folder, which
 * `is_folder` tells; ERR_IO if there is no site, or it cannot be read now. */
MUST enum err files_find(struct files *f, struct span name,
    const enum coding *codings, size_t n, int64_t now_ms,
    struct web_file *out, bool *is_folder);

/* A new answer with `n` bytes of the file from `from` on, without headers.
 * NULL if it cannot be read any more. */
struct http_body *files_part(struct files *f, const struct web_file *file,
    uint64_t from, uint64_t n);

/* Append all of the file to `out`. ERR_LIMIT if it has no room for it, ERR_IO
 * if it cannot be read any more. */
MUST enum err files_read(struct files *f, const struct web_file *file,
    struct buf *out);

/* Put what belongs to the file as such on an answer with it. */
void files_headers(const struct web_file *file, struct http_body *b);

/* Is it another folder that has the name of the site now, or one where none
 * was? */
bool files_is_other(const struct files *f);

#endif
