/* SPDX-License-Identifier: Apache-2.0
 *
 * The life of the courier process, after its sandbox: jobs from the node,
 * transfers and hooks, letters that answer, until the node is gone. It knows
 * no record, key or file of the node.
 */
#ifndef COURIER_POST_H
#define COURIER_POST_H

#include "courier/hook.h"
#include "courier/transfer.h"

/* Borrowed; the descriptors are owned from here on. */
struct post_config {
	struct transfer_config transfer;
	struct hooks hooks;
	int node_fd;
	int hook_fd;   /* -1: no hooks */
	int reply_fd;  /* listens for letters; -1: none */
	int seal_fd;   /* leads to what seals letters (envelope.h) */
};

/* ERR_NONE when the node has closed its end. */
MUST enum err post_run(const struct post_config *config);

#endif
