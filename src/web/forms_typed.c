/* SPDX-License-Identifier: Apache-2.0
 *
 * What a person types: taken part by part, cleaned and checked.
 */
#include "web/forms_inside.h"

#include "base/text.h"

enum {
	SMALL = 400,    /* a short answer */
	SLICE = 4096    /* taken before it is asked whether the node has to
	                 * take what was sealed */
};

const struct forms_typed forms_typed[TYPED_COUNT] = { [TYPED_STEP] = { "step", 16 },
	[TYPED_TOKEN] = { "token", 64 }, [TYPED_WORK] = { "work", 32 },
	[TYPED_TRAP] = { "website", SMALL }, [TYPED_TOPIC] = { "topic", 16 },
	[TYPED_WHAT] = { "what", LIMIT_REPORT_TYPED },
	[TYPED_ONGOING] = { "ongoing", SMALL },
	[TYPED_WHEN] = { "when", SMALL },
	[TYPED_CONTACT] = { "contact", SMALL },
	[TYPED_SHARE] = { "share", 16 }, [TYPED_NAMED] = { "named", 16 },
	[TYPED_CODE] = { "code", 64 },
	[TYPED_MESSAGE] = { "message", LIMIT_REPORT_TYPED },
	[TYPED_SEALED] = { "sealed", LIMIT_REPORT_TYPED },
	[TYPED_PRODUCT] = { "product", SMALL },
	[TYPED_VENDOR] = { "vendor", SMALL },
	[TYPED_VERSION] = { "version", SMALL },
	[TYPED_EXPLOITED] = { "exploited", SMALL },
	[TYPED_INFORMED] = { "informed", SMALL },
	[TYPED_PUBLISH] = { "publish", SMALL },
	[TYPED_CREDIT] = { "credit", SMALL } };

static enum err
on_part(void *ctx, const struct multipart_part *p)
{
	struct visit *v = ctx;

	v->now = NULL;
	for (size_t k = 0; k < TYPED_COUNT && !p->is_file; k++)
		if (span_is_str(p->name, forms_typed[k].name))
			v->now = &v->field[k];
	forms_file_begin(v, p);
	return ERR_NONE;
}

/* As much as fits is kept, so that it can be shown again. */
static enum err
on_bytes(void *ctx, struct span s)
{
	struct visit *v = ctx;
	size_t room;

	if (v->now == NULL) {
		forms_file_bytes(v, s);
		return ERR_NONE;
	}
	room = v->now->max - v->now->n;
	if (s.n > room) {
		v->wrong[WRONG_LONG] = true;
		s.n = room;
	}
	buf_put(v->now, s);
	return ERR_NONE;
}

static enum err
on_part_end(void *ctx)
{
	struct visit *v = ctx;

	v->now = NULL;
	forms_file_end(v);
	return ERR_NONE;
}

void
forms_begin(struct visit *v, struct span boundary)
{
	for (size_t k = 0; k < TYPED_COUNT; k++)
		buf_init(&v->field[k], forms_typed[k].most);
	v->sink = (struct multipart_sink){ v, on_part, on_bytes,
		on_part_end };
	multipart_init(&v->form, boundary, &v->sink);
}

size_t
forms_take(void *ctx, struct span s)
{
	struct visit *v = ctx;
	size_t n = 0, k;

	for (; n < s.n && !forms_files_wait(v); n += k) {
		k = s.n - n < SLICE ? s.n - n : SLICE;
		/* the rest of what is broken is read and dropped: only then
		 * do browsers show the answer */
		if (!v->wrong[WRONG_BROKEN] && multipart_put(&v->form,
		    span_of(s.p + n, k), NULL) != ERR_NONE) {
			v->wrong[WRONG_BROKEN] = true;
			forms_files_drop(v);
		}
	}
	if (forms_files_wait(v))
		http_hold(v->call);
	return n;
}

/* --- what it is --- */

/* Of what a person types: lines and no other controls. What is not UTF-8 is
 * not shown again either. */
static void
clean(struct visit *v, struct buf *b)
{
	struct text t;
	size_t n = 0;

	while (b->n != 0 && text_parse(buf_span(b), &t) != ERR_NONE) {
		/* cut in the middle of a character, or none at all */
		if (!v->wrong[WRONG_LONG] || b->max - b->n > 3) {
			v->wrong[WRONG_TEXT] = true;
			b->n = 0;
			return;
		}
		b->n--;
	}
	for (size_t i = 0; i < b->n; i++)
		if (b->p[i] != '\r' && (b->p[i] >= ' ' || b->p[i] == '\n' ||
		    b->p[i] == '\t') && b->p[i] != 0x7f)
			b->p[n++] = b->p[i];
	b->n = n;
}

bool
forms_is_wrong(const struct visit *v)
{
	for (int k = 0; k < WRONG_COUNT; k++)
		if (v->wrong[k])
			return true;
	return false;
}

void
forms_check(struct visit *v)
{
	if (!multipart_is_whole(&v->form))
		v->wrong[WRONG_BROKEN] = true;
	for (size_t k = 0; k < TYPED_COUNT; k++)
		clean(v, &v->field[k]);
	if (forms_text(v, TYPED_WHAT).n > LIMIT_REPORT_TEXT ||
	    forms_text(v, TYPED_MESSAGE).n > LIMIT_REPORT_TEXT)
		v->wrong[WRONG_LONG] = true;
	if (v->page == FORMS_FOLLOW || v->wrong[WRONG_BROKEN])
		return;
	if (forms_is_sealed(v)) {
		forms_check_sealed(v);
		return;
	}
	if (v->page == FORMS_WEAKNESS) {
		buf_clear(&v->field[TYPED_TOPIC]);
		buf_put_str(&v->field[TYPED_TOPIC], "weakness");
		v->wrong[WRONG_PRODUCT] = !v->wrong[WRONG_TEXT] &&
		    forms_text(v, TYPED_PRODUCT).n == 0;
	}
	if (forms_label(v->forms, "topic", forms_text(v, TYPED_TOPIC),
	    LANG_EN)[0] == '\0')
		v->wrong[WRONG_TOPIC] = true;
	if (forms_text(v, TYPED_WHAT).n == 0 && !v->wrong[WRONG_TEXT])
		v->wrong[WRONG_WHAT] = true;
}

bool
forms_is_slow(struct visit *v)
{
	struct forms *i = v->forms;
	struct span token = forms_text(v, TYPED_TOKEN);
	unsigned bits = 0;
	enum token_state s = token_judge(i->key, &i->spent, token, i->now_ms,
	    &bits);
	bool is_good = s == TOKEN_GOOD || (s == TOKEN_EARLY &&
	    token_is_worked(token, forms_text(v, TYPED_WORK), bits));

	if (s == TOKEN_GOOD || s == TOKEN_EARLY)
		token_spend(&i->spent, token);
	return !is_good || forms_text(v, TYPED_TRAP).n != 0;
}
