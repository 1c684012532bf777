/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara exercise show: its state and what may be done.
 */
#include "cli/remark.h"

const struct command command_exercise_show = {
	.name = "exercise show", .group = GROUP_WATCH, .operands = "EXERCISE",
	.least = 1, .most = 1, .run = remark_case_show,
	.summary = { { "An exercise, its state and its steps",
	    "Un ejercicio, su estado y sus pasos",
	    "Um exercício, sua situação e seus passos",
	    "Un exercice, son état et ses étapes" } },
};
