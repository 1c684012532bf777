/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara constituent key: by which letters are sealed.
 */
#include "cli/letter_key.h"

static int
run(struct cli *c)
{
	return letter_key_put(c, "constituent_key", "id");
}

const struct command command_constituent_key = {
	.name = "constituent key", .group = GROUP_RECORD,
	.operands = "ID [FILE]", .least = 1, .most = 2, .run = run,
	.summary = { { "Seal the letters to a constituent: S/MIME "
	    "certificate or OpenPGP key",
	    "Cifrar los correos a una entidad: certificado "
	    "S/MIME o clave OpenPGP",
	    "Cifrar os e-mails a uma entidade: certificado "
	    "S/MIME ou chave OpenPGP",
	    "Chiffrer les courriels à une entité : "
	    "certificat S/MIME ou clé OpenPGP" } },
	.option = { LETTER_KEY_OPTIONS },
};
