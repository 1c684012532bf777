/* SPDX-License-Identifier: Apache-2.0
 *
 * Strict JSON (RFC 8259 with the I-JSON rules of RFC 7493): one pass over the
 * text, no allocation, a flat tape of tokens in memory of the caller. Refused:
 * invalid UTF-8, surrogates that are no pair and noncharacters (RFC 7493 2.1;
 * as bytes or as escapes), duplicate member names (compared after unescaping),
 * anything after the value, a byte-order mark, more depth or tokens than
 * allowed. Numbers are kept as text; integers are exact.
 *
 * A `struct json_val` is a cheap handle to one value; looking for a member
 * that is not there, or in something that is no object, gives a handle of
 * type JSON_ABSENT, on which every other call is harmless.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/embed.h"
#include "base/err.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

enum { JSON_DEPTH_MAX = 64 }; /* no caller may allow more */

enum json_type {
	JSON_ABSENT,
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT
};

/* One token of the tape. An object's members are key token, value subtree,
 * key token, ...; an array's are its values. */
struct json_tok {
	uint32_t at;   /* byte offset of the first character */
	uint32_t len;  /* bytes of source text, quotes and brackets included */
	uint32_t next; /* index of the first token after this subtree */
	uint32_t kids; /* values in an array, members in an object; the
	                * reader keeps a hash here for a member name */
	uint8_t type;  /* enum json_type */
	bool escaped;  /* a string that holds a backslash */
	bool key;      /* a string that is a member name */
};

struct json {
	struct span text;           /* borrowed; must outlive the document */
	const struct json_tok *tok; /* borrowed tape */
	uint32_t count;
};

struct json_val {
	const struct json *doc;
	uint32_t i;
	enum json_type type;
};

/* Parse the whole of `text` into the tape `tok` of `tok_max` tokens; `depth`
 * is the deepest nesting allowed (a scalar has depth 0), at most
 * JSON_DEPTH_MAX. ERR_SYNTAX, ERR_LIMIT (depth, tokens, text over 4 GiB) or
 * ERR_CONFLICT (a duplicate member), with place, path and rule in `f` (may be
 * NULL): the byte that cannot stand there, the first byte of a bad character,
 * the backslash of a bad escape, the later of two names, text.n if the text
 * ends too early. Names are compared when their object closes, so a mistake
 * in the grammar before that is told first. Time is O(n log n) at worst.
 * `out` is untouched on failure, the tape is not. */
MUST enum err json_parse(struct span text, unsigned depth,
    struct json_tok *tok, size_t tok_max, struct json *out, struct fault *f);

/* The same with the tape in `a`, sized from the text (at most `tok_max`); what
 * is used of `a` stays used on failure. */
MUST enum err json_parse_arena(struct span text, unsigned depth,
    size_t tok_max, struct arena *a, struct json *out, struct fault *f);

/* The file `name` that the program carries, by the limits of a record. Spans
 * live in `a`. ERR_NOT_FOUND, and what json_parse() says. */
MUST enum err json_parse_embed(const struct embed_set *files,
    const char *name, struct arena *a, struct json *out, struct fault *f);

/* What a program has written into `b`, to be read: a copy in `a`, by the limits
 * of a record. `b` is released in any case. ERR_LIMIT if it ran over. */
MUST enum err json_parse_buf(struct buf *b, struct arena *a, struct json *out,
    struct fault *f);

struct json_val json_root(const struct json *doc);

/* The member `key` of object `v`; JSON_ABSENT if none. */
struct json_val json_get(struct json_val v, const char *key);

/* Walk an array or object: for (m = json_first(v); m.type != JSON_ABSENT;
 * m = json_next(v, m)). For objects the handle is the value; json_key gives
 * its member name, unescaped into `a` only where it has escapes; empty if the
 * value is no member. */
struct json_val json_first(struct json_val v);
struct json_val json_next(struct json_val parent, struct json_val v);
struct span json_key(struct json_val member, struct arena *a);

/* Values in an array or members in an object, else 0. */
uint32_t json_count(struct json_val v);

/* The bytes of source text of `v`, and where they begin. */
struct span json_raw(struct json_val v);
size_t json_at(struct json_val v);

/* The text of a string: borrowed from the source where it has no escapes,
 * else unescaped into `a`. ERR_SCHEMA if `v` is no string. */
MUST enum err json_text(struct json_val v, struct arena *a, struct span *out);

/* Is `v` exactly the string `s`? */
bool json_is_str(struct json_val v, const char *s);

/* Exact integers: no fraction, no exponent, no "-0". ERR_SCHEMA if `v` is not
 * such a number, ERR_LIMIT if it does not fit. */
MUST enum err json_u64(struct json_val v, uint64_t *out);
MUST enum err json_i64(struct json_val v, int64_t *out);

/* Any number as the nearest double, whatever the locale. ERR_SCHEMA if it is
 * none, ERR_LIMIT if it is beyond the largest double. */
MUST enum err json_double(struct json_val v, double *out);

MUST enum err json_bool(struct json_val v, bool *out);

/* Writing. Commas are put by themselves; the caller opens and closes in
 * order. Output is compact, members in the order written, UTF-8 as is, only
 * what must be escaped is escaped (\" \\ \b \f \n \r \t \u00xx). The text
 * given must be UTF-8. Overflow is the buffer's; a double that is no number
 * or infinite, which JSON cannot say, is told the same way. */
struct json_out {
	struct buf *out;
	bool comma; /* the next value needs a comma before it */
};

void json_out_init(struct json_out *w, struct buf *out);
void json_put_open(struct json_out *w, char bracket);  /* '{' or '[' */
void json_put_close(struct json_out *w, char bracket); /* '}' or ']' */
void json_put_key(struct json_out *w, const char *key);
void json_put_key_span(struct json_out *w, struct span key);
void json_put_span(struct json_out *w, struct span text); /* a string */
void json_put_str(struct json_out *w, const char *text);  /* a string */
void json_put_u64(struct json_out *w, uint64_t v);
void json_put_i64(struct json_out *w, int64_t v);
void json_put_double(struct json_out *w, double v); /* reads back the same */
void json_put_bool(struct json_out *w, bool v);
void json_put_null(struct json_out *w);
void json_put_raw(struct json_out *w, struct span json); /* a finished value */
/* The members of an object into one that is open, but for those named: a list
 * ended by NULL, or NULL for none. Names are unescaped in `a`. */
#define JSON_WITHOUT(...) (const char *const[]){ __VA_ARGS__, NULL }
void json_put_rest(struct json_out *w, struct json_val object,
    const char *const *without, struct arena *a);

/* Key and value in one call. */
void json_put_member_str(struct json_out *w, const char *key, const char *v);
void json_put_member_span(struct json_out *w, const char *key, struct span v);
void json_put_member_u64(struct json_out *w, const char *key, uint64_t v);
void json_put_member_bool(struct json_out *w, const char *key, bool v);

#endif
