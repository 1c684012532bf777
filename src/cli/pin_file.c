/* SPDX-License-Identifier: Apache-2.0
 *
 * The pin file, and the documents folder read as a registry.
 */
#include "cli/pin_file.h"

#include "base/code.h"
#include "base/limits.h"
#include "cli/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum err
pin_file_read(struct cli *c, const char *folder, struct pins *out,
    struct fault *f)
{
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PINS_FILE);
	e = file_read(cli_text(c, "%s/pins", folder), &b);
	if (e == ERR_NONE || e == ERR_NOT_FOUND)
		e = pins_parse(arena_copy(&c->arena, buf_span(&b)), out, f);
	buf_release(&b);
	return e;
}

enum err
pin_file_write(struct cli *c, const char *folder, const struct pins *pins)
{
	const char *path = cli_text(c, "%s/pins", folder);
	const char *new = cli_text(c, "%s/.pins.new", folder);
	struct buf b;
	enum err e;

	buf_init(&b, LIMIT_PINS_FILE);
	pins_write(pins, &b);
	unlink(new);
	e = buf_check(&b);
	if (e == ERR_NONE)
		e = file_write_new(new, 0644, buf_span(&b));
	if (e == ERR_NONE && rename(new, path) != 0) {
		unlink(new);
		e = ERR_IO;
	}
	if (e == ERR_NONE)
		e = file_sync_folder(folder);
	buf_release(&b);
	return e;
}

/* --- the folder as a registry --- */

static enum err
read_root(struct cli *c, const char *folder, struct digest *out,
    struct fault *f)
{
	struct span text;
	struct buf b;
	enum err e;

	buf_init(&b, 256);
	e = file_read(cli_text(c, "%s/root", folder), &b);
	text = buf_span(&b);
	while (text.n != 0 && text.p[text.n - 1] <= ' ')
		text.n--;
	if (e == ERR_NONE && code_parse_base64url_fixed(text, out->b,
	    sizeof out->b) != ERR_NONE)
		e = fault_at(f, ERR_SYNTAX, 0, "root",
		    "is not the hash of a charter in base64url");
	buf_release(&b);
	return e;
}

static bool
is_document_name(const char *name)
{
	size_t n = strlen(name);

	return n > 5 && strcmp(name + n - 5, ".json") == 0;
}

static void
offer_all(struct cli *c, const char *folder, const struct file_list *l,
    struct registry *r)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < l->n; i++) {
			struct buf b;

			if (!is_document_name(l->names[i]))
				continue;
			buf_init(&b, LIMIT_DOCUMENT);
			if (file_read(cli_text(c, "%s/%s", folder,
			    l->names[i]), &b) == ERR_NONE &&
			    registry_offer(r, buf_span(&b), NULL) ==
			    REGISTRY_ACCEPTED)
				more = true;
			buf_release(&b);
		}
	}
}

enum err
folder_registry(struct cli *c, const char *folder, struct registry **out,
    struct fault *f)
{
	struct pins *pins = arena_alloc(&c->arena, sizeof *pins);
	struct file_list l = { 0 };
	struct digest root;
	enum err e = read_root(c, folder, &root, f);

	if (e == ERR_NONE)
		e = pin_file_read(c, folder, pins, f);
	if (e == ERR_NONE)
		e = file_list_read(folder, &l);
	if (e != ERR_NONE)
		return e;
	*out = registry_create(&root, pins_list(pins, &c->arena), pins->n);
	offer_all(c, folder, &l, *out);
	file_list_release(&l);
	return ERR_NONE;
}

enum err
pin_file_accept_all(struct cli *c, const char *folder, size_t *count,
    struct fault *f)
{
	struct pins *pins = arena_alloc(&c->arena, sizeof *pins);
	const struct register_doc *reg;
	struct registry *r = NULL;
	enum err e = folder_registry(c, folder, &r, f);

	if (e == ERR_NONE)
		e = pin_file_read(c, folder, pins, f);
	reg = e == ERR_NONE ? registry_register(r) : NULL;
	if (reg != NULL)
		*count = pins_accept_all(pins, reg, span_str("first join"));
	if (reg != NULL && *count != 0)
		e = pin_file_write(c, folder, pins);
	registry_free(r);
	return e;
}
