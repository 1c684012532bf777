/* SPDX-License-Identifier: Apache-2.0
 *
 * For forms*.c only: one form on its way, and its pages.
 */
#ifndef WEB_FORMS_INSIDE_H
#define WEB_FORMS_INSIDE_H

#include "base/arena.h"
#include "crypto/follow.h"
#include "crypto/hash.h"
#include "crypto/pieces.h"
#include "schema/kind.h"
#include "site/catalogue.h"
#include "site/template.h"
#include "web/files.h"
#include "web/forms.h"
#include "web/multipart.h"
#include "web/pace.h"
#include "web/token.h"

enum forms_page { FORMS_REPORT, FORMS_WEAKNESS, FORMS_CHECK, FORMS_RECEIPT,
	FORMS_FOLLOW, FORMS_PAGES };

enum forms_field { TYPED_STEP, TYPED_TOKEN, TYPED_WORK, TYPED_TRAP,
	TYPED_TOPIC, TYPED_WHAT, TYPED_ONGOING, TYPED_WHEN, TYPED_CONTACT,
	TYPED_SHARE, TYPED_NAMED, TYPED_CODE, TYPED_MESSAGE, TYPED_SEALED,
	/* of a weakness */
	TYPED_PRODUCT, TYPED_VENDOR, TYPED_VERSION, TYPED_EXPLOITED,
	TYPED_INFORMED, TYPED_PUBLISH, TYPED_CREDIT, TYPED_COUNT };

/* What keeps it from being taken; a page says each. */
enum forms_error { WRONG_BROKEN, WRONG_LARGE, WRONG_LATER, WRONG_TOPIC,
	WRONG_WHAT, WRONG_LONG, WRONG_TEXT, WRONG_CODE, WRONG_NOTHING,
	WRONG_FULL, WRONG_SEALED, WRONG_PRODUCT, WRONG_COUNT };

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
	struct pace posts, codes, pieces;
	struct crowd *crowd;         /* forms on their way, by network */
	int64_t minute;
	size_t posts_now, posts_before;
	bool has_jwk;
	struct jwk jwk;              /* to which is sealed */
	uint64_t next_call;
	uint64_t next_form, next_turn; /* forms_files.c */
	uint64_t drop[LIMIT_REPORT_VISITS]; /* forms whose files the node has */
	size_t drops;                /* yet to be told that they are given up */
	uint64_t piece_call;         /* under way to the node; 0: none */
	int64_t piece_until_ms;
	struct visit *visits;
};

/* A file, as far as it has come. */
struct forms_file {
	char name[MULTIPART_SHOWN + 1], media[101];
	uint64_t size;
	struct digest text, sealed;
	unsigned char key[PIECE_KEY];
};

/* Those of one form. */
struct forms_files {
	struct forms_file file[LIMIT_REPORT_FILES];
	size_t n;                    /* that of which bytes come too */
	struct forms_file next;      /* name and type of the part that comes */
	bool is_part, is_open;
	uint64_t form;               /* its number at the node; 0: none yet */
	uint64_t all;                /* bytes of all */
	uint64_t pieces, sealed_n;   /* of the one that comes */
	struct hash_stream *text, *sealed;
	unsigned char *piece;        /* what of it is not sealed yet */
	size_t piece_n;
	struct buf queue;            /* calls that the node is to get */
	uint64_t turn, waits;        /* in the queue of all; its call */
	int64_t until_ms;
};

struct visit {
	struct forms *forms;
	struct http_call *call;
	struct visit *next, **prev;
	crowd_key net;
	enum lang lang;
	enum forms_page page;        /* that it came from */
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
	struct forms_files files;
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

/* --- forms_files.c --- */

/* A part, its bytes and its end. Of what is wrong already nothing is taken. */
void forms_file_begin(struct visit *v, const struct multipart_part *p);
void forms_file_bytes(struct visit *v, struct span s);
void forms_file_end(struct visit *v);

/* Must the node take what is sealed before more can come? Then the call is
 * held, and goes on by itself. */
bool forms_files_wait(const struct visit *v);

/* An answer of the node; false if it is of none of these calls. */
bool forms_files_reply(struct forms *i, const struct talk_frame *f);
void forms_files_step(struct forms *i);

/* They are no longer wanted, or were sent: wipe, and tell the node. */
void forms_files_drop(struct visit *v);

/* Members `files`: all of them with their keys, to be sealed; what the node is
 * to keep; what a page shows. Nothing if there are none. */
void forms_files_write(const struct visit *v, struct json_out *w);
void forms_files_name(const struct visit *v, struct json_out *w);
void forms_files_show(const struct visit *v, struct json_out *w);

/* "12.3 KiB", as a member. */
void forms_put_size(struct json_out *w, const char *name, uint64_t bytes);

/* --- forms_send.c --- */

/* Send a frame to the node; false: it takes none now. */
MUST bool forms_put(const struct forms *i, const struct talk_frame *f);

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
