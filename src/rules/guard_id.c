/* SPDX-License-Identifier: Apache-2.0
 *
 * Numbers that states give to persons, where the number proves itself by its
 * check digits: forms as they are written by people, since bare digits of
 * the right length occur by chance.
 *
 * CPF (BR), RUT/RUN (CL), CUIT/CUIL of persons (AR), CI (UY), cedula (EC, DO),
 * CURP (MX).
 */
#include "rules/guard_inside.h"

enum { DIGITS_MAX = 18 };

/* `d` are the digits but the last character, which is `last`. */
typedef bool check_fn(const unsigned char *d, size_t n, unsigned char last);

/* The sum of digits times weights that fall by one to `low`. */
static unsigned
falling(const unsigned char *d, size_t n, unsigned low)
{
	unsigned s = 0;

	for (size_t i = 0; i < n; i++)
		s += d[i] * (low + (unsigned)(n - 1 - i));
	return s;
}

static unsigned
weighted(const unsigned char *d, const char *weights)
{
	unsigned s = 0;

	for (size_t i = 0; weights[i] != '\0'; i++)
		s += d[i] * (unsigned)(weights[i] - '0');
	return s;
}

static bool
is_all_same(const unsigned char *d, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (d[i] != d[0])
			return false;
	return true;
}

static bool
check_cpf(const unsigned char *d, size_t n, unsigned char last)
{
	(void)n;
	return !is_all_same(d, 10) &&
	    falling(d, 9, 2) * 10 % 11 % 10 == d[9] &&
	    falling(d, 10, 2) * 10 % 11 % 10 ==
		(unsigned)(last - '0');
}

static bool
check_rut(const unsigned char *d, size_t n, unsigned char last)
{
	unsigned s = 0, r;

	for (size_t i = 0; i < n; i++)
		s += d[n - 1 - i] * (unsigned)(2 + i % 6);
	r = 11 - s % 11;
	return guard_lower(last) == (r == 11 ? '0' : r == 10 ? 'k' :
	    '0' + r);
}

/* Of Uruguay: six or seven digits and a check digit. */
static bool
check_ci(const unsigned char *d, size_t n, unsigned char last)
{
	return (10 - weighted(d, n == 7 ? "2987634" : "987634") % 10) % 10 ==
	    (unsigned)(last - '0');
}

static bool
check_rut_or_ci(const unsigned char *d, size_t n, unsigned char last)
{
	return check_rut(d, n, last) ||
	    (guard_is_digit(last) && check_ci(d, n, last));
}

/* 20, 23, 24, 27: persons; others are of companies. */
static bool
check_cuit(const unsigned char *d, size_t n, unsigned char last)
{
	unsigned r = 11 - weighted(d, "5432765432") % 11;

	(void)n;
	return d[0] == 2 && (d[1] == 0 || d[1] == 3 || d[1] == 4 ||
	    d[1] == 7) && (r == 11 ? 0 : r == 10 ? 9 : r) ==
	    (unsigned)(last - '0');
}

/* Doubled digits, 9 taken off: every second one from the `first`. */
static bool
check_luhn(const unsigned char *d, size_t n, size_t first,
    unsigned char last)
{
	unsigned s = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned v = d[i] * (i % 2 == first ? 2U : 1U);

		s += v > 9 ? v - 9 : v;
	}
	return (10 - s % 10) % 10 == (unsigned)(last - '0');
}

static bool
check_ec(const unsigned char *d, size_t n, unsigned char last)
{
	unsigned province = d[0] * 10U + d[1];

	return ((province >= 1 && province <= 24) || province == 30) &&
	    d[2] < 6 && check_luhn(d, n, 0, last);
}

static bool
check_do(const unsigned char *d, size_t n, unsigned char last)
{
	return check_luhn(d, n, 1, last);
}

/* As it is written: 9 is a digit, X the last character. */
static const struct {
	const char *form;
	check_fn *check;
} forms[] = {
	{ "999.999.999-9X", check_cpf },
	{ "99.999.999-X", check_rut },
	{ "9.999.999-X", check_rut_or_ci },
	{ "99-99999999-X", check_cuit },
	{ "999999999-X", check_ec },
	{ "999-9999999-X", check_do },
};

static size_t
match_form(struct span text, size_t at, const char *form, check_fn *check)
{
	unsigned char d[DIGITS_MAX];
	size_t n = 0, i = 0;

	for (; form[i] != '\0'; i++) {
		unsigned char c = guard_byte(text, at + i);

		if (form[i] == 'X') {
			if (!guard_is_digit(c) && guard_lower(c) != 'k')
				return 0;
		} else if (form[i] == '9') {
			if (!guard_is_digit(c))
				return 0;
			d[n++] = (unsigned char)(c - '0');
		} else if (c != (unsigned char)form[i]) {
			return 0;
		}
	}
	if (guard_is_word(guard_byte(text, at + i)) ||
	    (check != check_rut && check != check_rut_or_ci &&
		!guard_is_digit(text.p[at + i - 1])))
		return 0;
	return check(d, n, text.p[at + i - 1]) ? i : 0;
}

/* CURP: AAAA999999HAAAAAX9, upper case. The alphabet of its check digit has a
 * letter that no CURP has in these places: N with a tilde, after N. */
static unsigned
curp_value(unsigned char c)
{
	return guard_is_digit(c) ? c - (unsigned)'0' :
	    c <= 'N'		 ? c - 'A' + 10U :
				   c - 'A' + 11U;
}

static size_t
match_curp(struct span text, size_t at)
{
	static const char form[] = "AAAA999999HAAAAAX9";
	unsigned s = 0;

	for (size_t i = 0; i < 18; i++) {
		unsigned char c = guard_byte(text, at + i);
		bool upper = c >= 'A' && c <= 'Z', digit = guard_is_digit(c);

		if ((form[i] == 'A' && !upper) || (form[i] == '9' && !digit) ||
		    (form[i] == 'H' && c != 'H' && c != 'M') ||
		    (form[i] == 'X' && !upper && !digit))
			return 0;
		if (i < 17)
			s += curp_value(c) * (18 - (unsigned)i);
	}
	return !guard_is_word(guard_byte(text, at + 18)) &&
	    (10 - s % 10) % 10 == (unsigned)(text.p[at + 17] - '0') ? 18 : 0;
}

size_t
guard_person_id(struct span text, size_t at)
{
	unsigned char before = at > 0 ? guard_byte(text, at - 1) : 0;
	size_t n;

	if (guard_is_word(before) || before == '-' || before == '.')
		return 0;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		n = match_form(text, at, forms[i].form, forms[i].check);
		if (n != 0)
			return n;
	}
	return match_curp(text, at);
}
