/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara person key: by which letters are sealed.
 */
#include "cli/letter_key.h"

static int
run(struct cli *c)
{
	return letter_key_put(c, "person_key", "unix_user");
}

const struct command command_person_key = {
	.name = "person key", .group = GROUP_RUN,
	.operands = "UNIX-USER [FILE]", .least = 1, .most = 2, .run = run,
	.summary = { { "Seal the letters to a person: S/MIME "
	    "certificate or OpenPGP key",
	    "Cifrar los correos a una persona: certificado "
	    "S/MIME o clave OpenPGP",
	    "Cifrar os e-mails a uma pessoa: certificado "
	    "S/MIME ou chave OpenPGP",
	    "Chiffrer les courriels à une personne : "
	    "certificat S/MIME ou clé OpenPGP" } },
	.option = { LETTER_KEY_OPTIONS },
};
