/* SPDX-License-Identifier: Apache-2.0
 *
 * Tables and equations of CVSS 2.0 (section 3.2) and 3.0/3.1 (section 7).
 */
#include "gateways/cvss.h"

#include <stdint.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Words begin with the value of the same place. "NOT_DEFINED" comes last, so
 * that the places of the others are those of the weights. */
static const struct cvss_metric v3[] = {
	{ "AV", "attackVector", "N A L P",
	    "NETWORK ADJACENT_NETWORK LOCAL PHYSICAL", true },
	{ "AC", "attackComplexity", "L H", "LOW HIGH", true },
	{ "PR", "privilegesRequired", "N L H", "NONE LOW HIGH", true },
	{ "UI", "userInteraction", "N R", "NONE REQUIRED", true },
	{ "S", "scope", "U C", "UNCHANGED CHANGED", true },
	{ "C", "confidentialityImpact", "N L H", "NONE LOW HIGH", true },
	{ "I", "integrityImpact", "N L H", "NONE LOW HIGH", true },
	{ "A", "availabilityImpact", "N L H", "NONE LOW HIGH", true },
	{ "E", "exploitCodeMaturity", "U P F H X",
	    "UNPROVEN PROOF_OF_CONCEPT FUNCTIONAL HIGH NOT_DEFINED", false },
	{ "RL", "remediationLevel", "O T W U X",
	    "OFFICIAL_FIX TEMPORARY_FIX WORKAROUND UNAVAILABLE NOT_DEFINED",
	    false },
	{ "RC", "reportConfidence", "U R C X",
	    "UNKNOWN REASONABLE CONFIRMED NOT_DEFINED", false },
	{ "CR", "confidentialityRequirement", "L M H X",
	    "LOW MEDIUM HIGH NOT_DEFINED", false },
	{ "IR", "integrityRequirement", "L M H X",
	    "LOW MEDIUM HIGH NOT_DEFINED", false },
	{ "AR", "availabilityRequirement", "L M H X",
	    "LOW MEDIUM HIGH NOT_DEFINED", false },
	{ "MAV", "modifiedAttackVector", "N A L P X",
	    "NETWORK ADJACENT_NETWORK LOCAL PHYSICAL NOT_DEFINED", false },
	{ "MAC", "modifiedAttackComplexity", "L H X",
	    "LOW HIGH NOT_DEFINED", false },
	{ "MPR", "modifiedPrivilegesRequired", "N L H X",
	    "NONE LOW HIGH NOT_DEFINED", false },
	{ "MUI", "modifiedUserInteraction", "N R X",
	    "NONE REQUIRED NOT_DEFINED", false },
	{ "MS", "modifiedScope", "U C X", "UNCHANGED CHANGED NOT_DEFINED",
	    false },
	{ "MC", "modifiedConfidentialityImpact", "N L H X",
	    "NONE LOW HIGH NOT_DEFINED", false },
	{ "MI", "modifiedIntegrityImpact", "N L H X",
	    "NONE LOW HIGH NOT_DEFINED", false },
	{ "MA", "modifiedAvailabilityImpact", "N L H X",
	    "NONE LOW HIGH NOT_DEFINED", false },
};

static const struct cvss_metric v2[] = {
	{ "AV", "accessVector", "L A N", "LOCAL ADJACENT_NETWORK NETWORK",
	    true },
	{ "AC", "accessComplexity", "H M L", "HIGH MEDIUM LOW", true },
	{ "Au", "authentication", "M S N", "MULTIPLE SINGLE NONE", true },
	{ "C", "confidentialityImpact", "N P C", "NONE PARTIAL COMPLETE",
	    true },
	{ "I", "integrityImpact", "N P C", "NONE PARTIAL COMPLETE", true },
	{ "A", "availabilityImpact", "N P C", "NONE PARTIAL COMPLETE", true },
	{ "E", "exploitability", "U POC F H ND",
	    "UNPROVEN PROOF_OF_CONCEPT FUNCTIONAL HIGH NOT_DEFINED", false },
	{ "RL", "remediationLevel", "OF TF W U ND",
	    "OFFICIAL_FIX TEMPORARY_FIX WORKAROUND UNAVAILABLE NOT_DEFINED",
	    false },
	{ "RC", "reportConfidence", "UC UR C ND",
	    "UNCONFIRMED UNCORROBORATED CONFIRMED NOT_DEFINED", false },
	{ "CDP", "collateralDamagePotential", "N L LM MH H ND",
	    "NONE LOW LOW_MEDIUM MEDIUM_HIGH HIGH NOT_DEFINED", false },
	{ "TD", "targetDistribution", "N L M H ND",
	    "NONE LOW MEDIUM HIGH NOT_DEFINED", false },
	{ "CR", "confidentialityRequirement", "L M H ND",
	    "LOW MEDIUM HIGH NOT_DEFINED", false },
	{ "IR", "integrityRequirement", "L M H ND",
	    "LOW MEDIUM HIGH NOT_DEFINED", false },
	{ "AR", "availabilityRequirement", "L M H ND",
	    "LOW MEDIUM HIGH NOT_DEFINED", false },
};

enum { V3_E = 8, V3_RL, V3_RC, V2_E = 6, V2_RL, V2_RC };

const struct cvss_metric *
cvss_metrics(enum cvss_version v, size_t *count)
{
	*count = v == CVSS_2_0 ? COUNT(v2) : COUNT(v3);
	return v == CVSS_2_0 ? v2 : v3;
}

/* The place of `word` in a list with blanks, -1 if it is not there. */
static int
place_of(const char *list, struct span word)
{
	for (int i = 0; *list != '\0'; i++) {
		size_t n = strcspn(list, " ");

		if (span_is_equal(span_of(list, n), word))
			return i;
		list += n;
		list += *list == ' ';
	}
	return -1;
}

static MUST enum err
parse_metric(struct span part, struct cvss *c)
{
	const unsigned char *colon = part.n == 0 ? NULL :
	    memchr(part.p, ':', part.n);
	const struct cvss_metric *m;
	size_t count, key;
	int v;

	if (colon == NULL)
		return ERR_SYNTAX;
	key = (size_t)(colon - part.p);
	m = cvss_metrics(c->version, &count);
	for (size_t i = 0; i < count; i++) {
		if (!span_is_str(span_of(part.p, key), m[i].key))
			continue;
		v = place_of(m[i].values,
		    span_of(colon + 1, part.n - key - 1));
		if (v < 0 || c->value[i] >= 0)
			return ERR_SYNTAX;
		c->value[i] = (signed char)v;
		return ERR_NONE;
	}
	return ERR_SYNTAX;
}

static struct span
strip_prefix(struct span s, struct cvss *c)
{
	static const struct {
		const char *prefix;
		enum cvss_version version;
	} known[] = { { "CVSS:3.0/", CVSS_3_0 }, { "CVSS:3.1/", CVSS_3_1 } };

	c->version = CVSS_2_0;
	for (size_t i = 0; i < COUNT(known); i++) {
		size_t n = strlen(known[i].prefix);

		if (s.n < n || memcmp(s.p, known[i].prefix, n) != 0)
			continue;
		c->version = known[i].version;
		return span_of(s.p + n, s.n - n);
	}
	return s;
}

enum err
cvss_parse(struct span s, struct cvss *out)
{
	struct cvss c = { 0 };
	const struct cvss_metric *m;
	size_t count, e;

	for (size_t i = 0; i < CVSS_METRICS_MAX; i++)
		c.value[i] = -1;
	s = strip_prefix(s, &c);
	for (;;) {
		const unsigned char *slash = s.n == 0 ? NULL :
		    memchr(s.p, '/', s.n);
		size_t n = slash == NULL ? s.n : (size_t)(slash - s.p);

		if (parse_metric(span_of(s.p, n), &c) != ERR_NONE)
			return ERR_SYNTAX;
		if (slash == NULL)
			break;
		s = span_of(s.p + n + 1, s.n - n - 1);
	}
	m = cvss_metrics(c.version, &count);
	for (size_t i = 0; i < count; i++) {
		if (m[i].base && c.value[i] < 0)
			return ERR_SYNTAX;
	}
	e = c.version == CVSS_2_0 ? V2_E : V3_E;
	c.temporal = c.value[e] >= 0 || c.value[e + 1] >= 0 ||
	    c.value[e + 2] >= 0;
	*out = c;
	return ERR_NONE;
}

/* Least number of tenths that is not below `x` (CVSS 3.1 appendix A). */
static int
round_up(double x)
{
	int64_t n = (int64_t)(x * 100000 + 0.5);

	return (int)((n + 9999) / 10000);
}

static int
round_near(double x)
{
	return (int)(x * 10 + 0.5);
}

static double
power15(double x)
{
	double x2 = x * x, x4 = x2 * x2, x8 = x4 * x4;

	return x8 * x4 * x2 * x;
}

static int
base3(const struct cvss *c)
{
	static const double av[] = { 0.85, 0.62, 0.55, 0.2 };
	static const double ac[] = { 0.77, 0.44 };
	static const double pr[2][3] = { { 0.85, 0.62, 0.27 },
	    { 0.85, 0.68, 0.5 } };
	static const double ui[] = { 0.85, 0.62 };
	static const double cia[] = { 0, 0.22, 0.56 };
	const signed char *v = c->value;
	double iss = 1 - (1 - cia[v[5]]) * (1 - cia[v[6]]) * (1 - cia[v[7]]);
	bool changed = v[4] == 1;
	double impact = changed ?
	    7.52 * (iss - 0.029) - 3.25 * power15(iss - 0.02) : 6.42 * iss;
	double exploit = 8.22 * av[v[0]] * ac[v[1]] * pr[changed][v[2]] *
	    ui[v[3]];
	double sum = (impact + exploit) * (changed ? 1.08 : 1);

	if (impact <= 0)
		return 0;
	return round_up(sum > 10 ? 10 : sum);
}

static int
base2(const struct cvss *c)
{
	static const double av[] = { 0.395, 0.646, 1 };
	static const double ac[] = { 0.35, 0.61, 0.71 };
	static const double au[] = { 0.45, 0.56, 0.704 };
	static const double cia[] = { 0, 0.275, 0.66 };
	const signed char *v = c->value;
	double impact = 10.41 *
	    (1 - (1 - cia[v[3]]) * (1 - cia[v[4]]) * (1 - cia[v[5]]));
	double exploit = 20 * av[v[0]] * ac[v[1]] * au[v[2]];

	if (impact <= 0)
		return 0;
	return round_near((0.6 * impact + 0.4 * exploit - 1.5) * 1.176);
}

int
cvss_base(const struct cvss *c)
{
	return c->version == CVSS_2_0 ? base2(c) : base3(c);
}

/* The weight of a temporal metric; one that is absent weighs 1. */
static double
weight(const double *table, int value)
{
	return value < 0 ? 1 : table[value];
}

int
cvss_temporal(const struct cvss *c)
{
	static const double e3[] = { 0.91, 0.94, 0.97, 1, 1 };
	static const double rl3[] = { 0.95, 0.96, 0.97, 1, 1 };
	static const double rc3[] = { 0.92, 0.96, 1, 1 };
	static const double e2[] = { 0.85, 0.9, 0.95, 1, 1 };
	static const double rl2[] = { 0.87, 0.9, 0.95, 1, 1 };
	static const double rc2[] = { 0.9, 0.95, 1, 1 };
	double base = cvss_base(c) / 10.0;
	const signed char *v = c->value;

	if (c->version == CVSS_2_0)
		return round_near(base * weight(e2, v[V2_E]) *
		    weight(rl2, v[V2_RL]) * weight(rc2, v[V2_RC]));
	return round_up(base * weight(e3, v[V3_E]) * weight(rl3, v[V3_RL]) *
	    weight(rc3, v[V3_RC]));
}

const char *
cvss_severity(int tenths)
{
	return tenths >= 90 ? "CRITICAL" : tenths >= 70 ? "HIGH" :
	    tenths >= 40 ? "MEDIUM" : tenths > 0 ? "LOW" : "NONE";
}
