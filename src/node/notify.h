/* SPDX-License-Identifier: Apache-2.0
 *
 * What a service tells systemd (sd_notify(3)), without its library: one
 * datagram to the socket named in NOTIFY_SOCKET.
 */
#ifndef NODE_NOTIFY_H
#define NODE_NOTIFY_H

#include <stdint.h>

/* "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=..."; several lines may be
 * joined by a line feed. Nothing happens where nobody asked for it. */
void notify_send(const char *state);

/* Milliseconds within which WATCHDOG=1 is wanted; 0 for never. */
uint64_t notify_watchdog_ms(void);

#endif
