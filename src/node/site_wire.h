/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes between the node and the writer of the public site, over the
 * socket pair that their parent made: whole messages, first a letter. Numbers
 * are big-endian.
 *
 *	to the writer	'E' log u32, index u64	an entry came, changed, is released
 *			'R' log u32, size u64	all of the own log below `size`
 *						is released
 *			'L' text		the sharing rules in force
 *			'A'			register, pins or rules changed
 *			'F'			something was erased
 *			'B' number u64		write everything anew
 *			'S' JWS			the list is signed
 *			'K' number u32, key 32, signatures 64 each
 *						what 'G' asked for, signed
 *	to the node	'H'			it runs: what is released?
 *			'M' SHA-256, files u64	sign this list
 *			'G' number u32, SHA-256 each
 *						sign these for OpenPGP; none:
 *						what is the key?
 *			'D' number, files, changes, faults u64
 *						all is written; `number` is
 *						the last 'B' that was seen
 *			'P' last u64, failed u64, failures u32, why
 *						the command that carries it on
 *						has ended; times of the last
 *						of each, in seconds, 0: none
 */
#ifndef NODE_SITE_WIRE_H
#define NODE_SITE_WIRE_H

#include "base/limits.h"

enum site_message {
	SITE_ENTRY = 'E',
	SITE_RELEASED = 'R',
	SITE_RULES = 'L',
	SITE_AGAIN = 'A',
	SITE_FORGET = 'F',
	SITE_BUILD = 'B',
	SITE_SIGNED = 'S',
	SITE_HELLO = 'H',
	SITE_SIGN = 'M',
	SITE_DIGESTS = 'G',
	SITE_DIGESTS_SIGNED = 'K',
	SITE_DONE = 'D',
	SITE_PUBLISHED = 'P'
};

/* From the writer; to it a text of rules is the longest. */
enum { SITE_MESSAGE_MAX = 4096, SITE_MESSAGE_TO_MAX = LIMIT_RULES + 1 };
enum { SITE_DIGESTS_MAX = 32 };

#endif
