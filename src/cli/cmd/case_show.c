/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara case show: where it stands, what is due next, and what may be done.
 */
#include "cli/remark.h"

const struct command command_case_show = {
	.name = "case show", .group = GROUP_SHARE, .operands = "CASE",
	.least = 1, .most = 1, .run = remark_case_show,
	.summary = { { "A case of disclosure and its next promise",
	    "Un caso de divulgación y su próximo plazo",
	    "Um caso de divulgação e seu próximo prazo",
	    "Un dossier de divulgation et sa prochaine échéance" } },
};
