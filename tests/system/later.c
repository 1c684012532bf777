/* SPDX-License-Identifier: Apache-2.0
 *
 * Preloaded into a node: its wall clock is LATER_S seconds ahead.
 */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *out);

int
clock_gettime(clockid_t id, struct timespec *out)
{
	static long later = -1;
	int status = (int)syscall(SYS_clock_gettime, id, out);

	if (later < 0) {
		const char *text = getenv("LATER_S");

		later = text != NULL ? strtol(text, NULL, 10) : 0;
	}
	if (status == 0 && id == CLOCK_REALTIME)
		out->tv_sec += later;
	return status;
}
