/* SPDX-License-Identifier: Apache-2.0
 *
 * Changing pins: the file first, which only the operator may write, then the
 * node reads it again and keeps an audit entry of each change.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "cli/ceremony.h"
#include "cli/control.h"
#include "cli/node.h"
#include "cli/node_config.h"
#include "cli/out.h"
#include "cli/pin_file.h"
#include "record/name.h"

#include <stdio.h>

/* The documents of the running node into `r`, until none is news. */
static void
offer_running(struct cli *c, const char *path, struct registry *r)
{
	static const char args[] = "{\"full\":true}";
	struct control_answer a;
	struct json_val list;
	struct span bytes;
	bool more = true;

	if (control_open(path, 5000, &c->control) !=
	    ERR_NONE)
		return;
	if (control_call(c->control, "documents", span_str(args),
	    lang_tag(c->lang), &a) != ERR_NONE || !a.ok)
		return;
	list = json_get(a.data, "documents");
	while (more) {
		more = false;
		for (struct json_val v = json_first(list);
		    v.type != JSON_ABSENT; v = json_next(list, v))
			if (json_text(json_get(v, "document"), &c->arena,
			    &bytes) == ERR_NONE &&
			    registry_offer(r, bytes, NULL) ==
			    REGISTRY_ACCEPTED)
				more = true;
	}
}

enum err
node_registry(struct cli *c, const struct config *config,
    struct registry **out, struct fault *f)
{
	enum err e = folder_registry(c, config->documents, out, f);
	const char *path = args_has(&c->args, "control") ||
	    args_has(&c->args, "node") ? node_control_path(c) :
	    config->control_socket;

	if (e == ERR_NONE)
		offer_running(c, path, *out);
	return e;
}

/* What the operand names. To accept a team is to accept its key of today: a
 * pin on the name would accept whatever key comes next. */
static enum err
pin_of(struct cli *c, const struct registry *r, enum pin_act act,
    const char *word, struct pin *out, struct fault *f)
{
	const struct register_doc *reg = registry_register(r);
	const struct team *t = reg == NULL ? NULL :
	    register_find(reg, span_str(word));
	struct kid kid;

	out->verdict = act == PIN_ACT_REFUSE ? PIN_REFUSE : PIN_ACCEPT;
	if (kid_parse(span_str(word), &kid) == ERR_NONE) {
		out->kid = kid_digest(&kid);
		return ERR_NONE;
	}
	if (!name_is_team(span_str(word)))
		return fault_at(f, ERR_USAGE, 0, "pin",
		    "neither a team nor the thumbprint of a key");
	if (act == PIN_ACT_ACCEPT && !args_has(&c->args, "standing")) {
		if (t == NULL)
			return fault_at(f, ERR_NOT_FOUND, 0, "pin",
			    "the register has no such team");
		out->kid = jwk_thumbprint(&t->identity);
		return ERR_NONE;
	}
	out->team = span_str(word);
	return ERR_NONE;
}

static enum err
change(struct cli *c, enum pin_act act, const struct registry *r,
    const struct pin *pin, struct pins *pins, struct fault *f)
{
	const char *remark = args_find(&c->args, "remark");
	struct pin_line line = { .pin = *pin, .remark =
	    span_str(remark != NULL ? remark : "") };
	const struct register_doc *reg = registry_register(r);
	const struct team *t = reg == NULL || pin->team.n == 0 ? NULL :
	    register_find(reg, pin->team);
	struct pin key = { .verdict = pin->verdict };
	enum err e;

	if (line.remark.n != 0 && !name_is_line(line.remark, PINS_REMARK))
		return fault_at(f, ERR_USAGE, 0, "remark",
		    "one line of at most 128 bytes");
	if (act != PIN_ACT_REMOVE)
		return pins_add(pins, &line, f);
	/* of a team: the pin on its name and that on its key */
	e = pins_remove(pins, pin, f);
	if (t == NULL)
		return e;
	key.kid = jwk_thumbprint(&t->identity);
	return pins_remove(pins, &key, NULL) == ERR_NONE ? ERR_NONE : e;
}

/* The node reads the file again, if one runs. */
static int
reload(struct cli *c)
{
	struct control_answer a;
	enum err e;

	if (c->control == NULL) {
		cli_say(c, "%s", T(c, "no node runs here: it holds from the "
		    "next start", "no hay nodo en marcha: vale desde el "
		    "próximo arranque", "nenhum nó em execução: vale a partir "
		    "do próximo início", "aucun nœud ne tourne : valable dès "
		    "le prochain démarrage"));
		return CLI_OK;
	}
	e = control_call(c->control, "pins_reload", span_str("{}"),
	    lang_tag(c->lang), &a);
	if (e == ERR_NONE && a.ok)
		return CLI_OK;
	return cli_fail(c, &(struct trouble){ .exit = CLI_FAILED,
	    .what = T(c, "the file is changed, the node has not read it",
	    "el archivo cambió, el nodo no lo leyó",
	    "o arquivo mudou, o nó não o leu",
	    "le fichier a changé, le nœud ne l’a pas lu"),
	    .why = e != ERR_NONE ? err_sentence(e) : out_str(c, a.data,
	    "why"), .next = "almenara doctor" });
}

static int
tell(struct cli *c, const struct pin *pin)
{
	struct json_out w;
	struct buf b, out;

	buf_init(&b, 256);
	pin_write(pin, &b);
	if (out_is_json(c)) {
		out_open(c, &out, &w);
		json_put_member_str(&w, "pin", buf_str(&b));
		out_close(&out, &w);
	} else {
		printf("%s\n", buf_str(&b));
	}
	buf_release(&b);
	return CLI_OK;
}

/* To accept a team is to add it here: not under documents past their date. */
static enum err
check_added(const struct registry *r, enum pin_act act,
    const struct pin *pin, struct fault *f)
{
	const struct register_doc *reg = registry_register(r);
	bool is_team = pin->team.n != 0;

	for (size_t i = 0; reg != NULL && i < reg->team_count; i++) {
		struct digest kid = jwk_thumbprint(&reg->teams[i].identity);

		is_team = is_team || digest_is_equal(&kid, &pin->kid);
	}
	if (act != PIN_ACT_ACCEPT || reg == NULL || !is_team ||
	    registry_may_add(r, (struct wall){ clock_wall_ms() }))
		return ERR_NONE;
	return fault_at(f, ERR_STATE, 0, "pin",
	    "charter or register has expired: its authorities renew it first");
}

static int
asked(struct cli *c, enum pin_act act, const char *folder,
    const struct registry *r, struct fault *f)
{
	struct pins *pins = arena_alloc(&c->arena, sizeof *pins);
	struct pin pin = { 0 };
	enum err e = pin_of(c, r, act, c->args.operand[0], &pin, f);
	int status;

	if (e == ERR_NONE)
		e = check_added(r, act, &pin, f);
	if (e == ERR_NONE)
		e = pin_file_read(c, folder, pins, f);
	if (e == ERR_NONE)
		e = change(c, act, r, &pin, pins, f);
	if (e != ERR_NONE)
		return cli_fail_file(c, e, c->args.operand[0], f);
	if (act == PIN_ACT_ACCEPT && pin.team.n == 0 && cli_can_ask(c)) {
		fprintf(stderr, "%s\n      %s\n", c->args.operand[0],
		    ceremony_print(c, &pin.kid));
		if (!cli_ask(c, T(c, "Compared by voice?",
		    "¿Comparada de viva voz?", "Comparada de viva voz?",
		    "Comparée de vive voix ?")))
			return CLI_REFUSED;
	}
	e = pin_file_write(c, folder, pins);
	if (e != ERR_NONE)
		return cli_fail_file(c, e, folder, NULL);
	status = reload(c);
	return status != CLI_OK ? status : tell(c, &pin);
}

int
pin_change(struct cli *c, enum pin_act act)
{
	struct registry *r = NULL;
	struct config config;
	struct fault f = { 0 };
	const char *folder;
	enum err e;
	int status = node_config_read(c, &config);

	if (status != CLI_OK)
		return status;
	folder = cli_text(c, "%s", config.documents);
	e = node_registry(c, &config, &r, &f);
	config_release(&config);
	status = e != ERR_NONE ? cli_fail_file(c, e, folder, &f) :
	    asked(c, act, folder, r, &f);
	registry_free(r);
	return status;
}
