/* SPDX-License-Identifier: Apache-2.0
 *
 * CSAF 6.1.8 to 6.1.10: CVSS objects are whole, scores are those of the
 * vector, properties agree with it.
 */
#include "gateways/csaf_inside.h"

#include "gateways/cvss.h"

#include <stdio.h>

typedef enum err score_rule(const struct csaf_doc *d, struct json_val cvss,
    bool two, struct fault *f);

/* `rule` on each CVSS object. */
static MUST enum err
each_score(const struct csaf_doc *d, struct fault *f, score_rule *rule)
{
	enum err e;

	CSAF_EACH(v, d->vulnerabilities) {
		CSAF_EACH(score, json_get(v, "scores")) {
			struct json_val two = json_get(score, "cvss_v2");
			struct json_val three = json_get(score, "cvss_v3");

			if (two.type != JSON_ABSENT &&
			    (e = rule(d, two, true, f)) != ERR_NONE)
				return e;
			if (three.type != JSON_ABSENT &&
			    (e = rule(d, three, false, f)) != ERR_NONE)
				return e;
		}
	}
	return ERR_NONE;
}

/* A score from 0 to 10, as tenths. */
static MUST enum err
read_tenths(struct json_val v, int *out)
{
	double x;

	if (json_double(v, &x) != ERR_NONE || x < 0 || x > 10)
		return ERR_SCHEMA;
	*out = (int)(x * 10 + 0.5);
	return ERR_NONE;
}

static const char *
version_text(enum cvss_version v)
{
	return v == CVSS_2_0 ? "2.0" : v == CVSS_3_0 ? "3.0" : "3.1";
}

static enum err
check_whole(const struct csaf_doc *d, struct json_val cvss, bool two,
    struct fault *f)
{
	struct json_val severity = json_get(cvss, "baseSeverity");
	struct cvss c;
	int score;

	if (cvss.type != JSON_OBJECT)
		return csaf_refuse(d, cvss, f, "a score is no object");
	if (json_get(cvss, "version").type == JSON_ABSENT)
		return csaf_refuse(d, cvss, f, "a score has no version");
	if (cvss_parse(csaf_text(d, cvss, "vectorString"), &c) != ERR_NONE)
		return csaf_refuse(d, cvss, f, "a score has no good vector");
	if ((c.version == CVSS_2_0) != two ||
	    !json_is_str(json_get(cvss, "version"), version_text(c.version)))
		return csaf_refuse(d, cvss, f,
		    "version and vector of a score differ");
	if (read_tenths(json_get(cvss, "baseScore"), &score) != ERR_NONE)
		return csaf_refuse(d, cvss, f,
		    "a score has no base score from 0 to 10");
	if (!two && severity.type != JSON_STRING)
		return csaf_refuse(d, cvss, f, "a score has no base severity");
	return ERR_NONE;
}

static enum err
incomplete_score(const struct csaf_doc *d, struct fault *f)
{
	return each_score(d, f, check_whole);
}

static MUST enum err
check_severity(const struct csaf_doc *d, struct json_val cvss,
    const char *member, int tenths, struct fault *f)
{
	struct json_val v = json_get(cvss, member);

	if (v.type == JSON_ABSENT || json_is_str(v, cvss_severity(tenths)))
		return ERR_NONE;
	return csaf_refuse(d, v, f, "the vector gives severity %s",
	    cvss_severity(tenths));
}

static enum err
check_computed(const struct csaf_doc *d, struct json_val cvss, bool two,
    struct fault *f)
{
	struct json_val temporal = json_get(cvss, "temporalScore");
	struct cvss c;
	int said, right;
	enum err e;

	if (cvss_parse(csaf_text(d, cvss, "vectorString"), &c) != ERR_NONE ||
	    read_tenths(json_get(cvss, "baseScore"), &said) != ERR_NONE)
		return csaf_refuse(d, cvss, f, "a score cannot be computed");
	right = cvss_base(&c);
	if (said != right)
		return csaf_refuse(d, cvss, f,
		    "the vector gives base score %d.%d", right / 10,
		    right % 10);
	if (!two && (e = check_severity(d, cvss, "baseSeverity", right, f)) !=
	    ERR_NONE)
		return e;
	/* without temporal metrics in the vector they are in properties */
	if (temporal.type == JSON_ABSENT || !c.temporal)
		return ERR_NONE;
	right = cvss_temporal(&c);
	if (read_tenths(temporal, &said) != ERR_NONE || said != right)
		return csaf_refuse(d, temporal, f,
		    "the vector gives temporal score %d.%d", right / 10,
		    right % 10);
	return two ? ERR_NONE :
	    check_severity(d, cvss, "temporalSeverity", right, f);
}

static enum err
wrong_score(const struct csaf_doc *d, struct fault *f)
{
	return each_score(d, f, check_computed);
}

/* The `at`-th word of a list with blanks. */
static struct span
word_at(const char *list, int at)
{
	while (at-- > 0)
		list = strchr(list, ' ') + 1;
	return span_of(list, strcspn(list, " "));
}

static enum err
check_properties(const struct csaf_doc *d, struct json_val cvss, bool two,
    struct fault *f)
{
	const struct cvss_metric *m;
	struct cvss c;
	size_t count;

	(void)two;
	if (cvss_parse(csaf_text(d, cvss, "vectorString"), &c) != ERR_NONE)
		return csaf_refuse(d, cvss, f, "a score has no good vector");
	m = cvss_metrics(c.version, &count);
	for (size_t i = 0; i < count; i++) {
		struct json_val v = json_get(cvss, m[i].property);
		struct span want;

		/* one that is not in the vector is not defined there */
		if (v.type == JSON_ABSENT)
			continue;
		want = c.value[i] < 0 ? span_str("NOT_DEFINED") :
		    word_at(m[i].words, c.value[i]);
		if (!span_is_equal(csaf_string(d, v), want))
			return csaf_refuse(d, v, f,
			    "the vector says %.*s", SPAN_FMT(want));
	}
	return ERR_NONE;
}

static enum err
differing_property(const struct csaf_doc *d, struct fault *f)
{
	return each_score(d, f, check_properties);
}

const struct csaf_rule csaf_rules_scores[] = {
	{ { "6.1.8", "invalid CVSS" }, incomplete_score },
	{ { "6.1.9", "invalid CVSS computation" }, wrong_score },
	{ { "6.1.10", "inconsistent CVSS" }, differing_property },
	{ { NULL, NULL }, NULL }
};
