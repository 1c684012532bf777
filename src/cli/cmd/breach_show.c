/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara breach show: where it stands, what is due next, and what may be done.
 */
#include "cli/remark.h"

const struct command command_breach_show = {
	.name = "breach show", .group = GROUP_SHARE, .operands = "CASE",
	.least = 1, .most = 1, .run = remark_case_show,
	.summary = { { "A case of mishandling, its clocks and who could read",
	    "Un caso de mal manejo, sus plazos y quién pudo leer",
	    "Um caso de mau manuseio, seus prazos e quem pôde ler",
	    "Un dossier de manquement, ses délais et qui a pu lire" } },
};
