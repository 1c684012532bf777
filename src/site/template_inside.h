/* SPDX-License-Identifier: Apache-2.0
 *
 * For template*.c only: the steps of a compiled template, and the reader that
 * knows where in the markup it stands.
 */
#ifndef SITE_TEMPLATE_INSIDE_H
#define SITE_TEMPLATE_INSIDE_H

#include "site/template.h"

enum step_do {
	STEP_LITERAL,
	STEP_VALUE,
	STEP_SECTION,
	STEP_INVERTED,
	STEP_END,
	STEP_WORDS,
	STEP_COUNTED
};

struct step {
	enum step_do what;
	enum template_place place;
	struct span text;  /* literal, name, or words */
	struct span many;  /* STEP_COUNTED */
	struct span count; /* its name */
	size_t other;      /* where a section ends or began */
};

struct template {
	struct step *step;
	size_t n;
};

enum markup_state {
	MARKUP_TEXT,
	MARKUP_OPEN,     /* behind '<' */
	MARKUP_NAME,
	MARKUP_TAG,      /* in a tag, between attributes */
	MARKUP_ATTRIBUTE,
	MARKUP_AFTER,    /* behind an attribute's name */
	MARKUP_EQUALS,   /* behind '=' */
	MARKUP_DOUBLE,
	MARKUP_SINGLE,
	MARKUP_BARE,     /* a value without quotes */
	MARKUP_BANG,     /* behind "<!" */
	MARKUP_COMMENT,
	MARKUP_DECLARED, /* <!doctype or <? */
	MARKUP_RAW,      /* in script or style */
	MARKUP_LITERAL   /* no markup at all: plain text */
};

enum { MARKUP_WORD = 24 };

/* Compared as a whole: no padding, all zeroed. */
struct markup {
	enum markup_state state;
	unsigned seen;     /* of what ends a comment or raw text */
	unsigned is_xml, is_end, has_begun; /* has_begun: of an address */
	char tag[MARKUP_WORD], attribute[MARKUP_WORD];
};

void markup_init(struct markup *m, enum template_form form);

/* Read a literal. False, with the rule, if no template may hold it. */
bool markup_read(struct markup *m, struct span literal, size_t *at,
    const char **rule);

/* How is a value escaped here? False: it may not stand here, see `rule`. */
bool markup_place(struct markup *m, enum template_place *out,
    const char **rule);

#endif
