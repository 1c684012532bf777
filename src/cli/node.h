/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking the node: a request is opened, members are put, it is sent; troubles
 * are told to the user on the way.
 */
#ifndef CLI_NODE_H
#define CLI_NODE_H

#include "cli/cli.h"

struct request {
	struct buf b;
	struct json_out w; /* put members here */
};

void request_open(struct request *r);

/* Close and release the request, send it, wait. CLI_OK and the data, which
 * lives until the next request; else the exit code, and the trouble has been
 * told. Connects first if need be; shows progress. */
MUST int request_send(struct request *r, struct cli *c, const char *cmd,
    struct json_val *data);

/* The same, passing an open file along. */
MUST int request_send_file(struct request *r, struct cli *c, const char *cmd,
    int file, struct json_val *data);

/* The same without arguments; with operand 0 as the member `id`. */
MUST int node_call(struct cli *c, const char *cmd, struct json_val *data);
MUST int node_call_id(struct cli *c, const char *cmd, struct json_val *data);

/* A copy of a value that outlives the answer that it came in. */
struct json_val node_keep(struct cli *c, struct json_val v);

/* An option of the command line as a member, if it was given. */
void request_put_option(struct request *r, struct cli *c, const char *option,
    const char *member);

/* --aud, or --to where a command has that, as the member `aud`: "all", or the
 * teams. */
void request_put_audience(struct request *r, struct cli *c);

#endif
