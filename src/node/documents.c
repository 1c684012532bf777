/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading the documents folder.
 */
#include "node/documents.h"

#include "base/code.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "record/pins.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum { DOCUMENTS_MAX = 2048 };

/* The whole file `name` of `folder`, at most out->max bytes. */
static enum err
read_file(const char *folder, const char *name, struct buf *out)
{
	char path[4352];
	unsigned char piece[16384];
	ssize_t n;
	int fd;

	if (snprintf(path, sizeof path, "%s/%s", folder, name) >=
	    (int)sizeof path)
		return ERR_LIMIT;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	while ((n = read(fd, piece, sizeof piece)) > 0)
		buf_put_mem(out, piece, (size_t)n);
	close(fd);
	return n < 0 ? ERR_IO : buf_check(out);
}

static struct span
trimmed(struct span s)
{
	while (s.n != 0 && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == ' ' ||
			       s.p[s.n - 1] == '\r'))
		s.n--;
	return s;
}

static enum err
read_root(const char *folder, struct digest *out, struct fault *f)
{
	struct buf text;
	enum err e;

	buf_init(&text, 256);
	e = read_file(folder, "root", &text);
	if (e != ERR_NONE)
		e = fault_at(f, e, 0, "root",
		    "the documents folder has no readable file root");
	else if (code_parse_base64url_fixed(trimmed(buf_span(&text)), out->b,
		     sizeof out->b) != ERR_NONE)
		e = fault_at(f, ERR_SYNTAX, 0, "root",
		    "is not the hash of a charter in base64url");
	buf_release(&text);
	return e;
}

/* --- pins --- */

enum err
documents_pins(const char *folder, struct arena *a, struct pin **out,
    size_t *count, struct fault *f)
{
	struct pins *pins = mem_alloc(sizeof *pins);
	struct buf text;
	enum err e;

	buf_init(&text, LIMIT_PINS_FILE);
	e = read_file(folder, "pins", &text);
	if (e == ERR_NONE || e == ERR_NOT_FOUND)
		e = pins_parse(arena_copy(a, buf_span(&text)), pins, f);
	else
		e = fault_at(f, e, 0, "pins", "the file cannot be read");
	if (e == ERR_NONE) {
		*out = pins_list(pins, a);
		*count = pins->n;
	}
	buf_release(&text);
	free(pins);
	return e;
}

/* --- the store's --- */

struct held {
	struct arena mem;
	struct span *bytes;
	size_t n, cap;
};

static bool
see_document(void *ctx, const struct store_document *d)
{
	struct held *h = ctx;

	if (h->n == h->cap) {
		h->cap = h->cap * 2 + 64;
		h->bytes = mem_grow(h->bytes, h->cap * sizeof *h->bytes);
	}
	h->bytes[h->n++] = arena_copy(&h->mem, d->bytes);
	return true;
}

static void
held_release(struct held *h)
{
	free(h->bytes);
	arena_release(&h->mem);
}

/* Documents need one another; the order of the rows is not that of need. */
static enum err
offer_stored(struct store *store, struct registry *r)
{
	struct held h = { 0 };
	enum err e = store_scan_documents(store, see_document, &h);
	bool more = e == ERR_NONE;

	while (more) {
		more = false;
		for (size_t i = 0; i < h.n; i++)
			if (registry_offer(r, h.bytes[i], NULL) ==
			    REGISTRY_ACCEPTED)
				more = true;
	}
	held_release(&h);
	return e;
}

/* A charter or register that was new may be what stored ones waited for: the
 * keysets of a network that was founded anew. */
static unsigned
offer_again(struct store *store, struct hub *hub, struct now now)
{
	struct held h = { 0 };
	bool more = store_scan_documents(store, see_document, &h) == ERR_NONE;
	unsigned taken = 0;

	while (more) {
		more = false;
		for (size_t i = 0; i < h.n; i++)
			if (hub_offer_document(hub, h.bytes[i], now, NULL) ==
			    REGISTRY_ACCEPTED) {
				more = true;
				taken++;
			}
	}
	held_release(&h);
	return taken;
}

enum err
documents_open(const char *folder, struct store *store, struct registry **out,
    struct fault *f)
{
	struct arena mem = { 0 };
	struct registry *r = NULL;
	struct pin *pins = NULL;
	struct digest root;
	size_t count = 0;
	enum err e = read_root(folder, &root, f);

	if (e == ERR_NONE)
		e = documents_pins(folder, &mem, &pins, &count, f);
	if (e == ERR_NONE) {
		r = registry_create(&root, pins, count);
		e = offer_stored(store, r);
		if (e != ERR_NONE)
			fault_at(f, e, 0, "", "the store's documents");
	}
	if (e == ERR_NONE)
		*out = r;
	else
		registry_free(r);
	arena_release(&mem);
	return e;
}

/* --- the folder's --- */

struct found {
	char *name;
	struct buf bytes;
	bool is_settled;
};

static size_t
list_folder(const char *folder, struct found *out, size_t max)
{
	DIR *d = opendir(folder);
	struct dirent *e;
	size_t n = 0;

	if (d == NULL)
		return 0;
	while (n < max && (e = readdir(d)) != NULL) {
		size_t len = strlen(e->d_name);

		if (len < 6 || e->d_name[0] == '.' ||
		    strcmp(e->d_name + len - 5, ".json") != 0)
			continue;
		buf_init(&out[n].bytes, LIMIT_DOCUMENT);
		out[n].name = mem_string(e->d_name);
		n++;
	}
	closedir(d);
	return n;
}

static void
tell_refused(const struct found *file, enum registry_result result,
    const struct fault *f)
{
	log_event(LOG_WARNING, "document.refused",
	    log_str("file", file->name),
	    log_str("result", result == REGISTRY_CONFLICT ? "conflict" :
		    result == REGISTRY_UNVERIFIABLE   ? "unverifiable" :
							"invalid"),
	    log_str("field", f->field), log_str("rule", f->rule));
}

unsigned
documents_offer(const char *folder, struct store *store, struct hub *hub,
    struct now now)
{
	struct found *file = mem_array(DOCUMENTS_MAX, sizeof *file);
	size_t n = list_folder(folder, file, DOCUMENTS_MAX);
	unsigned taken = 0;
	bool more = true, last = false;

	for (size_t i = 0; i < n; i++)
		if (read_file(folder, file[i].name, &file[i].bytes) !=
		    ERR_NONE) {
			file[i].is_settled = true;
			log_event(LOG_WARNING, "document.unreadable",
			    log_str("file", file[i].name));
		}
	while (more || !last) {
		last = !more;
		more = false;
		for (size_t i = 0; i < n; i++) {
			struct fault f = { 0 };
			enum registry_result result;

			if (file[i].is_settled)
				continue;
			result = hub_offer_document(hub,
			    buf_span(&file[i].bytes), now, &f);
			if (result == REGISTRY_ACCEPTED) {
				more = true;
				taken++;
			}
			if (result != REGISTRY_UNVERIFIABLE || last)
				file[i].is_settled = true;
			if (result == REGISTRY_CONFLICT ||
			    result == REGISTRY_INVALID ||
			    (result == REGISTRY_UNVERIFIABLE && last))
				tell_refused(&file[i], result, &f);
		}
	}
	for (size_t i = 0; i < n; i++) {
		buf_release(&file[i].bytes);
		free(file[i].name);
	}
	free(file);
	return taken == 0 ? 0 : taken + offer_again(store, hub, now);
}

/* --- all of it, as it is --- */

static enum err
give_file(const char *folder, const char *name, documents_fn *fn, void *ctx,
    bool *more)
{
	struct buf bytes;
	enum err e;

	buf_init(&bytes, LIMIT_DOCUMENT);
	e = read_file(folder, name, &bytes);
	if (e == ERR_NONE)
		*more = fn(ctx, name, buf_span(&bytes));
	buf_release(&bytes);
	return e;
}

enum err
documents_read(const char *folder, documents_fn *fn, void *ctx)
{
	struct found *file = mem_array(DOCUMENTS_MAX, sizeof *file);
	size_t n = list_folder(folder, file, DOCUMENTS_MAX);
	bool more = true;
	enum err e = give_file(folder, "root", fn, ctx, &more);

	if (e == ERR_NONE && more) {
		e = give_file(folder, "pins", fn, ctx, &more);
		e = e == ERR_NOT_FOUND ? ERR_NONE : e;
	}
	for (size_t i = 0; i < n && e == ERR_NONE && more; i++)
		e = give_file(folder, file[i].name, fn, ctx, &more);
	for (size_t i = 0; i < n; i++) {
		buf_release(&file[i].bytes);
		free(file[i].name);
	}
	free(file);
	return e;
}
