/* SPDX-License-Identifier: Apache-2.0
 *
 * A proposal as people read it before they sign: what it is, what it changes,
 * who signed, who is missing.
 */
#include "cli/ceremony.h"
#include "cli/out.h"

#include <inttypes.h>
#include <stdio.h>

static const struct names kinds[DOCUMENT_KIND_COUNT] = {
	[DOCUMENT_CHARTER] = { { "charter", "carta", "carta", "charte" } },
	[DOCUMENT_REGISTER] = { { "register", "registro de equipos",
	    "registro de equipes", "registre" } },
	[DOCUMENT_SUSPENSION] = { { "suspension", "suspensión", "suspensão",
	    "suspension" } },
	[DOCUMENT_KEYSET] = { { "keyset", "juego de claves",
	    "conjunto de chaves", "jeu de clés" } },
	[DOCUMENT_EPOCH] = { { "epoch", "época", "época", "époque" } },
	[DOCUMENT_DESIGNATIONS] = { { "designations", "designaciones",
	    "designações", "désignations" } },
};

static uint64_t
version_of(const struct parsed *p)
{
	switch (p->doc.kind) {
	case DOCUMENT_CHARTER:
		return p->u.charter.version;
	case DOCUMENT_REGISTER:
		return p->u.reg.version;
	case DOCUMENT_KEYSET:
		return p->u.keyset.version;
	case DOCUMENT_DESIGNATIONS:
		return p->u.designations.version;
	case DOCUMENT_SUSPENSION:
	case DOCUMENT_EPOCH:
	case DOCUMENT_KIND_COUNT:
		break;
	}
	return 0;
}

static const char *
names_of(struct cli *c, const struct electorate *e, bool has_signed)
{
	const char *out;
	struct buf b;

	buf_init(&b, 65536);
	for (size_t i = 0; i < e->count; i++) {
		if (e->elector[i].has_signed != has_signed)
			continue;
		buf_put_str(&b, b.n != 0 ? ", " : "");
		buf_put(&b, e->elector[i].name);
	}
	out = cli_text(c, "%s", buf_str(&b));
	buf_release(&b);
	return out;
}

static void
show_electorate(struct cli *c, const struct electorate *e)
{
	const char *whose = e->charter == 0 ? T(c, "identity key",
	    "clave de identidad", "chave de identidade", "clé d’identité") :
	    cli_text(c, T(c, "authorities of charter %" PRIu64,
	    "autoridades de la carta %" PRIu64,
	    "autoridades da carta %" PRIu64,
	    "autorités de la charte %" PRIu64), e->charter);

	printf("%s: ", whose);
	printf(T(c, "%zu of %zu", "%zu de %zu", "%zu de %zu", "%zu sur %zu"),
	    e->have, e->need);
	if (e->have != 0)
		printf(T(c, "; signed: %s", "; firmaron: %s",
		    "; assinaram: %s", "; ont signé : %s"),
		    names_of(c, e, true));
	if (e->have + 1 == e->need)
		printf(T(c, "; missing one of %s", "; falta una de %s",
		    "; falta uma de %s", "; il manque l’une de %s"),
		    names_of(c, e, false));
	else if (e->have < e->need)
		printf(T(c, "; missing %zu of %s", "; faltan %zu de %s",
		    "; faltam %zu de %s", "; il en manque %zu de %s"),
		    e->need - e->have, names_of(c, e, false));
	printf("\n");
}

void
ceremony_show_changes(struct cli *c, const struct difference_list *l)
{
	if (l->count == 0)
		printf("  %s\n", T(c, "nothing changes", "nada cambia",
		    "nada muda", "rien ne change"));
	for (size_t i = 0; i < l->count; i++) {
		printf("  - %s\n", ceremony_words(c, &l->row[i]));
		if (l->row[i].has_kid)
			printf("      %s\n", ceremony_print(c,
			    &l->row[i].kid));
	}
}

void
ceremony_put_changes(struct cli *c, struct json_out *w,
    const struct difference_list *l)
{
	enum lang lang = c->lang;

	json_put_key(w, "changes");
	json_put_open(w, '[');
	c->lang = LANG_EN; /* what programs read is never translated */
	for (size_t i = 0; i < l->count; i++) {
		const struct difference *d = &l->row[i];

		json_put_open(w, '{');
		json_put_member_str(w, "text", ceremony_words(c, d));
		json_put_member_span(w, "subject", d->subject);
		if (d->has_kid)
			document_put_digest(w, "kid", &d->kid);
		json_put_close(w, '}');
	}
	c->lang = lang;
	json_put_close(w, ']');
}

static void
put_electorate(struct json_out *w, const struct electorate *e)
{
	json_put_open(w, '{');
	json_put_member_u64(w, "charter", e->charter);
	json_put_member_u64(w, "have", e->have);
	json_put_member_u64(w, "need", e->need);
	for (int has = 1; has >= 0; has--) {
		json_put_key(w, has != 0 ? "signed" : "missing");
		json_put_open(w, '[');
		for (size_t i = 0; i < e->count; i++)
			if (e->elector[i].has_signed == (has != 0))
				json_put_span(w, e->elector[i].name);
		json_put_close(w, ']');
	}
	json_put_close(w, '}');
}

static void
put_json(struct cli *c, const struct judgement *j,
    const struct difference_list *l)
{
	struct json_out w;
	struct buf b;

	out_open(c, &b, &w);
	json_put_member_str(&w, "kind", document_kind_token(j->what.doc.kind));
	json_put_member_u64(&w, "version", version_of(&j->what));
	document_put_digest(&w, "hash", &j->what.doc.hash);
	document_put_digest(&w, "root", &j->root);
	json_put_member_bool(&w, "complete", j->is_complete);
	ceremony_put_changes(c, &w, l);
	json_put_key(&w, "electorates");
	json_put_open(&w, '[');
	for (size_t i = 0; i < j->electorate_count; i++)
		put_electorate(&w, &j->electorate[i]);
	json_put_close(&w, ']');
	out_close(&b, &w);
}

static void
show_head(struct cli *c, const struct judgement *j)
{
	const struct parsed *p = &j->what;

	printf("%s", kinds[p->doc.kind].in[c->lang]);
	if (p->doc.kind == DOCUMENT_KEYSET)
		printf(" %.*s", SPAN_FMT(p->u.keyset.team));
	if (version_of(p) != 0)
		printf(T(c, ", version %" PRIu64, ", versión %" PRIu64,
		    ", versão %" PRIu64, ", version %" PRIu64),
		    version_of(p));
	printf("\n");
	if (p->doc.kind == DOCUMENT_CHARTER && !j->has_before &&
	    p->u.charter.version > 1)
		printf("%s\n", T(c, "THIS FOUNDS THE NETWORK ANEW: the "
		    "authorities before it are not asked",
		    "ESTO FUNDA LA RED DE NUEVO: no se consulta a las "
		    "autoridades anteriores",
		    "ISTO FUNDA A REDE DE NOVO: as autoridades anteriores "
		    "não são consultadas",
		    "CECI REFONDE LE RÉSEAU : les autorités précédentes ne "
		    "sont pas consultées"));
	printf("%s\n      %s\n", T(c, "rests on the charter (compare it by "
	    "voice)", "se apoya en la carta (compárela de viva voz)",
	    "apoia-se na carta (compare de viva voz)",
	    "repose sur la charte (à comparer de vive voix)"),
	    ceremony_print(c, &j->root));
}

void
ceremony_show(struct cli *c, const struct proposal *p,
    const struct judgement *j)
{
	struct difference_list l = { .a = &c->arena };
	enum err e = diff_documents(j->has_before ? &j->before : NULL,
	    &j->what, &l);

	(void)p;
	if (e != ERR_NONE)
		l.count = 0;
	if (out_is_json(c)) {
		put_json(c, j, &l);
		return;
	}
	show_head(c, j);
	ceremony_show_changes(c, &l);
	for (size_t i = 0; i < j->electorate_count; i++)
		show_electorate(c, &j->electorate[i]);
}
