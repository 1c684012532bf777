/* SPDX-License-Identifier: Apache-2.0
 *
 * The parts of the node's process, opened.
 */
#include "node/service_inside.h"

#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "node/answers.h"
#include "node/backups.h"
#include "node/broadcast.h"
#include "node/control.h"
#include "node/documents.h"
#include "node/duties.h"
#include "node/escalations.h"
#include "node/letter_keys.h"
#include "node/mailings.h"
#include "node/pages.h"
#include "node/peering.h"
#include "node/process.h"
#include "node/obligations.h"
#include "node/reports.h"
#include "node/site_link.h"
#include "node/uploads.h"
#include "node/widening.h"
#include "store/sqlite.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
static void
host_random(void *ctx, void *out, size_t n)
{
	(void)ctx;
	random_fill(out, n);
}

static enum err
take_name(const struct keeper_start *start, enum keyring_role role,
    char out[LIMIT_NAME + 1], struct sign_public *key)
{
	const struct keeper_public *k = keeper_start_find(start, role);

	if (k == NULL || k->name[0] == '\0') {
		log_event(LOG_ERROR, "keyring.incomplete",
		    log_str("role", keyring_role_token(role)));
		return ERR_KEY;
	}
	memcpy(out, k->name, LIMIT_NAME + 1);
	*key = jwk_sign_public(&k->jwk);
	return ERR_NONE;
}

/* A lost sentinel is what a restored node has, and the hub takes it for one;
 * to go on with a new log it needs a file, and later none can be made. The new
 * one names no log, so the node stays what it is. */
static enum err
open_sentinel(struct service *s)
{
	const struct sentinel_state none = { .size = 0 };
	const char *path = s->config->sentinel;
	char bad[4352];
	enum err e = sentinel_open(path, &s->sentinel);

	if (e == ERR_BUSY || e == ERR_NONE)
		return e;
	log_event(LOG_ERROR, "sentinel.open", log_str("path", path),
	    log_err("error", e));
	snprintf(bad, sizeof bad, "%s.damaged", path);
	if (e == ERR_DAMAGED && rename(path, bad) != 0)
		return ERR_NONE; /* the hub does without */
	if (e == ERR_DAMAGED || e == ERR_NOT_FOUND)
		e = sentinel_create(path, &none, &s->sentinel);
	if (e != ERR_NONE)
		log_event(LOG_ERROR, "sentinel.create", log_str("path", path),
		    log_err("error", e));
	return ERR_NONE;
}

static enum err
open_store(struct service *s)
{
	const struct store_sqlite_options options = { .is_ahead = true };
	char path[4352];
	struct fault f = { 0 };
	enum err e;

	if (mkdir(s->config->data_dir, 0700) != 0 && errno != EEXIST)
		log_event(LOG_WARNING, "store.folder",
		    log_str("path", s->config->data_dir),
		    log_str("system", strerror(errno)));
	snprintf(path, sizeof path, "%s/log.db", s->config->data_dir);
	e = store_sqlite_open(path, &options, &s->store, &f);
	if (e != ERR_NONE) {
		log_event(LOG_ERROR, "store.open", log_str("path", path),
		    log_err("error", e), log_str("rule", f.rule));
		return e;
	}
	snprintf(path, sizeof path, "%s/attachments", s->config->data_dir);
	e = blobs_open(path, &s->blobs);
	if (e != ERR_NONE) {
		log_event(LOG_ERROR, "attachments.open",
		    log_str("path", path), log_err("error", e));
		return e;
	}
	s->uploads = uploads_create(s->blobs);
	return open_sentinel(s);
}

static enum err
open_rules(struct service *s)
{
	struct fault f = { 0 };
	enum err e = schema_load(&schema_files, &s->schema, &f);

	if (e != ERR_NONE) {
		log_event(LOG_ERROR, "schema.load", log_err("error", e),
		    log_str("field", f.field), log_str("rule", f.rule));
		return e;
	}
	e = documents_open(s->config->documents, s->store, &s->registry, &f);
	if (e != ERR_NONE)
		log_event(LOG_ERROR, "documents.open",
		    log_str("folder", s->config->documents),
		    log_err("error", e), log_str("file", f.field),
		    log_str("rule", f.rule));
	return e;
}

static enum err
open_hub(struct service *s)
{
	const struct config *c = s->config;
	struct hub_config config = { .team = span_str(c->team),
		.node = span_str(s->node), .origin = span_str(s->origin),
		.private_origin = span_str(s->private_origin),
		.private_public = s->private_public,
		.ask_wait_ms = c->ask_wait_ms,
		.heartbeat_ms = (int64_t)c->heartbeat_s * 1000,
		.circle_least = c->circle_least,
		.silent_ms = (int64_t)c->silence_s * 1000,
		.unreachable_ms = (int64_t)c->unreachable_s * 1000,
		.dial_least_ms = c->dial_least_ms,
		.dial_most_ms = (int64_t)c->dial_most_s * 1000,
		.compress = c->compress, .follow_erasure = c->follow_erasure };
	const struct hub_parts parts = { s->store,
		keeper_client_keeper(s->keeper), s->sentinel, s->registry,
		s->schema, s->store_key, s->blobs };
	struct hub_host host = { .ctx = s, .random = host_random,
		.notify = service_told, .may_widen = widening_at_its_time };
	enum err e;

	peering_fill_host(&host);
	e = hub_create(&config, &parts, &host, loop_now(s->loop), &s->hub);
	if (e != ERR_NONE) {
		log_event(LOG_ERROR, "store.load", log_err("error", e));
		return e;
	}
	documents_offer(c->documents, s->store, s->hub, loop_now(s->loop));
	if (registry_team(s->registry, config.team) == NULL)
		log_event(LOG_WARNING, "documents.not-a-member",
		    log_span("team", config.team),
		    log_str("folder", c->documents));
	if (hub_start(s->hub)->why[0] != '\0')
		log_event(LOG_ERROR, "node.state",
		    log_str("text", hub_start(s->hub)->why));
	return ERR_NONE;
}

static enum err
open_index(struct service *s)
{
	struct index_config config = { .schema = s->schema,
		.store_key = s->store_key,
		.team = span_str(s->config->team) };
	struct fault f = { 0 };
	enum err e;

	snprintf(s->index_path, sizeof s->index_path, "%s/index.db",
	    s->config->data_dir);
	config.path = s->index_path;
	e = index_open(&config, &s->index, &f);
	if (e != ERR_NONE)
		log_event(LOG_ERROR, "index.open",
		    log_str("path", s->index_path), log_err("error", e),
		    log_str("rule", f.rule));
	return e;
}

static void
note_keys(struct service *s, const struct keeper_start *start)
{
	const struct keeper_public *entry = keeper_start_find(start,
	    KEYRING_ENTRY);
	const struct keeper_public *intake = keeper_start_find(start,
	    KEYRING_INTAKE);

	s->private_jwk = keeper_start_find(start, KEYRING_PRIVATE)->jwk;
	if (entry != NULL)
		s->entry_jwk = entry->jwk;
	s->has_intake = intake != NULL;
	if (intake != NULL)
		s->intake_jwk = intake->jwk;
	for (size_t i = 0; i < start->n_keys; i++)
		s->keys[s->key_n++] = kid_digest(&start->keys[i].kid);
}

/* Everything that needs files or keys, in the order of need. */
enum err
service_open(struct service *s, int keeper_fd)
{
	struct keeper_start *start = mem_alloc(sizeof *start);
	struct sign_public key;
	enum err e = keeper_client_create(keeper_fd, s->config->keeper_wait_ms,
	    &s->keeper, start);

	if (e != ERR_NONE)
		log_event(LOG_ERROR, "keeper.start", log_err("error", e));
	if (e == ERR_NONE)
		e = take_name(start, KEYRING_LOG, s->origin, &key);
	if (e == ERR_NONE)
		e = take_name(start, KEYRING_PRIVATE, s->private_origin,
		    &s->private_public);
	if (e == ERR_NONE)
		e = take_name(start, KEYRING_COSIGN, s->node, &key);
	if (e == ERR_NONE)
		note_keys(s, start);
	memcpy(s->store_key, start->store_key, sizeof s->store_key);
	if (e == ERR_NONE)
		e = open_store(s);
	if (e == ERR_NONE)
		e = open_rules(s);
	if (e == ERR_NONE)
		e = peering_create(s, start, &s->peering);
	if (e == ERR_NONE)
		e = open_hub(s);
	if (e == ERR_NONE)
		e = open_index(s);
	if (e == ERR_NONE)
		rulebook_open(s);
	if (e == ERR_NONE)
		e = duties_open(s);
	if (e == ERR_NONE)
		e = escalations_open(s);
	if (e == ERR_NONE)
		e = obligations_open(s);
	if (e == ERR_NONE)
		e = control_create(s, &s->control);
	if (e == ERR_NONE)
		s->backups = backups_create(s);
	if (e == ERR_NONE)
		s->answers = answers_create(s);
	if (e == ERR_NONE)
		s->reports = reports_create(s);
	if (e == ERR_NONE)
		e = mailings_create(s, &s->mailings);
	if (e == ERR_NONE)
		s->letter_keys = letter_keys_create(s);
	if (e == ERR_NONE)
		e = pages_create(s, process_courier_fd(), &s->pages);
	if (e == ERR_NONE)
		e = broadcast_create(s, process_web_fd(), &s->broadcast);
	if (e == ERR_NONE)
		e = site_link_create(s, process_site_fd(), &s->site);
	keeper_start_wipe(start);
	free(start);
	return e;
}
