/* SPDX-License-Identifier: Apache-2.0
 *
 * For forms*.c only: one form on its way, and its pages.
 */
#ifndef WEB_FORMS_INSIDE_H
#define WEB_FORMS_INSIDE_H

#include "base/arena.h"
#include "crypto/follow.h"
#include "schema/kind.h"
#include "site/catalogue.h"
#include "site/template.h"
#include "web/files.h"
#include "web/forms.h"
#include "web/multipart.h"
#include "web/pace.h"
#include "web/token.h"

enum forms_page { FORMS_REPORT, FORMS_CHECK, FORMS_RECEIPT,
	FORMS_FOLLOW, FORMS_PAGES };

enum forms_field { TYPED_STEP, TYPED_TOKEN, TYPED_WORK, TYPED_TRAP,
	TYPED_TOPIC, TYPED_WHAT, TYPED_ONGOING, TYPED_WHEN, TYPED_CONTACT,
	TYPED_SHARE, TYPED_CODE, TYPED_MESSAGE, TYPED_SEALED, TYPED_COUNT };

/* What keeps it from being taken; a page says each. */
enum forms_error { WRONG_BROKEN, WRONG_LARGE, WRONG_LATER, WRONG_TOPIC,
	WRONG_WHAT, WRONG_LONG, WRONG_TEXT, WRONG_CODE, WRONG_NOTHING,
	WRONG_SEALED, WRONG_COUNT };

struct forms {
	int fd;
	bool is_limited;
	int64_t now_ms;
	struct files *files;
	struct schema *schema;
	const struct kind *kind;
	struct template *page[FORMS_PAGES];
	struct catalogue words[LANG_COUNT];
	struct hash_key *key;        /* of tokens */
	struct token_spent spent;
	struct pace posts, codes;
	struct crowd *crowd;         /* forms on their way, by network */
	int64_t minute;
	size_t posts_now, posts_before;
	bool has_jwk;
	struct jwk jwk;              /* to which is sealed */
	uint64_t next_call;
	struct visit *visits;
};

struct visit {
	struct forms *forms;
	struct http_call *call;
	struct visit *next, **prev;
	crowd_key net;
	enum lang lang;
	bool is_follow;
	struct multipart form;
	struct multipart_sink sink;
	struct buf field[TYPED_COUNT];
	struct buf *now;             /* the field that comes; NULL: none */
	bool wrong[WRONG_COUNT];
	/* to the node and back */
	uint64_t waits;              /* the number of the call; 0: none */
	int64_t until_ms;
	bool has_reply;
	enum talk_op asked, op;
	struct buf reply;
	unsigned char code[FOLLOW_CODE];
	bool has_code;
};

static inline struct span
forms_text(const struct visit *v, enum forms_field f)
{
	return buf_span(&v->field[f]);
}

/* --- forms_typed.c --- */

struct forms_typed {
	const char *name;
	size_t most; /* bytes that are kept; more is an error */
};
extern const struct forms_typed forms_typed[TYPED_COUNT];

/* A body begins that is parted by `boundary`. */
void forms_begin(struct visit *v, struct span boundary);

/* Take what came of it; for struct http_taker. */
size_t forms_take(void *ctx, struct span s);

/* All of it came: clean what was typed, and note what is wrong. */
void forms_check(struct visit *v);
bool forms_is_wrong(const struct visit *v);

/* Is there no sign that a person sent it? Its token is spent. */
bool forms_is_slow(struct visit *v);

/* --- forms_send.c --- */

/* A call to the node leaves (`waits`), or there is a reply already that says
 * later. */
void forms_send(struct visit *v);
void forms_ask(struct visit *v, enum talk_op op);

/* The same, of `text`. */
void forms_call(struct visit *v, enum talk_op op, struct span text);

/* 32 bytes as a member. */
void forms_put_digest(struct json_out *w, const char *name, const void *p);

/* --- forms_sealed.c: what a browser has sealed --- */

static inline bool
forms_is_sealed(const struct visit *v)
{
	return v->field[TYPED_SEALED].n != 0;
}

/* All of it came: is it whole, and of a page that is still good? */
void forms_check_sealed(struct visit *v);

/* As forms_send. */
void forms_send_sealed(struct visit *v);

/* What a page says of it, as members of the model. */
void forms_put_key(const struct forms *i, struct json_out *w);

/* The script of the form, if the site has it: who writes the site may be of
 * another version. */
void forms_put_script(struct forms *i, struct buf *out);

/* --- forms_page.c --- */

MUST enum err forms_pages_open(struct forms *i, const char *root);
void forms_pages_close(struct forms *i);

/* Answer with a page. `v` has what was typed; `what` is NULL or the JSON of
 * more members, with a comma before each. */
void forms_show(struct forms *i, struct http_call *call, enum lang lang,
    enum forms_page page, unsigned status, const struct visit *v,
    struct span more);

/* The label of a value of a field of the kind. */
const char *forms_label(const struct forms *i, const char *field,
    struct span value, enum lang lang);

/* How a report stands, as members for FORMS_FOLLOW: what the node said,
 * opened with the code of `v`. ERR_SYNTAX. */
MUST enum err forms_stand(const struct visit *v, struct buf *out);

#endif
