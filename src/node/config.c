/* SPDX-License-Identifier: Apache-2.0
 *
 * almenarad.conf: a reader of lines, words and blocks, and the rows of
 * config.def, which say what is allowed. Every fault is told, not only the
 * first, each with its line.
 */
#include "node/config.h"

#include "base/limits.h"
#include "base/mem.h"
#include "base/text.h"
#include "node/config_option.h"
#include "schema/kind.h"
#include "watch/ladder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <unistd.h>

const struct option options[] = {
#define TEXT(member, need_, value, most_, help_)                              \
	{ .name = #member, .type = OPTION_TEXT,                               \
		.at = offsetof(struct config, member),                        \
		.need = OPTION_##need_, .text = value, .most = most_,         \
		.help = help_ },
#define WORD(member, value, words_, help_)                                    \
	{ .name = #member, .type = OPTION_WORD,                               \
		.at = offsetof(struct config, member), .text = value,         \
		.words = words_, .help = help_ },
#define NUMBER(member, value, least_, most_, help_)                           \
	{ .name = #member, .type = OPTION_NUMBER,                             \
		.at = offsetof(struct config, member), .number = value,       \
		.least = least_, .most = most_, .help = help_ },
#define SWITCH(member, value, help_)                                          \
	{ .name = #member, .type = OPTION_SWITCH,                             \
		.at = offsetof(struct config, member), .number = value,       \
		.help = help_ },
#define LIST(member, most_, most_bytes_, help_)                               \
	{ .name = #member, .type = OPTION_LIST,                               \
		.at = offsetof(struct config, member), .most = most_,         \
		.most_bytes = most_bytes_, .help = help_ },
#define MAP(member, of_, most_, most_bytes_, help_)                           \
	{ .name = #member, .type = OPTION_MAP, .need = OPTION_##of_,          \
		.at = offsetof(struct config, member), .most = most_,         \
		.most_bytes = most_bytes_, .help = help_ },
#include "node/config.def"
#undef TEXT
#undef WORD
#undef NUMBER
#undef SWITCH
#undef LIST
#undef MAP
};

const size_t options_count = sizeof options / sizeof *options;

enum { WORD_MAX = 4096 };

/* What is being read. */
struct reading {
	struct span text;
	size_t at;
	size_t line;
	const char *file;
	struct buf *faults;
	bool is_bad;
	struct config *config;
	size_t *given; /* per option: the line that gave it, 0 for none */
};

/* --- faults --- */

/* `name` may be ""; line 0 stands for the file as a whole. */
static void PRINTF_LIKE(4, 5)
fault(struct reading *r, size_t line, const char *name, const char *format,
    ...)
{
	char rule[512];
	va_list ap;

	r->is_bad = true;
	va_start(ap, format);
	vsnprintf(rule, sizeof rule, format, ap);
	va_end(ap);
	buf_put_str(r->faults, r->file);
	if (line != 0)
		buf_put_format(r->faults, ":%zu", line);
	if (name[0] != '\0')
		buf_put_format(r->faults, ": %s", name);
	buf_put_format(r->faults, ": %s\n", rule);
}

/* --- words --- */

enum word_type { WORD_VALUE, WORD_OPEN, WORD_CLOSE, WORD_END_LINE,
	WORD_END_FILE, WORD_BAD };

struct word {
	enum word_type type;
	char s[WORD_MAX + 1]; /* WORD_VALUE */
};

static int
peek(const struct reading *r)
{
	return r->at < r->text.n ? r->text.p[r->at] : -1;
}

static void
skip_blanks(struct reading *r)
{
	int c;

	while ((c = peek(r)) == ' ' || c == '\t' || c == '\r')
		r->at++;
	if (c != '#')
		return;
	while ((c = peek(r)) != '\n' && c != -1)
		r->at++;
}

static bool
is_bare(int c)
{
	return c > ' ' && c != '#' && c != '{' && c != '}' && c != '"' &&
	    c != 0x7f;
}

/* A quoted value, its opening quote eaten. */
static enum word_type
quoted_read(struct reading *r, struct word *out)
{
	size_t n = 0;
	int c;

	while ((c = peek(r)) != '"') {
		if (c == '\\') {
			r->at++;
			c = peek(r);
			if (c != '"' && c != '\\') {
				fault(r, r->line, "", "a backslash stands "
				    "only before a quote or a backslash");
				return WORD_BAD;
			}
		}
		if (c < ' ' || c == 0x7f || n == WORD_MAX) {
			fault(r, r->line, "", n == WORD_MAX ?
			    "a value is too long" : "the quote is not closed");
			return WORD_BAD;
		}
		out->s[n++] = (char)c;
		r->at++;
	}
	r->at++;
	out->s[n] = '\0';
	if (is_bare(peek(r)) || peek(r) == '"') {
		fault(r, r->line, "", "a blank is missing after the quote");
		return WORD_BAD;
	}
	return WORD_VALUE;
}

static enum word_type
bare_read(struct reading *r, struct word *out)
{
	size_t n = 0;

	while (is_bare(peek(r))) {
		if (n == WORD_MAX) {
			fault(r, r->line, "", "a value is too long");
			return WORD_BAD;
		}
		out->s[n++] = (char)r->text.p[r->at++];
	}
	out->s[n] = '\0';
	if (n != 0 && peek(r) != '"')
		return WORD_VALUE;
	if (n == 0)
		r->at++; /* so that whoever reads on gets on */
	fault(r, r->line, "", n != 0 ? "a blank is missing before the quote" :
	    "a control byte");
	return WORD_BAD;
}

static enum word_type
word_read(struct reading *r, struct word *out)
{
	skip_blanks(r);
	switch (peek(r)) {
	case -1:
		return out->type = WORD_END_FILE;
	case '\n':
		r->at++;
		r->line++;
		return out->type = WORD_END_LINE;
	case '{':
		r->at++;
		return out->type = WORD_OPEN;
	case '}':
		r->at++;
		return out->type = WORD_CLOSE;
	case '"':
		r->at++;
		return out->type = quoted_read(r, out);
	default:
		return out->type = bare_read(r, out);
	}
}

/* After a fault: on to the next line. */
static void
skip_line(struct reading *r)
{
	while (peek(r) != '\n' && peek(r) != -1)
		r->at++;
}

/* --- values --- */

static bool
is_team(const char *s)
{
	size_t n = strlen(s);

	return n >= 2 && n <= LIMIT_TEAM_NAME &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

static bool
is_address(const char *s)
{
	const char *colon = strrchr(s, ':');
	size_t digits = colon != NULL ? strlen(colon + 1) : 0;

	return colon != NULL && colon != s && digits >= 1 && digits <= 5 &&
	    strspn(colon + 1, "0123456789") == digits &&
	    strtoul(colon + 1, NULL, 10) <= UINT16_MAX &&
	    (s[0] == '[') == (colon[-1] == ']');
}

static bool
has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; p != NULL; p = strchr(p, '|')) {
		p += *p == '|';
		if (strncmp(p, word, n) == 0 && (p[n] == '|' || p[n] == '\0'))
			return n != 0;
	}
	return false;
}

/* Digits only, no sign, no leading zero. */
static bool
number_parse(const char *s, uint64_t *out)
{
	size_t n = strlen(s);

	if (n == 0 || n > 10 || strspn(s, "0123456789") != n ||
	    (n > 1 && s[0] == '0'))
		return false;
	*out = strtoul(s, NULL, 10);
	return true;
}

/* --- options --- */

static void
text_set(struct reading *r, const struct option *o, size_t line,
    const char *value)
{
	char **member = option_at(r->config, o);
	struct text checked;

	if (strlen(value) > o->most) {
		fault(r, line, o->name, "longer than %u bytes", o->most);
	} else if (text_parse(span_str(value), &checked) != ERR_NONE) {
		fault(r, line, o->name, "not UTF-8");
	} else if (o->need == OPTION_TEAM && !is_team(value)) {
		fault(r, line, o->name, "'%s' is not a team's id: 2 to %d "
		    "lower-case letters, digits and hyphens", value,
		    LIMIT_TEAM_NAME);
	} else if (o->need == OPTION_PATH && value[0] != '/' &&
	    strcmp(value, o->text) != 0) {
		fault(r, line, o->name, "'%s' does not begin with '/'",
		    value);
	} else {
		free(*member);
		*member = mem_string(value);
	}
}

static void
word_set(struct reading *r, const struct option *o, size_t line,
    const char *value)
{
	char **member = option_at(r->config, o);

	if (!has_word(o->words, value)) {
		fault(r, line, o->name, "'%s' is not one of %s", value,
		    o->words);
		return;
	}
	free(*member);
	*member = mem_string(value);
}

static void
number_set(struct reading *r, const struct option *o, size_t line,
    const char *value)
{
	uint32_t *member = option_at(r->config, o);
	uint64_t n;

	if (!number_parse(value, &n))
		fault(r, line, o->name, "'%s' is not a whole number (%u to "
		    "%u)", value, o->least, o->most);
	else if (n < o->least || n > o->most)
		fault(r, line, o->name, "%" PRIu64 " is not within %u to %u",
		    n, o->least, o->most);
	else
		*member = (uint32_t)n;
}

static void
switch_set(struct reading *r, const struct option *o, size_t line,
    const char *value)
{
	bool *member = option_at(r->config, o);

	if (strcmp(value, "yes") != 0 && strcmp(value, "no") != 0)
		fault(r, line, o->name, "'%s' is neither yes nor no", value);
	else
		*member = strcmp(value, "yes") == 0;
}

static void
list_add(struct reading *r, const struct option *o, size_t line,
    const char *value)
{
	struct config_list *list = option_at(r->config, o);

	if (list->n == o->most) {
		fault(r, line, o->name, "more than %u values", o->most);
	} else if (strlen(value) > o->most_bytes || !is_address(value)) {
		fault(r, line, o->name, "'%s' is not host:port", value);
	} else {
		list->items = mem_grow(list->items,
		    (list->n + 1) * sizeof *list->items);
		list->items[list->n++] = mem_string(value);
	}
}

/* Own steps of an escalation: they may be tighter than the network's, never
 * looser. True if they are told of. */
static bool
ladder_is_bad(struct reading *r, const struct option *o, size_t line,
    const char *key, const char *value)
{
	struct ladders all;
	struct fault f = { 0 };

	if (ladders_load(&schema_files, &all, &f) == ERR_NONE &&
	    ladders_tighten(&all, span_str(key), span_str(value), &f) ==
		ERR_NONE)
		return false;
	fault(r, line, o->name, "%s: %s", key, f.rule);
	return true;
}

/* Kept sorted by key. */
static void
map_add(struct reading *r, const struct option *o, size_t line,
    const char *key, const char *value)
{
	struct config_map *map = option_at(r->config, o);
	size_t at = 0;

	while (at < map->n && strcmp(map->keys[at], key) < 0)
		at++;
	if (map->n == o->most) {
		fault(r, line, o->name, "more than %u lines", o->most);
	} else if (o->need == OPTION_LADDER &&
	    ladder_is_bad(r, o, line, key, value)) {
		return;
	} else if (o->need != OPTION_LADDER && !is_team(key)) {
		fault(r, line, o->name, o->need != OPTION_PATH ?
		    "'%s' is not a team's id" :
		    "'%s' is no name of lower-case letters, digits and "
		    "hyphens", key);
	} else if (at < map->n && strcmp(map->keys[at], key) == 0) {
		fault(r, line, o->name, "'%s' is given twice", key);
	} else if (o->need == OPTION_PATH && (value[0] != '/' ||
	    strlen(value) > o->most_bytes)) {
		fault(r, line, o->name, "'%s' does not begin with '/'", value);
	} else if (o->need == OPTION_TEAM && !is_team(value)) {
		fault(r, line, o->name, "'%s' is not a team's id", value);
	} else if (o->need == OPTION_ADDRESS &&
	    (strlen(value) > o->most_bytes || !is_address(value))) {
		fault(r, line, o->name, "'%s' is not host:port", value);
	} else {
		size_t size = sizeof *map->keys, behind = map->n - at;

		map->keys = mem_grow(map->keys, (map->n + 1) * size);
		map->values = mem_grow(map->values, (map->n + 1) * size);
		memmove(map->keys + at + 1, map->keys + at, behind * size);
		memmove(map->values + at + 1, map->values + at,
		    behind * size);
		map->keys[at] = mem_string(key);
		map->values[at] = mem_string(value);
		map->n++;
	}
}

static void
value_set(struct reading *r, const struct option *o, size_t line,
    const char *value)
{
	switch (o->type) {
	case OPTION_TEXT:
		text_set(r, o, line, value);
		break;
	case OPTION_WORD:
		word_set(r, o, line, value);
		break;
	case OPTION_NUMBER:
		number_set(r, o, line, value);
		break;
	case OPTION_SWITCH:
		switch_set(r, o, line, value);
		break;
	case OPTION_LIST:
		list_add(r, o, line, value);
		break;
	case OPTION_MAP:
		fault(r, line, o->name, "wants lines between braces");
		break;
	}
}

/* --- lines --- */

/* "name {" has been read: lines of key and value up to "}". */
static void
block_read(struct reading *r, const struct option *o, struct word *w)
{
	size_t opened = r->line, line;
	char *key;

	if (word_read(r, w) != WORD_END_LINE) {
		fault(r, opened, o->name, "after '{' comes a new line");
		skip_line(r);
	}
	for (;;) {
		line = r->line;
		switch (word_read(r, w)) {
		case WORD_END_LINE:
			continue;
		case WORD_CLOSE:
			return;
		case WORD_END_FILE:
			fault(r, opened, o->name, "'{' is not closed");
			return;
		case WORD_VALUE:
			break;
		case WORD_OPEN:
			fault(r, line, o->name, "'{' within a block");
			skip_line(r);
			continue;
		case WORD_BAD:
			skip_line(r);
			continue;
		}
		key = mem_string(w->s);
		if (word_read(r, w) != WORD_VALUE) {
			fault(r, line, o->name, "'%s' wants one value", key);
			if (w->type != WORD_END_LINE)
				skip_line(r);
		} else {
			map_add(r, o, line, key, w->s);
			if (word_read(r, w) != WORD_END_LINE) {
				fault(r, line, o->name,
				    "'%s' wants one value", key);
				skip_line(r);
			}
		}
		free(key);
	}
}

/* The values after a name, up to the end of its line. */
static void
values_read(struct reading *r, const struct option *o, size_t line,
    struct word *w)
{
	size_t n = 0;

	for (;;) {
		switch (word_read(r, w)) {
		case WORD_END_LINE:
		case WORD_END_FILE:
			if (n == 0)
				fault(r, line, o->name, "has no value");
			return;
		case WORD_VALUE:
			if (n++ == 0 || o->type == OPTION_LIST)
				value_set(r, o, line, w->s);
			else if (n == 2)
				fault(r, line, o->name, "has more than one "
				    "value");
			break;
		case WORD_OPEN:
			if (n++ == 0 && o->type == OPTION_MAP) {
				block_read(r, o, w);
				break;
			}
			fault(r, line, o->name, "'{' is not expected here");
			skip_line(r);
			break;
		case WORD_CLOSE:
			fault(r, line, o->name, "'}' without '{'");
			skip_line(r);
			n++;
			break;
		case WORD_BAD:
			skip_line(r);
			n++;
			break;
		}
	}
}

static const struct option *
option_find(const char *name)
{
	for (size_t i = 0; i < options_count; i++)
		if (strcmp(options[i].name, name) == 0)
			return &options[i];
	return NULL;
}

static void
line_read(struct reading *r, struct word *w)
{
	size_t line = r->line;
	const struct option *o = option_find(w->s);
	size_t *given;

	if (o == NULL) {
		fault(r, line, w->s, "there is no such option");
		/* a block of an unknown name would give a fault per line */
		while (word_read(r, w) != WORD_END_LINE &&
		    w->type != WORD_END_FILE)
			if (w->type == WORD_OPEN)
				while (word_read(r, w) != WORD_CLOSE &&
				    w->type != WORD_END_FILE)
					;
		return;
	}
	given = &r->given[o - options];
	if (*given != 0) {
		fault(r, line, o->name, "is given already in line %zu",
		    *given);
		skip_line(r);
		return;
	}
	*given = line;
	values_read(r, o, line, w);
}

static void
file_read(struct reading *r)
{
	struct word *w = mem_alloc(sizeof *w);

	for (;;) {
		switch (word_read(r, w)) {
		case WORD_END_FILE:
			free(w);
			return;
		case WORD_END_LINE:
			break;
		case WORD_VALUE:
			line_read(r, w);
			break;
		case WORD_OPEN:
		case WORD_CLOSE:
			fault(r, r->line, "", "a line begins with a name");
			skip_line(r);
			break;
		case WORD_BAD:
			skip_line(r);
			break;
		}
	}
}

/* --- the whole --- */

static void
defaults_set(struct config *c)
{
	for (size_t i = 0; i < options_count; i++) {
		const struct option *o = &options[i];
		void *member = option_at(c, o);

		switch (o->type) {
		case OPTION_TEXT:
		case OPTION_WORD:
			*(char **)member = mem_string(o->text);
			break;
		case OPTION_NUMBER:
			*(uint32_t *)member = o->number;
			break;
		case OPTION_SWITCH:
			*(bool *)member = o->number != 0;
			break;
		case OPTION_LIST:
		case OPTION_MAP:
			break;
		}
	}
}

/* What no single option shows. */
static void
whole_check(struct reading *r)
{
	const struct config *c = r->config;

	if (r->given[option_find("team") - options] == 0)
		fault(r, 0, "team", "is not given");
	if (c->silence_s <= c->heartbeat_s)
		fault(r, 0, "silence_s", "%u is not more than heartbeat_s, %u",
		    c->silence_s, c->heartbeat_s);
	if (c->unreachable_s <= c->silence_s)
		fault(r, 0, "unreachable_s", "%u is not more than silence_s, "
		    "%u", c->unreachable_s, c->silence_s);
	if ((c->web_certificate[0] == '\0') != (c->web_key[0] == '\0'))
		fault(r, 0, c->web_key[0] == '\0' ? "web_key" :
		    "web_certificate", "is not given, but the other is");
	if (c->site_publish[0] != '\0' && c->site_url[0] == '\0')
		fault(r, 0, "site_publish", "is given, but not site_url: there "
		    "is no site");
	if (c->dial_least_ms > c->dial_most_s * 1000)
		fault(r, 0, "dial_least_ms", "%u ms is more than dial_most_s, "
		    "%u s", c->dial_least_ms, c->dial_most_s);
}

enum err
config_parse(struct span text, const char *file, struct config *out,
    struct buf *faults)
{
	struct config c = { .file = mem_string(file) };
	struct reading r = { .text = text, .line = 1, .file = file,
		.faults = faults, .config = &c,
		.given = mem_array(options_count, sizeof *r.given) };

	defaults_set(&c);
	file_read(&r);
	whole_check(&r);
	free(r.given);
	if (r.is_bad) {
		config_release(&c);
		return ERR_CONFIG;
	}
	*out = c;
	return ERR_NONE;
}

static enum err
bytes_read(int fd, struct buf *out)
{
	ssize_t n = 0;
	unsigned char chunk[4096];

	while ((n = read(fd, chunk, sizeof chunk)) > 0)
		buf_put_mem(out, chunk, (size_t)n);
	return n < 0 ? ERR_IO : buf_check(out);
}

enum err
config_read(const char *path, struct config *out, struct buf *faults)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum err e;

	if (fd < 0) {
		buf_put_format(faults, "%s: cannot be read: %s\n", path,
		    strerrordesc_np(errno));
		return errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
	}
	e = config_read_fd(fd, path, out, faults);
	close(fd);
	return e;
}

const char *
config_rules_path(const struct config *c, struct arena *a)
{
	static const char name[] = "almenara.rules";
	const char *slash = strrchr(c->file, '/');
	size_t n = slash != NULL ? (size_t)(slash - c->file) + 1 : 0;
	char *path;

	if (c->rules != NULL && c->rules[0] != '\0')
		return arena_string(a, span_str(c->rules));
	path = arena_alloc(a, n + sizeof name);
	memcpy(path, c->file, n);
	memcpy(path + n, name, sizeof name);
	return path;
}

enum err
config_read_fd(int fd, const char *path, struct config *out,
    struct buf *faults)
{
	struct buf text;
	enum err e;

	buf_init(&text, LIMIT_CONFIG);
	e = bytes_read(fd, &text);
	if (e == ERR_NONE)
		e = config_parse(buf_span(&text), path, out, faults);
	else if (e == ERR_LIMIT)
		buf_put_format(faults, "%s: longer than %d bytes\n", path,
		    LIMIT_CONFIG);
	else
		buf_put_format(faults, "%s: cannot be read: %s\n", path,
		    strerrordesc_np(errno));
	buf_release(&text);
	return e;
}

static void
strings_free(char **strings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(strings[i]);
	free(strings);
}

void
config_release(struct config *c)
{
	for (size_t i = 0; i < options_count; i++) {
		void *member = option_at(c, &options[i]);
		struct config_list *list = member;
		struct config_map *map = member;

		switch (options[i].type) {
		case OPTION_TEXT:
		case OPTION_WORD:
			free(*(char **)member);
			break;
		case OPTION_LIST:
			strings_free(list->items, list->n);
			break;
		case OPTION_MAP:
			strings_free(map->keys, map->n);
			strings_free(map->values, map->n);
			break;
		case OPTION_NUMBER:
		case OPTION_SWITCH:
			break;
		}
	}
	free(c->file);
	*c = (struct config){ 0 };
}

const char *
config_map_find(const struct config_map *m, const char *key)
{
	for (size_t i = 0; i < m->n; i++)
		if (strcmp(m->keys[i], key) == 0)
			return m->values[i];
	return NULL;
}
