/* SPDX-License-Identifier: Apache-2.0
 *
 * CSAF on the public site. A document is kept in memory until it is signed,
 * then it, its digests and its signature take their places together, and the
 * lists come last: no list names what is not there.
 */
#include "node/site_csaf.h"

#include "base/code.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "crypto/openpgp.h"
#include "gateways/csaf_out.h"
#include "gateways/csaf_provider.h"

#include <stdlib.h>

enum { WAITING = 32, HISTORY = SITE_PAST_MAX + 1, DAY_S = 86400 };

struct waiting {
	char path[SITE_CSAF_PATH];
	struct buf text;
	int64_t at_s;
};

struct site_csaf {
	const struct site_about *about;
	const struct schema *schema;
	struct files *files;
	site_csaf_sign_fn *sign;
	void *ctx;
	struct sign_public key;
	bool has_key;
	char contact[512];
	struct waiting waiting[WAITING];
	size_t n;
	struct arena a;
	struct buf out;
};

struct site_csaf *
site_csaf_create(const struct site_about *about, const struct schema *schema,
    struct files *files, site_csaf_sign_fn *sign, void *ctx)
{
	struct site_csaf *c = mem_alloc(sizeof *c);

	c->about = about;
	c->schema = schema;
	c->files = files;
	c->sign = sign;
	c->ctx = ctx;
	snprintf(c->contact, sizeof c->contact, "%s%s%s", about->mail,
	    about->mail[0] != '\0' && about->phone[0] != '\0' ? ", " : "",
	    about->phone);
	for (size_t i = 0; i < WAITING; i++)
		buf_init(&c->waiting[i].text, LIMIT_SITE_PAGE);
	buf_init(&c->out, LIMIT_SITE_MANIFEST);
	return c;
}

void
site_csaf_free(struct site_csaf *c)
{
	if (c == NULL)
		return;
	for (size_t i = 0; i < WAITING; i++)
		buf_release(&c->waiting[i].text);
	buf_release(&c->out);
	arena_release(&c->a);
	free(c);
}

static const char *
name_of(const struct site_csaf *c)
{
	return c->about->name[0] != '\0' ? c->about->name : c->about->team;
}

/* --- the key --- */

/* Its name says whose it is: "CERT of the state (CSAF) <mail>". */
static void
put_user(const struct site_csaf *c, struct buf *out)
{
	for (const char *s = name_of(c); *s != '\0'; s++)
		buf_put_u8(out, *s == '<' || *s == '>' || *s == '(' ||
		    *s == ')' ? ' ' : (uint8_t)*s);
	buf_put_str(out, " (CSAF)");
	if (c->about->mail[0] != '\0')
		buf_put_format(out, " <%s>", c->about->mail);
}

enum err
site_csaf_again(struct site_csaf *c)
{
	unsigned char sig[1][SIGN_BYTES];
	struct digest d;
	struct buf user;
	enum err e = c->sign(c->ctx, NULL, 0, &c->key, sig);

	if (e != ERR_NONE)
		return e;
	buf_init(&user, 4096);
	put_user(c, &user);
	d = openpgp_digest(&c->key, OPENPGP_NAME, buf_span(&user),
	    OPENPGP_BORN);
	e = c->sign(c->ctx, &d, 1, &c->key, sig);
	if (e == ERR_NONE) {
		buf_clear(&c->out);
		openpgp_put_key(&c->out, &c->key, buf_span(&user), sig[0]);
		e = files_put(c->files, CSAF_KEY, buf_span(&c->out));
	}
	c->has_key = e == ERR_NONE;
	buf_release(&user);
	return e;
}

static enum err
need_key(struct site_csaf *c)
{
	return c->has_key ? ERR_NONE : site_csaf_again(c);
}

/* --- one document --- */

static bool
is_ours(const struct site_csaf *c, const struct site_notice *n)
{
	return n->in_feed && kind_is_news(n->kind) &&
	    span_is_str(n->iss, c->about->team);
}

static void
id_of(const struct site_csaf *c, const struct uuid *id, char out[128])
{
	char text[UUID_TEXT + 1];

	uuid_write(id, text);
	snprintf(out, 128, "%.80s-%s", c->about->team, text);
}

static int64_t
first_of(const struct site_notice *n)
{
	return n->past_n != 0 ? n->past[0].iat_s : n->iat_s;
}

/* No revision is older than the one before it. */
static int64_t
last_of(const struct site_notice *n)
{
	int64_t last = n->iat_s;

	for (size_t i = 0; i < n->past_n; i++)
		if (n->past[i].iat_s > last)
			last = n->past[i].iat_s;
	return last;
}

bool
site_csaf_place(const struct site_csaf *c, const struct site_notice *n,
    char out[SITE_CSAF_PATH])
{
	char id[128], place[CSAF_PATH];

	if (!is_ours(c, n))
		return false;
	id_of(c, &n->id, id);
	if (!csaf_place(id, first_of(n), place))
		return false;
	snprintf(out, SITE_CSAF_PATH, "%s%s", CSAF_FOLDER, place);
	return true;
}

static enum err
put_digest(struct site_csaf *c, const char *path, const char *end,
    struct span digest)
{
	const char *name = strrchr(path, '/') + 1;
	char beside[SITE_CSAF_PATH + 8];

	snprintf(beside, sizeof beside, "%s.%s", path, end);
	buf_clear(&c->out);
	code_write_hex(&c->out, digest);
	buf_put_format(&c->out, "  %s\n", name);
	return files_put(c->files, beside, buf_span(&c->out));
}

static enum err
put_all(struct site_csaf *c, const struct waiting *w,
    const unsigned char sig[SIGN_BYTES])
{
	struct span text = buf_span(&w->text);
	struct digest d = hash_sha256(text);
	unsigned char d512[64];
	char beside[SITE_CSAF_PATH + 8];
	enum err e = files_put(c->files, w->path, text);

	hash_sha512(text, d512);
	if (e == ERR_NONE)
		e = put_digest(c, w->path, "sha256", digest_span(&d));
	if (e == ERR_NONE)
		e = put_digest(c, w->path, "sha512", span_of(d512,
		    sizeof d512));
	if (e != ERR_NONE)
		return e;
	snprintf(beside, sizeof beside, "%s.asc", w->path);
	buf_clear(&c->out);
	openpgp_put_signature(&c->out, &c->key, OPENPGP_FILE, text, w->at_s,
	    sig);
	return files_put(c->files, beside, buf_span(&c->out));
}

static enum err
flush(struct site_csaf *c)
{
	unsigned char sig[WAITING][SIGN_BYTES];
	struct digest d[WAITING];
	size_t n = c->n;
	enum err e = n == 0 ? ERR_NONE : need_key(c);

	c->n = 0;
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		d[i] = openpgp_digest(&c->key, OPENPGP_FILE,
		    buf_span(&c->waiting[i].text), c->waiting[i].at_s);
	if (e == ERR_NONE && n != 0)
		e = c->sign(c->ctx, d, n, &c->key, sig);
	for (size_t i = 0; e == ERR_NONE && i < n; i++)
		e = put_all(c, &c->waiting[i], sig[i]);
	return e;
}

enum err
site_csaf_notice(struct site_csaf *c, const struct site_notice *n)
{
	char id[128], place[SITE_PLACE], self[4096], page[4096];
	int64_t at_s[HISTORY];
	struct csaf_out out = { .schema = c->schema, .kind = n->kind,
		.body = n->body, .id = id, .publisher = name_of(c),
		.namespace = c->about->url, .contact = c->contact,
		.self = self, .page = page, .at_s = at_s };
	struct waiting *w = &c->waiting[c->n];
	struct fault f = { 0 };
	enum err e;

	if (!site_csaf_place(c, n, w->path))
		return ERR_NOT_FOUND;
	for (size_t i = 0; i < n->past_n; i++)
		at_s[out.revisions++] = n->past[i].iat_s;
	at_s[out.revisions++] = n->iat_s;
	id_of(c, &n->id, id);
	site_place(n, place);
	snprintf(self, sizeof self, "%s%s", c->about->url, w->path);
	snprintf(page, sizeof page, "%s%s", c->about->url, place);
	w->at_s = last_of(n);
	buf_clear(&w->text);
	e = csaf_write(&out, &c->a, &w->text, &f);
	arena_reset(&c->a);
	if (e != ERR_NONE) {
		log_event(LOG_ERROR, "site.csaf", log_str("id", id),
		    log_str("field", f.field), log_str("rule", f.rule));
		return e;
	}
	c->n++;
	return c->n == WAITING ? flush(c) : ERR_NONE;
}

struct search {
	struct arena *a;
	char name[160];
	char *path[8];
	size_t n;
};

static void
see(void *ctx, const char *path)
{
	struct search *s = ctx;
	const char *name = strrchr(path, '/');

	if (name != NULL && strcmp(name + 1, s->name) == 0 && s->n < 8)
		s->path[s->n++] = arena_string(s->a, span_str(path));
}

enum err
site_csaf_gone(struct site_csaf *c, const char *id)
{
	static const char *const ends[] = { "", ".sha256", ".sha512",
		".asc" };
	struct search s = { .a = &c->a };
	char whole[128], place[CSAF_PATH];
	enum err e = ERR_NONE;

	snprintf(whole, sizeof whole, "%.80s-%.36s", c->about->team, id);
	if (!csaf_place(whole, 0, place))
		return ERR_NONE;
	for (size_t i = 0; i < 4; i++) {
		snprintf(s.name, sizeof s.name, "%s%s", strchr(place, '/') + 1,
		    ends[i]);
		files_each(c->files, CSAF_FOLDER, see, &s);
	}
	for (size_t i = 0; i < s.n && e == ERR_NONE; i++)
		e = files_remove(c->files, s.path[i]);
	arena_reset(&c->a);
	return e;
}

/* --- the lists --- */

static int
newer(const void *x, const void *y)
{
	const struct csaf_listed *a = x, *b = y;

	if (a->last_s != b->last_s)
		return a->last_s < b->last_s ? 1 : -1;
	return strcmp(a->path, b->path);
}

static struct csaf_listed *
list_all(struct site_csaf *c, const struct site_notice *const *notice,
    size_t n, size_t *count)
{
	struct csaf_listed *doc = arena_alloc(&c->a, (n + 1) * sizeof *doc);
	char path[SITE_CSAF_PATH], id[128];
	struct span tag;

	*count = 0;
	for (size_t i = 0; i < n; i++) {
		if (!site_csaf_place(c, notice[i], path) ||
		    !files_has(c->files, path))
			continue;
		id_of(c, &notice[i]->id, id);
		doc[(*count)++] = (struct csaf_listed){
			.id = arena_string(&c->a, span_str(id)),
			.path = arena_string(&c->a, span_str(path +
			    sizeof CSAF_FOLDER - 1)),
			.title = site_title(notice[i], LANG_EN, &c->a, &tag),
			.first_s = first_of(notice[i]),
			.last_s = last_of(notice[i]) };
	}
	if (*count != 0)
		qsort(doc, *count, sizeof *doc, newer);
	return doc;
}

static enum err
put_out(struct site_csaf *c, const char *path)
{
	enum err e = buf_check(&c->out);

	if (e == ERR_NONE)
		e = files_put(c->files, path, buf_span(&c->out));
	buf_clear(&c->out);
	return e;
}

static enum err
put_lists(struct site_csaf *c, const struct csaf_listed *doc, size_t n,
    int64_t now_s)
{
	char hex[OPENPGP_HEX];
	const struct csaf_provider p = { .url = c->about->url,
		.name = name_of(c), .contact = c->contact, .fingerprint = hex,
		.updated_s = n != 0 ? doc[0].last_s : now_s / DAY_S * DAY_S };
	enum err e;

	openpgp_fingerprint(&c->key, hex);
	buf_clear(&c->out);
	csaf_index_write(doc, n, &c->out);
	e = put_out(c, CSAF_FOLDER "index.txt");
	csaf_changes_write(doc, n, &c->out);
	if (e == ERR_NONE)
		e = put_out(c, CSAF_FOLDER "changes.csv");
	csaf_listing_write(doc, n, &c->out);
	if (e == ERR_NONE)
		e = put_out(c, CSAF_FOLDER "index.html");
	csaf_feed_write(&p, doc, n, &c->out);
	if (e == ERR_NONE)
		e = put_out(c, CSAF_FEED);
	csaf_provider_write(&p, &c->out);
	return e != ERR_NONE ? e : put_out(c, CSAF_METADATA);
}

enum err
site_csaf_end(struct site_csaf *c, const struct site_notice *const *notice,
    size_t n, int64_t now_s)
{
	struct csaf_listed *doc;
	size_t count;
	enum err e = flush(c);

	if (e == ERR_NONE)
		e = need_key(c);
	if (e != ERR_NONE)
		return e;
	doc = list_all(c, notice, n, &count);
	e = put_lists(c, doc, count, now_s);
	arena_reset(&c->a);
	return e;
}

enum err
site_csaf_text(struct site_csaf *c, const char *path, struct span text,
    int64_t at_s)
{
	unsigned char sig[1][SIGN_BYTES];
	struct digest d;
	enum err e = need_key(c);

	if (e != ERR_NONE)
		return e;
	d = openpgp_digest(&c->key, OPENPGP_TEXT, text, at_s);
	e = c->sign(c->ctx, &d, 1, &c->key, sig);
	buf_clear(&c->out);
	if (e == ERR_NONE)
		openpgp_put_signed(&c->out, &c->key, text, at_s, sig[0]);
	return e != ERR_NONE ? e : put_out(c, path);
}
