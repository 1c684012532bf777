/* SPDX-License-Identifier: Apache-2.0
 *
 * Templates of the public site: HTML, XML or plain text with values, sections,
 * parts and translated words. Where each value stands is found out when the
 * template is loaded, and how it is escaped follows from that; there is no way
 * to put a value in raw, and a template in which a value stands where no
 * escaping can make it harmless is refused.
 *
 *	{{name}} {{a.b}} {{.}}      a value; of the innermost object that has it
 *	{{#name}} .. {{/name}}      for each item, or if it is there: an object,
 *	                            true, a number but 0, a text but ""
 *	{{^name}} .. {{/name}}      if it is not
 *	{{>file}}                   another template, in text only
 *	{{_ Words with {name}}}     words in the reader's language
 *	{{* n | {n} one | {n} many}}  the same, counted by the value `n`
 *	{{! remark }}
 *
 * A name that has no value gives nothing, and is counted (template_render).
 * Pure.
 */
#ifndef SITE_TEMPLATE_H
#define SITE_TEMPLATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"
#include "base/span.h"

#include <stdbool.h>

struct catalogue;
struct template;

/* By the end of its name: .html, .xml (also .atom, .cap), .txt. */
enum template_form { TEMPLATE_HTML, TEMPLATE_XML, TEMPLATE_TEXT };

/* Where templates come from: the text of the one called `name`, which lives as
 * long as what is compiled from it; ERR_NOT_FOUND. */
struct template_source {
	void *ctx;
	enum err (*find)(void *ctx, const char *name, struct span *out);
};

/* Compile the template `name` and its parts. ERR_NOT_FOUND, ERR_LIMIT,
 * ERR_SYNTAX (the braces), ERR_RULE (a value in an unsafe place), ERR_USAGE
 * (another form of file): `f` has "file:line" as its field, and the rule.
 * Caller frees with template_free. */
MUST enum err template_compile(const struct template_source *from,
    const char *name, struct template **out, struct fault *f);
void template_free(struct template *t); /* accepts NULL */

/* Fill it with the values of `root`, an object. Words come from `words`; NULL:
 * as they stand. `misses` (may be NULL) counts names without a value, `first`
 * (may be NULL) is the first of them. ERR_LIMIT if it did not fit. */
MUST enum err template_render(const struct template *t, struct json_val root,
    const struct catalogue *words, struct arena *a, struct buf *out,
    size_t *misses, struct span *first);

/* Each of its words, in the order of the text; `many` is "" of what is not
 * counted. */
typedef void template_word_fn(void *ctx, struct span one, struct span many);
void template_words(const struct template *t, template_word_fn *fn, void *ctx);

/* --- how values are escaped --- */

enum template_place {
	PLACE_TEXT,      /* between tags */
	PLACE_ATTRIBUTE, /* inside quotes */
	PLACE_URL,       /* a whole address in a quoted attribute */
	PLACE_URL_PART,  /* behind the beginning of one */
	PLACE_LINE       /* plain text, without line breaks */
};

/* Characters that steer (controls, and those that turn the direction of
 * writing) are replaced. An address whose scheme is none of https, http,
 * mailto, tel, or that is relative in a way that browsers read as another
 * host, becomes "#". */
void template_escape(enum template_place place, struct span value,
    struct buf *out);

#endif
