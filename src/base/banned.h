/* SPDX-License-Identifier: Apache-2.0
 *
 * Functions that this project does not use, made a compile error. Included by
 * every file through the build (-include base/banned.h). tests/lint/banned.sh
 * proves on the linked programs that none slipped in.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok
#pragma GCC poison gets atoi atol atoll atof system popen gmtime localtime
#pragma GCC poison ctime asctime srand

/* OpenSSL's headers name parameters "rand", which a poisoned word forbids */
int rand(void) __attribute__((deprecated("banned: base/banned.h")));

#endif
