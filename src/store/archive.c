/* SPDX-License-Identifier: Apache-2.0
 *
 * The members of a backup.
 */
#include "store/archive.h"

#include "base/limits.h"
#include "base/reader.h"

#include <stdio.h>
#include <string.h>

enum { MEMBER_HEAD = 5 };

static const char order[] = "HFRADE"; /* D stands with A */

/* --- writing --- */

static size_t
member_begin(struct buf *out, char letter)
{
	buf_put_u8(out, (uint8_t)letter);
	buf_put_u32(out, 0);
	return out->n;
}

static void
member_end(struct buf *out, size_t at)
{
	if (!out->over)
		buf_set_u32(out, at - 4, (uint32_t)(out->n - at));
}

static void
member_put(struct buf *out, char letter, struct span bytes)
{
	size_t at = member_begin(out, letter);

	buf_put(out, bytes);
	member_end(out, at);
}

void
archive_put_head(struct buf *out, struct span json)
{
	member_put(out, 'H', json);
}

void
archive_put_file(struct buf *out, struct span name, struct span bytes)
{
	size_t at = member_begin(out, 'F');

	buf_put_span16(out, name);
	buf_put(out, bytes);
	member_end(out, at);
}

void
archive_put_row(struct buf *out, const struct store_row *r)
{
	size_t at = member_begin(out, 'R');

	buf_put_u8(out, (uint8_t)r->kind);
	buf_put_span16(out, r->row.key);
	buf_put_span32(out, r->row.meta);
	buf_put_span32(out, r->row.value);
	member_end(out, at);
}

void
archive_put_blob(struct buf *out, const struct digest *name, uint64_t size)
{
	size_t at = member_begin(out, 'A');

	buf_put(out, digest_span(name));
	buf_put_u64(out, size);
	member_end(out, at);
}

void
archive_put_data(struct buf *out, struct span bytes)
{
	member_put(out, 'D', bytes);
}

void
archive_put_end(struct buf *out, struct span jws)
{
	member_put(out, 'E', jws);
}

/* --- names --- */

static bool
is_word(struct span s)
{
	if (s.n == 0 || s.p[0] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
		    (c < '0' || c > '9') && c != '.' && c != '_' && c != '-')
			return false;
	}
	return true;
}

bool
archive_is_name(struct span name)
{
	static const char folder[] = "documents/";
	size_t n = sizeof folder - 1;

	if (span_is_str(name, "almenarad.conf") ||
	    span_is_str(name, "almenara.rules") ||
	    span_is_str(name, "keyring"))
		return true;
	return name.n > n && name.n <= ARCHIVE_NAME &&
	    memcmp(name.p, folder, n) == 0 &&
	    is_word(span_of(name.p + n, name.n - n));
}

/* --- reading --- */

void
archive_reader_init(struct archive_reader *r, const struct archive_take *take)
{
	*r = (struct archive_reader){ .take = take,
		.hash = hash_stream_create(),
		.blob_hash = hash_stream_create() };
	buf_init(&r->in, LIMIT_BACKUP_MEMBER + MEMBER_HEAD);
}

void
archive_reader_release(struct archive_reader *r)
{
	hash_stream_free(r->hash);
	hash_stream_free(r->blob_hash);
	buf_release(&r->in);
	*r = (struct archive_reader){ 0 };
}

static enum err
refuse(const struct archive_reader *r, struct fault *f, enum err e,
    const char *rule)
{
	return fault_at(f, e, (size_t)r->at, "archive", "%s", rule);
}

static enum err
read_file(struct archive_reader *r, struct span m, struct fault *f)
{
	struct reader in;
	struct span name;

	reader_init(&in, m);
	name = reader_span16(&in, ARCHIVE_NAME);
	if (reader_check(&in, false) != ERR_NONE || !archive_is_name(name))
		return refuse(r, f, ERR_SYNTAX,
		    "a file has a name that no backup has");
	if (++r->counts.files > LIMIT_BACKUP_FILES)
		return refuse(r, f, ERR_LIMIT, "it has too many files");
	return r->take->file == NULL ? ERR_NONE :
	    r->take->file(r->take->ctx, name, reader_rest(&in), f);
}

/* Each row stands behind the one before, so none comes twice. */
static bool
is_ascending(const struct archive_reader *r, const struct store_row *row)
{
	const struct store_cursor *last = &r->last;

	if (last->key_n == 0 || (unsigned)row->kind != last->kind)
		return last->key_n == 0 || (unsigned)row->kind > last->kind;
	return span_compare(span_of(last->key, last->key_n), row->row.key) < 0;
}

static enum err
read_row(struct archive_reader *r, struct span m, struct fault *f)
{
	struct store_row row;
	struct reader in;
	enum err e;

	reader_init(&in, m);
	row.kind = (enum row_kind)reader_u8(&in);
	row.row.key = reader_span16(&in, ENGINE_KEY_MAX);
	row.row.meta = reader_span32(&in, LIMIT_BACKUP_MEMBER);
	row.row.value = reader_span32(&in, LIMIT_BACKUP_MEMBER);
	if (reader_check(&in, true) != ERR_NONE)
		return refuse(r, f, ERR_SYNTAX, "a row has not its parts");
	e = store_row_check(&row, f);
	if (e == ERR_NONE && !is_ascending(r, &row))
		e = fault_at(f, ERR_SYNTAX, 0, store_row_word(row.kind),
		    "its rows are not in their order");
	if (e != ERR_NONE) {
		if (f != NULL)
			f->at = (size_t)r->at;
		return e;
	}
	r->last.kind = row.kind;
	r->last.key_n = row.row.key.n;
	memcpy(r->last.key, row.row.key.p, row.row.key.n);
	r->counts.rows[row.kind]++;
	return r->take->row == NULL ? ERR_NONE :
	    r->take->row(r->take->ctx, &row, f);
}

static enum err
read_blob(struct archive_reader *r, struct span m, struct fault *f)
{
	struct digest name;
	struct reader in;
	uint64_t size;

	reader_init(&in, m);
	reader_copy(&in, name.b, sizeof name.b);
	size = reader_u64(&in);
	if (reader_check(&in, true) != ERR_NONE)
		return refuse(r, f, ERR_SYNTAX,
		    "an attachment has not digest and size");
	if (size == 0 || size > 2 * (uint64_t)LIMIT_ATTACHMENT)
		return refuse(r, f, ERR_LIMIT,
		    "an attachment has a size that none has");
	if (r->counts.blobs != 0 && span_compare(digest_span(&r->blob),
	    digest_span(&name)) >= 0)
		return refuse(r, f, ERR_SYNTAX,
		    "its attachments are not in their order");
	hash_stream_free(r->blob_hash);
	r->blob_hash = hash_stream_create();
	r->blob = name;
	r->blob_left = size;
	r->has_blob = true;
	r->counts.blobs++;
	r->counts.blob_bytes += size;
	return r->take->blob == NULL ? ERR_NONE :
	    r->take->blob(r->take->ctx, &name, size, f);
}

static enum err
read_data(struct archive_reader *r, struct span m, struct fault *f)
{
	struct digest d;

	if (m.n == 0 || m.n > ARCHIVE_DATA || m.n > r->blob_left)
		return refuse(r, f, ERR_SYNTAX,
		    "an attachment has other bytes than it said");
	hash_stream_add(r->blob_hash, m);
	r->blob_left -= m.n;
	if (r->blob_left == 0) {
		r->has_blob = false;
		d = hash_stream_now(r->blob_hash);
		if (!digest_is_equal(&d, &r->blob))
			return refuse(r, f, ERR_DIGEST,
			    "an attachment has another digest than it said");
	}
	return r->take->data == NULL ? ERR_NONE :
	    r->take->data(r->take->ctx, m, !r->has_blob, f);
}

static enum err
read_end(struct archive_reader *r, struct span m, struct fault *f)
{
	struct digest d = hash_stream_now(r->hash);

	r->is_over = true;
	return r->take->end == NULL ? ERR_NONE :
	    r->take->end(r->take->ctx, m, &d, f);
}

/* May this letter come now? */
static enum err
take_turn(struct archive_reader *r, char letter, struct fault *f)
{
	const char *at = letter != '\0' ? strchr(order, letter) : NULL;
	unsigned rank = at == NULL ? 0 : (unsigned)(at - order) + 1;

	if (letter == 'D')
		rank = (unsigned)(strchr(order, 'A') - order) + 1;
	if (rank == 0)
		return refuse(r, f, ERR_SYNTAX, "no member begins so");
	if (r->is_over)
		return refuse(r, f, ERR_SYNTAX, "it goes on after its end");
	if ((r->rank == 0) != (letter == 'H') || rank < r->rank ||
	    r->has_blob != (letter == 'D'))
		return refuse(r, f, ERR_SYNTAX,
		    "its members are not in their order");
	r->rank = rank;
	return ERR_NONE;
}

static enum err
read_member(struct archive_reader *r, char letter, struct span m,
    struct fault *f)
{
	enum err e = take_turn(r, letter, f);

	if (e != ERR_NONE)
		return e;
	switch (letter) {
	case 'H':
		return r->take->head == NULL ? ERR_NONE :
		    r->take->head(r->take->ctx, m, f);
	case 'F':
		return read_file(r, m, f);
	case 'R':
		return read_row(r, m, f);
	case 'A':
		return read_blob(r, m, f);
	case 'D':
		return read_data(r, m, f);
	default:
		return read_end(r, m, f);
	}
}

/* The length of the first member with its head; 0 if that is not there. */
static size_t
member_size(struct span in)
{
	if (in.n < MEMBER_HEAD)
		return 0;
	return MEMBER_HEAD + ((size_t)in.p[1] << 24 | (size_t)in.p[2] << 16 |
	    (size_t)in.p[3] << 8 | in.p[4]);
}

static enum err
read_whole(struct archive_reader *r, struct fault *f)
{
	size_t at = 0, n;
	enum err e = ERR_NONE;

	for (;;) {
		struct span left = span_of(r->in.p + at, r->in.n - at);

		n = member_size(left);
		if (n > LIMIT_BACKUP_MEMBER + MEMBER_HEAD)
			return refuse(r, f, ERR_LIMIT,
			    "a member is larger than any is");
		if (n == 0 || n > left.n)
			break;
		e = read_member(r, (char)left.p[0], span_of(left.p +
		    MEMBER_HEAD, n - MEMBER_HEAD), f);
		if (e != ERR_NONE)
			return e;
		if (left.p[0] != 'D' || !r->names_only)
			hash_stream_add(r->hash, span_of(left.p, n));
		at += n;
		r->at += n;
	}
	buf_consume(&r->in, at);
	return e;
}

enum err
archive_read(struct archive_reader *r, struct span bytes, struct fault *f)
{
	while (bytes.n != 0) {
		size_t room = r->in.max - r->in.n;
		size_t n = bytes.n < room ? bytes.n : room;
		enum err e;

		if (n > ARCHIVE_DATA)
			n = ARCHIVE_DATA;
		buf_put(&r->in, span_of(bytes.p, n));
		bytes = span_of(bytes.p + n, bytes.n - n);
		e = read_whole(r, f);
		if (e != ERR_NONE)
			return e;
	}
	return ERR_NONE;
}

enum err
archive_finish(const struct archive_reader *r, struct fault *f)
{
	if (!r->is_over || r->in.n != 0)
		return refuse(r, f, ERR_SYNTAX, "it ends before its end");
	return ERR_NONE;
}
