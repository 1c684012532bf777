/* SPDX-License-Identifier: Apache-2.0
 *
 * The clocks of this machine, for what faces the world; deciding code gets its
 * time as a value (base/instant.h).
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_mono_ms(void); /* since some moment; never goes back */
int64_t clock_wall_ms(void); /* since 1970-01-01T00:00:00Z, without leaps */

#endif
