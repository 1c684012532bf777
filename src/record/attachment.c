/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading and writing the list of attachments.
 */
#include "record/attachment.h"

#include "base/limits.h"
#include "record/entry.h"

enum { NAME_MAX_BYTES = 200, MEDIA_MAX_BYTES = 100 };

bool
attachment_is_name(struct span s)
{
	if (s.n == 0 || s.n > NAME_MAX_BYTES || s.p[0] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < 0x20 || s.p[i] == 0x7f || s.p[i] == '/' ||
		    s.p[i] == '\\')
			return false;
	return true;
}

bool
attachment_is_media(struct span s)
{
	size_t slashes = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '/' && i > 0 && i + 1 < s.n)
			slashes++;
		else if (s.p[i] <= 0x20 || s.p[i] >= 0x7f || s.p[i] == '/')
			return false;
	}
	return slashes == 1 && s.n <= MEDIA_MAX_BYTES;
}

static enum err
wrong(struct fault *f, struct json_val v, const char *field, const char *rule)
{
	return fault_at(f, ERR_SCHEMA, json_at(v), field, "%s", rule);
}

static bool
digest_read(struct json_val v, struct arena *a, struct digest *out)
{
	struct span text;

	return json_text(v, a, &text) == ERR_NONE &&
	    entry_parse_digest(text, out) == ERR_NONE;
}

enum err
attachment_parse(struct json_val v, struct arena *a, struct attachment *out,
    struct fault *f)
{
	struct attachment x, *at = &x;
	struct digest key;
	uint64_t sealed;

	if (v.type != JSON_OBJECT)
		return wrong(f, v, "attachments", "is no object");
	if (json_text(json_get(v, "name"), a, &at->name) != ERR_NONE ||
	    !attachment_is_name(at->name))
		return wrong(f, v, "attachments.name",
		    "is no plain file name of 1 to 200 bytes");
	if (json_text(json_get(v, "media"), a, &at->media) != ERR_NONE ||
	    !attachment_is_media(at->media))
		return wrong(f, v, "attachments.media", "is no media type");
	if (json_u64(json_get(v, "size"), &at->size) != ERR_NONE ||
	    at->size > LIMIT_ATTACHMENT)
		return wrong(f, v, "attachments.size",
		    "is not 0 to 67108864 bytes");
	if (json_u64(json_get(v, "sealed_size"), &sealed) != ERR_NONE ||
	    sealed != pieces_sealed_size(at->size))
		return wrong(f, v, "attachments.sealed_size",
		    "is not what `size` makes when sealed");
	if (!digest_read(json_get(v, "digest"), a, &at->text) ||
	    !digest_read(json_get(v, "sealed_digest"), a, &at->sealed) ||
	    !digest_read(json_get(v, "key"), a, &key))
		return wrong(f, v, "attachments.digest",
		    "digest, sealed_digest and key are 32 bytes in base64url");
	memcpy(at->key, key.b, sizeof at->key);
	*out = x;
	return ERR_NONE;
}

enum err
attachments_parse(struct json_val body, struct arena *a,
    struct attachment **out, size_t *n, struct fault *f)
{
	struct json_val list = json_get(body, "attachments");
	struct attachment *at;
	size_t count = 0;
	enum err e;

	if (list.type == JSON_ABSENT) {
		*n = 0;
		return ERR_NONE;
	}
	if (list.type != JSON_ARRAY)
		return wrong(f, list, "attachments", "is no list");
	if (json_count(list) > LIMIT_ATTACHMENTS)
		return fault_at(f, ERR_LIMIT, json_at(list), "attachments",
		    "has more than %d", LIMIT_ATTACHMENTS);
	at = arena_alloc(a, (json_count(list) + 1) * sizeof *at);
	for (struct json_val v = json_first(list); v.type != JSON_ABSENT;
	     v = json_next(list, v)) {
		e = attachment_parse(v, a, &at[count], f);
		if (e != ERR_NONE)
			return e;
		if (attachment_find(at, count, at[count].name) != NULL)
			return wrong(f, v, "attachments.name",
			    "is there twice");
		count++;
	}
	*out = at;
	*n = count;
	return ERR_NONE;
}

static void
put_digest(struct json_out *w, const char *key, const unsigned char b[32])
{
	char text[ENTRY_DIGEST_TEXT + 1];
	struct digest d;

	memcpy(d.b, b, sizeof d.b);
	entry_write_digest(&d, text);
	json_put_member_str(w, key, text);
}

void
attachment_write(const struct attachment *at, struct json_out *w)
{
	json_put_open(w, '{');
	json_put_member_span(w, "name", at->name);
	json_put_member_span(w, "media", at->media);
	json_put_member_u64(w, "size", at->size);
	put_digest(w, "digest", at->text.b);
	json_put_member_u64(w, "sealed_size", pieces_sealed_size(at->size));
	put_digest(w, "sealed_digest", at->sealed.b);
	put_digest(w, "key", at->key);
	json_put_close(w, '}');
}

const struct attachment *
attachment_find(const struct attachment *list, size_t n, struct span name)
{
	for (size_t i = 0; i < n; i++)
		if (span_is_equal(list[i].name, name))
			return &list[i];
	return NULL;
}

const struct attachment *
attachment_find_sealed(const struct attachment *list, size_t n,
    const struct digest *sealed)
{
	for (size_t i = 0; i < n; i++)
		if (digest_is_equal(&list[i].sealed, sealed))
			return &list[i];
	return NULL;
}
