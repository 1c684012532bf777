/* SPDX-License-Identifier: Apache-2.0
 *
 * Registering the key by which letters to somebody are sealed.
 */
#ifndef CLI_LETTER_KEY_H
#define CLI_LETTER_KEY_H

#include "cli/cli.h"

#define LETTER_KEY_OPTIONS \
		{ "remove", 0, NULL, { { "letters are sealed no more: they " \
		    "only tell that there is something", \
		    "los correos ya no se cifran: solo dicen que hay algo", \
		    "os e-mails não são mais cifrados: só dizem que há algo", \
		    "les courriels ne sont plus chiffrés : ils disent " \
		    "seulement qu’il y a quelque chose" } } },

/* Send operand 0 as the member `name` and the key of operand 1 ("-": standard
 * input) to `cmd`, and show what it is. The exit code. */
MUST int letter_key_put(struct cli *c, const char *cmd, const char *name);

#endif
