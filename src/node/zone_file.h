/* SPDX-License-Identifier: Apache-2.0
 *
 * Time zones of this machine, by name: the files of the package tzdata.
 */
#ifndef NODE_ZONE_FILE_H
#define NODE_ZONE_FILE_H

#include "base/zone.h"

/* In the memory of `a`. ERR_SCHEMA, ERR_NOT_FOUND and those of zone_parse, with
 * the rule. */
MUST enum err zone_file_load(struct span name, struct arena *a,
    const struct zone **out, struct fault *f);

#endif
