/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs every file of the folders given through a fuzz target, so that the
 * corpus is an ordinary test under any compiler. Each input lies in memory of
 * exactly its size, for the address sanitizer. Prints TAP; a folder that is
 * empty or cannot be read is a failure.
 */
#include "fuzz.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

enum { FILE_MAX = 1 << 24 };

static unsigned tests;
static unsigned failed;

static void
tell(int good, const char *name, const char *why)
{
	printf("%sok %u - %s%s%s\n", good ? "" : "not ", ++tests, name,
	    why[0] != '\0' ? ": " : "", why);
	fflush(stdout);
	failed += !good;
}

static void
replay_file(const char *folder, const char *name)
{
	char path[4096];
	uint8_t *room = mem_alloc(FILE_MAX);
	uint8_t *exact;
	size_t n;
	FILE *in;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	in = fopen(path, "rb");
	if (in == NULL) {
		tell(0, name, strerror(errno));
		free(room);
		return;
	}
	n = fread(room, 1, FILE_MAX, in);
	fclose(in);
	exact = mem_copy(room, n);
	free(room);
	printf("# %s\n", path);
	fflush(stdout);
	LLVMFuzzerTestOneInput(exact, n);
	free(exact);
	tell(1, name, "");
}

static int
is_visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static void
replay_folder(const char *folder)
{
	struct dirent **list;
	int n = scandir(folder, &list, is_visible, alphasort);

	if (n <= 0)
		tell(0, folder, n == 0 ? "no corpus" : strerror(errno));
	for (int i = 0; i < n; i++) {
		replay_file(folder, list[i]->d_name);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
}

int
main(int argc, char **argv)
{
	static const uint8_t nothing[1];

	if (argc < 2) {
		fprintf(stderr, "usage: %s folder ...\n", argv[0]);
		return 2;
	}
	LLVMFuzzerTestOneInput(nothing, 0);
	tell(1, "empty input", "");
	for (int i = 1; i < argc; i++)
		replay_folder(argv[i]);
	printf("1..%u\n", tests);
	return failed != 0;
}
