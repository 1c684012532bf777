/* SPDX-License-Identifier: Apache-2.0
 *
 * The one place that knows jansson.
 */
#include "json_oracle.h"

#include <jansson.h>

static void
put_text(struct buf *out, const char *p, size_t n)
{
	buf_put_u8(out, 's');
	buf_put_span32(out, span_of(p, n));
}

static void
put_number(struct buf *out, const json_t *j)
{
	double d = json_real_value(j);
	uint64_t bits;

	if (json_is_integer(j)) {
		buf_put_u8(out, 'i');
		buf_put_u64(out, (uint64_t)json_integer_value(j));
		return;
	}
	memcpy(&bits, &d, sizeof bits);
	buf_put_u8(out, 'd');
	buf_put_u64(out, bits);
}

static void
put_value(struct buf *out, json_t *j)
{
	const char *key;
	json_t *v;
	size_t i;

	if (json_is_object(j)) {
		buf_put_u8(out, 'o');
		buf_put_u32(out, (uint32_t)json_object_size(j));
		json_object_foreach(j, key, v) {
			put_text(out, key, strlen(key));
			put_value(out, v);
		}
	} else if (json_is_array(j)) {
		buf_put_u8(out, 'a');
		buf_put_u32(out, (uint32_t)json_array_size(j));
		json_array_foreach(j, i, v)
			put_value(out, v);
	} else if (json_is_string(j)) {
		put_text(out, json_string_value(j), json_string_length(j));
	} else if (json_is_number(j)) {
		put_number(out, j);
	} else {
		buf_put_u8(out, json_is_null(j) ? 'n' :
		    json_is_true(j) ? 't' : 'f');
	}
}

enum oracle
oracle_read(struct span text, struct buf *out)
{
	json_error_t error;
	json_t *j = json_loadb((const char *)text.p, text.n,
	    JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &error);
	enum json_error_code code;

	if (j != NULL) {
		put_value(out, j);
		json_decref(j);
		return ORACLE_ACCEPTS;
	}
	code = json_error_code(&error);
	if (code == json_error_numeric_overflow)
		return ORACLE_CANNOT_NUMBER;
	if (code == json_error_null_byte_in_key)
		return ORACLE_CANNOT_NUL;
	return code == json_error_duplicate_key ? ORACLE_REFUSES_TWIN :
	    ORACLE_REFUSES;
}
