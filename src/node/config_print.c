/* SPDX-License-Identifier: Apache-2.0
 *
 * The configuration written out: canonical form, sample file, manual.
 */
#include "node/config.h"
#include "node/config_option.h"

enum { SAMPLE_COLUMNS = 74 };

static void
put_value(struct buf *out, const char *s)
{
	bool plain = s[0] != '\0';

	for (const char *p = s; *p != '\0'; p++)
		plain = plain && *p != ' ' && strchr("#{}\"\\", *p) == NULL;
	if (plain) {
		buf_put_str(out, s);
		return;
	}
	buf_put_u8(out, '"');
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			buf_put_u8(out, '\\');
		buf_put_u8(out, (uint8_t)*s);
	}
	buf_put_u8(out, '"');
}

static void
put_list(struct buf *out, const struct config_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		buf_put_str(out, " ");
		put_value(out, list->items[i]);
	}
}

static void
put_map(struct buf *out, const struct config_map *map)
{
	buf_put_str(out, " {\n");
	for (size_t i = 0; i < map->n; i++) {
		buf_put_str(out, "\t");
		put_value(out, map->keys[i]);
		buf_put_str(out, " ");
		put_value(out, map->values[i]);
		buf_put_str(out, "\n");
	}
	buf_put_str(out, "}");
}

void
config_print(const struct config *c, struct buf *out)
{
	for (size_t i = 0; i < options_count; i++) {
		const struct option *o = &options[i];
		const void *member = option_in(c, o);

		/* an empty list cannot be written, and need not be */
		if ((o->type == OPTION_LIST &&
		    ((const struct config_list *)member)->n == 0) ||
		    (o->type == OPTION_MAP &&
		    ((const struct config_map *)member)->n == 0))
			continue;
		buf_put_str(out, o->name);
		switch (o->type) {
		case OPTION_TEXT:
		case OPTION_WORD:
			buf_put_str(out, " ");
			put_value(out, *(char *const *)member);
			break;
		case OPTION_NUMBER:
			buf_put_format(out, " %u", *(const uint32_t *)member);
			break;
		case OPTION_SWITCH:
			buf_put_str(out,
			    *(const bool *)member ? " yes" : " no");
			break;
		case OPTION_LIST:
			put_list(out, member);
			break;
		case OPTION_MAP:
			put_map(out, member);
			break;
		}
		buf_put_str(out, "\n");
	}
}

/* `text` in lines that begin with "# ". */
static void
put_wrapped(struct buf *out, const char *text)
{
	size_t column = 0;

	while (*text != '\0') {
		size_t n = strcspn(text, " ");

		if (column != 0 && column + 1 + n > SAMPLE_COLUMNS) {
			buf_put_str(out, "\n");
			column = 0;
		}
		buf_put_str(out, column == 0 ? "# " : " ");
		buf_put_mem(out, text, n);
		column += n + (column == 0 ? 2 : 1);
		text += n;
		text += strspn(text, " ");
	}
	buf_put_str(out, "\n");
}

static void
put_default(struct buf *out, const struct option *o)
{
	switch (o->type) {
	case OPTION_TEXT:
	case OPTION_WORD:
		put_value(out, o->text);
		break;
	case OPTION_NUMBER:
		buf_put_format(out, "%u", o->number);
		break;
	case OPTION_SWITCH:
		buf_put_str(out, o->number != 0 ? "yes" : "no");
		break;
	case OPTION_LIST:
		buf_put_str(out, "0.0.0.0:6800 [::]:6800");
		break;
	case OPTION_MAP:
		buf_put_format(out, "{\n#\t%s\n#}",
		    o->need == OPTION_LADDER ? "3 \"0s first by screen mail; "
		    "2h second by push command; 4h lead by mail command; "
		    "exhausted 8h\"" :
		    o->need == OPTION_PATH ?
		    "sms \"/usr/local/bin/send-sms /dev/ttyS0\"" :
		    o->need == OPTION_TEAM ? "ve co" : "ve 192.0.2.1:6800");
		break;
	}
}

void
config_write_sample(struct buf *out)
{
	buf_put_str(out, "# almenarad.conf: see almenarad.conf(5). What is "
	    "commented out is the default.\n");
	for (size_t i = 0; i < options_count; i++) {
		const struct option *o = &options[i];
		bool is_team = o->type == OPTION_TEXT && o->need == OPTION_TEAM;

		buf_put_str(out, "\n");
		put_wrapped(out, o->help);
		buf_put_format(out, "%s%s ", is_team ? "" : "#", o->name);
		if (is_team)
			buf_put_str(out, "ve");
		else
			put_default(out, o);
		buf_put_str(out, "\n");
	}
}

/* mdoc(7): a line that begins with a dot or a quote would be a macro, and a
 * backslash an escape. Sentences begin on lines of their own. */
static void
put_mdoc(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\\')
			buf_put_str(out, "\\e");
		else
			buf_put_u8(out, (uint8_t)*text);
		if (*text == '.' && text[1] == ' ') {
			buf_put_str(out, "\n");
			text++;
		}
	}
	buf_put_str(out, "\n");
}

static void
put_words(struct buf *out, const char *words)
{
	for (; *words != '\0'; words++) {
		if (*words == '|')
			buf_put_str(out, " | ");
		else
			buf_put_u8(out, (uint8_t)*words);
	}
}

static void
put_item(struct buf *out, const struct option *o)
{
	buf_put_format(out, ".It Ic %s ", o->name);
	switch (o->type) {
	case OPTION_TEXT:
		buf_put_str(out, o->need == OPTION_PATH ? "Ar path" :
		    "Ar text");
		break;
	case OPTION_WORD:
		buf_put_str(out, "Cm ");
		put_words(out, o->words);
		break;
	case OPTION_NUMBER:
		buf_put_str(out, "Ar number");
		break;
	case OPTION_SWITCH:
		buf_put_str(out, "Cm yes | no");
		break;
	case OPTION_LIST:
		buf_put_str(out, "Ar host:port ...");
		break;
	case OPTION_MAP:
		buf_put_format(out, "{ Ar %s ... }",
		    o->need == OPTION_LADDER ? "level ladder" :
		    o->need == OPTION_TEAM ? "team team" :
		    o->need == OPTION_PATH ? "name command" :
		    "team host:port");
		break;
	}
	buf_put_str(out, "\n");
}

void
config_write_manual(struct buf *out)
{
	buf_put_str(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < options_count; i++) {
		const struct option *o = &options[i];

		put_item(out, o);
		put_mdoc(out, o->help);
		if (o->type == OPTION_NUMBER)
			buf_put_format(out, "From %u to %u; the default is "
			    "%u.\n", o->least, o->most, o->number);
		else if (o->type == OPTION_SWITCH)
			buf_put_format(out, "The default is %s.\n",
			    o->number != 0 ? "yes" : "no");
		else if ((o->type == OPTION_TEXT || o->type == OPTION_WORD) &&
		    o->text[0] != '\0')
			buf_put_format(out, "The default is %s.\n", o->text);
	}
	buf_put_str(out, ".El\n");
}
