/* SPDX-License-Identifier: Apache-2.0
 *
 * For process*.c only: what parent and children say to each other over
 * PROCESS_FD_PARENT.
 */
#ifndef NODE_PROCESS_INSIDE_H
#define NODE_PROCESS_INSIDE_H

#include "node/process.h"

#include <stdbool.h>

/* A byte each, from the child. */
enum sign {
	SIGN_READY = 'R',
	SIGN_ALIVE = 'A',
	SIGN_RELOAD = 'L', /* also from the parent: files follow */
	SIGN_KEPT = 'K',
	SIGN_COURIER = 'C'
};

enum { ALIVE_EACH_MS = 5000 };

/* What goes to the node beside the descriptors. */
struct files_note {
	char sign;
	char has_config;
	char has_rules;
};

#endif
