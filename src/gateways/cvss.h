/* SPDX-License-Identifier: Apache-2.0
 *
 * CVSS 2.0, 3.0 and 3.1 (FIRST): read a vector, compute base and temporal
 * score from it. Environmental metrics are read and not computed.
 */
#ifndef GATEWAYS_CVSS_H
#define GATEWAYS_CVSS_H

#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>

enum cvss_version { CVSS_2_0, CVSS_3_0, CVSS_3_1 };
enum { CVSS_METRICS_MAX = 22 };

/* One metric of a version: short and long names of its values, in order. */
struct cvss_metric {
	const char *key;      /* "AV" */
	const char *property; /* "attackVector", as the JSON form has it */
	const char *values;   /* short names with blanks: "N A L P" */
	const char *words;    /* long names with blanks */
	bool base;            /* must be in the vector */
};

struct cvss {
	enum cvss_version version;
	signed char value[CVSS_METRICS_MAX]; /* index of the value, -1 absent */
	bool temporal; /* some temporal metric is in the vector */
};

/* The metrics of a version and how many. */
const struct cvss_metric *cvss_metrics(enum cvss_version v, size_t *count);

/* ERR_SYNTAX: not a vector, a metric twice, unknown or missing. A 2.0 vector
 * has no prefix; 3.x begins with "CVSS:3.0/" or "CVSS:3.1/". */
MUST enum err cvss_parse(struct span vector, struct cvss *out);

/* Tenths: 98 is 9.8. */
int cvss_base(const struct cvss *c);
int cvss_temporal(const struct cvss *c);

/* "NONE" "LOW" "MEDIUM" "HIGH" "CRITICAL" of CVSS 3. */
const char *cvss_severity(int tenths);

#endif
