/* SPDX-License-Identifier: Apache-2.0
 *
 * What `status` tells of the public face of the node: the site that is
 * written, and the web process that shows it.
 */
#ifndef NODE_FACE_H
#define NODE_FACE_H

#include "base/json.h"

struct service;

/* Members "site" and "web"; one that is not configured is left out. */
void face_put(struct service *s, struct json_out *w);

#endif
