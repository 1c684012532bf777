/* SPDX-License-Identifier: Apache-2.0
 *
 * Native build tool: turn the files of a folder into one C source that defines
 * a `struct embed_set` (base/embed.h).
 *
 *   embed FOLDER SYMBOL OUT.c OUT.d [SUFFIX...]
 *
 * Takes every file below FOLDER whose name ends in one of the suffixes, in
 * strcmp order of their paths, and leaves out names that begin with a dot.
 * The depfile names the files and the folders, so that ninja runs this again
 * when a file is added, changed or removed. The project's C arguments do not
 * reach native tools, hence the feature macro below.
 */
#define _GNU_SOURCE

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILES_MAX = 4096, DEPTH_MAX = 16 };

struct list {
	char *path[FILES_MAX]; /* below the folder */
	size_t count;
};

static struct list files, folders;

static void __attribute__((noreturn, format(printf, 1, 2)))
fail(const char *format, ...)
{
	va_list ap;

	fputs("embed: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static void
list_add(struct list *l, const char *path)
{
	if (l->count == FILES_MAX)
		fail("more than %d files", (int)FILES_MAX);
	l->path[l->count] = strdup(path);
	if (l->path[l->count++] == NULL)
		fail("out of memory");
}

static char *
join(const char *a, const char *b)
{
	char *s;

	if (asprintf(&s, "%s%s%s", a, *a == '\0' ? "" : "/", b) < 0)
		fail("out of memory");
	return s;
}

static bool
is_wanted(const char *name, char **suffix, int suffixes)
{
	size_t n = strlen(name);

	for (int i = 0; i < suffixes; i++) {
		size_t m = strlen(suffix[i]);

		if (n >= m && strcmp(name + n - m, suffix[i]) == 0)
			return true;
	}
	return suffixes == 0;
}

static void
scan(const char *root, const char *below, int depth, char **suffix,
    int suffixes)
{
	char *folder = *below == '\0' ? join("", root) : join(root, below);
	DIR *d = opendir(folder);
	struct dirent *e;

	if (d == NULL)
		fail("'%s': %s", folder, strerror(errno));
	if (depth > DEPTH_MAX)
		fail("'%s' is too deep", folder);
	list_add(&folders, folder);
	while ((e = readdir(d)) != NULL) {
		char *path, *full;
		struct stat st;

		if (e->d_name[0] == '.')
			continue;
		path = join(below, e->d_name);
		full = join(root, path);
		if (stat(full, &st) != 0)
			fail("'%s': %s", full, strerror(errno));
		if (S_ISDIR(st.st_mode))
			scan(root, path, depth + 1, suffix, suffixes);
		else if (S_ISREG(st.st_mode) &&
		    is_wanted(path, suffix, suffixes))
			list_add(&files, path);
		free(full);
		free(path);
	}
	closedir(d);
	free(folder);
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The bytes as numbers: a string literal of this size is not portable C. */
static long
put_bytes(FILE *out, const char *path, size_t i)
{
	FILE *in = fopen(path, "rb");
	long n = 0;
	int c;

	if (in == NULL)
		fail("'%s': %s", path, strerror(errno));
	fprintf(out, "static const unsigned char file_%zu[] = {", i);
	while ((c = getc(in)) != EOF)
		fprintf(out, "%s%d,", n++ % 20 == 0 ? "\n" : "", c);
	if (ferror(in) != 0)
		fail("'%s': %s", path, strerror(errno));
	fputs("\n0 };\n", out);
	fclose(in);
	return n;
}

static void
put_string(FILE *out, const char *s)
{
	putc('"', out);
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			putc('\\', out);
		putc(*s, out);
	}
	putc('"', out);
}

static void
put_source(const char *path, const char *root, const char *symbol)
{
	FILE *out = fopen(path, "w");
	long *size = calloc(files.count + 1, sizeof *size);

	if (out == NULL || size == NULL)
		fail("'%s': %s", path, strerror(errno));
	fputs("/* Made by tools/embed.c; not to be edited. */\n"
	    "#include \"base/embed.h\"\n\n", out);
	fprintf(out, "extern const struct embed_set %s;\n\n", symbol);
	for (size_t i = 0; i < files.count; i++) {
		char *full = join(root, files.path[i]);

		size[i] = put_bytes(out, full, i);
		free(full);
	}
	fprintf(out, "\nstatic const struct embed table[] = {\n");
	for (size_t i = 0; i < files.count; i++) {
		fputs("\t{ ", out);
		put_string(out, files.path[i]);
		fprintf(out, ", file_%zu, %ld },\n", i, size[i]);
	}
	fprintf(out, "\t{ NULL, NULL, 0 }\n};\n\n"
	    "const struct embed_set %s = { table, %zu };\n", symbol,
	    files.count);
	if (fclose(out) != 0)
		fail("'%s': %s", path, strerror(errno));
	free(size);
}

static void
put_dependency(FILE *out, const char *path)
{
	fputs(" \\\n ", out);
	for (; *path != '\0'; path++) {
		if (*path == ' ' || *path == '#')
			putc('\\', out);
		if (*path == '$')
			putc('$', out);
		putc(*path, out);
	}
}

static void
put_depfile(const char *path, const char *target, const char *root)
{
	FILE *out = fopen(path, "w");

	if (out == NULL)
		fail("'%s': %s", path, strerror(errno));
	fprintf(out, "%s:", target);
	for (size_t i = 0; i < folders.count; i++)
		put_dependency(out, folders.path[i]);
	for (size_t i = 0; i < files.count; i++) {
		char *full = join(root, files.path[i]);

		put_dependency(out, full);
		free(full);
	}
	putc('\n', out);
	if (fclose(out) != 0)
		fail("'%s': %s", path, strerror(errno));
}

int
main(int argc, char **argv)
{
	if (argc < 5)
		fail("usage: embed FOLDER SYMBOL OUT.c OUT.d [SUFFIX...]");
	scan(argv[1], "", 0, argv + 5, argc - 5);
	qsort(files.path, files.count, sizeof files.path[0], compare);
	put_source(argv[3], argv[1], argv[2]);
	put_depfile(argv[4], argv[3], argv[1]);
	return 0;
}
