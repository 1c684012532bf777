/* reaches: keeper_wire_parse_jobs keeper_wire_write_jobs
 * keeper_wire_parse_results keeper_wire_write_results keeper_run
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a batch of jobs: what is read has that one spelling; a keeper
 * does it over a real keyring, and its results come back to the sender. And
 * any bytes as the results of a batch of two: taken whole or not at all.
 */
#include "fuzz.h"

#include "base/limits.h"
#include "crypto/keeper_wire.h"
#include "crypto/keyring.h"

static struct keyring *ring;

/* The same keys in every run, no two alike. */
static void
count_up(void *p, size_t n)
{
	static unsigned char turn;

	for (size_t i = 0; i < n; i++)
		((unsigned char *)p)[i] = (unsigned char)(i * 7 + turn);
	turn++;
}

static void
set_up(void)
{
	FUZZ_CHECK(keyring_make(span_str("x/log/uy/1"), span_str("x/node/uy"),
	    span_str("x/private/uy/1"), JWK_X25519, JWK_ED25519, count_up,
	    &ring) == ERR_NONE);
}

static void
check_results(struct keeper_job *jobs, size_t n)
{
	struct keeper *k = keyring_keeper_create(ring);
	struct buf answer;

	buf_init(&answer, LIMIT_KEEPER_BATCH);
	FUZZ_CHECK(keeper_run(k, jobs, n) == ERR_NONE);
	for (size_t i = 0; i < n; i++)
		FUZZ_CHECK(jobs[i].result == ERR_NONE || jobs[i].out.n == 0);
	FUZZ_CHECK(keeper_wire_write_results(jobs, n, &answer) == ERR_NONE);
	FUZZ_CHECK(keeper_wire_parse_results(buf_span(&answer), jobs, n,
	    NULL) == ERR_NONE);
	buf_release(&answer);
	keyring_keeper_free(k);
}

static void
check_jobs(struct span in, struct arena *a)
{
	struct keeper_job *jobs = NULL;
	struct buf again;
	size_t n = 0;

	if (keeper_wire_parse_jobs(in, a, &jobs, &n, NULL) != ERR_NONE) {
		FUZZ_CHECK(jobs == NULL);
		return;
	}
	buf_init(&again, LIMIT_KEEPER_BATCH);
	FUZZ_CHECK(keeper_wire_write_jobs(jobs, n, &again) == ERR_NONE);
	FUZZ_CHECK(span_is_equal(buf_span(&again), in));
	buf_release(&again);
	check_results(jobs, n);
	for (size_t i = 0; i < n; i++)
		buf_release(&jobs[i].out);
}

static void
check_answer(struct span in)
{
	struct keeper_job jobs[2] = { { .result = ERR_COUNT },
		{ .result = ERR_COUNT } };

	buf_init(&jobs[0].out, 64);
	buf_init(&jobs[1].out, 4096);
	if (keeper_wire_parse_results(in, jobs, 2, NULL) != ERR_NONE)
		for (int i = 0; i < 2; i++)
			FUZZ_CHECK(jobs[i].result == ERR_COUNT &&
			    jobs[i].out.n == 0);
	else
		for (int i = 0; i < 2; i++)
			FUZZ_CHECK(jobs[i].result < ERR_COUNT &&
			    jobs[i].out.n <= jobs[i].out.max);
	buf_release(&jobs[0].out);
	buf_release(&jobs[1].out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct arena a = { 0 };

	if (ring == NULL)
		set_up();
	check_jobs(span_of(data, n), &a);
	check_answer(span_of(data, n));
	arena_release(&a);
	return 0;
}
