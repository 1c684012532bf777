/* SPDX-License-Identifier: Apache-2.0
 *
 * A durable signed append: what the node does to release an entry.
 *
 *	bench_append variant=floor|product [batch=1] [ms=1500] [size=2048]
 *	    [warm=512] [dir=D] [syncs=2] [rate=0] [index=0]
 *
 * floor: bare calls with the same signatures and syncs, on flat files whose
 * space was written before: sign each entry; write bodies and records, sync;
 * sign the checkpoint; overwrite the sentinel, sync; and if syncs=3, write
 * the checkpoint, sync, as the design has it. product: hub_append and turns of
 * the hub, on its SQLite store and sentinel file, keeper in the same process,
 * no peers; a turn takes at most 128. Both do whole batches, one after the
 * other; a time is that of a batch.
 *
 * rate=R: batches are due R times a second, and a time is counted from there.
 * index=1: between them the index takes a slice each 20 ms, as the node's
 * loop lets it, so that some batch has to wait for one to end; there is
 * always something left to take if `warm` is large.
 */
#include "common.h"
#include "index/index.h"
#include "node.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH_MAX = 512, FLAT_BYTES = 64 << 20,
	INDEX_SLICE = 4, INDEX_PAUSE_MS = 20 /* as in node/service.c */ };

struct run {
	int batch, ms, size, warm, floor_syncs, rate;
	bool with_index;
	char dir[256];
	struct series took;
	uint64_t syncs, syncs_before;
	double cpu_s, wall_s;
	int64_t bytes;
	size_t entries;
};

/* --- floor --- */

struct floor {
	struct flat log, sentinel, checkpoint;
	unsigned char entry_pk[32], entry_sk[64], log_pk[32], log_sk[64];
	unsigned char *body;
};

static void
floor_open(struct floor *f, const struct run *r)
{
	if (sodium_init() < 0)
		exit(1);
	crypto_sign_keypair(f->entry_pk, f->entry_sk);
	crypto_sign_keypair(f->log_pk, f->log_sk);
	flat_open(&f->log, r->dir, "log", FLAT_BYTES);
	flat_open(&f->sentinel, r->dir, "sentinel", 65536);
	flat_open(&f->checkpoint, r->dir, "checkpoint", 65536);
	f->body = calloc(1, (size_t)r->size * 2);
	memset(f->body, 'x', (size_t)r->size * 2);
}

static void
floor_batch(struct floor *f, struct run *r)
{
	/* payload and envelope in base64url, as a JWS has it */
	size_t n = (size_t)(r->size + 300) * 4 / 3 + 200;
	unsigned char note[256] = { 0 }, record[66] = { 0 };

	if (n > (size_t)r->size * 2)
		n = (size_t)r->size * 2;
	for (int i = 0; i < r->batch; i++) {
		memcpy(f->body, &r->entries, sizeof r->entries);
		crypto_sign_detached(f->body + n - 64, NULL, f->body, n - 64,
		    f->entry_sk);
		flat_put(&f->log, record, sizeof record);
		flat_put(&f->log, f->body, n);
		r->entries++;
	}
	flat_sync(&f->log);
	crypto_sign_detached(note + 192, NULL, note, 192, f->log_sk);
	flat_put_at(&f->sentinel, 0, note, sizeof note);
	flat_sync(&f->sentinel);
	if (r->floor_syncs > 2) {
		flat_put_at(&f->checkpoint, 0, note, sizeof note);
		flat_sync(&f->checkpoint);
	}
	r->syncs = f->log.syncs + f->sentinel.syncs + f->checkpoint.syncs;
}

/* --- product --- */

struct product {
	struct world world;
	struct node node;
	struct index *index;
	int64_t index_due, slices, slice_ns;
	int done;
};

static struct now
clock_now(void)
{
	struct timespec t;
	struct now n;

	clock_gettime(CLOCK_REALTIME, &t);
	n.wall.ms = (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
	n.mono.ms = bench_now_ns() / 1000000;
	return n;
}

static void
on_done(void *ctx, const struct hub_appended *result)
{
	struct product *p = ctx;

	if (result->err != ERR_NONE) {
		fprintf(stderr, "append: %s\n", result->text);
		exit(1);
	}
	p->done++;
}

static void
product_open(struct product *p, const struct run *r)
{
	struct node_options o = { 0 };
	const char *why;

	world_make(&p->world, 1, 0);
	node_open(&p->node, &p->world, 0, r->dir, &o);
	for (int i = 0; hub_may_append(p->node.hub, &why) != ERR_NONE; i++) {
		if (i > 5000) {
			fprintf(stderr, "append: %s\n", why);
			exit(1);
		}
		hub_turn(p->node.hub, clock_now());
		bench_sleep_ns(1000000);
	}
}

static enum err
source_read(void *ctx, uint32_t log, uint64_t index, struct arena *a,
    struct store_body *body, struct span *jws)
{
	struct product *p = ctx;

	return hub_read_entry(p->node.hub, log, index, a, body, jws);
}

static uint32_t
source_rank(void *ctx, uint32_t log)
{
	(void)ctx;
	(void)log;
	return 1;
}

static void
index_begin(struct product *p, const struct run *r)
{
	struct index_config c = { .schema = p->node.schema,
		.store_key = keyring_store_key(p->node.keys),
		.team = p->node.self->team };
	char path[512];

	if (!r->with_index)
		return;
	snprintf(path, sizeof path, "%s/index.db", r->dir);
	c.path = path;
	if (index_open(&c, &p->index, NULL) != ERR_NONE)
		exit(1);
}

/* Until the next batch is due: the index, or nothing. */
static void
until(struct product *p, int64_t due)
{
	const struct index_source source = { p, p->node.store, source_read,
		source_rank, NULL };
	int64_t now;
	unsigned taken;

	while ((now = bench_now_ns()) < due) {
		if (p->index == NULL || now < p->index_due) {
			bench_sleep_ns(due - now < 200000 ? due - now :
			    200000);
			continue;
		}
		if (index_step(p->index, &source, INDEX_SLICE, &taken) !=
		    ERR_NONE)
			exit(1);
		p->slices += taken != 0;
		p->slice_ns += taken != 0 ? bench_now_ns() - now : 0;
		p->index_due = bench_now_ns() +
		    (int64_t)INDEX_PAUSE_MS * 1000000;
	}
}

static void
product_batch(struct product *p, struct run *r, struct buf *body)
{
	struct hub_draft d = { .kind = span_str("warning"),
		.tlp = span_str("TLP:CLEAR"), .urgent = true };

	p->done = 0;
	d.body = buf_span(body);
	node_permit(&d);
	for (int i = 0; i < r->batch; i++)
		hub_append(p->node.hub, &d, on_done, p);
	while (p->done < r->batch)
		hub_turn(p->node.hub, clock_now());
	r->entries += (size_t)r->batch;
	r->syncs = p->node.store->syncs + p->node.sentinel->syncs;
}

/* --- the run --- */

static void
report(struct run *r, const char *variant)
{
	char kase[64];

	series_sort(&r->took);
	snprintf(kase, sizeof kase, "batch %d", r->batch);
	if (r->rate != 0)
		snprintf(kase, sizeof kase, "batch %d, %d/s%s", r->batch,
		    r->rate, r->with_index ? ", indexing" : "");
	bench_result("append", variant, kase, "rate", "1/s",
	    (double)r->entries / r->wall_s);
	bench_result("append", variant, kase, "p50", "us",
	    (double)series_pct(&r->took, 50) / 1e3);
	bench_result("append", variant, kase, "p99", "us",
	    (double)series_pct(&r->took, 99) / 1e3);
	bench_result("append", variant, kase, "p99 to p50", "1",
	    (double)series_pct(&r->took, 99) /
		(double)series_pct(&r->took, 50));
	bench_result("append", variant, kase, "CPU", "us/entry",
	    r->cpu_s * 1e6 / (double)r->entries);
	bench_result("append", variant, kase, "syncs", "1/batch",
	    (double)(r->syncs - r->syncs_before) / (double)r->took.n);
	bench_result("append", variant, kase, "disk", "KiB/entry",
	    (double)r->bytes / 1024 / (double)r->entries);
}

int
main(int argc, char **argv)
{
	const char *variant = bench_arg(argc, argv, "variant", "product");
	bool is_floor = strcmp(variant, "floor") == 0;
	static struct run r;
	static struct floor f;
	static struct product p;
	struct buf body;
	int64_t began;

	r.batch = (int)bench_arg_n(argc, argv, "batch", 1);
	r.ms = (int)bench_arg_n(argc, argv, "ms", 1500);
	r.size = (int)bench_arg_n(argc, argv, "size", 2048);
	r.rate = (int)bench_arg_n(argc, argv, "rate", 0);
	r.with_index = bench_arg_n(argc, argv, "index", 0) != 0;
	r.floor_syncs = (int)bench_arg_n(argc, argv, "syncs", 2);
	r.warm = (int)bench_arg_n(argc, argv, "warm", 512);
	if (r.batch < 1 || r.batch > BATCH_MAX || r.size < 1024)
		return 2;
	bench_dir_make(argc, argv, r.dir);
	buf_init(&body, 65536);
	world_body(1, (size_t)r.size, &body);
	if (is_floor)
		floor_open(&f, &r);
	else
		product_open(&p, &r);
	for (bool measured = false;; measured = true) {
		if (measured && !is_floor)
			index_begin(&p, &r);
		r.entries = 0;
		r.took.n = 0;
		r.syncs_before = r.syncs;
		r.bytes = bench_disk_bytes(r.dir);
		r.cpu_s = bench_cpu_s(0);
		began = bench_now_ns();
		while (measured ? bench_now_ns() - began <
			(int64_t)r.ms * 1000000 :
				  r.entries < (size_t)r.warm) {
			int64_t t = bench_now_ns();

			if (measured && r.rate != 0) {
				t = began + (int64_t)r.took.n * 1000000000 /
				    r.rate;
				until(&p, t);
			}
			if (is_floor)
				floor_batch(&f, &r);
			else
				product_batch(&p, &r, &body);
			series_add(&r.took, bench_now_ns() - t);
		}
		r.wall_s = (double)(bench_now_ns() - began) / 1e9;
		r.cpu_s = bench_cpu_s(0) - r.cpu_s;
		r.bytes = bench_disk_bytes(r.dir) - r.bytes;
		if (measured)
			break;
	}
	report(&r, variant);
	if (p.slices != 0)
		bench_result("append", variant, "indexing", "slice", "us",
		    (double)p.slice_ns / 1e3 / (double)p.slices);
	if (!is_floor) {
		index_close(p.index);
		node_close(&p.node);
		world_release(&p.world);
	}
	buf_release(&body);
	series_release(&r.took);
	bench_dir_remove(r.dir);
	return 0;
}
