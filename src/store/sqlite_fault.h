/* SPDX-License-Identifier: Apache-2.0
 *
 * Failing disks for tests: what the disk below a store of store/sqlite.h
 * answers to the writes and syncs to come. Inert until armed; no program
 * includes this, only tests.
 */
#ifndef STORE_SQLITE_FAULT_H
#define STORE_SQLITE_FAULT_H

#include "store/store.h"

struct store_sqlite_fault {
	unsigned long write_nth; /* 1 = the next write; 0 = none fails */
	bool write_is_full;      /* "no space" (else an I/O error) */
	bool write_stays;        /* every later write fails as well */
	unsigned long sync_nth;  /* 1 = the next sync; 0 = none fails */
};

/* Replace what is armed by `f`; all zero disarms. */
void store_sqlite_faults(struct store *s, const struct store_sqlite_fault *f);

#endif
