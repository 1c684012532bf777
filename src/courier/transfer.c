/* SPDX-License-Identifier: Apache-2.0
 *
 * Transfers.
 */
#include "courier/transfer.h"

#include "base/arena.h"
#include "base/code.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/mem.h"
#include "courier/envelope.h"
#include "courier/mail.h"
#include "crypto/hash.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

enum { WHY = 120, SIGNATURE = 100, CONNECT_MOST_MS = 10000, LETTER_MAX = 2 *
	    ENVELOPE_SEALED };

struct transfer {
	struct transfers *all;
	CURL *easy;
	struct curl_slist *headers, *to;
	struct uuid page;
	uint32_t try_now;
	enum job_channel channel;
	struct buf body;       /* what is sent */
	size_t sent;
	size_t got;            /* of the answer */
	struct buf answer;     /* of a webhook: its body, */
	char signature[SIGNATURE + 1]; /* and what signs it, */
	const struct credential *who;  /* under this secret */
	bool is_plain;         /* http, not https */
	bool is_forbidden;     /* the address it came to */
	bool has_begun;        /* something of the text may have gone out */
	char why[WHY];
	char detail[CURL_ERROR_SIZE]; /* what the library says of a failure */
	struct transfer *next;
};

struct transfers {
	struct transfer_config config;
	CURLM *multi;
	transfer_done_fn *done;
	transfer_code_fn *code;
	void *ctx;
	struct transfer *first;
};

/* --- words of others --- */

/* Foreign text, as far as it can stand in a line of ours. */
static void
put_why(struct transfer *x, const char *head, struct span text)
{
	size_t n = (size_t)snprintf(x->why, sizeof x->why, "%s", head);

	if (n >= sizeof x->why)
		n = sizeof x->why - 1;
	for (size_t i = 0; i < text.n && n + 1 < sizeof x->why; i++)
		if (text.p[i] >= 0x20 && text.p[i] < 0x7f)
			x->why[n++] = (char)text.p[i];
	x->why[n] = '\0';
}

enum job_result
transfer_http_result(long status)
{
	if (status >= 200 && status < 300)
		return JOB_ACCEPTED;
	if (status >= 500 || status == 408 || status == 425 || status == 429 ||
	    status < 200)
		return JOB_FAILED;
	return JOB_REFUSED;
}

struct span
transfer_host(struct span url)
{
	static const char *const schemes[] = { "https://", "http://" };
	size_t head = 0;
	struct span rest;

	for (size_t i = 0; i < 2; i++) {
		struct span s = span_str(schemes[i]);

		if (url.n > s.n && memcmp(url.p, s.p, s.n) == 0)
			head = s.n;
	}
	if (head == 0)
		return span_of(NULL, 0);
	rest = span_of(url.p + head, url.n - head);
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= 0x20 || url.p[i] >= 0x7f || url.p[i] == '\\')
			return span_of(NULL, 0);
	for (size_t i = 0; i < rest.n; i++) {
		if (rest.p[i] == '@')
			return span_of(NULL, 0);
		if (rest.p[i] == '/' || rest.p[i] == '?' || rest.p[i] == '#')
			return span_of(rest.p, i);
	}
	return rest;
}

/* --- what the library calls --- */

static size_t
on_read(char *out, size_t size, size_t count, void *ctx)
{
	struct transfer *x = ctx;
	size_t n = x->body.n - x->sent;

	if (n > size * count)
		n = size * count;
	x->has_begun = true;
	memcpy(out, x->body.p + x->sent, n);
	x->sent += n;
	return n;
}

/* One that is too long ends. */
static size_t
on_answer(char *p, size_t size, size_t count, void *ctx)
{
	struct transfer *x = ctx;

	buf_put_mem(&x->answer, p, size * count);
	x->got += size * count;
	return x->got > LIMIT_PAGE_ANSWER ? 0 : size * count;
}

static void
take_signature(struct transfer *x, struct span line)
{
	static const char name[] = "almenara-signature:";
	size_t n = sizeof name - 1;

	if (line.n <= n || line.n - n > SIGNATURE ||
	    strncasecmp((const char *)line.p, name, n) != 0)
		return;
	while (n < line.n && line.p[n] == ' ')
		n++;
	while (line.n > n && line.p[line.n - 1] <= ' ')
		line.n--;
	snprintf(x->signature, sizeof x->signature, "%.*s",
	    (int)(line.n - n), (const char *)line.p + n);
}

static size_t
on_header(char *p, size_t size, size_t count, void *ctx)
{
	struct transfer *x = ctx;
	size_t n = size * count;

	x->got += n;
	if (x->channel == JOB_MAIL) {
		if (n > 3 && (p[0] == '4' || p[0] == '5'))
			put_why(x, "", span_of(p, n));
		return n; /* as many lines as a session has */
	}
	take_signature(x, span_of(p, n));
	return x->got > LIMIT_PAGE_ANSWER ? 0 : n;
}

/* Here it is known to whom the socket will lead. */
static curl_socket_t
on_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct transfer *x = ctx;
	const struct places *named = &x->all->config.places;

	if (purpose != CURLSOCKTYPE_IPCXN)
		return CURL_SOCKET_BAD;
	if (x->channel != JOB_MAIL && !places_have(named, &a->addr) &&
	    (x->is_plain || places_is_inside(&a->addr))) {
		x->is_forbidden = true;
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

/* --- beginning --- */

static void
add_header(struct transfer *x, const char *line)
{
	x->headers = curl_slist_append(x->headers, line);
}

static void
set_common(struct transfer *x, const struct job *j)
{
	const struct transfer_config *c = &x->all->config;
	long wait_ms = (long)j->wait_ms;

	curl_easy_setopt(x->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(x->easy, CURLOPT_ERRORBUFFER, x->detail);
	curl_easy_setopt(x->easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(x->easy, CURLOPT_TIMEOUT_MS, wait_ms);
	curl_easy_setopt(x->easy, CURLOPT_CONNECTTIMEOUT_MS,
	    wait_ms < CONNECT_MOST_MS ? wait_ms : (long)CONNECT_MOST_MS);
	curl_easy_setopt(x->easy, CURLOPT_PROXY, "");
	curl_easy_setopt(x->easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(x->easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
	curl_easy_setopt(x->easy, CURLOPT_OPENSOCKETDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_WRITEFUNCTION, on_answer);
	curl_easy_setopt(x->easy, CURLOPT_WRITEDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(x->easy, CURLOPT_HEADERDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_SSLVERSION,
	    (long)CURL_SSLVERSION_TLSv1_2);
	if (c->ca[0] != '\0')
		curl_easy_setopt(x->easy, CURLOPT_CAINFO, c->ca);
}

static bool
refuse(struct transfer *x, const char *why)
{
	put_why(x, why, span_of(NULL, 0));
	return false;
}

static bool
write_letter(struct transfer *x, const struct job *j)
{
	const struct mail m = { .from = span_str(x->all->config.from),
		.to = j->to, .subject = j->subject, .text = j->text,
		.page = j->page, .at_s = j->at_s,
		.is_urgent = j->level >= 4 };
	struct fault f = { 0 };
	char why[WHY];

	if ((j->sealed.n == 0 ? mail_write(&m, &x->body, &f) :
	    mail_write_sealed(&m, j->sealed_by, j->sealed, &x->body, &f)) !=
	    ERR_NONE) {
		snprintf(why, sizeof why, "%.40s %.70s", f.field, f.rule);
		return refuse(x, why);
	}
	return buf_check(&x->body) == ERR_NONE ||
	    refuse(x, "the letter is too long");
}

static void
set_relay(struct transfer *x)
{
	static const long ssl[] = { [TRANSFER_STARTTLS] = CURLUSESSL_ALL,
		[TRANSFER_TLS] = CURLUSESSL_ALL,
		[TRANSFER_TRY] = CURLUSESSL_TRY,
		[TRANSFER_PLAIN] = CURLUSESSL_NONE };
	const struct transfer_config *c = &x->all->config;
	const struct credential *who = credentials_find(c->credentials,
	    CREDENTIAL_MAIL, span_str(c->relay));
	char url[300], user[256], secret[256];

	snprintf(url, sizeof url, "%s://%s", c->tls == TRANSFER_TLS ? "smtps" :
	    "smtp", c->relay);
	curl_easy_setopt(x->easy, CURLOPT_URL, url);
	curl_easy_setopt(x->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(x->easy, CURLOPT_USE_SSL, ssl[c->tls]);
	if (c->tls == TRANSFER_TRY) { /* better than plain, with anybody */
		curl_easy_setopt(x->easy, CURLOPT_SSL_VERIFYPEER, 0L);
		curl_easy_setopt(x->easy, CURLOPT_SSL_VERIFYHOST, 0L);
	}
	if (who == NULL)
		return;
	snprintf(user, sizeof user, "%.*s", SPAN_FMT(who->name));
	snprintf(secret, sizeof secret, "%.*s", SPAN_FMT(who->secret));
	curl_easy_setopt(x->easy, CURLOPT_USERNAME, user);
	curl_easy_setopt(x->easy, CURLOPT_PASSWORD, secret);
	explicit_bzero(secret, sizeof secret);
}

static bool
begin_mail(struct transfer *x, const struct job *j)
{
	const struct transfer_config *c = &x->all->config;
	char to[300], from[300];

	if (c->relay[0] == '\0' || c->from[0] == '\0')
		return refuse(x, "no mail relay is configured");
	if (!write_letter(x, j))
		return false;
	set_relay(x);
	snprintf(from, sizeof from, "<%s>", c->from);
	snprintf(to, sizeof to, "<%.*s>", SPAN_FMT(j->to));
	x->to = curl_slist_append(NULL, to);
	curl_easy_setopt(x->easy, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(x->easy, CURLOPT_MAIL_RCPT, x->to);
	curl_easy_setopt(x->easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(x->easy, CURLOPT_READDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_INFILESIZE_LARGE,
	    (curl_off_t)x->body.n);
	curl_easy_setopt(x->easy, CURLOPT_UPLOAD, 1L);
	return true;
}

/* The header's value, over `body`. */
static void
put_signature(const struct credential *who, int64_t at_s,
    const struct uuid *page, struct span body, struct buf *out)
{
	struct hash_key *key = hash_key_create(who->secret);
	char id[UUID_TEXT + 1];
	struct digest mac;
	struct buf text;

	uuid_write(page, id);
	buf_init(&text, LIMIT_PAGE_TEXT + 128);
	buf_put_format(&text, "%lld.%s.", (long long)at_s, id);
	buf_put(&text, body);
	mac = hash_hmac(key, buf_span(&text));
	hash_key_free(key);
	buf_put_format(out, "t=%lld,v1=", (long long)at_s);
	code_write_hex(out, digest_span(&mac));
	buf_release(&text);
}

static void
sign(struct transfer *x, const struct job *j, const struct credential *who)
{
	struct buf line;

	buf_init(&line, 256);
	buf_put_str(&line, "Almenara-Signature: ");
	put_signature(who, j->at_s, &j->page, buf_span(&x->body), &line);
	add_header(x, buf_str(&line));
	buf_release(&line);
}

/* Is the answer of who has the secret, to this page? */
static bool
is_signed(const struct transfer *x, const struct credential *who)
{
	const char *comma = strchr(x->signature, ',');
	char *end;
	long long at_s;
	struct digest given, wanted;
	struct buf want;
	bool good;

	if (comma == NULL || strncmp(x->signature, "t=", 2) != 0)
		return false;
	at_s = strtoll(x->signature + 2, &end, 10);
	if (end != comma || at_s <= 0)
		return false;
	buf_init(&want, 256);
	put_signature(who, at_s, &x->page, buf_span(&x->answer), &want);
	/* so, the time it takes tells nothing of how far it fits */
	given = hash_sha256(span_str(x->signature));
	wanted = hash_sha256(buf_span(&want));
	good = digest_is_equal(&given, &wanted);
	buf_release(&want);
	return good;
}

/* {"code": CODE}: a person at the receiver's end answers. */
static void
take_code(struct transfer *x)
{
	const struct credential *who = x->who;
	struct arena a = { 0 };
	struct json doc;
	struct span code;

	if (x->channel == JOB_WEBHOOK && who != NULL && !x->answer.over &&
	    x->answer.n != 0 && is_signed(x, who) &&
	    json_parse_arena(buf_span(&x->answer), LIMIT_JSON_DEPTH,
		LIMIT_PAGE_ANSWER, &a, &doc, NULL) == ERR_NONE &&
	    json_text(json_get(json_root(&doc), "code"), &a, &code) ==
		ERR_NONE && code.n <= UINT8_MAX)
		x->all->code(x->all->ctx, code, who->name);
	arena_release(&a);
}

static bool
set_post(struct transfer *x, const struct job *j, const char *id)
{
	char url[LIMIT_PAGE_ADDRESS + 1], line[128];

	if (transfer_host(j->to).n == 0)
		return refuse(x, "is no address of the form https://host/...");
	snprintf(url, sizeof url, "%.*s", SPAN_FMT(j->to));
	x->is_plain = url[4] == ':';
	curl_easy_setopt(x->easy, CURLOPT_URL, url);
	curl_easy_setopt(x->easy, CURLOPT_PROTOCOLS_STR, "https,http");
	curl_easy_setopt(x->easy, CURLOPT_POST, 1L);
	curl_easy_setopt(x->easy, CURLOPT_READFUNCTION, on_read);
	curl_easy_setopt(x->easy, CURLOPT_READDATA, x);
	curl_easy_setopt(x->easy, CURLOPT_POSTFIELDSIZE_LARGE,
	    (curl_off_t)x->body.n);
	add_header(x, "Expect:");
	add_header(x, "User-Agent: Almenara");
	snprintf(line, sizeof line, "Idempotency-Key: %s", id);
	add_header(x, line);
	return true;
}

static bool
begin_post(struct transfer *x, const struct job *j)
{
	bool is_push = j->channel == JOB_PUSH;
	const struct credential *who = credentials_find(
	    x->all->config.credentials,
	    is_push ? CREDENTIAL_PUSH : CREDENTIAL_WEBHOOK,
	    transfer_host(j->to));
	char id[UUID_TEXT + 1], line[600];

	uuid_write(&j->page, id);
	/* a push service learns the one line, no more */
	buf_put(&x->body, is_push ? j->subject : j->text);
	if (!set_post(x, j, id))
		return false;
	if (!is_push && who == NULL)
		return refuse(x, "no secret for this host: it could not tell "
		    "who sends");
	if (!is_push) {
		add_header(x, "Content-Type: application/json");
		sign(x, j, who);
		x->who = who;
	} else {
		add_header(x, "Content-Type: text/plain; charset=utf-8");
		snprintf(line, sizeof line, "Priority: %u", j->level == 0 ? 3u :
		    (unsigned)j->level);
		add_header(x, line);
	}
	if (is_push && who != NULL) {
		snprintf(line, sizeof line, "Authorization: Bearer %.*s",
		    SPAN_FMT(who->secret));
		add_header(x, line);
		explicit_bzero(line, sizeof line);
	}
	return true;
}

static void
transfer_free(struct transfer *x)
{
	struct transfer **at = &x->all->first;

	while (*at != x)
		at = &(*at)->next;
	*at = x->next;
	curl_easy_cleanup(x->easy);
	curl_slist_free_all(x->headers);
	curl_slist_free_all(x->to);
	buf_release(&x->body);
	buf_release(&x->answer);
	free(x);
}

static void
end(struct transfer *x, enum job_result result)
{
	struct transfers *t = x->all;
	struct uuid page = x->page;
	uint32_t try_now = x->try_now;
	char why[WHY];

	snprintf(why, sizeof why, "%s", x->why);
	transfer_free(x);
	t->done(t->ctx, &page, try_now, result, why);
}

void
transfers_start(struct transfers *t, const struct job *j)
{
	struct transfer *x = mem_alloc(sizeof *x);
	bool good;

	*x = (struct transfer){ .all = t, .page = j->page,
		.try_now = j->try_now, .channel = j->channel,
		.next = t->first };
	t->first = x;
	buf_init(&x->body, LETTER_MAX);
	buf_init(&x->answer, LIMIT_PAGE_ANSWER);
	x->easy = curl_easy_init();
	if (x->easy == NULL)
		abort(); /* out of memory */
	set_common(x, j);
	good = j->channel == JOB_MAIL ? begin_mail(x, j) : begin_post(x, j);
	if (good)
		curl_easy_setopt(x->easy, CURLOPT_HTTPHEADER, x->headers);
	if (!good || curl_multi_add_handle(t->multi, x->easy) != CURLM_OK)
		end(x, good ? JOB_FAILED : JOB_REFUSED);
}

/* --- ending --- */

static enum job_result
mail_result(struct transfer *x, CURLcode code)
{
	long status = 0;

	if (code == CURLE_OK)
		return JOB_ACCEPTED;
	curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
	if (x->why[0] == '\0' || code == CURLE_OPERATION_TIMEDOUT)
		put_why(x, curl_easy_strerror(code), span_of(NULL, 0));
	/* what a person of this node must mend is tried again until then */
	return status >= 550 && status < 560 && code != CURLE_LOGIN_DENIED &&
	    code != CURLE_USE_SSL_FAILED ? JOB_REFUSED : JOB_FAILED;
}

static enum job_result
post_result(struct transfer *x, CURLcode code)
{
	long status = 0;
	char why[64];

	if (x->is_forbidden) {
		put_why(x, x->is_plain ? "http is for networks that "
		    "courier_networks names" : "leads to an address of the "
		    "inside: courier_networks", span_of(NULL, 0));
		return JOB_REFUSED;
	}
	curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status == 0 || code == CURLE_OPERATION_TIMEDOUT) {
		/* which name does not fit, whose certificate is not known */
		put_why(x, code == CURLE_PEER_FAILED_VERIFICATION ? "" :
		    curl_easy_strerror(code), code ==
		    CURLE_PEER_FAILED_VERIFICATION ? span_str(x->detail) :
						     span_of(NULL, 0));
		return JOB_FAILED;
	}
	if (status < 300 && code != CURLE_OK && code != CURLE_WRITE_ERROR)
		status = 0; /* the answer broke off before its end */
	snprintf(why, sizeof why, "HTTP %ld%s", status,
	    status >= 300 && status < 400 ? ": redirects are not followed" :
	    "");
	put_why(x, why, span_of(NULL, 0));
	if (transfer_http_result(status) == JOB_ACCEPTED)
		take_code(x);
	return transfer_http_result(status);
}

static void
take_ended(struct transfers *t)
{
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(t->multi, &left)) != NULL) {
		CURLcode code = m->data.result;
		CURL *easy = m->easy_handle;
		struct transfer *x;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_multi_remove_handle(t->multi, easy);
		for (x = t->first; x != NULL && x->easy != easy;)
			x = x->next;
		if (x != NULL)
			end(x, x->channel == JOB_MAIL ? mail_result(x, code) :
							post_result(x, code));
	}
}

void
transfers_wait(struct transfers *t, struct pollfd *more, size_t n,
    int wait_ms)
{
	struct curl_waitfd fds[16];
	int running;

	for (size_t i = 0; i < n && i < 16; i++)
		fds[i] = (struct curl_waitfd){ .fd = more[i].fd,
			.events = more[i].events }; /* same bits as poll */
	curl_multi_poll(t->multi, fds, (unsigned)n, wait_ms, NULL);
	/* the library tells no hang-up */
	if (poll(more, n, 0) < 0)
		for (size_t i = 0; i < n; i++)
			more[i].revents = 0;
	curl_multi_perform(t->multi, &running);
	take_ended(t);
}

void
transfers_cancel(struct transfers *t, const struct uuid *page)
{
	for (struct transfer *x = t->first; x != NULL; x = x->next) {
		if (memcmp(&x->page, page, sizeof *page) != 0 || x->has_begun)
			continue;
		curl_multi_remove_handle(t->multi, x->easy);
		put_why(x, "stopped", span_of(NULL, 0));
		end(x, JOB_FAILED);
		return;
	}
}

enum err
transfers_create(const struct transfer_config *config, transfer_done_fn *done,
    transfer_code_fn *code, void *ctx, struct transfers **out)
{
	struct transfers *t;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
		return ERR_IO;
	t = mem_alloc(sizeof *t);
	*t = (struct transfers){ .config = *config, .done = done,
		.code = code, .ctx = ctx, .multi = curl_multi_init() };
	if (t->multi == NULL) {
		free(t);
		return ERR_IO;
	}
	*out = t;
	return ERR_NONE;
}

void
transfers_free(struct transfers *t)
{
	struct transfer *next;

	if (t == NULL)
		return;
	for (struct transfer *x = t->first; x != NULL; x = next) {
		next = x->next;
		curl_multi_remove_handle(t->multi, x->easy);
		transfer_free(x);
	}
	curl_multi_cleanup(t->multi);
	curl_global_cleanup();
	free(t);
}
