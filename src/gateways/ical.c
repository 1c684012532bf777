/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading calendars.
 */
#include "gateways/ical.h"

#include <libical/ical.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400, DAYS_A_WEEK = 7 };

/* --- before libical sees it --- */

static bool
begins(struct span line, const char *word)
{
	size_t n = strlen(word);

	return line.n >= n && strncasecmp((const char *)line.p, word, n) == 0;
}

/* Lines, their length and how deep components stand. */
static enum err
check_shape(struct span in, struct fault *f)
{
	size_t lines = 0, depth = 0, at = 0, joined = 0;

	if (in.n > LIMIT_CALENDAR)
		return fault_at(f, ERR_LIMIT, 0, "file", "has more than %d "
		    "bytes", LIMIT_CALENDAR);
	if (memchr(in.p, '\0', in.n) != NULL)
		return fault_at(f, ERR_SYNTAX, 0, "file", "is no text");
	while (at < in.n) {
		const unsigned char *end = memchr(in.p + at, '\n', in.n - at);
		size_t n = end != NULL ? (size_t)(end - in.p) - at :
					 in.n - at;
		struct span line = span_of(in.p + at, n);

		joined = n != 0 && (line.p[0] == ' ' || line.p[0] == '\t') ?
		    joined + n : n;
		if (++lines > LIMIT_CALENDAR_LINES ||
		    joined > LIMIT_CALENDAR_LINE)
			return fault_at(f, ERR_LIMIT, 0, "file", "has more, "
			    "or longer, lines than a roster can have");
		if (begins(line, "BEGIN:") &&
		    ++depth > LIMIT_CALENDAR_DEPTH)
			return fault_at(f, ERR_LIMIT, 0, "BEGIN",
			    "is nested too deeply");
		if (begins(line, "END:") && depth-- == 0)
			return fault_at(f, ERR_SYNTAX, 0, "END",
			    "without a BEGIN");
		at += n + 1;
	}
	return depth == 0 ? ERR_NONE : fault_at(f, ERR_SYNTAX, 0, "BEGIN",
	    "without an END");
}

/* --- one event --- */

struct reading {
	struct arena *a;
	struct span post, zone; /* for events without */
	size_t event;
	struct fault *f;
};

static enum err
refuse(const struct reading *r, enum err e, const char *field,
    const char *rule)
{
	return fault_at(r->f, e, r->event, field, "%s", rule);
}

/* "first: ana, eva" */
static enum err
read_summary(struct reading *r, icalcomponent *ev, struct ical_shift *out)
{
	const char *text = icalcomponent_get_summary(ev);
	struct span rest = arena_copy(r->a, span_str(text != NULL ? text :
	    ""));
	const unsigned char *colon = rest.n != 0 ? memchr(rest.p, ':',
	    rest.n) : NULL;

	out->post = r->post;
	if (colon != NULL) {
		out->post = span_trim(span_of(rest.p, (size_t)(colon - rest.p)));
		rest = span_of(colon + 1, rest.n - (size_t)(colon + 1 -
		    rest.p));
	}
	if (out->post.n == 0)
		return refuse(r, ERR_SCHEMA, "SUMMARY",
		    "says no post, as in \"first: ana\"");
	while (rest.n != 0) {
		const unsigned char *comma = memchr(rest.p, ',', rest.n);
		size_t n = comma != NULL ? (size_t)(comma - rest.p) : rest.n;
		struct span name = span_trim(span_of(rest.p, n));

		if (name.n == 0 || out->person_n == ICAL_PERSONS)
			return refuse(r, ERR_SCHEMA, "SUMMARY", name.n == 0 ?
			    "an empty name" : "too many persons");
		out->person[out->person_n++] = name;
		n += comma != NULL;
		rest = span_of(rest.p + n, rest.n - n);
	}
	return out->person_n != 0 ? ERR_NONE : refuse(r, ERR_SCHEMA,
	    "SUMMARY", "names nobody");
}

/* Days from 1970 of a date of the Gregorian calendar. */
static int64_t
days_of(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day -
	    1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static bool
is_moment(struct icaltimetype t)
{
	return t.year >= 1970 && t.year <= 9999 && t.month >= 1 &&
	    t.month <= 12 && t.day >= 1 && t.day <= 31 && t.hour >= 0 &&
	    t.hour <= 23 && t.minute >= 0 && t.minute <= 59 &&
	    t.second >= 0 && t.second <= 60;
}

static int64_t
seconds_of(struct icaltimetype t)
{
	return days_of(t.year, t.month, t.day) * DAY_S +
	    (int64_t)t.hour * 3600 + (int64_t)t.minute * 60 + t.second;
}

/* A time and its zone. */
static enum err
read_time(struct reading *r, icalcomponent *ev, icalproperty_kind kind,
    const char *field, int64_t *out, struct span *zone)
{
	icalproperty *p = icalcomponent_get_first_property(ev, kind);
	icalparameter *tzid;
	struct icaltimetype t;

	if (p == NULL)
		return refuse(r, ERR_SCHEMA, field, "is missing");
	if (icalcomponent_get_next_property(ev, kind) != NULL)
		return refuse(r, ERR_SCHEMA, field, "is there twice");
	tzid = icalproperty_get_first_parameter(p, ICAL_TZID_PARAMETER);
	t = kind == ICAL_DTSTART_PROPERTY ? icalproperty_get_dtstart(p) :
					    icalproperty_get_dtend(p);
	if (t.is_date)
		return refuse(r, ERR_UNSUPPORTED, field,
		    "is a day without a time");
	if (!is_moment(t))
		return refuse(r, ERR_SYNTAX, field, "is no date and time");
	if (t.second != 0)
		return refuse(r, ERR_UNSUPPORTED, field,
		    "is not a whole minute");
	*zone = r->zone;
	if (tzid != NULL && icalparameter_get_tzid(tzid) != NULL)
		*zone = arena_copy(r->a,
		    span_str(icalparameter_get_tzid(tzid)));
	else if (icaltime_is_utc(t))
		*zone = span_str("UTC");
	if (!zone_is_name(*zone))
		return refuse(r, ERR_UNSUPPORTED, field,
		    "has no zone with a name such as America/Lima");
	*out = seconds_of(t);
	return ERR_NONE;
}

/* --- repetition --- */

static bool
has_more(const struct icalrecurrencetype *q)
{
	const short end = ICAL_RECURRENCE_ARRAY_MAX;

	return q->by_second[0] != end || q->by_minute[0] != end ||
	    q->by_hour[0] != end || q->by_month_day[0] != end ||
	    q->by_year_day[0] != end || q->by_week_no[0] != end ||
	    q->by_month[0] != end || q->by_set_pos[0] != end ||
	    q->rscale != NULL;
}

static enum err
read_end(struct reading *r, const struct icalrecurrencetype *q,
    struct ical_shift *s)
{
	if (q->count > LIMIT_CALENDAR_COUNT)
		return refuse(r, ERR_LIMIT, "RRULE", "COUNT is too large");
	if (q->count > 0) {
		s->has_until = true;
		s->until_s = s->start_s + ((int64_t)q->count - 1) *
		    (int64_t)s->every * DAY_S;
		return ERR_NONE;
	}
	if (icaltime_is_null_time(q->until))
		return ERR_NONE; /* a rule, kept as one */
	if (!is_moment(q->until) && !q->until.is_date)
		return refuse(r, ERR_SYNTAX, "RRULE", "UNTIL is no time");
	s->has_until = true;
	s->until_is_utc = !q->until.is_date && icaltime_is_utc(q->until);
	s->until_s = q->until.is_date ? days_of(q->until.year,
	    q->until.month, q->until.day) * DAY_S + DAY_S - 1 :
	    seconds_of(q->until);
	return ERR_NONE;
}

/* How many days after the first a weekday of the rule comes; -1 for none. */
static int
days_after(const struct ical_shift *s, short by_day)
{
	/* 1970-01-01 was a Thursday; Sunday is 1 */
	int first = (int)((s->start_s / DAY_S + 4) % DAYS_A_WEEK) + 1;
	int want = (int)icalrecurrencetype_day_day_of_week(by_day);

	if (icalrecurrencetype_day_position(by_day) != 0 || want < 1 ||
	    want > DAYS_A_WEEK)
		return -1;
	return (want - first + DAYS_A_WEEK) % DAYS_A_WEEK;
}

static enum err
add_shift(struct reading *r, struct ical_shifts *out,
    const struct ical_shift *s)
{
	if (out->n == LIMIT_ROSTER_IMPORT)
		return refuse(r, ERR_LIMIT, "VEVENT", "too many shifts");
	out->at[out->n++] = *s;
	return ERR_NONE;
}

static enum err
add_weekdays(struct reading *r, const struct icalrecurrencetype *q,
    const struct ical_shift *s, struct ical_shifts *out)
{
	enum err e = ERR_NONE;
	size_t n = 0;

	while (n < DAYS_A_WEEK && q->by_day[n] != ICAL_RECURRENCE_ARRAY_MAX)
		n++;
	if (n > 1 && (q->interval != 1 || q->count != 0))
		return refuse(r, ERR_UNSUPPORTED, "RRULE",
		    "several days a week, counted or not every week");
	for (size_t i = 0; e == ERR_NONE && i < n; i++) {
		struct ical_shift day = *s;
		int after = days_after(s, q->by_day[i]);

		if (after < 0)
			return refuse(r, ERR_UNSUPPORTED, "RRULE",
			    "BYDAY with a position");
		if (n == 1 && after != 0)
			return refuse(r, ERR_UNSUPPORTED, "RRULE",
			    "the first is not on its day");
		day.start_s += (int64_t)after * DAY_S;
		day.end_s += (int64_t)after * DAY_S;
		e = add_shift(r, out, &day);
	}
	return e;
}

static enum err
read_rule(struct reading *r, icalcomponent *ev, struct ical_shift *s,
    struct ical_shifts *out)
{
	icalproperty *p = icalcomponent_get_first_property(ev,
	    ICAL_RRULE_PROPERTY);
	struct icalrecurrencetype q;
	enum err e;

	if (p == NULL)
		return add_shift(r, out, s);
	if (icalcomponent_get_next_property(ev, ICAL_RRULE_PROPERTY) != NULL)
		return refuse(r, ERR_UNSUPPORTED, "RRULE", "is there twice");
	q = icalproperty_get_rrule(p);
	if (q.freq != ICAL_DAILY_RECURRENCE &&
	    q.freq != ICAL_WEEKLY_RECURRENCE)
		return refuse(r, ERR_UNSUPPORTED, "RRULE",
		    "is neither DAILY nor WEEKLY");
	if (has_more(&q) || (q.freq == ICAL_DAILY_RECURRENCE &&
		q.by_day[0] != ICAL_RECURRENCE_ARRAY_MAX))
		return refuse(r, ERR_UNSUPPORTED, "RRULE",
		    "says more than a shift can");
	s->every = (unsigned)(q.interval > 0 ? q.interval : 1) *
	    (q.freq == ICAL_WEEKLY_RECURRENCE ? DAYS_A_WEEK : 1);
	if (q.interval > LIMIT_CALENDAR_EVERY ||
	    s->every > LIMIT_CALENDAR_EVERY)
		return refuse(r, ERR_LIMIT, "RRULE",
		    "is not repeated within a year");
	e = read_end(r, &q, s);
	if (e == ERR_NONE)
		e = q.by_day[0] != ICAL_RECURRENCE_ARRAY_MAX ?
		    add_weekdays(r, &q, s, out) : add_shift(r, out, s);
	return e;
}

/* What a shift cannot say. */
static enum err
check_rest(struct reading *r, icalcomponent *ev)
{
	static const struct {
		icalproperty_kind kind;
		const char *field, *rule;
	} not_read[] = {
		{ ICAL_XLICERROR_PROPERTY, "VEVENT", "has a line that cannot "
		    "be read" },
		{ ICAL_DURATION_PROPERTY, "DURATION", "is not read: DTEND "
		    "says when it ends" },
		{ ICAL_EXDATE_PROPERTY, "EXDATE", "is not read: almenara "
		    "roster swap" },
		{ ICAL_RDATE_PROPERTY, "RDATE", "is not read" },
		{ ICAL_EXRULE_PROPERTY, "EXRULE", "is not read" },
		{ ICAL_RECURRENCEID_PROPERTY, "RECURRENCE-ID",
		    "is not read: almenara roster swap" },
	};

	for (size_t i = 0; i < sizeof not_read / sizeof *not_read; i++)
		if (icalcomponent_get_first_property(ev,
			not_read[i].kind) != NULL)
			return refuse(r, ERR_UNSUPPORTED, not_read[i].field,
			    not_read[i].rule);
	return ERR_NONE;
}

static enum err
read_event(struct reading *r, icalcomponent *ev, struct ical_shifts *out)
{
	struct ical_shift s = { .post = r->post };
	struct span zone;
	enum err e;

	if (icalcomponent_get_status(ev) == ICAL_STATUS_CANCELLED)
		return ERR_NONE;
	e = check_rest(r, ev);
	if (e == ERR_NONE)
		e = read_summary(r, ev, &s);
	if (e == ERR_NONE)
		e = read_time(r, ev, ICAL_DTSTART_PROPERTY, "DTSTART",
		    &s.start_s, &s.zone);
	if (e == ERR_NONE)
		e = read_time(r, ev, ICAL_DTEND_PROPERTY, "DTEND", &s.end_s,
		    &zone);
	if (e == ERR_NONE && !span_is_equal(zone, s.zone))
		e = refuse(r, ERR_UNSUPPORTED, "DTEND",
		    "is of another zone than DTSTART");
	if (e == ERR_NONE && s.end_s <= s.start_s)
		e = refuse(r, ERR_SCHEMA, "DTEND", "is not after DTSTART");
	return e == ERR_NONE ? read_rule(r, ev, &s, out) : e;
}

static enum err
read_all(struct reading *r, icalcomponent *root, struct ical_shifts *out)
{
	enum err e = ERR_NONE;

	if (root == NULL || icalcomponent_isa(root) !=
	    ICAL_VCALENDAR_COMPONENT)
		return refuse(r, ERR_SYNTAX, "file", "is no calendar");
	out->at = arena_alloc(r->a, LIMIT_ROSTER_IMPORT * sizeof *out->at);
	for (icalcomponent *ev = icalcomponent_get_first_component(root,
	     ICAL_VEVENT_COMPONENT); e == ERR_NONE && ev != NULL;
	     ev = icalcomponent_get_next_component(root,
	     ICAL_VEVENT_COMPONENT)) {
		r->event++;
		e = read_event(r, ev, out);
	}
	if (e == ERR_NONE && out->n == 0) {
		r->event = 0;
		e = refuse(r, ERR_SCHEMA, "VEVENT", "there is none");
	}
	return e;
}

enum err
ical_parse(struct span in, struct span post, struct span zone,
    struct arena *a, struct ical_shifts *out, struct fault *f)
{
	struct reading r = { .a = a, .post = post, .zone = zone, .f = f };
	struct ical_shifts all = { .n = 0 };
	icalcomponent *root;
	enum err e = in.n == 0 ? fault_at(f, ERR_SYNTAX, 0, "file",
	    "is empty") : check_shape(in, f);

	if (e != ERR_NONE)
		return e;
	icalerror_set_errors_are_fatal(false);
	root = icalparser_parse_string(arena_string(a, in));
	e = read_all(&r, root, &all);
	if (root != NULL)
		icalcomponent_free(root);
	if (e == ERR_NONE)
		*out = all;
	return e;
}
