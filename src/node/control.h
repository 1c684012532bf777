/* SPDX-License-Identifier: Apache-2.0
 *
 * The control socket: framed JSON requests of local programs, answers, and a
 * stream of events (doc/control.md). Who asks is what the kernel says of the
 * other end (SO_PEERCRED). Bounded throughout: clients, bytes of a frame,
 * calls under way, bytes that wait for a slow reader.
 */
#ifndef NODE_CONTROL_H
#define NODE_CONTROL_H

#include "node/service_inside.h"

/* Listen on the configured path (mode 0660; a socket left behind is
 * replaced: the store's lock says that nobody else serves it). Errors have
 * been logged. */
MUST enum err control_create(struct service *s, struct control **out);

/* Closes all clients. Accepts NULL. */
void control_free(struct control *c);

/* A turn has ended: go on reading if the hub has caught up. Accepts NULL. */
void control_resume(struct control *c);

/* Show a page on every screen of this person that follows the events; false if
 * there is none. */
bool control_page(struct control *c, struct span login, struct span text);

/* Listen on a Unix socket at `path`, in the place of one that is left there,
 * with this mode. ERR_LIMIT if the path is too long, ERR_IO. */
MUST enum err control_listen(const char *path, unsigned mode, int *out);

/* Tell subscribers what the hub told. */
void control_tell(struct control *c, const struct hub_event *e);

#endif
