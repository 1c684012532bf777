/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules in force, from file to log.
 */
#include "node/rulebook.h"

#include "base/log.h"
#include "base/mem.h"
#include "node/command.h"
#include "node/control.h"
#include "node/site_link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *
rulebook_path(const struct service *s, struct arena *a)
{
	return config_rules_path(s->fresh.file != NULL ? &s->fresh : s->config,
	    a);
}

/* --- files --- */

static enum err
text_read(int fd, struct buf *out)
{
	unsigned char piece[4096];
	ssize_t n;

	while ((n = read(fd, piece, sizeof piece)) > 0)
		buf_put_mem(out, piece, (size_t)n);
	return n < 0 ? ERR_IO : buf_check(out);
}

/* The last good text, for a start with a file that has a mistake. */
static const char *
copy_path(const struct service *s, const char *end, struct arena *a)
{
	struct buf b;
	const char *path;

	buf_init(&b, 8192);
	buf_put_format(&b, "%s/rules.last%s", s->config->data_dir, end);
	path = arena_string(a, buf_span(&b));
	buf_release(&b);
	return path;
}

static enum err
copy_read(const struct service *s, struct buf *out)
{
	struct arena mem = { 0 };
	int fd = open(copy_path(s, "", &mem), O_RDONLY | O_CLOEXEC);
	enum err e = fd >= 0 ? text_read(fd, out) : ERR_NOT_FOUND;

	if (fd >= 0)
		close(fd);
	arena_release(&mem);
	return e;
}

static bool
all_written(int fd, struct span text)
{
	for (size_t at = 0; at < text.n;) {
		ssize_t n = write(fd, text.p + at, text.n - at);

		if (n < 0 && errno != EINTR)
			return false;
		at += n > 0 ? (size_t)n : 0;
	}
	return fsync(fd) == 0;
}

/* Whole or not at all. */
static void
copy_write(const struct service *s, struct span text)
{
	struct arena mem = { 0 };
	const char *path = copy_path(s, "", &mem);
	const char *fresh = copy_path(s, ".new", &mem);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	bool good = fd >= 0 && all_written(fd, text);

	if (fd >= 0)
		close(fd);
	if (!good || rename(fresh, path) != 0)
		log_event(LOG_WARNING, "rules.copy", log_str("path", path),
		    log_str("why", strerrordesc_np(errno)));
	arena_release(&mem);
}

/* --- the private log --- */

struct recording {
	struct service *s;
	struct digest digest;
};

static void
on_recorded(void *ctx, const struct hub_appended *result)
{
	struct recording *r = ctx;
	struct service *s = r->s;
	const struct rules *now = s->rulebook.rules;

	if (result->err != ERR_NONE) {
		if (!s->is_stopping)
			log_event(LOG_WARNING, "rules.lost",
			    log_err("error", result->err),
			    log_str("text", result->text));
	} else if (!s->is_stopping) {
		if (now != NULL &&
		    digest_is_equal(rules_digest(now), &r->digest))
			copy_write(s, rules_text(now));
	}
	free(r);
}

static void
record(struct service *s)
{
	struct hub_draft d = home_draft(s, "rules");
	const struct rules *now = s->rulebook.rules;
	char digest[ENTRY_DIGEST_TEXT + 1];
	struct recording *r = mem_alloc(sizeof *r);
	struct json_out w;
	struct buf b;

	*r = (struct recording){ s, *rules_digest(now) };
	entry_write_digest(&r->digest, digest);
	buf_init(&b, LIMIT_PAYLOAD);
	json_out_init(&w, &b);
	json_put_open(&w, '{');
	json_put_member_str(&w, "digest", digest);
	json_put_member_span(&w, "text", rules_text(now));
	json_put_close(&w, '}');
	d.body = buf_span(&b);
	hub_append(s->hub, &d, on_recorded, r);
	service_stir(s);
	buf_release(&b);
}

/* --- taking --- */

static void
alarm_refused(struct service *s)
{
	const struct hub_event e = { .type = HUB_ALARM, .err = ERR_CONFIG,
		.text = s->rulebook.refused };

	log_event(LOG_ERROR, "rules.refused",
	    log_str("text", s->rulebook.refused));
	if (s->control != NULL)
		control_tell(s->control, &e);
}

/* Put a text in force, or say what is wrong with it. */
static bool
adopt(struct service *s, struct span text, const char *path)
{
	struct rulebook *b = &s->rulebook;
	struct arena mem = { 0 };
	const struct rules *fresh = NULL;
	struct fault f = { 0 };

	if (rules_parse(text, s->schema, &mem, &fresh, &f) != ERR_NONE) {
		snprintf(b->refused, sizeof b->refused, "%s:%s: %s", path,
		    f.field, f.rule);
		arena_release(&mem);
		alarm_refused(s);
		return false;
	}
	arena_release(&b->mem);
	b->mem = mem;
	b->rules = fresh;
	return true;
}

static void
tell_in_force(struct service *s, const char *path)
{
	char digest[ENTRY_DIGEST_TEXT + 1];

	entry_write_digest(rules_digest(s->rulebook.rules), digest);
	log_event(LOG_NOTICE, "rules.in-force", log_str("path", path),
	    log_str("digest", digest));
}

static void
none_in_force(struct service *s, const char *path)
{
	arena_release(&s->rulebook.mem);
	s->rulebook.rules = NULL;
	s->rulebook.refused[0] = '\0';
	log_event(LOG_WARNING, "rules.none", log_str("path", path),
	    log_str("text", "there is no such file: nothing is shared"));
}

static bool
read_and_adopt(struct service *s, int fd, const char *path)
{
	struct buf text;
	bool good = false;
	enum err e;

	buf_init(&text, LIMIT_RULES);
	e = text_read(fd, &text);
	if (e == ERR_NONE) {
		good = adopt(s, buf_span(&text), path);
	} else {
		snprintf(s->rulebook.refused, sizeof s->rulebook.refused,
		    "%s: %s", path, err_sentence(e));
		alarm_refused(s);
	}
	buf_release(&text);
	if (good)
		s->rulebook.refused[0] = '\0';
	return good;
}

void
rulebook_open(struct service *s)
{
	struct arena mem = { 0 };
	const char *path = rulebook_path(s, &mem);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct buf last;
	bool good;

	buf_init(&last, LIMIT_RULES);
	if (copy_read(s, &last) != ERR_NONE)
		buf_clear(&last);
	good = fd >= 0 && read_and_adopt(s, fd, path);
	if (fd < 0) {
		none_in_force(s, path);
	} else if (good) {
		tell_in_force(s, path);
		if (!span_is_equal(buf_span(&last),
		    rules_text(s->rulebook.rules)))
			record(s);
	} else if (last.n != 0) {
		char refused[sizeof s->rulebook.refused];

		memcpy(refused, s->rulebook.refused, sizeof refused);
		if (adopt(s, buf_span(&last), copy_path(s, "", &mem)))
			tell_in_force(s, copy_path(s, "", &mem));
		memcpy(s->rulebook.refused, refused, sizeof refused);
	}
	if (fd >= 0)
		close(fd);
	buf_release(&last);
	arena_release(&mem);
}

void
rulebook_take(struct service *s, int fd)
{
	struct arena mem = { 0 };
	const char *path = rulebook_path(s, &mem);
	bool had = s->rulebook.rules != NULL;
	struct digest before = { { 0 } };

	if (had)
		before = *rules_digest(s->rulebook.rules);
	if (fd < 0)
		none_in_force(s, path);
	else if (read_and_adopt(s, fd, path) && (!had ||
		!digest_is_equal(&before,
		    rules_digest(s->rulebook.rules)))) {
		tell_in_force(s, path);
		record(s);
	}
	site_link_again(s->site);
	arena_release(&mem);
	cmd_rules_loaded(s);
}

void
rulebook_close(struct rulebook *b)
{
	arena_release(&b->mem);
	b->rules = NULL;
}
