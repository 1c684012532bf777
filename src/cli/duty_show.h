/* SPDX-License-Identifier: Apache-2.0
 *
 * Who is on watch, and what is open, for people.
 */
#ifndef CLI_DUTY_SHOW_H
#define CLI_DUTY_SHOW_H

#include "cli/cli.h"

/* The member `duty` of an answer, as a table; nothing if it is empty. */
void duty_show(struct cli *c, struct json_val data);

/* The same in one line: "first ana (armed), second eva (unconfirmed)"; "" if
 * nobody keeps anything. */
const char *duty_line(struct cli *c, struct json_val data);

/* The member `open`, as a table, and a line for what is beyond. */
void duty_open_show(struct cli *c, struct json_val data);

#endif
