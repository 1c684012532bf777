/* SPDX-License-Identifier: Apache-2.0
 *
 * The public face of the node as lines for people.
 */
#include "cli/face.h"

#include "cli/out.h"

enum {
	OLD_S = 2 * 3600,   /* the home page is written each hour */
	SOON_S = 7 * 86400, /* a certificate should have been renewed */
	MINUTES_S = 2 * 3600
};

struct telling {
	struct cli *c;
	face_line_fn *fn;
	void *ctx;
};

static const char *
ago(struct cli *c, uint64_t s)
{
	unsigned long long n = s < MINUTES_S ? s / 60 : s / 3600;

	return cli_text(c, s < MINUTES_S ? T(c, "%llu min ago",
	    "hace %llu min", "há %llu min", "il y a %llu min") :
	    T(c, "%llu h ago", "hace %llu h", "há %llu h",
	    "il y a %llu h"), n);
}

static void
tell_pages(const struct telling *t, struct json_val v)
{
	struct cli *c = t->c;
	uint64_t age = out_u64(v, "age_s");
	bool is_old = age > OLD_S;

	if (out_u64(v, "at") == 0) {
		t->fn(t->ctx, FACE_DOUBTFUL, "site", cli_text(c, T(c,
		    "%s: nothing is written yet", "%s: aún no se escribió "
		    "nada", "%s: nada foi escrito ainda",
		    "%s : rien n’est encore écrit"), out_str(c, v, "url")),
		    "almenara site status");
		return;
	}
	t->fn(t->ctx, is_old ? FACE_DOUBTFUL : FACE_GOOD, "site",
	    cli_text(c, T(c, "%s: last page written %s",
		"%s: última página escrita %s", "%s: última página escrita %s",
		"%s : dernière page écrite %s"), out_str(c, v, "url"),
		ago(c, age)), is_old ? "almenara site build" : "");
	if (out_u64(v, "faults") != 0)
		t->fn(t->ctx, FACE_DOUBTFUL, "site", cli_text(c, T(c,
		    "pages with faults: %s", "páginas con fallas: %s",
		    "páginas com falhas: %s", "pages fautives : %s"),
		    out_str(c, v, "faults")), "almenara site check");
}

/* A site whose team has not said who it is says little. */
static void
tell_said(const struct telling *t, struct json_val v)
{
	struct cli *c = t->c;

	if (!out_is_true(v, "card"))
		t->fn(t->ctx, FACE_DOUBTFUL, "site", out_is_true(v, "reach") ?
		    T(c, "no description of the team is released",
			"no se publicó la descripción del equipo",
			"nenhuma descrição da equipe foi publicada",
			"aucune description de l’équipe n’est publiée") :
		    T(c, "nobody learns there how to reach the team",
			"nadie ve allí cómo contactar al equipo",
			"ninguém vê ali como contatar a equipe",
			"personne n’y apprend comment joindre l’équipe"),
		    "almenara site card > card.json");
	if (!out_is_true(v, "disclosure"))
		t->fn(t->ctx, FACE_DOUBTFUL, "site", T(c,
		    "no policy for reports of weaknesses is released",
		    "no se publicó la política sobre debilidades informadas",
		    "nenhuma política sobre fraquezas relatadas foi publicada",
		    "aucune politique sur les failles signalées n’est "
		    "publiée"), "almenara guide show disclosure > policy.json");
}

static void
tell_publish(const struct telling *t, struct json_val v)
{
	struct cli *c = t->c;
	uint64_t at = out_u64(v, "published");

	if (!out_is_true(v, "publish"))
		return;
	if (out_u64(v, "failures") != 0)
		t->fn(t->ctx, FACE_DOUBTFUL, "site_publish", cli_text(c, T(c,
		    "%s attempts failed: %s", "%s intentos fallaron: %s",
		    "%s tentativas falharam: %s", "%s essais ont échoué : %s"),
		    out_str(c, v, "failures"), out_str(c, v, "why")),
		    "almenara site build");
	else if (at == 0)
		t->fn(t->ctx, FACE_DOUBTFUL, "site_publish", T(c, "not yet",
		    "aún no", "ainda não", "pas encore"),
		    "almenara site status");
	else
		t->fn(t->ctx, FACE_GOOD, "site_publish", out_time(c, at), "");
}

static void
tell_certificate(const struct telling *t, struct json_val v)
{
	struct cli *c = t->c;
	uint64_t left = out_u64(v, "left_s"), until = out_u64(v, "until");

	if (until == 0)
		return;
	t->fn(t->ctx, left == 0 ? FACE_BAD : left < SOON_S ? FACE_DOUBTFUL :
	    FACE_GOOD, "web_certificate", cli_text(c, left == 0 ?
	    T(c, "expired: %s", "vencido: %s", "vencido: %s",
		"expiré : %s") :
	    T(c, "until %s", "hasta %s", "até %s", "jusqu’au %s"),
	    out_time(c, until)), left >= SOON_S ? "" :
	    T(c, "renew it: web_certificate in almenarad.conf",
		"renuévelo: web_certificate en almenarad.conf",
		"renove-o: web_certificate em almenarad.conf",
		"renouvelez-le : web_certificate dans almenarad.conf"));
}

static void
tell_web(const struct telling *t, struct json_val v)
{
	struct cli *c = t->c;
	const char *at = out_join(c, json_get(v, "address"));

	if (out_is_true(v, "up"))
		t->fn(t->ctx, FACE_GOOD, "web", cli_text(c, T(c,
		    "up, %s; connections: %s", "activo, %s; conexiones: %s",
		    "ativo, %s; conexões: %s", "en marche, %s ; connexions : "
		    "%s"), at, out_str(c, v, "open")), "");
	else
		t->fn(t->ctx, FACE_DOUBTFUL, "web", cli_text(c, T(c,
		    "not up, %s: the web process is not heard",
		    "caído, %s: no se oye el proceso web",
		    "fora do ar, %s: o processo web não se ouve",
		    "à l’arrêt, %s : on n’entend pas le processus web"), at),
		    "journalctl -u almenarad");
	tell_certificate(t, v);
}

void
face_tell(struct cli *c, struct json_val status, face_line_fn *fn, void *ctx)
{
	const struct telling t = { c, fn, ctx };
	struct json_val site = json_get(status, "site");
	struct json_val web = json_get(status, "web");

	if (site.type == JSON_OBJECT) {
		tell_pages(&t, site);
		tell_said(&t, site);
		tell_publish(&t, site);
	} else {
		fn(ctx, FACE_GOOD, "site", T(c, "none is written: no site_url",
		    "no se escribe: falta site_url",
		    "nenhum é escrito: sem site_url",
		    "aucun n’est écrit : pas de site_url"), "");
	}
	if (web.type == JSON_OBJECT)
		tell_web(&t, web);
	else
		fn(ctx, FACE_GOOD, "web", T(c, "none: no web_listen",
		    "ninguno: falta web_listen", "nenhum: sem web_listen",
		    "aucun : pas de web_listen"), "");
}
