/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of tzdata.
 */
#include "node/zone_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

enum { ZONE_FILE = 65536 };

enum err
zone_file_load(struct span name, struct arena *a, const struct zone **out,
    struct fault *f)
{
	unsigned char *bytes = arena_alloc(a, ZONE_FILE);
	struct zone *z = arena_alloc(a, sizeof *z);
	char path[128];
	ssize_t n;
	enum err e;
	int fd;

	if (!zone_is_name(name))
		return fault_at(f, ERR_SCHEMA, 0, "zone", "is no name such as "
		    "America/Lima");
	snprintf(path, sizeof path, "/usr/share/zoneinfo/%.*s",
	    SPAN_FMT(name));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fault_at(f, ERR_NOT_FOUND, 0, "zone", "there is no zone "
		    "of this name: is tzdata installed?");
	n = read(fd, bytes, ZONE_FILE);
	close(fd);
	if (n < 0)
		return fault_at(f, ERR_IO, 0, "zone", "cannot be read");
	e = zone_parse(span_of(bytes, (size_t)n), a, z, f);
	if (e == ERR_NONE)
		*out = z;
	return e;
}
