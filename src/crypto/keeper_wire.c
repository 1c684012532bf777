/* SPDX-License-Identifier: Apache-2.0
 *
 * Both ends are our own processes, and yet all is checked: whoever breaks
 * into one of them must not get into the other through this.
 */
#include "crypto/keeper_wire.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/reader.h"

enum { JOB_FIXED = 2 + 1 + 32 + 8 + 4 + 4 + 4, TYP_MAX = 64, RESULT_FIXED = 6 };

static size_t
typ_length(const struct keeper_job *j)
{
	return j->typ != NULL ? strlen(j->typ) : 0;
}

size_t
keeper_wire_fit(const struct keeper_job *jobs, size_t n)
{
	size_t bytes = 4, answer = 4, i;

	for (i = 0; i < n && i < LIMIT_KEEPER_JOBS; i++) {
		if (jobs[i].in.n > LIMIT_KEEPER_BATCH ||
		    jobs[i].with.n > LIMIT_JWS ||
		    jobs[i].out.max > LIMIT_KEEPER_BATCH ||
		    typ_length(&jobs[i]) > TYP_MAX)
			break;
		bytes += JOB_FIXED + typ_length(&jobs[i]) + jobs[i].in.n +
		    jobs[i].with.n;
		answer += RESULT_FIXED + jobs[i].out.max;
		if (bytes > LIMIT_KEEPER_BATCH || answer > LIMIT_KEEPER_BATCH)
			break;
	}
	return i;
}

enum err
keeper_wire_write_jobs(const struct keeper_job *jobs, size_t n,
    struct buf *out)
{
	if (keeper_wire_fit(jobs, n) < n)
		return ERR_LIMIT;
	buf_put_u32(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		const struct keeper_job *j = &jobs[i];

		buf_put_u8(out, (uint8_t)j->what);
		buf_put_u8(out, (uint8_t)j->key);
		buf_put_span8(out, span_of(j->typ, typ_length(j)));
		buf_put(out, digest_span(&j->want));
		buf_put_u64(out, j->time_s);
		buf_put_u32(out, (uint32_t)j->out.max);
		buf_put_span32(out, j->in);
		buf_put_span32(out, j->with);
	}
	return buf_check(out);
}

static enum err
parse_job(struct reader *r, struct arena *a, struct keeper_job *out)
{
	uint8_t what = reader_u8(r), key = reader_u8(r);
	struct span typ = reader_span8(r, TYP_MAX);
	uint32_t max;

	reader_copy(r, out->want.b, sizeof out->want.b);
	out->time_s = reader_u64(r);
	max = reader_u32(r);
	out->in = reader_span32(r, LIMIT_KEEPER_BATCH);
	out->with = reader_span32(r, LIMIT_JWS);
	if (r->bad || what >= KEEPER_DO_COUNT || key >= KEEPER_KEY_COUNT ||
	    (typ.n != 0 && memchr(typ.p, '\0', typ.n) != NULL))
		return ERR_SYNTAX;
	if (max > LIMIT_KEEPER_BATCH)
		return ERR_LIMIT;
	out->what = (enum keeper_do)what;
	out->key = (enum keeper_key)key;
	out->typ = arena_string(a, typ);
	buf_init(&out->out, max);
	return ERR_NONE;
}

enum err
keeper_wire_parse_jobs(struct span in, struct arena *a,
    struct keeper_job **out_jobs, size_t *out_n, struct fault *f)
{
	struct keeper_job *jobs;
	struct reader r;
	uint32_t n;
	enum err e = ERR_NONE;

	if (in.n > LIMIT_KEEPER_BATCH)
		return fault_at(f, ERR_LIMIT, 0, NULL, "the batch is too long");
	reader_init(&r, in);
	n = reader_u32(&r);
	if (n > LIMIT_KEEPER_JOBS)
		return fault_at(f, ERR_LIMIT, 0, NULL, "too many jobs");
	jobs = arena_alloc(a, (n + 1) * sizeof *jobs);
	for (uint32_t i = 0; e == ERR_NONE && i < n; i++)
		e = parse_job(&r, a, &jobs[i]);
	if (e == ERR_NONE)
		e = reader_check(&r, true);
	if (e == ERR_NONE && keeper_wire_fit(jobs, n) < n)
		e = ERR_LIMIT;
	if (e != ERR_NONE)
		return fault_at(f, e, r.at, NULL, "no batch of jobs");
	*out_jobs = jobs;
	*out_n = n;
	return ERR_NONE;
}

enum err
keeper_wire_write_results(const struct keeper_job *jobs, size_t n,
    struct buf *out)
{
	if (n > LIMIT_KEEPER_JOBS)
		return ERR_LIMIT;
	buf_put_u32(out, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		bool ok = jobs[i].result == ERR_NONE;

		buf_put_u16(out, (uint16_t)jobs[i].result);
		buf_put_span32(out, ok ? buf_span(&jobs[i].out) :
		    span_of(NULL, 0));
	}
	return buf_check(out);
}

/* One result; with `job` NULL it is only checked against `like`. */
static enum err
read_result(struct reader *r, const struct keeper_job *like,
    struct keeper_job *job)
{
	uint16_t result = reader_u16(r);
	struct span out = reader_span32(r, LIMIT_KEEPER_BATCH);

	if (r->bad || result >= ERR_COUNT || (result != 0 && out.n != 0))
		return ERR_SYNTAX;
	if (out.n > like->out.max)
		return ERR_LIMIT;
	if (job != NULL) {
		job->result = (enum err)result;
		buf_clear(&job->out);
		buf_put(&job->out, out);
	}
	return ERR_NONE;
}

enum err
keeper_wire_parse_results(struct span in, struct keeper_job *jobs, size_t n,
    struct fault *f)
{
	/* first all are checked, then all are taken */
	for (int take = 0; take < 2; take++) {
		struct reader r;
		enum err e = ERR_NONE;

		reader_init(&r, in);
		if (reader_u32(&r) != n)
			e = ERR_SYNTAX;
		for (size_t i = 0; e == ERR_NONE && i < n; i++)
			e = read_result(&r, &jobs[i], take ? &jobs[i] : NULL);
		if (e == ERR_NONE)
			e = reader_check(&r, true);
		if (e != ERR_NONE)
			return fault_at(f, e, r.at, NULL,
			    "not the results of this batch");
	}
	return ERR_NONE;
}
