/* SPDX-License-Identifier: Apache-2.0
 *
 * Scenarios as text: scenario/NAME.sim, one command a line, `#` to the end of
 * a line is a comment, "quoted words" are one word. A line `sweep FIRST LAST`
 * plays the rest once for each number, which stands where `$` does, until a
 * number is reached at which no armed fault came any more; it is an error if
 * LAST is not enough for that (with ALMENARA_TENTH each tenth number). The commands stand in command.c and expect.c.
 *
 * Usage: sim_play [-v] FOLDER [NAME ...]
 */
#include "play.h"

#include "base/mem.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 512, NAME_MAX_BYTES = 96, SWEEP_TENTH = 10 };

void
play_fail(struct play *p, const char *what)
{
	sim_fail(&p->sim, "%s", what);
}

struct sim_node *
play_node(struct play *p, unsigned i)
{
	struct sim_node *n = NULL;

	for (unsigned k = 0; i < p->argc && k < p->sim.n; k++)
		if (strcmp(p->argv[i], p->sim.node[k].called) == 0)
			n = &p->sim.node[k];
	if (n == NULL) {
		play_fail(p, "there is no such node");
		return &p->sim.node[0];
	}
	return n;
}

const char *
play_word(struct play *p, unsigned i)
{
	if (i < p->argc)
		return p->argv[i];
	play_fail(p, "a word is missing");
	return "";
}

bool
play_has(const struct play *p, const char *word)
{
	for (unsigned i = 0; i < p->argc; i++)
		if (strcmp(p->argv[i], word) == 0)
			return true;
	return false;
}

const char *
play_after(struct play *p, const char *word)
{
	for (unsigned i = 0; i + 1 < p->argc; i++)
		if (strcmp(p->argv[i], word) == 0)
			return p->argv[i + 1];
	return NULL;
}

uint64_t
play_number(struct play *p, const char *text)
{
	char *end = NULL;
	uint64_t x;

	errno = 0;
	x = strtoull(text, &end, 10);
	if (errno != 0 || end == text || *end != '\0')
		play_fail(p, "that is no number");
	return x;
}

int64_t
play_time(struct play *p, const char *text)
{
	static const struct {
		const char *unit;
		int64_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "min", 60000 },
		{ "h", 3600000 }, { "day", 86400000 }, { "week", 604800000 } };
	char *end = NULL;
	long long x = strtoll(text, &end, 10);

	for (size_t i = 0; i < sizeof units / sizeof *units; i++)
		if (end != text && strcmp(end, units[i].unit) == 0)
			return x * units[i].ms;
	play_fail(p, "that is no time");
	return 0;
}

/* --- lines --- */

/* Cut a line into words, in place. */
static void
cut_words(struct play *p, char *line)
{
	p->argc = 0;
	for (;;) {
		char end = ' ';

		while (*line == ' ' || *line == '\t')
			line++;
		if (*line == '\0' || *line == '#' || p->argc == PLAY_WORDS)
			return;
		if (*line == '"') {
			end = '"';
			line++;
		}
		p->argv[p->argc++] = line;
		while (*line != '\0' && *line != end)
			line++;
		if (*line != '\0')
			*line++ = '\0';
	}
}

/* `$` becomes the number of the sweep. */
static void
fill_in(const struct play *p, const char *line, char out[LINE_MAX_BYTES])
{
	size_t n = 0;

	for (; *line != '\0' && *line != '\n' && n + 24 < LINE_MAX_BYTES;
	     line++) {
		if (*line == '$')
			n += (size_t)snprintf(out + n, 21, "%llu",
			    (unsigned long long)p->turn);
		else
			out[n++] = *line;
	}
	out[n] = '\0';
}

static void
run_line(struct play *p, const char *text)
{
	char line[LINE_MAX_BYTES];

	fill_in(p, text, line);
	cut_words(p, line);
	if (p->argc == 0 || strcmp(p->argv[0], "sweep") == 0)
		return;
	if (p->sim.verbose)
		printf("# %9lld line %u: %s\n",
		    (long long)p->sim.now.mono.ms, p->line, p->argv[0]);
	if (strcmp(p->argv[0], "nodes") == 0) {
		bool verbose = p->sim.verbose;
		const char *seed = play_after(p, "seed");

		const char *expires = play_after(p, "expires");
		const char *circles = play_after(p, "circles");

		sim_init(&p->sim, (unsigned)play_number(p, play_word(p, 1)),
		    seed != NULL ? play_number(p, seed) : 1, p->schema,
		    expires != NULL ? play_time(p, expires) : 0,
		    circles != NULL ? play_number(p, circles) : 0,
		    play_has(p, "follow"));
		p->sim.scripted = true;
		p->sim.to_self = play_has(p, "self");
		p->sim.verbose = verbose;
		p->begun = true;
		return;
	}
	if (!p->begun) {
		play_fail(p, "the first command is: nodes N");
		return;
	}
	if (!command_run(p) && !papers_run(p) && !expect_run(p))
		play_fail(p, "there is no such command");
}

/* Play the text once. False: the failure is in p->sim. */
static bool
play_once(struct play *p, char *const *lines, unsigned n)
{
	bool verbose = p->sim.verbose;

	p->sim = (struct sim){ .n = 0, .verbose = verbose };
	p->armed = p->expected = 0;
	p->marked_frames = 0;
	p->marked_bytes = 0;
	p->begun = false;
	for (p->line = 1; p->line <= n && p->sim.failed == NULL; p->line++)
		run_line(p, lines[p->line - 1]);
	p->line--;
	if (p->sim.failed == NULL)
		expect_end(p);
	if (p->begun)
		command_spent(p);
	return p->sim.failed == NULL;
}

static bool
find_sweep(struct play *p, char *const *lines, unsigned n, uint64_t *first,
    uint64_t *last)
{
	for (unsigned i = 0; i < n; i++) {
		char line[LINE_MAX_BYTES];

		fill_in(p, lines[i], line);
		cut_words(p, line);
		if (p->argc != 3 || strcmp(p->argv[0], "sweep") != 0)
			continue;
		*first = play_number(p, p->argv[1]);
		*last = play_number(p, p->argv[2]);
		return true;
	}
	return false;
}

/* --- files --- */

static unsigned
read_lines(const char *path, char ***out)
{
	FILE *f = fopen(path, "r");
	char line[LINE_MAX_BYTES];
	unsigned n = 0;

	*out = NULL;
	while (f != NULL && fgets(line, sizeof line, f) != NULL) {
		*out = mem_grow(*out, (n + 1) * sizeof **out);
		(*out)[n++] = mem_copy(line, strlen(line) + 1);
	}
	if (f != NULL)
		fclose(f);
	return n;
}

static bool
play_file(struct play *p, const char *folder, const char *name)
{
	uint64_t first = 0, last = 0, stride = 1;
	char path[1024], **lines;
	bool sweep, good = true;
	unsigned n;

	snprintf(path, sizeof path, "%s/%s.sim", folder, name);
	n = read_lines(path, &lines);
	p->turn = 0;
	sweep = find_sweep(p, lines, n, &first, &last);
	if (getenv("ALMENARA_TENTH") != NULL)
		stride = SWEEP_TENTH;
	for (p->turn = first; good && p->turn <= last; p->turn += stride) {
		good = play_once(p, lines, n);
		if (!good)
			printf("# %s.sim:%u: $ = %llu: %s\n", name, p->line,
			    (unsigned long long)p->turn, p->sim.failed_text);
		else if (sweep && !p->sim.struck)
			break;
		else if (sweep && p->turn == last && stride == 1) {
			printf("# %s.sim: faults still come at %llu\n", name,
			    (unsigned long long)last);
			good = false;
		}
		if (p->begun)
			sim_release(&p->sim);
		p->begun = false;
	}
	if (p->begun)
		sim_release(&p->sim);
	if (good && sweep)
		printf("# %s: %llu steps\n", name,
		    (unsigned long long)((p->turn - first) / stride));
	for (unsigned i = 0; i < n; i++)
		free(lines[i]);
	free(lines);
	return good && n != 0;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(a, b);
}

static unsigned
find_scenarios(const char *folder, char (**out)[NAME_MAX_BYTES])
{
	DIR *d = opendir(folder);
	struct dirent *e;
	unsigned n = 0;

	*out = NULL;
	while (d != NULL && (e = readdir(d)) != NULL) {
		size_t k = strlen(e->d_name);

		if (k < 5 || k >= NAME_MAX_BYTES ||
		    strcmp(e->d_name + k - 4, ".sim") != 0)
			continue;
		*out = mem_grow(*out, (n + 1) * sizeof **out);
		memcpy((*out)[n], e->d_name, k - 4);
		(*out)[n++][k - 4] = '\0';
	}
	if (d != NULL)
		closedir(d);
	qsort(*out, n, sizeof **out, compare_names);
	return n;
}

int
main(int argc, char **argv)
{
	static struct play p;
	char (*names)[NAME_MAX_BYTES];
	struct schema *schema;
	unsigned n, bad = 0, done = 0;
	int c;

	while ((c = getopt(argc, argv, "v")) != -1)
		p.sim.verbose = c == 'v';
	if (optind == argc || schema_load(&schema_files, &schema, NULL) !=
		ERR_NONE)
		return 2;
	p.schema = schema;
	n = find_scenarios(argv[optind], &names);
	if (optind + 1 == argc)
		printf("1..%u\n", n);
	for (unsigned i = 0; i < n; i++) {
		bool wanted = optind + 1 == argc, good;

		for (int k = optind + 1; k < argc; k++)
			wanted = wanted || strcmp(argv[k], names[i]) == 0;
		if (!wanted)
			continue;
		good = play_file(&p, argv[optind], names[i]);
		bad += !good;
		printf("%s %u - %s\n", good ? "ok" : "not ok", ++done,
		    names[i]);
		fflush(stdout);
	}
	free(names);
	schema_free(schema);
	return bad != 0 || done == 0;
}
