/* SPDX-License-Identifier: Apache-2.0
 *
 * Do words stand in files or in the memory of processes? As they are, in lower
 * case, reversed, in hexadecimal, and within base64 at each of its three
 * offsets, in either alphabet.
 *
 *	search WORD ... -- PATH|pid:NUMBER ...
 *
 * Files of folders are looked through too. Prints where; exit 0 if something
 * was found, 1 if nothing was, 2 if a place could not be read or was empty.
 */
#include <ctype.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	FORMS = 512,
	FORM_MAX = 512,
	PIECE = 1 << 16,
	/* larger mappings are the reserve of a sanitizer, no data */
	MAPPING_MAX = 1 << 30
};

static struct form {
	char text[FORM_MAX];
	size_t n;
	const char *name;
} forms[FORMS];
static size_t form_n;
static unsigned hits, places;
static unsigned long long bytes;

static void
add(const char *text, size_t n, const char *name)
{
	if (form_n == FORMS || n == 0 || n >= FORM_MAX) {
		fprintf(stderr, "search: too many or too long words\n");
		exit(2);
	}
	memcpy(forms[form_n].text, text, n);
	forms[form_n].n = n;
	forms[form_n++].name = name;
}

/* The characters of base64 that depend on the word alone. */
static void
add_base64(const char *word, const char *alphabet)
{
	char out[FORM_MAX];

	for (size_t lead = 0; lead < 3; lead++) {
		size_t len = strlen(word), n = 0;
		size_t first = (lead * 8 + 5) / 6, last = (lead + len) * 8 / 6;

		for (size_t c = first; c < last; c++) {
			unsigned v = 0;

			for (size_t bit = c * 6; bit < c * 6 + 6; bit++) {
				size_t at = bit / 8 - lead;

				v = v << 1 | ((unsigned char)word[at] >>
					(7 - bit % 8) & 1);
			}
			out[n++] = alphabet[v];
		}
		add(out, n, "base64");
	}
}

static void
add_word(const char *word)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789";
	char out[FORM_MAX], alphabet[65];
	size_t n = strlen(word);

	add(word, n, "plain");
	for (size_t i = 0; i < n; i++)
		out[i] = (char)tolower((unsigned char)word[i]);
	add(out, n, "lower case");
	for (size_t i = 0; i < n; i++)
		out[i] = word[n - 1 - i];
	add(out, n, "reversed");
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", (unsigned char)word[i]);
	add(out, 2 * n, "hexadecimal");
	snprintf(alphabet, sizeof alphabet, "%s+/", letters);
	add_base64(word, alphabet);
	snprintf(alphabet, sizeof alphabet, "%s-_", letters);
	add_base64(word, alphabet);
}

/* Most of what a process has mapped is one byte again and again, as no word
 * is. */
static bool
is_blank(const char *p, size_t n)
{
	return n > 1 && memcmp(p, p + 1, n - 1) == 0;
}

static void
look(const char *place, const char *p, size_t n)
{
	bytes += n;
	if (is_blank(p, n))
		return;
	for (size_t i = 0; i < form_n; i++) {
		if (memmem(p, n, forms[i].text, forms[i].n) == NULL)
			continue;
		hits++;
		printf("# %s: %.*s, %s\n", place, (int)forms[i].n,
		    forms[i].text, forms[i].name);
	}
}

static void
look_at(const char *place, int fd, uint64_t from, uint64_t to)
{
	static char piece[PIECE + FORM_MAX];
	size_t kept = 0;

	while (from < to) {
		size_t want = to - from < PIECE ? (size_t)(to - from) : PIECE;
		ssize_t n = pread(fd, piece + kept, want, (off_t)from);

		if (n <= 0)
			return;
		look(place, piece, kept + (size_t)n);
		from += (uint64_t)n;
		/* a word may lie across two pieces */
		want = kept + (size_t)n;
		kept = want < FORM_MAX - 1 ? want : FORM_MAX - 1;
		memmove(piece, piece + want - kept, kept);
	}
}

static int
see_file(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	int fd;

	(void)ftw;
	if (type != FTW_F || !S_ISREG(st->st_mode))
		return 0;
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0; /* gone meanwhile */
	places++;
	look_at(path, fd, 0, UINT64_MAX);
	close(fd);
	return 0;
}

static void
look_at_process(const char *pid)
{
	char path[64], place[64], line[512];
	unsigned long long from, to;
	char rights[8];
	FILE *maps;
	int fd;

	snprintf(path, sizeof path, "/proc/%s/mem", pid);
	snprintf(place, sizeof place, "memory of %s", pid);
	fd = open(path, O_RDONLY);
	snprintf(path, sizeof path, "/proc/%s/maps", pid);
	maps = fopen(path, "r");
	if (fd < 0 || maps == NULL) {
		fprintf(stderr, "search: the memory of %s cannot be read\n",
		    pid);
		exit(2);
	}
	places++;
	while (fgets(line, sizeof line, maps) != NULL)
		if (sscanf(line, "%llx-%llx %7s", &from, &to, rights) == 3 &&
		    rights[0] == 'r' && strstr(line, "[v") == NULL &&
		    to - from <= MAPPING_MAX)
			look_at(place, fd, from, to);
	fclose(maps);
	close(fd);
}

int
main(int argc, char **argv)
{
	int i = 1;

	for (; i < argc && strcmp(argv[i], "--") != 0; i++)
		add_word(argv[i]);
	for (i++; i < argc; i++) {
		unsigned long long before = bytes;

		if (strncmp(argv[i], "pid:", 4) == 0)
			look_at_process(argv[i] + 4);
		else if (nftw(argv[i], see_file, 16, FTW_PHYS) != 0)
			return 2;
		if (bytes == before) {
			fprintf(stderr, "search: %s is empty\n", argv[i]);
			return 2;
		}
	}
	printf("# %llu bytes in %u places, %u found\n", bytes, places, hits);
	return hits != 0 ? 0 : 1;
}
