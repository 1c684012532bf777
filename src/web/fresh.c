/* SPDX-License-Identifier: Apache-2.0
 *
 * Validators.
 */
#include "web/fresh.h"

#include "base/instant.h"

#include <stdio.h>

/* --- dates --- */

static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
static const char days[7][4] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue",
	"Wed" }; /* 1 January 1970 was a Thursday */

void
http_date_write(int64_t at_s, char out[HTTP_DATE_TEXT])
{
	struct wall w = { at_s * 1000 };
	char t[INSTANT_TEXT_MAX]; /* 2026-11-21T07:51:45Z */
	int month;

	wall_write(w, t);
	month = (t[5] - '0') * 10 + (t[6] - '0') - 1;
	snprintf(out, HTTP_DATE_TEXT, "%.3s, %.2s %.3s %.4s %.8s GMT",
	    days[(at_s / 86400 % 7 + 7) % 7], t + 8,
	    months[month >= 0 && month < 12 ? month : 0], t, t + 11);
}

bool
http_date_parse(struct span s, int64_t *out_s)
{
	char iso[INSTANT_TEXT_MAX], again[HTTP_DATE_TEXT];
	const char *p = (const char *)s.p;
	struct wall w;
	int month = 0;

	if (s.n != HTTP_DATE_TEXT - 1)
		return false;
	while (month < 12 && memcmp(p + 8, months[month], 3) != 0)
		month++;
	if (month == 12)
		return false;
	snprintf(iso, sizeof iso, "%.4s-%02d-%.2sT%.8sZ", p + 12, month + 1,
	    p + 5, p + 17);
	if (wall_parse(span_str(iso), &w) != ERR_NONE || w.ms < 0)
		return false;
	http_date_write(w.ms / 1000, again);
	if (memcmp(again, p, s.n) != 0)
		return false;
	*out_s = w.ms / 1000;
	return true;
}

/* --- tags --- */

/* Cut the next tag off a list, W/ with it; false at its end, or where it is no
 * list of tags any more. */
static bool
tag_cut(struct span *list, struct span *out, bool *is_weak)
{
	const unsigned char *p = list->p, *end = p + list->n, *close;

	while (p < end && (*p == ' ' || *p == '\t' || *p == ','))
		p++;
	*is_weak = end - p >= 2 && p[0] == 'W' && p[1] == '/';
	p += *is_weak ? 2 : 0;
	if (p >= end || *p != '"')
		return false;
	close = memchr(p + 1, '"', (size_t)(end - p) - 1);
	if (close == NULL)
		return false;
	*out = span_of(p, (size_t)(close - p) + 1);
	*list = span_of(close + 1, (size_t)(end - close) - 1);
	return true;
}

static bool
list_has(struct span list, struct span tag, bool weak_counts)
{
	struct span t;
	bool is_weak;

	if (span_is_str(list, "*"))
		return true;
	while (list.n != 0 && tag_cut(&list, &t, &is_weak))
		if (span_is_equal(t, tag) && (weak_counts || !is_weak))
			return true;
	return false;
}

enum fresh
fresh_decide(const struct fresh_ask *ask, struct span tag, int64_t at_s)
{
	int64_t t;

	if (ask->if_match.p != NULL) {
		if (!list_has(ask->if_match, tag, false))
			return FRESH_FAILED;
	} else if (ask->if_unmodified_since.p != NULL &&
	    http_date_parse(ask->if_unmodified_since, &t) && at_s > t) {
		return FRESH_FAILED;
	}
	if (ask->if_none_match.p != NULL)
		return list_has(ask->if_none_match, tag, true) ?
		    FRESH_UNCHANGED : FRESH_SEND;
	if (ask->if_modified_since.p != NULL &&
	    http_date_parse(ask->if_modified_since, &t) && at_s <= t)
		return FRESH_UNCHANGED;
	return FRESH_SEND;
}

bool
fresh_may_range(const struct fresh_ask *ask, struct span tag, int64_t at_s)
{
	int64_t t;

	if (ask->if_range.p == NULL)
		return true;
	if (ask->if_range.n != 0 && ask->if_range.p[0] == '"')
		return span_is_equal(ask->if_range, tag);
	return http_date_parse(ask->if_range, &t) && t == at_s;
}
