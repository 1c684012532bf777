/* SPDX-License-Identifier: Apache-2.0
 *
 * Strict lines and numbers.
 */
#include "ledger/line.h"

enum err
line_step(struct span *rest, struct span *line)
{
	const unsigned char *lf;
	size_t n;

	lf = rest->n == 0 ? NULL : memchr(rest->p, '\n', rest->n);
	if (lf == NULL)
		return ERR_SYNTAX;
	n = (size_t)(lf - rest->p);
	*line = span_of(rest->p, n);
	*rest = span_of(lf + 1, rest->n - n - 1);
	return ERR_NONE;
}

enum err
line_after(struct span s, const char *prefix, struct span *out)
{
	size_t n = strlen(prefix);

	if (s.n < n || memcmp(s.p, prefix, n) != 0)
		return ERR_SYNTAX;
	*out = span_of(s.p + n, s.n - n);
	return ERR_NONE;
}

enum err
line_u64(struct span digits, uint64_t max, uint64_t *out)
{
	uint64_t v = 0, d;
	size_t i;

	if (digits.n == 0)
		return ERR_SYNTAX;
	for (i = 0; i < digits.n; i++)
		if (digits.p[i] < '0' || digits.p[i] > '9')
			return ERR_SYNTAX;
	if (digits.n > 1 && digits.p[0] == '0')
		return ERR_CANONICAL;
	for (i = 0; i < digits.n; i++) {
		d = (uint64_t)(digits.p[i] - '0');
		if (v > (max - d) / 10 || d > max)
			return ERR_LIMIT;
		v = v * 10 + d;
	}
	*out = v;
	return ERR_NONE;
}
