/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara bench: what a network of real nodes on this machine needs, beside
 * the bare floor of the same work in the same run.
 */
#include "base/embed.h"
#include "cli/bench_run.h"
#include "cli/out.h"

#include <stdio.h>

extern const struct embed_set example_files;

enum { NOTICES = 60, CATCHUP_NOTICES = 20000, RATE = 10, RATE_MOST = 1000,
	NODES = 35, CATCHUP_NODES = 2, ATTACH_NODES = 11, ATTACH_MIB = 64 };

static void
put_ms(struct json_out *w, const char *name, bool is_known, double v)
{
	json_put_key(w, name);
	if (is_known)
		json_put_double(w, v);
	else
		json_put_null(w);
}

static void
network_json(struct cli *c, size_t nodes, const struct bench_network *r)
{
	struct json_out w;
	struct buf b;

	out_open(c, &b, &w);
	json_put_member_u64(&w, "nodes", nodes);
	json_put_member_u64(&w, "notices", r->notices);
	put_ms(&w, "p50_ms", true, r->p50_ms);
	put_ms(&w, "p99_ms", true, r->p99_ms);
	put_ms(&w, "max_ms", true, r->max_ms);
	put_ms(&w, "floor_p50_ms", r->has_floor, r->floor_p50_ms);
	put_ms(&w, "floor_p99_ms", r->has_floor, r->floor_p99_ms);
	put_ms(&w, "ratio_p50", r->has_floor, r->ratio_p50);
	put_ms(&w, "ratio_p99", r->has_floor, r->ratio_p99);
	json_put_member_u64(&w, "lost", r->lost);
	json_put_member_u64(&w, "duplicated", r->duplicated);
	json_put_member_u64(&w, "rss_kib_node_median", r->rss_kib_node_median);
	put_ms(&w, "cpu_ms_per_notice", true, r->cpu_ms_per_notice);
	put_ms(&w, "floor_cpu_ms_per_notice", r->has_floor,
	    r->floor_cpu_ms_per_notice);
	out_close(&b, &w);
}

static void
network_tell(struct cli *c, size_t nodes, const struct bench_network *r)
{
	printf(T(c, "%zu nodes, %zu notices: p50 %.1f ms, p99 %.1f ms, longest "
	    "%.1f ms, from release to the last receipt\n",
	    "%zu nodos, %zu comunicaciones: p50 %.1f ms, p99 %.1f ms, máximo "
	    "%.1f ms, desde la emisión hasta el último acuse\n",
	    "%zu nós, %zu comunicados: p50 %.1f ms, p99 %.1f ms, máximo "
	    "%.1f ms, da emissão até o último recibo\n",
	    "%zu nœuds, %zu communications : p50 %.1f ms, p99 %.1f ms, maximum "
	    "%.1f ms, de l’émission au dernier reçu\n"), nodes, r->notices,
	    r->p50_ms, r->p99_ms, r->max_ms);
	if (r->has_floor)
		printf(T(c, "bare floor: p50 %.1f ms, p99 %.1f ms; ratio %.2f "
		    "and %.2f\n", "piso: p50 %.1f ms, p99 %.1f ms; razón %.2f "
		    "y %.2f\n", "piso: p50 %.1f ms, p99 %.1f ms; razão %.2f "
		    "e %.2f\n", "plancher : p50 %.1f ms, p99 %.1f ms ; "
		    "rapport %.2f et %.2f\n"), r->floor_p50_ms,
		    r->floor_p99_ms, r->ratio_p50, r->ratio_p99);
	printf(T(c, "lost %zu, duplicated %zu; %.1f ms of CPU a notice at all "
	    "nodes together, %llu KiB a node\n",
	    "perdidas %zu, duplicadas %zu; %.1f ms de CPU por comunicación en "
	    "todos los nodos, %llu KiB por nodo\n",
	    "perdidos %zu, duplicados %zu; %.1f ms de CPU por comunicado em "
	    "todos os nós, %llu KiB por nó\n",
	    "perdues %zu, en double %zu ; %.1f ms de CPU par communication sur "
	    "tous les nœuds, %llu Kio par nœud\n"), r->lost, r->duplicated,
	    r->cpu_ms_per_notice, (unsigned long long)r->rss_kib_node_median);
}

static void
catchup_show(struct cli *c, const struct bench_catchup *r)
{
	struct json_out w;
	struct buf b;

	if (!c->json) {
		printf(T(c, "%zu notices in %.1f s: %.0f/s; bare floor "
		    "%.0f/s; ratio %.2f; %llu KiB\n",
		    "%zu comunicaciones en %.1f s: %.0f/s; piso %.0f/s; razón "
		    "%.2f; %llu KiB\n",
		    "%zu comunicados em %.1f s: %.0f/s; piso %.0f/s; razão "
		    "%.2f; %llu KiB\n",
		    "%zu communications en %.1f s : %.0f/s ; plancher %.0f/s ; "
		    "rapport %.2f ; %llu Kio\n"), r->notices, r->seconds,
		    r->per_second, r->floor_per_second, r->ratio,
		    (unsigned long long)r->rss_kib);
		return;
	}
	out_open(c, &b, &w);
	json_put_member_u64(&w, "notices", r->notices);
	put_ms(&w, "seconds", true, r->seconds);
	put_ms(&w, "per_second", true, r->per_second);
	put_ms(&w, "floor_per_second", r->has_floor, r->floor_per_second);
	put_ms(&w, "ratio", r->has_floor, r->ratio);
	json_put_member_u64(&w, "rss_kib", r->rss_kib);
	out_close(&b, &w);
}

static void
attach_json(struct cli *c, size_t nodes, const struct bench_attach *r)
{
	const struct {
		const char *rate, *ratio;
		double mib_s, of;
	} rows[] = {
		{ "floor_gcm_mib_s", NULL, r->mib_s.gcm, 0 },
		{ "floor_disk_mib_s", NULL, r->mib_s.disk, 0 },
		{ "floor_disk_all_mib_s", NULL, r->mib_s.disk_all, 0 },
		{ "in_mib_s", "ratio_in", r->mib_s.in, r->ratio.in },
		{ "out_mib_s", "ratio_out", r->mib_s.out, r->ratio.out },
		{ "alone_mib_s", "ratio_alone", r->mib_s.alone,
		    r->ratio.alone },
		{ "get_mib_s", "ratio_get", r->mib_s.get, r->ratio.get },
	};
	struct json_out w;
	struct buf b;

	out_open(c, &b, &w);
	json_put_member_u64(&w, "mib", r->mib);
	json_put_member_u64(&w, "recipients", nodes - 1);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		put_ms(&w, rows[i].rate, true, rows[i].mib_s);
		if (rows[i].ratio != NULL)
			put_ms(&w, rows[i].ratio, true, rows[i].of);
	}
	json_put_member_u64(&w, "sender_kib", r->sender_kib);
	json_put_member_u64(&w, "recipient_kib", r->recipient_kib);
	out_close(&b, &w);
}

static void
attach_show(struct cli *c, size_t nodes, const struct bench_attach *r)
{
	if (c->json) {
		attach_json(c, nodes, r);
		return;
	}
	printf(T(c, "%u MiB to %zu nodes: in %.0f MiB/s, out to all %.0f, to "
	    "one %.0f, to a file %.0f; AES-GCM %.0f, disk %.0f; ratio %.2f, "
	    "%.2f, %.2f, %.2f; %llu and %llu KiB more\n",
	    "%u MiB a %zu nodos: entrada %.0f MiB/s, salida a todos %.0f, a "
	    "uno %.0f, a un archivo %.0f; AES-GCM %.0f, disco %.0f; razón "
	    "%.2f, %.2f, %.2f, %.2f; %llu y %llu KiB más\n",
	    "%u MiB a %zu nós: entrada %.0f MiB/s, saída a todos %.0f, a um "
	    "%.0f, a um arquivo %.0f; AES-GCM %.0f, disco %.0f; razão %.2f, "
	    "%.2f, %.2f, %.2f; %llu e %llu KiB a mais\n",
	    "%u Mio à %zu nœuds : entrée %.0f Mio/s, sortie à tous %.0f, à un "
	    "seul %.0f, vers un fichier %.0f ; AES-GCM %.0f, disque %.0f ; "
	    "rapport %.2f, %.2f, %.2f, %.2f ; %llu et %llu Kio de plus\n"),
	    r->mib, nodes - 1, r->mib_s.in, r->mib_s.out, r->mib_s.alone,
	    r->mib_s.get, r->mib_s.gcm, r->mib_s.disk, r->ratio.in,
	    r->ratio.out, r->ratio.alone, r->ratio.get,
	    (unsigned long long)r->sender_kib,
	    (unsigned long long)r->recipient_kib);
}

static int
finish(struct cli *c, struct demo_world *w, enum err e)
{
	demo_world_end(w);
	if (demo_is_stopped())
		return CLI_INTERRUPTED;
	if (e == ERR_NONE)
		return CLI_OK;
	return cli_fail(c, &(struct trouble){ .exit = cli_exit_of(e),
	    .code = err_token(e), .what = T(c,
	    "the measurement did not go through",
	    "la medición no llegó a su fin",
	    "a medição não chegou ao fim",
	    "la mesure n’est pas allée à son terme"),
	    .why = cli_text(c, "%s: %s", w->failed != NULL ? w->failed : "",
	    err_sentence(e)) });
}

enum bench { BENCH_NETWORK, BENCH_CATCHUP, BENCH_ATTACH, BENCH_COUNT };

static const struct {
	const char *word;
	unsigned long nodes, notices, notices_most;
} benches[BENCH_COUNT] = {
	{ "network", NODES, NOTICES, BENCH_NOTICES },
	{ "catchup", CATCHUP_NODES, CATCHUP_NOTICES, BENCH_CATCHUP_NOTICES },
	{ "attach", ATTACH_NODES, BENCH_ROUNDS, BENCH_ROUNDS },
};

static enum err
run_and_show(struct cli *c, struct demo_world *w, enum bench which,
    size_t notices, unsigned rate)
{
	const struct embed *f = embed_find(&example_files,
	    "exercise-warning.json");
	struct span draft = f != NULL ? span_of(f->p, f->n) : span_str("");
	struct bench_network network;
	struct bench_catchup catchup;
	struct bench_attach attach;
	enum err e;

	switch (which) {
	case BENCH_NETWORK:
		e = bench_network_run(w, draft, notices, rate, &network);
		if (e == ERR_NONE && c->json)
			network_json(c, w->n, &network);
		else if (e == ERR_NONE)
			network_tell(c, w->n, &network);
		return e;
	case BENCH_CATCHUP:
		e = bench_catchup_run(w, draft, notices, &catchup);
		if (e == ERR_NONE)
			catchup_show(c, &catchup);
		return e;
	case BENCH_ATTACH:
		e = bench_attach_run(w, draft, ATTACH_MIB, &attach);
		if (e == ERR_NONE)
			attach_show(c, w->n, &attach);
		return e;
	case BENCH_COUNT:
		break;
	}
	return ERR_USAGE;
}

static int
run(struct cli *c)
{
	struct demo_world *w = arena_alloc(&c->arena, sizeof *w);
	unsigned long nodes, notices, rate = RATE;
	enum bench which = BENCH_NETWORK;
	struct fault fault;

	while (which < BENCH_COUNT &&
	    strcmp(benches[which].word, c->args.operand[0]) != 0)
		which++;
	if (which == BENCH_COUNT)
		return cli_usage(c, "network|catchup|attach");
	nodes = benches[which].nodes;
	notices = benches[which].notices;
	if (args_number(&c->args, "nodes", 2, DEMO_NODES, &nodes, &fault) !=
	    ERR_NONE || args_number(&c->args, "notices", BENCH_ROUNDS,
	    benches[which].notices_most, &notices, &fault) != ERR_NONE ||
	    args_number(&c->args, "rate", 1, RATE_MOST, &rate, &fault) !=
		ERR_NONE)
		return cli_usage(c, cli_text(c, "--%s: %s", fault.field,
		    fault.rule));
	w->c = c;
	w->n = which == BENCH_CATCHUP ? CATCHUP_NODES : nodes;
	w->cut = DEMO_NODES; /* nobody is behind the gate */
	demo_signals_take();
	cli_say(c, "%s", T(c, "making keys and starting the nodes ...",
	    "creando claves e iniciando los nodos ...",
	    "criando chaves e iniciando os nós ...",
	    "création des clés et démarrage des nœuds ..."));
	return finish(c, w, run_and_show(c, w, which, notices,
	    (unsigned)rate));
}

const struct command command_bench = {
	.name = "bench", .group = GROUP_RUN, .operands = "network|catchup|attach",
	.least = 1, .most = 1, .run = run,
	.summary = { { "Measure a network of real nodes on this machine",
	    "Medir una red de nodos reales en esta máquina",
	    "Medir uma rede de nós reais nesta máquina",
	    "Mesurer un réseau de vrais nœuds sur cette machine" } },
	.option = {
		{ "nodes", 0, "N", { { "how many nodes (35)",
		    "cuántos nodos (35)", "quantos nós (35)",
		    "combien de nœuds (35)" } } },
		{ "notices", 0, "M", { { "how many notices (60; catchup: "
		    "20000)", "cuántas comunicaciones (60; catchup: 20000)",
		    "quantos comunicados (60; catchup: 20000)",
		    "combien de communications (60 ; catchup : 20000)" } } },
		{ "rate", 0, "R", { { "network: releases a second (10)",
		    "network: emisiones por segundo (10)",
		    "network: emissões por segundo (10)",
		    "network : émissions par seconde (10)" } } },
	},
};
