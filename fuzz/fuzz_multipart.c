/* reaches: multipart_put multipart_boundary multipart_file_name
 *
 * SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a form in parts, behind a Content-Type and a line break: in one
 * piece and in single bytes it is the same, and what is given out was in it.
 * What is kept of the name of a file is one, whatever it was.
 */
#include "fuzz.h"

#include "base/text.h"
#include "web/multipart.h"

struct heard {
	const uint8_t *from;
	size_t bytes, parts, ends, sum;
};

static void
check_name(struct span file)
{
	char name[MULTIPART_SHOWN + 1], again[MULTIPART_SHOWN + 1];
	size_t n = multipart_file_name(file, name);
	struct text t;

	FUZZ_CHECK(n != 0 && n <= MULTIPART_SHOWN && name[n] == '\0');
	FUZZ_CHECK(name[0] != '.');
	FUZZ_CHECK(text_parse(span_of(name, n), &t) == ERR_NONE);
	for (size_t i = 0; i < n; i++)
		FUZZ_CHECK((unsigned char)name[i] >= ' ' && name[i] != 0x7f &&
		    name[i] != '/' && name[i] != '\\');
	FUZZ_CHECK(multipart_file_name(span_of(name, n), again) == n &&
	    memcmp(name, again, n) == 0);
}

static enum err
on_part(void *ctx, const struct multipart_part *p)
{
	struct heard *h = ctx;

	FUZZ_CHECK(h->parts == h->ends);
	FUZZ_CHECK(p->name.n != 0 && p->name.n <= MULTIPART_NAME);
	FUZZ_CHECK(p->file.n <= MULTIPART_FILE);
	FUZZ_CHECK(p->file.n == 0 || (memchr(p->file.p, '/', p->file.n) ==
	    NULL && memchr(p->file.p, '\n', p->file.n) == NULL));
	check_name(p->file);
	h->parts++;
	return ERR_NONE;
}

static enum err
on_bytes(void *ctx, struct span s)
{
	struct heard *h = ctx;

	FUZZ_CHECK(h->parts == h->ends + 1);
	for (size_t i = 0; i < s.n; i++)
		h->sum = h->sum * 31 + s.p[i];
	h->bytes += s.n;
	return ERR_NONE;
}

static enum err
on_end(void *ctx)
{
	((struct heard *)ctx)->ends++;
	return ERR_NONE;
}

static struct heard
hear(struct span boundary, const uint8_t *data, size_t n, size_t step)
{
	struct heard h = { .from = data };
	const struct multipart_sink sink = { &h, on_part, on_bytes, on_end };
	struct multipart m;
	enum err e = ERR_NONE;

	multipart_init(&m, boundary, &sink);
	for (size_t i = 0; e == ERR_NONE && i < n; i += step)
		e = multipart_put(&m, span_of(data + i, n - i < step ? n - i :
		    step), NULL);
	FUZZ_CHECK(e == ERR_NONE || !multipart_is_whole(&m));
	FUZZ_CHECK(!multipart_is_whole(&m) || h.parts == h.ends);
	return h;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const uint8_t *lf = n != 0 ? memchr(data, '\n', n) : NULL;
	struct heard a, b;
	struct span boundary;

	if (lf == NULL)
		return 0;
	boundary = multipart_boundary(span_of(data, (size_t)(lf - data)));
	if (boundary.p == NULL)
		return 0;
	n -= (size_t)(lf + 1 - data);
	check_name(span_of(lf + 1, n));
	a = hear(boundary, lf + 1, n, n + 1);
	b = hear(boundary, lf + 1, n, 1);
	FUZZ_CHECK(a.parts == b.parts && a.ends == b.ends);
	FUZZ_CHECK(a.bytes == b.bytes && a.sum == b.sum && a.bytes <= n);
	return 0;
}
