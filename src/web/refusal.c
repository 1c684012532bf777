/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages about what went wrong.
 */
#include "web/refusal.h"

#include <stddef.h>

static const struct {
	unsigned status;
	struct names title, next;
} refusals[] = {
	{ 503, { { "This page cannot be shown now",
	    "Esta página no se puede mostrar ahora",
	    "Esta página não pode ser mostrada agora",
	    "Cette page ne peut pas être affichée maintenant" } },
	    { { "Try again in a minute.", "Intente de nuevo en un minuto.",
	    "Tente de novo em um minuto.", "Réessayez dans une minute." } } },
	{ 400, { { "The address was not understood",
	    "No se entendió la dirección", "O endereço não foi entendido",
	    "L’adresse n’a pas été comprise" } },
	    { { "Check the address, or begin at the home page.",
	    "Revise la dirección o comience en la página de inicio.",
	    "Confira o endereço ou comece na página inicial.",
	    "Vérifiez l’adresse ou partez de la page d’accueil." } } },
	{ 404, { { "There is no such page", "Esa página no existe",
	    "Essa página não existe", "Cette page n’existe pas" } },
	    { { "Check the address, or begin at the home page.",
	    "Revise la dirección o comience en la página de inicio.",
	    "Confira o endereço ou comece na página inicial.",
	    "Vérifiez l’adresse ou partez de la page d’accueil." } } },
	{ 405, { { "This address can only be read",
	    "Esta dirección solo se puede leer",
	    "Este endereço só pode ser lido",
	    "Cette adresse peut seulement être lue" } },
	    { { "Begin at the home page.", "Comience en la página de inicio.",
	    "Comece na página inicial.", "Partez de la page d’accueil." } } },
	{ 412, { { "The page has changed", "La página ha cambiado",
	    "A página mudou", "La page a changé" } },
	    { { "Load it again.", "Cárguela de nuevo.", "Carregue-a de novo.",
	    "Chargez-la de nouveau." } } },
	{ 413, { { "Too much was sent", "Se envió demasiado",
	    "Foi enviado demais", "L’envoi est trop grand" } },
	    { { "Send less, or fewer files.", "Envíe menos, o menos archivos.",
	    "Envie menos, ou menos arquivos.",
	    "Envoyez moins, ou moins de fichiers." } } },
	{ 414, { { "The address is too long",
	    "La dirección es demasiado larga",
	    "O endereço é longo demais", "L’adresse est trop longue" } },
	    { { "Check the address, or begin at the home page.",
	    "Revise la dirección o comience en la página de inicio.",
	    "Confira o endereço ou comece na página inicial.",
	    "Vérifiez l’adresse ou partez de la page d’accueil." } } },
	{ 416, { { "The file has no such part",
	    "El archivo no tiene esa parte", "O arquivo não tem essa parte",
	    "Le fichier n’a pas cette partie" } },
	    { { "Load it whole.", "Cárguelo entero.", "Carregue-o inteiro.",
	    "Chargez-le en entier." } } },
	{ 429, { { "Too many requests came from your network",
	    "Llegaron demasiadas solicitudes de su red",
	    "Chegaram pedidos demais da sua rede",
	    "Trop de demandes sont venues de votre réseau" } },
	    { { "Wait a minute, then try again.",
	    "Espere un minuto e intente de nuevo.",
	    "Espere um minuto e tente de novo.",
	    "Attendez une minute, puis réessayez." } } },
};

static const struct names home = { { "Home page", "Página de inicio",
	"Página inicial", "Page d’accueil" } };

void
refusal_write(unsigned status, enum lang l, struct buf *out)
{
	size_t i = sizeof refusals / sizeof *refusals;
	const char *tag = lang_tag(l);

	while (i > 1 && refusals[i - 1].status != status)
		i--;
	i--;
	buf_put_format(out, "<!doctype html>\n<html lang=\"%s\">\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width\">\n"
	    "<title>%s</title>\n<main>\n<h1>%s</h1>\n<p>%s</p>\n"
	    "<p><a href=\"/%s/\">%s</a></p>\n</main>\n</html>\n", tag,
	    refusals[i].title.in[l], refusals[i].title.in[l],
	    refusals[i].next.in[l], tag, home.in[l]);
}
