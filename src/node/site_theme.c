/* SPDX-License-Identifier: Apache-2.0
 *
 * Templates and style of the site.
 */
#include "node/site_theme.h"

#include "base/embed.h"
#include "base/limits.h"
#include "base/mem.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

extern const struct embed_set site_templates;

enum { FILES_MAX = 64 };

struct theme {
	struct arena a;
	struct {
		const char *name;
		struct span text;
	} file[FILES_MAX];
	size_t n;
};

static enum err
read_one(struct theme *t, int dir, const char *name, struct fault *f)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	unsigned char *p;
	struct stat st;
	ssize_t n = -1;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size <= LIMIT_TEMPLATE && t->n < FILES_MAX) {
		p = arena_alloc(&t->a, (size_t)st.st_size + 1);
		n = read(fd, p, (size_t)st.st_size);
		t->file[t->n].name = arena_string(&t->a, span_str(name));
		t->file[t->n].text = span_of(p, n < 0 ? 0 : (size_t)n);
		t->n += n == (ssize_t)st.st_size;
		n = n == (ssize_t)st.st_size ? n : -1;
	}
	if (fd >= 0)
		close(fd);
	return n >= 0 ? ERR_NONE : fault_at(f, ERR_IO, 0, name,
	    "cannot be read, or is too long");
}

static enum err
read_folder(struct theme *t, const char *folder, struct fault *f)
{
	DIR *d = opendir(folder);
	struct dirent *en;
	enum err e = ERR_NONE;

	if (d == NULL)
		return fault_at(f, ERR_IO, 0, folder, "cannot be opened");
	while (e == ERR_NONE && (en = readdir(d)) != NULL) {
		if (en->d_name[0] == '.')
			continue;
		if (embed_find(&site_templates, en->d_name) == NULL)
			e = fault_at(f, ERR_USAGE, 0, en->d_name,
			    "is no template of the site");
		else
			e = read_one(t, dirfd(d), en->d_name, f);
	}
	closedir(d);
	return e;
}

enum err
theme_open(const char *folder, struct theme **out, struct fault *f)
{
	struct theme *t = mem_alloc(sizeof *t);
	enum err e = folder[0] == '\0' ? ERR_NONE : read_folder(t, folder, f);

	if (e == ERR_NONE)
		*out = t;
	else
		theme_close(t);
	return e;
}

void
theme_close(struct theme *t)
{
	if (t == NULL)
		return;
	arena_release(&t->a);
	free(t);
}

static enum err
find(void *ctx, const char *name, struct span *out)
{
	const struct theme *t = ctx;
	const struct embed *file;

	for (size_t i = 0; i < t->n; i++) {
		if (strcmp(t->file[i].name, name) == 0) {
			*out = t->file[i].text;
			return ERR_NONE;
		}
	}
	file = embed_find(&site_templates, name);
	if (file == NULL)
		return ERR_NOT_FOUND;
	*out = span_of(file->p, file->n);
	return ERR_NONE;
}

struct template_source
theme_source(struct theme *t)
{
	return (struct template_source){ t, find };
}
