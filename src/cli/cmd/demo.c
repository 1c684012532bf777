/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara demo: a warning crosses a network of five states on this machine,
 * one of which is cut off. On a terminal it then waits for what the user wants
 * to see; else it shows everything by itself. Nothing is left behind.
 */
#include "base/embed.h"
#include "base/clock.h"
#include "base/limits.h"
#include "cli/demo_measure.h"
#include "cli/file.h"
#include "cli/out.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

enum {
	NODES = 5,
	LINKS_WAIT_MS = 15000,
	NOTICE_WAIT_MS = 15000,
	HEAL_WAIT_MS = 30000,
	STEP_MS = 50,
	NOTICES_TOLD = 4,
	ANSWERER = 3 /* the node whose person answers by itself: Jamaica */
};

extern const struct embed_set example_files;

struct story {
	struct cli *c;
	struct demo_world w;
	struct demo_notice notice[NOTICES_TOLD];
	size_t count;
	bool is_open; /* the gate */
	const char *cut_file; /* there while it is closed */
	char self[4096];
};

/* A line with the time before it. */
static void PRINTF_LIKE(2, 3)
tell(struct story *s, const char *format, ...)
{
	char clock[16] = "";
	time_t now = time(NULL);
	struct tm tm;
	va_list ap;

	if (localtime_r(&now, &tm) != NULL)
		strftime(clock, sizeof clock, "%H:%M:%S", &tm);
	printf("%s%s%s ", term_on(&s->c->term, STYLE_DIM), clock,
	    term_off(&s->c->term));
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\n");
	fflush(stdout);
}

static struct span
example(const char *name)
{
	const struct embed *f = embed_find(&example_files, name);

	return f != NULL ? span_of(f->p, f->n) : span_str("");
}

/* --- what happens --- */

static void
nodes_tell(struct story *s)
{
	const struct term *t = &s->c->term;

	printf("%s", T(s->c, "nodes ", "nodos ", "nós ", "nœuds "));
	for (size_t i = 0; i < s->w.n; i++) {
		bool is_cut = i == s->w.cut && !s->is_open;

		printf(" %s %s%s%s", s->w.node[i].state,
		    term_on(t, is_cut ? STYLE_BAD : STYLE_GOOD),
		    t->utf8 ? is_cut ? "✕" : "●" : is_cut ? "x" : "o",
		    term_off(t));
	}
	printf(" %s\n", s->is_open ? "" : T(s->c, "(link cut on purpose)",
	    "(enlace cortado a propósito)", "(enlace cortado de propósito)",
	    "(liaison coupée exprès)"));
	fflush(stdout);
}

/* Tell what has changed since the last time. */
static enum err
board_tell(struct story *s, struct demo_notice *n)
{
	enum demo_delivery now[DEMO_NODES];
	struct cli *c = s->c;
	enum err e = demo_board(&s->w, n, now);
	const char *stored = "";

	if (e != ERR_NONE)
		return e;
	for (size_t i = 0; i < s->w.n; i++) {
		if (now[i] != DEMO_QUEUED && n->at[i] == DEMO_QUEUED)
			stored = cli_text(c, "%s%s ", stored,
			    s->w.node[i].state);
	}
	if (stored[0] != '\0')
		tell(s, T(c, "%sdelivered, receipt verified: %s (%.1f s)",
		    "%sentregada, acuse verificado: %s (%.1f s)",
		    "%sentregue, recibo verificado: %s (%.1f s)",
		    "%sremise, reçu vérifié : %s (%.1f s)"), stored, n->name,
		    (double)(clock_mono_ms() - n->released_ms) / 1000);
	for (size_t i = 0; i < s->w.n; i++) {
		if (now[i] == DEMO_ANSWERED && n->at[i] != DEMO_ANSWERED)
			tell(s, T(c, "%s acknowledged by a person: %s",
			    "%s: acusó recibo una persona: %s",
			    "%s: uma pessoa confirmou: %s",
			    "%s : une personne a accusé réception : %s"),
			    s->w.node[i].state, n->name);
		n->at[i] = now[i];
	}
	return ERR_NONE;
}

static bool
is_everywhere(const struct story *s, const struct demo_notice *n,
    enum demo_delivery least)
{
	for (size_t i = 0; i < s->w.n; i++) {
		if (i != DEMO_SENDER && (i != s->w.cut || s->is_open) &&
		    n->at[i] < least)
			return false;
	}
	return true;
}

/* Tell until the notice is everywhere that it can be now. */
static enum err
delivery_follow(struct story *s, struct demo_notice *n, int wait_ms)
{
	int64_t until = clock_mono_ms() + wait_ms;
	enum err e;

	do {
		e = board_tell(s, n);
		if (e != ERR_NONE || is_everywhere(s, n, DEMO_STORED))
			return e;
		demo_sleep_ms(STEP_MS);
	} while (clock_mono_ms() < until && !demo_is_stopped());
	s->w.failed = cli_text(s->c, "receipts %s", n->id);
	return demo_is_stopped() ? ERR_STATE : ERR_TIMEOUT;
}

static enum err
released_tell(struct story *s, struct demo_notice *n)
{
	struct cli *c = s->c;
	enum err e;

	tell(s, T(c, "%s released %s to %zu states",
	    "%s emitió %s a %zu Estados", "%s emitiu %s a %zu Estados",
	    "%s a émis %s à %zu États"), s->w.node[DEMO_SENDER].state,
	    n->name, s->w.n - 1);
	e = delivery_follow(s, n, NOTICE_WAIT_MS);
	if (e == ERR_NONE && !s->is_open)
		tell(s, T(c, "%s queued: its link is down; nothing is lost",
		    "%s en cola: su enlace está caído; nada se pierde",
		    "%s na fila: seu enlace caiu; nada se perde",
		    "%s en attente : sa liaison est coupée ; rien n’est "
		    "perdu"), s->w.node[s->w.cut].state);
	return e;
}

static enum err
warning_release(struct story *s)
{
	struct demo_notice *n = &s->notice[s->count];
	enum err e;

	n->name = "EX-2026-0001";
	e = demo_release(&s->w, example("exercise-warning.json"), n);
	if (e != ERR_NONE)
		return e;
	s->count++;
	return released_tell(s, n);
}

/* --- a real advisory --- */

/* The string `key` of the JSON in `b`, or of the first of its `files`. */
static const char *
result_str(struct story *s, struct buf *b, const char *key)
{
	struct json *json = arena_alloc(&s->c->arena, sizeof *json);
	struct json_val root, first;
	const char *v;

	if (json_parse_arena(arena_copy(&s->c->arena, buf_span(b)), 16,
	    LIMIT_JSON_TOKENS, &s->c->arena, json, NULL) != ERR_NONE)
		return "";
	root = json_root(json);
	v = out_str(s->c, root, key);
	first = json_first(json_get(root, "files"));
	return v[0] != '\0' || first.type == JSON_ABSENT ? v :
	    out_str(s->c, first, key);
}

static bool
command(struct story *s, const char *const *words, struct buf *out)
{
	buf_clear(out);
	return demo_command(&s->w, words, out) == CLI_OK;
}

/* The field that the saved draft in `b` still lacks, "" if none. */
static const char *
missing_field(struct story *s, struct buf *b)
{
	struct json *json = arena_alloc(&s->c->arena, sizeof *json);

	if (json_parse_arena(arena_copy(&s->c->arena, buf_span(b)), 16,
	    LIMIT_JSON_TOKENS, &s->c->arena, json, NULL) != ERR_NONE)
		return "";
	return out_str(s->c, json_first(json_get(json_root(json), "faults")),
	    "field");
}

/* What a person adds to an imported document before it goes out. */
static bool
advisory_complete(struct story *s, const char *draft, struct buf *out)
{
	static const char *const more[][2] = { { "exploitation",
	    "exploitation=none_known" }, { "fix", "fix=none" },
	    { "rsit", "rsit=vulnerable/vulnerable-system" } };
	const char *dir = s->w.node[DEMO_SENDER].dir, *field;
	const size_t most = sizeof more / sizeof more[0];
	size_t i;

	if (!command(s, (const char *const[]){ "draft", "edit", "--json",
	    "--node", dir, "--states", s->w.node[DEMO_SENDER].state,
	    "--sectors", "ict_services", "--action", "check", "--exercise",
	    "EX-2026-0001", "--tlp", "TLP:GREEN", draft, NULL }, out))
		return false;
	for (size_t tries = 0; tries < most; tries++) {
		field = missing_field(s, out);
		for (i = 0; i < most && strcmp(more[i][0], field) != 0;)
			i++;
		if (i == most)
			break;
		if (!command(s, (const char *const[]){ "draft", "edit",
		    "--json", "--node", dir, "--set", more[i][1], draft,
		    NULL }, out))
			return false;
	}
	return true;
}

/* The same commands that a person would type. */
static enum err
advisory_release(struct story *s, const char *file, struct buf *out)
{
	const char *dir = s->w.node[DEMO_SENDER].dir, *draft, *id;
	struct demo_notice *n = &s->notice[s->count];

	s->w.failed = file;
	if (!command(s, (const char *const[]){ "import", "csaf", "--json",
	    "--node", dir, file, NULL }, out)) {
		const char *why = result_str(s, out, "why");

		s->w.failed = cli_text(s->c, "%s: %s", file, why);
		return ERR_SCHEMA;
	}
	draft = result_str(s, out, "draft");
	n->name = cli_text(s->c, "%s", result_str(s, out, "source"));
	tell(s, T(s->c, "%s imported %s as draft %s",
	    "%s importó %s como borrador %s",
	    "%s importou %s como rascunho %s",
	    "%s a importé %s comme brouillon %s"),
	    s->w.node[DEMO_SENDER].state, n->name, draft);
	if (!advisory_complete(s, draft, out))
		return ERR_STATE;
	n->released_ms = clock_mono_ms();
	if (!command(s, (const char *const[]){ "release", "--json", "--yes",
	    "--node", dir, draft, NULL }, out))
		return ERR_STATE;
	id = result_str(s, out, "notice");
	if (id[0] == '\0' || strlen(id) >= sizeof n->id)
		return ERR_SYNTAX;
	memcpy(n->id, id, strlen(id) + 1);
	s->count++;
	return released_tell(s, n);
}

static enum err
advisories_release(struct story *s)
{
	struct buf out;
	enum err e = ERR_NONE;

	buf_init(&out, 16 * LIMIT_CONTROL_FRAME);
	for (size_t i = 0; i < s->c->args.count && e == ERR_NONE; i++)
		e = advisory_release(s, s->c->args.operand[i], &out);
	buf_release(&out);
	return e;
}

/* --- the three next steps --- */

static enum err
step_answer(struct story *s, size_t node)
{
	enum err e = demo_answer(&s->w, node, &s->notice[0]);
	int64_t until = clock_mono_ms() + NOTICE_WAIT_MS;

	while (e == ERR_NONE && s->notice[0].at[node] != DEMO_ANSWERED &&
	    clock_mono_ms() < until && !demo_is_stopped()) {
		e = board_tell(s, &s->notice[0]);
		demo_sleep_ms(STEP_MS);
	}
	return e;
}

static enum err
step_heal(struct story *s)
{
	enum err e = ERR_NONE;

	if (s->is_open)
		return ERR_NONE;
	gate_open(&s->w.gate);
	s->is_open = true;
	unlink(s->cut_file);
	tell(s, T(s->c, "%s is connected again", "%s está conectado de nuevo",
	    "%s está conectado de novo", "%s est de nouveau connecté"),
	    s->w.node[s->w.cut].state);
	for (size_t i = 0; i < s->count && e == ERR_NONE; i++)
		e = delivery_follow(s, &s->notice[i], HEAL_WAIT_MS);
	return e;
}

static enum err
step_verify(struct story *s)
{
	struct json_val data;
	enum err e = demo_call(&s->w, DEMO_SENDER, "log_verify", span_str(""),
	    &data);

	if (e == ERR_NONE)
		tell(s, T(s->c, "%s verified its logs: %s records, %s "
		    "signatures, all sound",
		    "%s verificó sus registros: %s entradas, %s firmas, todo "
		    "íntegro",
		    "%s verificou seus registros: %s entradas, %s "
		    "assinaturas, tudo íntegro",
		    "%s a vérifié ses journaux : %s entrées, %s signatures, "
		    "tout est intact"), s->w.node[DEMO_SENDER].state,
		    out_str(s->c, data, "records"),
		    out_str(s->c, data, "signatures"));
	return e;
}

static void
steps_tell(struct story *s)
{
	const char *next = T(s->c, "next", "siguiente", "próximo", "ensuite");
	struct cli *c = s->c;

	printf("%s  1  %s:  %s ack %.*s --node %s\n", next,
	    T(c, "acknowledge it", "acusar recibo", "confirmar",
	    "accuser réception"), s->self,
	    SPAN_FMT(out_tail(span_str(s->notice[0].id))), s->w.node[0].dir);
	printf("%*s  2  %s:  %s demo heal --node %s\n", (int)strlen(next),
	    "", T(c, "heal Haiti", "reconectar Haití", "reconectar o Haiti",
	    "rétablir Haïti"), s->self, s->w.node[s->w.cut].dir);
	printf("%*s  3  %s:  %s log verify --node %s\n", (int)strlen(next),
	    "", T(c, "check the log", "verificar el registro",
	    "verificar o registro", "vérifier le journal"), s->self,
	    s->w.node[DEMO_SENDER].dir);
	if (cli_can_ask(c))
		printf("%*s  %s\n", (int)strlen(next), "",
		    T(c, "1, 2, 3 do it from here; q stops, the folder is "
		    "removed", "1, 2, 3 lo hacen desde aquí; q termina y "
		    "borra la carpeta", "1, 2, 3 o fazem daqui; q termina e "
		    "apaga a pasta", "1, 2, 3 le font d’ici ; q arrête et "
		    "efface le dossier"));
	fflush(stdout);
}

static enum err
key_take(struct story *s, char key, bool *is_over)
{
	*is_over = key == 'q' || key == 'Q';
	switch (key) {
	case '1':
		return step_answer(s, 0);
	case '2':
		return step_heal(s);
	case '3':
		return step_verify(s);
	default:
		return ERR_NONE;
	}
}

/* Keys of the terminal, and meanwhile what happens at the nodes. */
static enum err
keys_follow(struct story *s)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	bool is_over = false;
	enum err e = ERR_NONE;
	char key;

	while (!is_over && e == ERR_NONE && !demo_is_stopped()) {
		if (poll(&in, 1, 200) > 0) {
			if (read(STDIN_FILENO, &key, 1) != 1)
				break;
			e = key_take(s, key, &is_over);
			if (e == ERR_STATE) {
				/* refused by the node, such as a second
				 * answer: no reason to end */
				tell(s, "%s", s->w.failed);
				e = ERR_NONE;
			}
		}
		if (e == ERR_NONE && !s->is_open &&
		    access(s->cut_file, F_OK) != 0)
			e = step_heal(s);
		for (size_t i = 0; i < s->count && e == ERR_NONE; i++)
			e = board_tell(s, &s->notice[i]);
	}
	return e;
}

static enum err
wait_for_user(struct story *s)
{
	struct termios before, raw;
	bool has_terminal = tcgetattr(STDIN_FILENO, &before) == 0;
	enum err e;

	if (has_terminal) {
		raw = before;
		raw.c_lflag &= (tcflag_t)~(ICANON | ECHO);
		raw.c_cc[VMIN] = 1;
		raw.c_cc[VTIME] = 0;
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	e = keys_follow(s);
	if (has_terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &before);
	return e;
}

/* --- the two ways to run --- */

static enum err
story_run(struct story *s)
{
	enum err e = demo_links_wait(&s->w, false, LINKS_WAIT_MS);

	if (e == ERR_NONE) {
		s->cut_file = cli_text(s->c, "%s/" DEMO_CUT_FILE,
		    s->w.folder);
		e = file_write_new(s->cut_file, 0600, span_str(""));
	}
	if (e == ERR_NONE) {
		nodes_tell(s);
		e = warning_release(s);
	}
	if (e == ERR_NONE)
		e = step_answer(s, ANSWERER);
	if (e == ERR_NONE)
		e = advisories_release(s);
	if (e != ERR_NONE)
		return e;
	steps_tell(s);
	if (cli_can_ask(s->c))
		return wait_for_user(s);
	e = step_answer(s, 0);
	if (e == ERR_NONE)
		e = step_heal(s);
	if (e == ERR_NONE)
		e = step_verify(s);
	return e;
}

static enum err
unattended_run(struct story *s, size_t notices)
{
	struct demo_account a;
	struct json_out w;
	struct buf b;
	enum err e = demo_links_wait(&s->w, false, LINKS_WAIT_MS);

	if (e == ERR_NONE)
		e = demo_measure(&s->w, example("exercise-warning.json"),
		    notices, &a);
	if (e != ERR_NONE)
		return e;
	out_open(s->c, &b, &w);
	json_put_member_u64(&w, "nodes", s->w.n);
	json_put_member_u64(&w, "notices", a.notices);
	json_put_member_u64(&w, "delivered", a.delivered);
	json_put_member_u64(&w, "receipted", a.receipted);
	json_put_member_u64(&w, "acknowledged", a.acknowledged);
	json_put_key(&w, "p50_ms");
	json_put_double(&w, a.p50_ms);
	json_put_key(&w, "p99_ms");
	json_put_double(&w, a.p99_ms);
	json_put_member_u64(&w, "lost", a.lost);
	json_put_member_u64(&w, "duplicated", a.duplicated);
	json_put_member_bool(&w, "ok", a.ok);
	out_close(&b, &w);
	s->w.failed = "lost, duplicated, receipted, acknowledged";
	return a.ok ? ERR_NONE : ERR_PROOF;
}

/* What the logs of the nodes say, before they are removed. */
static void
logs_tell(struct story *s)
{
	struct buf b;

	for (size_t i = 0; i < s->w.n && s->w.folder != NULL; i++) {
		buf_init(&b, LIMIT_CONTROL_FRAME);
		if (s->w.node[i].dir != NULL && file_read(cli_text(s->c,
		    "%s/log", s->w.node[i].dir), &b) == ERR_NONE && b.n > 0) {
			size_t skip = b.n > 2000 ? b.n - 2000 : 0;

			fprintf(stderr, "%s: %.*s", s->w.node[i].state,
			    (int)(b.n - skip), (const char *)b.p + skip);
		}
		buf_release(&b);
	}
}

static int
finish(struct story *s, enum err e)
{
	if (e != ERR_NONE && !demo_is_stopped() && !out_is_json(s->c))
		logs_tell(s);
	demo_world_end(&s->w);
	if (demo_is_stopped())
		return CLI_INTERRUPTED;
	if (e == ERR_NONE)
		return CLI_OK;
	return cli_fail(s->c, &(struct trouble){ .exit = cli_exit_of(e),
	    .code = err_token(e), .what = T(s->c,
	    "the demonstration did not go through",
	    "la demostración no llegó a su fin",
	    "a demonstração não chegou ao fim",
	    "la démonstration n’est pas allée à son terme"),
	    .why = cli_text(s->c, "%s: %s", s->w.failed != NULL ?
	    s->w.failed : "", err_sentence(e)) });
}

static void
self_find(struct story *s)
{
	ssize_t n = readlink("/proc/self/exe", s->self, sizeof s->self - 1);

	if (n <= 0)
		snprintf(s->self, sizeof s->self, "almenara");
}

static int
run(struct cli *c)
{
	struct story *s = arena_alloc(&c->arena, sizeof *s);
	unsigned long nodes = NODES, notices = 1;
	struct fault f;
	enum err e;

	if (args_number(&c->args, "nodes", DEMO_LEAST, DEMO_NODES, &nodes,
	    &f) != ERR_NONE || args_number(&c->args, "notices", 1,
	    DEMO_NOTICES, &notices, &f) != ERR_NONE)
		return cli_usage(c, cli_text(c, "--%s: %s", f.field, f.rule));
	if (!c->json && (args_has(&c->args, "nodes") ||
	    args_has(&c->args, "notices")))
		return cli_usage(c, "--nodes, --notices: --json");
	s->c = s->w.c = c;
	s->w.n = nodes;
	s->w.cut = nodes - 1;
	self_find(s);
	demo_signals_take();
	cli_say(c, "%s", T(c, "making keys and starting the nodes ...",
	    "creando claves e iniciando los nodos ...",
	    "criando chaves e iniciando os nós ...",
	    "création des clés et démarrage des nœuds ..."));
	e = demo_world_make(&s->w);
	if (e == ERR_NONE)
		e = c->json ? unattended_run(s, notices) : story_run(s);
	return finish(s, e);
}

const struct command command_demo = {
	.name = "demo", .group = GROUP_START, .operands = "[FILE.csaf.json]",
	.most = NOTICES_TOLD - 1, .run = run,
	.summary = { { "Watch a warning cross a network on this machine",
	    "Ver una alerta cruzar una red en esta máquina",
	    "Ver um alerta cruzar uma rede nesta máquina",
	    "Voir une alerte traverser un réseau sur cette machine" } },
	.option = {
		{ "nodes", 0, "N", { { "with --json: how many nodes (5)",
		    "con --json: cuántos nodos (5)",
		    "com --json: quantos nós (5)",
		    "avec --json : combien de nœuds (5)" } } },
		{ "notices", 0, "M", { { "with --json: how many notices (1)",
		    "con --json: cuántas comunicaciones (1)",
		    "com --json: quantos comunicados (1)",
		    "avec --json : combien de communications (1)" } } },
	},
};
