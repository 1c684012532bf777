/* SPDX-License-Identifier: Apache-2.0
 *
 * The node's service, so far: the way to the keeper, the sandbox, the loop.
 */
#include "node/service.h"

#include "base/log.h"
#include "base/mem.h"
#include "node/keeper.h"
#include "node/process.h"
#include "node/sandbox.h"

#include <signal.h>
#include <stdlib.h>

static void
on_stop(void *ctx)
{
	loop_stop(ctx);
}

static enum err
sandbox(const struct config *config)
{
	const struct sandbox_paths paths = {
		.read = { "/etc", config->documents },
		.write = { config->data_dir } };
	struct sandbox_state state;
	enum err e = sandbox_enter(SANDBOX_NODE,
	    sandbox_mode_find(config->sandbox), &paths, &state);

	if (e == ERR_NONE)
		log_event(LOG_DETAIL, "sandbox.entered",
		    log_uint("seccomp", state.has_seccomp),
		    log_int("landlock_abi", state.landlock_abi));
	return e;
}

enum err
service_run(const struct config *config, int keeper_fd)
{
	struct keeper_start *start = mem_alloc(sizeof *start);
	struct keeper_client *keeper = NULL;
	struct loop *loop = loop_create();
	struct loop_signal *stop = NULL;
	struct loop_timer *alive = NULL;
	enum err e = keeper_client_create(keeper_fd, config->keeper_wait_ms,
	    &keeper, start);

	keeper_start_wipe(start);
	free(start);
	if (e == ERR_NONE)
		e = sandbox(config);
	if (e == ERR_NONE)
		e = loop_signal_create(loop, SIGTERM, on_stop, loop, &stop);
	if (e == ERR_NONE) {
		alive = process_alive_start(loop);
		process_ready();
		loop_run(loop);
	} else {
		log_event(LOG_ERROR, "service.failed", log_err("error", e));
	}
	loop_timer_free(alive);
	loop_signal_free(stop);
	loop_free(loop);
	keeper_client_free(keeper);
	return e;
}
