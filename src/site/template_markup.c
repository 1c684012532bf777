/* SPDX-License-Identifier: Apache-2.0
 *
 * Where in the markup a template stands: a reader of HTML and XML that errs on
 * the side of refusing.
 */
#include "site/template_inside.h"

#include <strings.h>

void
markup_init(struct markup *m, enum template_form form)
{
	memset(m, 0, sizeof *m);
	m->is_xml = form == TEMPLATE_XML;
	m->state = form == TEMPLATE_TEXT ? MARKUP_LITERAL : MARKUP_TEXT;
}

static bool
is_blank(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static bool
is_letter(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
grow(char word[MARKUP_WORD], unsigned char c)
{
	size_t n = strlen(word);

	if (n + 1 == MARKUP_WORD)
		return false;
	word[n] = (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
	word[n + 1] = '\0';
	return true;
}

static bool
is_one_of(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

static bool
is_raw(const struct markup *m)
{
	static const char *const raw[] = { "script", "style", "xmp", "iframe",
		"noembed", "noframes", "noscript", "plaintext", NULL };

	return !m->is_xml && is_one_of(m->tag, raw);
}

static void
end_tag(struct markup *m)
{
	m->state = !m->is_end && is_raw(m) ? MARKUP_RAW : MARKUP_TEXT;
	m->seen = 0;
	m->is_end = false;
	m->has_begun = false;
	memset(m->attribute, 0, sizeof m->attribute);
	if (m->state == MARKUP_TEXT)
		memset(m->tag, 0, sizeof m->tag);
}

static void
end_value(struct markup *m)
{
	m->state = MARKUP_TAG;
	m->has_begun = false;
	memset(m->attribute, 0, sizeof m->attribute);
}

/* The end of a script or style: "</" and its name. */
static void
read_raw(struct markup *m, unsigned char c)
{
	size_t n = strlen(m->tag);
	unsigned char want;

	if (m->seen == 0)
		want = '<';
	else if (m->seen == 1)
		want = '/';
	else if (m->seen < n + 2)
		want = (unsigned char)m->tag[m->seen - 2];
	else
		want = '>';
	if ((c | (is_letter(c) ? 32 : 0)) == want)
		m->seen++;
	else if (m->seen < n + 2 || !is_blank(c))
		m->seen = c == '<';
	if (c == '>' && m->seen == n + 3) {
		m->is_end = true;
		end_tag(m);
	}
}

static bool
read_open(struct markup *m, unsigned char c, const char **rule)
{
	if (c == '!') {
		m->state = MARKUP_BANG;
		m->seen = 0;
	} else if (c == '?') {
		m->state = MARKUP_DECLARED;
		*rule = "a processing instruction is for XML";
		return m->is_xml;
	} else if (c == '/' && !m->is_end) {
		m->is_end = true;
	} else if (is_letter(c)) {
		memset(m->tag, 0, sizeof m->tag);
		m->state = MARKUP_NAME;
		return grow(m->tag, c);
	} else {
		*rule = "\"<\" is no tag here: write &lt;";
		return false;
	}
	return true;
}

static bool
read_bang(struct markup *m, unsigned char c, const char **rule)
{
	if (c == '-' && m->seen < 2) {
		m->state = ++m->seen == 2 ? MARKUP_COMMENT : MARKUP_BANG;
		if (m->seen == 2)
			m->seen = 0;
		return true;
	}
	if (m->seen == 0 && is_letter(c)) {
		m->state = MARKUP_DECLARED;
		*rule = "XML here has no document type";
		return !m->is_xml;
	}
	*rule = "neither a comment nor a document type";
	return false;
}

static bool
read_attribute(struct markup *m, unsigned char c, const char **rule)
{
	if (c == '=') {
		m->state = MARKUP_EQUALS;
		return true;
	}
	if (is_blank(c)) {
		m->state = MARKUP_AFTER;
		return true;
	}
	if (c == '>' || c == '/') {
		end_value(m);
		if (c == '>')
			end_tag(m);
		return true;
	}
	*rule = "no name of an attribute";
	return c != '"' && c != '\'' && c != '<' && grow(m->attribute, c);
}

/* Between attributes, and behind the name of one. */
static bool
read_tag(struct markup *m, unsigned char c, const char **rule)
{
	if (m->state == MARKUP_AFTER && c == '=') {
		m->state = MARKUP_EQUALS;
		return true;
	}
	if (is_blank(c) || c == '/')
		return true;
	if (c == '>') {
		end_tag(m);
		return true;
	}
	memset(m->attribute, 0, sizeof m->attribute);
	m->state = MARKUP_ATTRIBUTE;
	return read_attribute(m, c, rule);
}

static bool
read_equals(struct markup *m, unsigned char c, const char **rule)
{
	*rule = "http-equiv can send readers elsewhere";
	if (strcmp(m->attribute, "http-equiv") == 0)
		return false;
	m->has_begun = false;
	if (c == '"')
		m->state = MARKUP_DOUBLE;
	else if (c == '\'')
		m->state = MARKUP_SINGLE;
	else if (c == '>')
		end_tag(m);
	else if (!is_blank(c))
		m->state = MARKUP_BARE;
	return true;
}

static void
read_value(struct markup *m, unsigned char c)
{
	if (m->state == MARKUP_BARE ? is_blank(c) :
	    c == (m->state == MARKUP_DOUBLE ? '"' : '\''))
		end_value(m);
	else if (m->state == MARKUP_BARE && c == '>')
		end_tag(m);
	else
		m->has_begun = true;
}

static void
read_comment(struct markup *m, unsigned char c)
{
	if (c == '>' && m->seen >= 2)
		end_tag(m);
	else
		m->seen = c == '-' ? m->seen + 1 : 0;
}

static bool
read_name(struct markup *m, unsigned char c, const char **rule)
{
	if (c == '>') {
		end_tag(m);
	} else if (is_blank(c) || c == '/') {
		m->state = MARKUP_TAG;
	} else {
		*rule = "no name of a tag";
		return (is_letter(c) || (c >= '0' && c <= '9') || c == '-' ||
		    (m->is_xml && (c == ':' || c == '_' || c == '.'))) &&
		    grow(m->tag, c);
	}
	return true;
}

static bool
read_byte(struct markup *m, unsigned char c, const char **rule)
{
	switch (m->state) {
	case MARKUP_TEXT:
		if (c == '<') {
			m->state = MARKUP_OPEN;
			m->is_end = false;
		}
		return true;
	case MARKUP_OPEN:
		return read_open(m, c, rule);
	case MARKUP_NAME:
		return read_name(m, c, rule);
	case MARKUP_TAG:
	case MARKUP_AFTER:
		return read_tag(m, c, rule);
	case MARKUP_ATTRIBUTE:
		return read_attribute(m, c, rule);
	case MARKUP_EQUALS:
		return read_equals(m, c, rule);
	case MARKUP_DOUBLE:
	case MARKUP_SINGLE:
	case MARKUP_BARE:
		read_value(m, c);
		return true;
	case MARKUP_BANG:
		return read_bang(m, c, rule);
	case MARKUP_COMMENT:
		read_comment(m, c);
		return true;
	case MARKUP_DECLARED:
		if (c == '>')
			end_tag(m);
		return true;
	case MARKUP_RAW:
		read_raw(m, c);
		return true;
	case MARKUP_LITERAL:
		break;
	}
	return true;
}

bool
markup_read(struct markup *m, struct span literal, size_t *at,
    const char **rule)
{
	*rule = "a name is too long";
	for (size_t i = 0; i < literal.n; i++) {
		*at = i;
		if (!read_byte(m, literal.p[i], rule))
			return false;
	}
	return true;
}

/* --- values --- */

static bool
place_attribute(struct markup *m, enum template_place *out, const char **rule)
{
	static const char *const addresses[] = { "href", "src", "action",
		"formaction", "cite", "poster", "data", "background",
		"manifest", "longdesc", "usemap", "xlink:href", NULL };
	static const char *const never[] = { "style", "srcdoc", "srcset",
		"imagesrcset", "ping", "http-equiv", "target", "formtarget",
		"integrity", "nonce", "is", NULL };
	static const char *const loads[] = { "script", "iframe", "object",
		"embed", "base", "frame", "applet", "use", NULL };

	if (m->is_xml && strncmp(m->attribute, "xmlns", 5) == 0) {
		*rule = "a value may not name a namespace";
		return false;
	}
	if (strncmp(m->attribute, "on", 2) == 0 ||
	    is_one_of(m->attribute, never)) {
		*rule = "a value may not stand in an attribute that is run, "
			"styles, or loads";
		return false;
	}
	if (!m->is_xml && is_one_of(m->tag, loads)) {
		*rule = "a value may not stand in a tag that loads or runs";
		return false;
	}
	*out = PLACE_ATTRIBUTE;
	if (is_one_of(m->attribute, addresses))
		*out = m->has_begun ? PLACE_URL_PART : PLACE_URL;
	m->has_begun = true;
	return true;
}

bool
markup_place(struct markup *m, enum template_place *out, const char **rule)
{
	switch (m->state) {
	case MARKUP_LITERAL:
		*out = PLACE_LINE;
		return true;
	case MARKUP_TEXT:
		*out = PLACE_TEXT;
		return true;
	case MARKUP_DOUBLE:
	case MARKUP_SINGLE:
		return place_attribute(m, out, rule);
	case MARKUP_RAW:
		*rule = "a value may not stand in a script or style";
		return false;
	case MARKUP_COMMENT:
	case MARKUP_BANG:
	case MARKUP_DECLARED:
		*rule = "a value may not stand in a comment or declaration";
		return false;
	case MARKUP_EQUALS:
	case MARKUP_BARE:
		*rule = "a value of an attribute needs quotes";
		return false;
	case MARKUP_OPEN:
	case MARKUP_NAME:
	case MARKUP_TAG:
	case MARKUP_ATTRIBUTE:
	case MARKUP_AFTER:
		break;
	}
	*rule = "a value may not be the name of a tag or attribute";
	return false;
}
