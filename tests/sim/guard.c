/* SPDX-License-Identifier: Apache-2.0
 *
 * A sentinel and a keeper that a scenario can interfere with.
 */
#include "sim.h"

#include "base/limits.h"
#include "base/mem.h"
#include "record/entry.h"

struct guard {
	struct sentinel base;
	struct sim_node *n;
};

static struct sim_node *
guarded(struct sentinel *s)
{
	return ((struct guard *)(void *)s)->n;
}

static enum err
guard_write(struct sentinel *s, const struct sentinel_state *in)
{
	struct sim_node *n = guarded(s);

	if (sim_is_dead(n) || n->unguarded)
		return ERR_IO;
	if (n->kill_sentinel != 0 && --n->kill_sentinel == 0) {
		if (n->kill_kept)
			sentinel_memory_set(n->sentinel, in);
		sim_die(n);
		return ERR_IO;
	}
	return sentinel_write(n->sentinel, in);
}

static enum err
guard_read(struct sentinel *s, struct sentinel_state *out)
{
	return sentinel_read(guarded(s)->sentinel, out);
}

struct pen {
	struct keeper base;
	struct sim_node *n;
};

static void
spoil(struct sim_node *n, struct keeper_job *job)
{
	if (n->poison == POISON_TEXT) {
		buf_clear(&job->out);
		buf_put_str(&job->out, "{\"this\":\"is no JWS\"}");
	} else {
		/* another character of the signature */
		job->out.p[job->out.n - 20] ^= 1;
	}
	n->poison = POISON_NO;
}

/* A payload in which the origin says something else. */
static void
rewrite(struct sim_node *n, struct keeper_job *job)
{
	struct arena *a = &n->sim->mem;
	char *text = arena_string(a, job->in), *at = strstr(text, n->from);
	struct buf b;

	if (at == NULL) {
		sim_fail(n->sim, "there is no %s in %s", n->from, text);
		return;
	}
	buf_init(&b, LIMIT_PAYLOAD);
	buf_put_mem(&b, text, (size_t)(at - text));
	buf_put_str(&b, n->to);
	buf_put_str(&b, at + strlen(n->from));
	job->in = arena_copy(a, buf_span(&b));
	buf_release(&b);
	n->from[0] = '\0';
}

static enum err
pen_run(struct keeper *k, struct keeper_job *jobs, size_t n,
    keeper_done_fn *done, void *ctx)
{
	struct sim_node *node = ((struct pen *)(void *)k)->n;
	enum err e;

	for (size_t i = 0; i < n; i++)
		if (node->from[0] != '\0' &&
		    jobs[i].what == KEEPER_SIGN_JWS &&
		    strcmp(jobs[i].typ, ENTRY_TYP) == 0)
			rewrite(node, &jobs[i]);
	e = keeper_run(node->keeper, jobs, n);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		if (node->poison != POISON_NO &&
		    jobs[i].what == KEEPER_SIGN_JWS &&
		    strcmp(jobs[i].typ, ENTRY_TYP) == 0)
			spoil(node, &jobs[i]);
	for (size_t i = 0; e == ERR_NONE && i < n; i += KEEPER_STEP)
		done(ctx, i, n - i < KEEPER_STEP ? n - i : KEEPER_STEP);
	return e;
}

void
guard_make(struct sim_node *n)
{
	static const struct sentinel_ops ops = { .write = guard_write,
		.read = guard_read };
	struct guard *g = mem_alloc(sizeof *g);
	struct pen *p = mem_alloc(sizeof *p);

	g->base.ops = &ops;
	g->n = n;
	n->guard = &g->base;
	p->base.run = pen_run;
	p->n = n;
	n->pen = &p->base;
}
