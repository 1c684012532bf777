/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara pin list: what this node accepts and refuses whatever the register
 * says, and whose identity waits to be confirmed.
 */
#include "cli/ceremony.h"
#include "cli/node_config.h"
#include "cli/out.h"
#include "cli/pin_file.h"

#include <stdio.h>

/* Whose identity the register says that the key is; empty if nobody's. */
static struct span
team_of(const struct register_doc *reg, const struct digest *key)
{
	struct digest kid;

	for (size_t i = 0; reg != NULL && i < reg->team_count; i++) {
		kid = jwk_thumbprint(&reg->teams[i].identity);
		if (digest_is_equal(&kid, key))
			return reg->teams[i].id;
	}
	return span_of(NULL, 0);
}

static void
put_pin(struct cli *c, struct json_out *w, const struct pin_line *l,
    const struct register_doc *reg)
{
	struct span key_of = l->pin.team.n != 0 ? span_of(NULL, 0) :
	    team_of(reg, &l->pin.kid);
	struct buf b;

	buf_init(&b, 256);
	pin_write(&l->pin, &b);
	if (w != NULL) {
		json_put_open(w, '{');
		json_put_member_str(w, "pin", buf_str(&b));
		json_put_member_span(w, "team", l->pin.team.n != 0 ?
		    l->pin.team : key_of);
		json_put_member_span(w, "remark", l->remark);
		json_put_close(w, '}');
	} else {
		printf("%s  %.*s%s%.*s\n", buf_str(&b), SPAN_FMT(key_of),
		    key_of.n != 0 ? "  " : "", SPAN_FMT(l->remark));
		if (l->pin.team.n == 0)
			printf("      %s\n", ceremony_print(c, &l->pin.kid));
	}
	buf_release(&b);
}

static void
put_wanted(struct cli *c, struct json_out *w, const struct team *t)
{
	struct digest kid = jwk_thumbprint(&t->identity);

	if (w != NULL) {
		json_put_open(w, '{');
		json_put_member_span(w, "team", t->id);
		document_put_digest(w, "kid", &kid);
		json_put_close(w, '}');
		return;
	}
	printf(T(c, "%.*s: confirmation wanted; compare by voice, then "
	    "almenara pin accept %.*s", "%.*s: falta confirmar; compare de "
	    "viva voz y luego almenara pin accept %.*s", "%.*s: falta "
	    "confirmar; compare de viva voz e depois almenara pin accept "
	    "%.*s", "%.*s : à confirmer ; comparez de vive voix, puis "
	    "almenara pin accept %.*s"), SPAN_FMT(t->id), SPAN_FMT(t->id));
	printf("\n      %s\n", ceremony_print(c, &kid));
}

static void
list(struct cli *c, const struct pins *pins, const struct registry *r,
    struct span own, struct json_out *w)
{
	const struct register_doc *reg = registry_register(r);

	if (w != NULL) {
		json_put_key(w, "pins");
		json_put_open(w, '[');
	}
	for (size_t i = 0; i < pins->n; i++)
		put_pin(c, w, &pins->line[i], reg);
	if (w != NULL) {
		json_put_close(w, ']');
		json_put_key(w, "confirm");
		json_put_open(w, '[');
	}
	for (size_t i = 0; reg != NULL && i < reg->team_count; i++) {
		const struct team *t = &reg->teams[i];

		if (t->status == TEAM_MEMBER && !span_is_equal(t->id, own) &&
		    registry_team(r, t->id) != NULL &&
		    !registry_is_confirmed(r, t->id))
			put_wanted(c, w, t);
	}
	if (w != NULL)
		json_put_close(w, ']');
}

static int
run(struct cli *c)
{
	struct pins *pins = arena_alloc(&c->arena, sizeof *pins);
	struct registry *r = NULL;
	struct config config;
	struct fault f = { 0 };
	struct json_out w;
	struct buf b;
	enum err e;
	int status = node_config_read(c, &config);

	if (status != CLI_OK)
		return status;
	e = node_registry(c, &config, &r, &f);
	if (e == ERR_NONE)
		e = pin_file_read(c, config.documents, pins, &f);
	if (e != ERR_NONE) {
		status = cli_fail_file(c, e, cli_text(c, "%s",
		    config.documents), &f);
	} else if (out_is_json(c)) {
		out_open(c, &b, &w);
		list(c, pins, r, span_str(config.team), &w);
		out_close(&b, &w);
	} else {
		list(c, pins, r, span_str(config.team), NULL);
	}
	registry_free(r);
	config_release(&config);
	return status;
}

const struct command command_pin_list = {
	.name = "pin list", .group = GROUP_NETWORK, .operands = "", .run = run,
	.summary = { { "What is accepted and refused here, who to confirm",
	    "Qué se acepta y rechaza aquí, a quién confirmar",
	    "O que se aceita e recusa aqui, quem confirmar",
	    "Ce qui est accepté ou refusé ici, qui confirmer" } },
	.option = {
		NODE_CONFIG_CONF,
		NODE_CONFIG_DIR,
	},
};
