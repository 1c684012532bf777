/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files that play scenarios share.
 *
 *   play.c      main: files, lines, words, sweeps
 *   command.c   what happens to the nodes
 *   papers.c    what their people sign
 *   expect.c    what must be true then
 */
#ifndef TESTS_SIM_PLAY_H
#define TESTS_SIM_PLAY_H

#include "sim.h"

enum { PLAY_WORDS = 16, PLAY_HEAL_MS = 900000 };

struct play {
	struct sim sim;
	const struct schema *schema;
	bool begun;
	unsigned line;     /* being played, from 1 */
	uint64_t turn;     /* of a sweep */
	unsigned argc;
	char *argv[PLAY_WORDS];
	uint64_t marked_frames;
	uint64_t marked_bytes;
	uint64_t marked_syncs[SIM_NODES];
	uint64_t marked_sent[SIM_NODES];
	uint64_t marked_dials[SIM_NODES];
	unsigned armed;    /* bit per node with a fault in its store */
	char forgiven[16]; /* digits of invariants */
	unsigned expected; /* bit per node: alarms and states are foreseen */
};

/* --- play.c --- */
void play_fail(struct play *p, const char *what);
/* The node named by word `i`; any node after a failure. */
struct sim_node *play_node(struct play *p, unsigned i);
const char *play_word(struct play *p, unsigned i);
bool play_has(const struct play *p, const char *word);
/* The word behind `word`; NULL if it is not there. */
const char *play_after(struct play *p, const char *word);
uint64_t play_number(struct play *p, const char *text);
int64_t play_time(struct play *p, const char *text);

/* --- command.c, papers.c, expect.c: false if word 0 is none of theirs --- */
bool command_run(struct play *p);
bool papers_run(struct play *p);
bool expect_run(struct play *p);
/* --- embargo_play.c --- */
void embargo_command(struct play *p, unsigned readers);
void embargo_confirm(struct play *p);
void embargo_expect(struct play *p);
void embargo_expect_reached(struct play *p);
/* --- blobs_play.c --- */
/* A body as a scenario writes it: ' for ", @word@ for the name of a blob. */
char *blobs_text(struct play *p, const char *body);
void blobs_command(struct play *p);
void blobs_note(struct play *p);
void blobs_expect(struct play *p);
/* Has a fault that was armed in a store come by now? */
void command_spent(struct play *p);
/* Nothing has happened that the scenario did not speak of. */
void expect_end(struct play *p);

#endif
