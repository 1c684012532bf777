/* SPDX-License-Identifier: Apache-2.0
 *
 * Changes of register documents as sentences, in four languages. In each
 * sentence %1 is the subject, %2 what was, %3 what will be, %4 and %5 the
 * numbers before and after, %6 and %7 the same as dates.
 */
#include "cli/ceremony.h"
#include "cli/out.h"
#include "record/fingerprint.h"

#include <inttypes.h>

static const struct names sentences[DIFF_WHAT_COUNT] = {
	[DIFF_AUTHORITY_NEW] = { { "authority %1 added",
	    "autoridad %1 agregada", "autoridade %1 acrescentada",
	    "autorité %1 ajoutée" } },
	[DIFF_AUTHORITY_GONE] = { { "authority %1 removed",
	    "autoridad %1 retirada", "autoridade %1 retirada",
	    "autorité %1 retirée" } },
	[DIFF_AUTHORITY_REPLACED] = { { "authority %1 replaced by %3",
	    "autoridad %1 reemplazada por %3",
	    "autoridade %1 substituída por %3",
	    "autorité %1 remplacée par %3" } },
	[DIFF_AUTHORITY_KEY] = { { "authority %1: new key",
	    "autoridad %1: clave nueva", "autoridade %1: chave nova",
	    "autorité %1 : nouvelle clé" } },
	[DIFF_K_CHARTER] = { { "signatures for a charter: %4 become %5",
	    "firmas para una carta: de %4 a %5",
	    "assinaturas para uma carta: de %4 a %5",
	    "signatures pour une charte : de %4 à %5" } },
	[DIFF_K_REGISTER] = { { "signatures for a register: %4 become %5",
	    "firmas para un registro: de %4 a %5",
	    "assinaturas para um registro: de %4 a %5",
	    "signatures pour un registre : de %4 à %5" } },
	[DIFF_K_SUSPEND] = { { "signatures for a suspension: %4 become %5",
	    "firmas para una suspensión: de %4 a %5",
	    "assinaturas para uma suspensão: de %4 a %5",
	    "signatures pour une suspension : de %4 à %5" } },
	[DIFF_EXPIRES] = { { "good until %7", "vigente hasta %7",
	    "vigente até %7", "valable jusqu’au %7" } },
	[DIFF_CHARTER] = { { "stands under a newer charter",
	    "se apoya en una carta más nueva",
	    "apoia-se em uma carta mais nova",
	    "repose sur une charte plus récente" } },
	[DIFF_TEAM_NEW] = { { "%1 (%3): new team; operator confirmation "
	    "wanted", "%1 (%3): equipo nuevo; falta que cada operador lo "
	    "confirme", "%1 (%3): equipe nova; falta a confirmação de cada "
	    "operador", "%1 (%3) : nouvelle équipe ; à confirmer par chaque "
	    "opérateur" } },
	[DIFF_TEAM_GONE] = { { "%1: removed", "%1: retirado", "%1: retirada",
	    "%1 : retirée" } },
	[DIFF_TEAM_FORMER] = { { "%1: no longer a member; what it wrote stays "
	    "readable", "%1: deja de ser miembro; lo escrito sigue legible",
	    "%1: deixa de ser membro; o que escreveu continua legível",
	    "%1 : n’est plus membre ; ses écrits restent lisibles" } },
	[DIFF_TEAM_BACK] = { { "%1: member again", "%1: miembro de nuevo",
	    "%1: membro de novo", "%1 : de nouveau membre" } },
	[DIFF_TEAM_IDENTITY] = { { "%1: new identity key; operator "
	    "confirmation wanted", "%1: clave de identidad nueva; falta que "
	    "cada operador la confirme", "%1: chave de identidade nova; falta "
	    "a confirmação de cada operador", "%1 : nouvelle clé d’identité ; "
	    "à confirmer par chaque opérateur" } },
	[DIFF_TEAM_STATE] = { { "%1: state %2 becomes %3",
	    "%1: el Estado %2 pasa a %3", "%1: o Estado %2 passa a %3",
	    "%1 : l’État %2 devient %3" } },
	[DIFF_TEAM_ROLES] = { { "%1: other roles", "%1: otras funciones",
	    "%1: outras funções", "%1 : autres rôles" } },
	[DIFF_SUSPENDED] = { { "%1: suspended until %7: %3",
	    "%1: suspendido hasta %7: %3", "%1: suspensa até %7: %3",
	    "%1 : suspendue jusqu’au %7 : %3" } },
	[DIFF_SUSPENSION_CHANGED] = { { "%1: suspension now until %7: %3",
	    "%1: suspensión ahora hasta %7: %3",
	    "%1: suspensão agora até %7: %3",
	    "%1 : suspension désormais jusqu’au %7 : %3" } },
	[DIFF_RESUMED] = { { "%1: no longer suspended",
	    "%1: ya no está suspendido", "%1: não está mais suspensa",
	    "%1 : n’est plus suspendue" } },
	[DIFF_DESIGNATED] = { { "%1: designated by %3 (%2), review by %7",
	    "%1: designado por %3 (%2), revisión hasta %7",
	    "%1: designada por %3 (%2), revisão até %7",
	    "%1 : désignée par %3 (%2), à revoir avant le %7" } },
	[DIFF_DESIGNATION_ENDED] = { { "%1: designation ended",
	    "%1: fin de la designación", "%1: fim da designação",
	    "%1 : fin de la désignation" } },
	[DIFF_DESIGNATION_CHANGED] = { { "%1: designated by %3 instead of %2",
	    "%1: designado por %3 en lugar de %2",
	    "%1: designada por %3 em vez de %2",
	    "%1 : désignée par %3 au lieu de %2" } },
	[DIFF_REVIEW] = { { "%1: designation to be reviewed by %7",
	    "%1: designación por revisar hasta %7",
	    "%1: designação a revisar até %7",
	    "%1 : désignation à revoir avant le %7" } },
	[DIFF_DISSEMINATION] = { { "%1: may warn others: %3, not %2",
	    "%1: puede alertar a otros: %3, no %2",
	    "%1: pode alertar outros: %3, não %2",
	    "%1 : peut alerter d’autres : %3, non %2" } },
	[DIFF_NODE_NEW] = { { "new node %1", "nodo nuevo %1", "nó novo %1",
	    "nouveau nœud %1" } },
	[DIFF_NODE_GONE] = { { "node %1 removed", "nodo %1 retirado",
	    "nó %1 retirado", "nœud %1 retiré" } },
	[DIFF_ADDRESSES] = { { "%1: other addresses, first %3",
	    "%1: otras direcciones, primero %3",
	    "%1: outros endereços, primeiro %3",
	    "%1 : autres adresses, d’abord %3" } },
	[DIFF_KEY_NEW] = { { "%1: new key, %3", "%1: clave nueva, %3",
	    "%1: chave nova, %3", "%1 : nouvelle clé, %3" } },
	[DIFF_KEY_GONE] = { { "%1: key retired, %3", "%1: clave retirada, %3",
	    "%1: chave retirada, %3", "%1 : clé retirée, %3" } },
	[DIFF_KEY_ENDS] = { { "%1: key %3 ends at entry %5",
	    "%1: la clave %3 termina en la entrada %5",
	    "%1: a chave %3 termina na entrada %5",
	    "%1 : la clé %3 finit à l’entrée %5" } },
	[DIFF_KEY_REVOKED] = { { "key REVOKED: %3", "clave REVOCADA: %3",
	    "chave REVOGADA: %3", "clé RÉVOQUÉE : %3" } },
	[DIFF_CUT] = { { "what it signed in %1 counts below %5, not from "
	    "there on", "lo firmado en %1 vale por debajo de %5, no desde ahí",
	    "o assinado em %1 vale abaixo de %5, não a partir daí",
	    "ce qu’elle a signé dans %1 vaut sous %5, pas au-delà" } },
	[DIFF_LOG_NEW] = { { "new log %1", "registro nuevo %1",
	    "registro novo %1", "nouveau journal %1" } },
	[DIFF_LOG_CLOSED] = { { "log %1 closed at %5",
	    "registro %1 cerrado en %5", "registro %1 fechado em %5",
	    "journal %1 clos à %5" } },
};

const char *
ceremony_print(struct cli *c, const struct digest *kid)
{
	const char *out;
	struct buf b;

	buf_init(&b, 1024);
	fingerprint_words(kid, &b);
	buf_put_str(&b, "\n      ");
	fingerprint_hex(kid, &b);
	out = cli_text(c, "%s", buf_str(&b));
	buf_release(&b);
	return out;
}

const char *
ceremony_words(struct cli *c, const struct difference *d)
{
	const char *s = sentences[d->what].in[c->lang];
	const char *out;
	struct buf b;

	buf_init(&b, 8192);
	for (; *s != '\0'; s++) {
		if (*s != '%') {
			buf_put_mem(&b, s, 1);
			continue;
		}
		switch (*++s) {
		case '1':
			buf_put(&b, d->subject);
			break;
		case '2':
			buf_put(&b, d->before);
			break;
		case '3':
			buf_put(&b, d->after);
			break;
		case '4':
			buf_put_format(&b, "%" PRIu64, d->number_before);
			break;
		case '5':
			buf_put_format(&b, "%" PRIu64, d->number_after);
			break;
		case '6':
			buf_put_str(&b, out_time(c, d->number_before));
			break;
		default:
			buf_put_str(&b, out_time(c, d->number_after));
			break;
		}
	}
	out = cli_text(c, "%s", buf_str(&b));
	buf_release(&b);
	return out;
}
