/* SPDX-License-Identifier: Apache-2.0
 *
 * What it costs to come back to a log of very many records when nothing is
 * missing. Two nodes hold the same log of node 0; its records are written
 * straight into both stores, as an append would write them. Node 1 links up,
 * settles what is due the first time, goes away, and comes back: what that
 * second link carries within some seconds is told.
 *
 *	bench_reconnect [entries=1000000] [port=22000] [settle=4] [dir=D]
 *
 * Bytes are those of TCP, as the kernel counts them. The goal is 1 KiB each
 * way behind the TLS handshake, at any number of entries: 1 is returned if it
 * is missed, for these are no times and the machine's load does not show.
 */
#include "common.h"
#include "node.h"

#include "base/limits.h"
#include "ledger/checkpoint.h"
#include "ledger/leaf.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PER_COMMIT = 50000, LINK_S = 120, DESCRIPTORS = 256, GOAL = 1024 };

static struct shared {
	volatile bool linked, over;
	volatile int64_t opened; /* the hub has loaded its store */
	volatile uint64_t sent, received;
	volatile uint64_t shaken_out, shaken_in; /* of these, the handshake */
	volatile uint64_t held; /* of the log, at node 1 */
} *sh;

static struct world world;
static int settle_s;

static void
must(enum err e, const char *what)
{
	if (e == ERR_NONE)
		return;
	fprintf(stderr, "%s: %s\n", what, err_sentence(e));
	exit(1);
}

/* --- a log of many records --- */

static void
append(struct store *s, uint32_t log, struct tree *t)
{
	struct leaf leaf = { .sealed = true };
	struct tree_done done = { 0 };
	struct digest hash;
	struct buf record;
	uint64_t i = t->size;

	leaf.entry = hash_sha256(span_of(&i, sizeof i));
	leaf.container = hash_sha256(digest_span(&leaf.entry));
	buf_init(&record, LEAF_SEALED_BYTES);
	leaf_write(&leaf, &record);
	must(store_put_record(s, log, i, buf_span(&record)), "record");
	hash = leaf_hash(buf_span(&record));
	tree_append(t, &hash, &done);
	for (size_t k = 0; k < done.count; k++)
		must(store_put_node(s, log, done.node[k].level,
			 done.node[k].n, &done.node[k].hash), "node");
	buf_release(&record);
}

/* Signed by node 0, whose keeper it is. */
static void
sign(struct node *n, const struct checkpoint *c, struct buf *note,
    struct sentinel_state *first)
{
	struct sign_public public = jwk_sign_public(
	    &keyring_find(n->keys, KEYRING_LOG)->jwk);
	struct keeper_job job = { .what = KEEPER_SIGN_CHECKPOINT,
		.key = KEEPER_LOG };
	struct note_key key;
	struct buf text;

	buf_init(&text, CHECKPOINT_TEXT_MAX);
	buf_init(&job.out, SENTINEL_SIGNATURE);
	checkpoint_write(c, &text);
	job.in = buf_span(&text);
	must(keeper_run(n->keeper, &job, 1), "keeper");
	must(job.result, "checkpoint");
	must(note_key_registered(c->origin, NOTE_ED25519, &public, &key),
	    "key");
	checkpoint_write_note(buf_span(&text), &key, buf_span(&job.out), note);
	*first = (struct sentinel_state){ .size = c->size, .root = c->root,
		.is_signed = true };
	memcpy(first->origin, c->origin.p, c->origin.n);
	memcpy(first->signature, job.out.p, sizeof first->signature);
	buf_release(&text);
	buf_release(&job.out);
}

static void
fill(struct node *owner, struct node *at, uint64_t entries)
{
	struct store *s = at->store;
	struct tree t = { 0 };
	struct store_head head;
	struct sentinel_state first;
	struct store_log log;
	struct buf note, frontier;
	struct checkpoint c;

	must(store_begin(s), "begin");
	must(store_add_log(s, at == owner ? STORE_OWN : STORE_MIRROR,
		 owner->self->origin, &log), "log");
	while (t.size < entries) {
		append(s, log.id, &t);
		if (t.size % PER_COMMIT == 0) {
			must(store_commit(s), "commit");
			must(store_begin(s), "begin");
		}
	}
	c = (struct checkpoint){ owner->self->origin, t.size,
		tree_root(&t) };
	buf_init(&note, LIMIT_NOTE);
	buf_init(&frontier, TREE_BYTES);
	sign(owner, &c, &note, &first);
	tree_write(&t, &frontier);
	head = (struct store_head){ .size = t.size, .root = c.root,
		.frontier = buf_span(&frontier), .checkpoint = buf_span(&note),
		.checkpoint_size = t.size, .cosigned_size = t.size,
		.bodies_low = t.size };
	must(store_put_head(s, log.id, &head), "head");
	must(store_commit(s), "commit");
	if (at == owner)
		must(sentinel_write(at->sentinel, &first), "sentinel");
	buf_release(&note);
	buf_release(&frontier);
}

static void
prepare(const char *dir, uint64_t entries)
{
	static struct node a, b;
	struct node_options o = { 0 };

	node_open(&a, &world, 0, dir, &o);
	node_open(&b, &world, 1, dir, &o);
	fill(&a, &a, entries);
	fill(&a, &b, entries);
	_exit(0); /* the hubs know nothing of it */
}

/* --- the two nodes --- */

struct side {
	struct node node;
	struct loop_timer *timer;
	int64_t linked_at;
};

/* Of all connections of this process; there is one. */
static void
count_bytes(volatile uint64_t *sent, volatile uint64_t *received)
{
	*sent = 0;
	*received = 0;
	for (int fd = 0; fd < DESCRIPTORS; fd++) {
		struct tcp_info info;
		socklen_t n = sizeof info;

		if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0 ||
		    info.tcpi_state != 1 /* established */)
			continue;
		*sent += info.tcpi_bytes_sent - info.tcpi_bytes_retrans;
		*received += info.tcpi_bytes_received;
	}
}

/* What a side has sent when its handshake is over belongs to that; what it
 * has received may be HELLO already. */
static void
look_up_dialled(void)
{
	volatile uint64_t received;

	count_bytes(&sh->shaken_out, &received);
}

static void
look_up_accepted(void)
{
	volatile uint64_t received;

	count_bytes(&sh->shaken_in, &received);
}

static void
look(void *ctx)
{
	struct side *s = ctx;
	bool linked = node_linked(&s->node) == 1;

	if (linked && s->linked_at == 0)
		s->linked_at = bench_now_ns();
	sh->linked = linked;
	if (!linked || bench_now_ns() - s->linked_at <
	    (int64_t)settle_s * 1000000000)
		return;
	count_bytes(&sh->sent, &sh->received);
	for (size_t i = 0; i < hub_log_count(s->node.hub); i++)
		if (span_is_equal(hub_log(s->node.hub, i).origin,
			world.node[0].origin))
			sh->held = hub_log(s->node.hub, i).size;
	sh->over = true;
}

static void
run(int me, const char *dir)
{
	static struct side s;
	struct node_options o = { .compress = true, .listens = me == 0,
		.ask_wait_ms = 1000 };

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	node_open(&s.node, &world, (size_t)me, dir, &o);
	s.node.on_up = me == 0 ? look_up_accepted : look_up_dialled;
	if (me == 1) {
		sh->opened = bench_now_ns();
		s.timer = loop_timer_create(s.node.loop, look, &s);
		loop_timer_start(s.timer, 20, 20);
	}
	loop_run(s.node.loop);
	_exit(0);
}

static pid_t
start(int me, const char *dir)
{
	pid_t pid = fork();

	if (pid < 0)
		bench_die("fork");
	if (pid == 0)
		run(me, dir);
	return pid;
}

static void
stop(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* Node 1 comes, settles, goes. */
static bool
visit(const char *dir, double *load_ms)
{
	int64_t began = bench_now_ns();
	pid_t pid;

	sh->over = false;
	pid = start(1, dir);
	while (!sh->over && bench_now_ns() - began <
	    (int64_t)LINK_S * 1000000000)
		bench_sleep_ns(20000000);
	stop(pid);
	*load_ms = (double)(sh->opened - began) / 1e6;
	return sh->over;
}

static bool
tell(const char *kase, double load_ms)
{
	uint64_t out = sh->sent - sh->shaken_out;
	uint64_t in = sh->received - sh->shaken_in;

	bench_result("reconnect", "hub", kase, "sent", "bytes", (double)out);
	bench_result("reconnect", "hub", kase, "received", "bytes",
	    (double)in);
	bench_result("reconnect", "hub", kase, "handshake sent", "bytes",
	    (double)sh->shaken_out);
	bench_result("reconnect", "hub", kase, "handshake received", "bytes",
	    (double)sh->shaken_in);
	bench_result("reconnect", "hub", kase, "load", "ms", load_ms);
	bench_result("reconnect", "hub", kase, "held", "", (double)sh->held);
	if (out <= GOAL && in <= GOAL)
		return true;
	fprintf(stderr, "more than %d bytes\n", GOAL);
	return false;
}

int
main(int argc, char **argv)
{
	long entries = bench_arg_n(argc, argv, "entries", 1000000);
	unsigned port = (unsigned)bench_arg_n(argc, argv, "port", 22000);
	char dir[256], kase[64];
	double load_ms = 0;
	pid_t pid;
	bool good;
	int status;

	settle_s = (int)bench_arg_n(argc, argv, "settle", 4);
	bench_dir_make(argc, argv, dir);
	sh = mmap(NULL, sizeof *sh, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (sh == MAP_FAILED)
		bench_die("mmap");
	signal(SIGPIPE, SIG_IGN);
	world_make(&world, 2, port);
	pid = fork();
	if (pid == 0)
		prepare(dir, (uint64_t)entries);
	good = waitpid(pid, &status, 0) == pid && status == 0;
	pid = start(0, dir);
	good = good && visit(dir, &load_ms);
	bench_sleep_ns(1000000000);
	good = good && visit(dir, &load_ms);
	stop(pid);
	snprintf(kase, sizeof kase, "%ld entries", entries);
	if (good)
		good = tell(kase, load_ms);
	else
		fputs("the link did not come up\n", stderr);
	bench_dir_remove(dir);
	world_release(&world);
	return good ? 0 : 1;
}
