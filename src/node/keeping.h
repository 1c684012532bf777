/* SPDX-License-Identifier: Apache-2.0
 *
 * The `keep` lines of the sharing rules, acted on: once a day, and when a
 * person asks, all logs are read through in slices, and what has been kept long
 * enough is named by records of kind `retention` in the private log, each of
 * which cites its line. The hub deletes what they name as it does what law
 * erases (peer/erasure.c): once the record is durable, after crashes too.
 */
#ifndef NODE_KEEPING_H
#define NODE_KEEPING_H

struct service;

void keeping_start(struct service *s);
void keeping_stop(struct service *s);

#endif
