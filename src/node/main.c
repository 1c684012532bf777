/* SPDX-License-Identifier: Apache-2.0
 *
 * almenarad: read the configuration; be the parent of keeper, node and aides,
 * or, started again by that parent, one of them.
 */
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "node/courier.h"
#include "node/keeper.h"
#include "node/process.h"
#include "node/service.h"
#include "node/site.h"

#include <unistd.h>

enum { EXIT_USAGE = 64 };

struct arguments {
	const char *config;
	bool is_check;
	bool is_debug;
	bool is_version;
	enum process_role role;
};

static int
usage(void)
{
	fputs("usage: almenarad [-dnV] [-f file]\n", stderr);
	return EXIT_USAGE;
}

static bool
arguments_parse(int argc, char **argv, struct arguments *out)
{
	int c;

	*out = (struct arguments){ .config = "/etc/almenara/almenarad.conf" };
	while ((c = getopt(argc, argv, "df:nVR:")) != -1) {
		switch (c) {
		case 'd':
			out->is_debug = true;
			break;
		case 'f':
			out->config = optarg;
			break;
		case 'n':
			out->is_check = true;
			break;
		case 'V':
			out->is_version = true;
			break;
		case 'R': /* between parent and child only */
			out->role = process_role_find(optarg);
			break;
		default:
			return false;
		}
	}
	return optind == argc;
}

/* The configuration, or every fault of it on standard error. */
static enum err
configure(const char *path, struct config *out)
{
	struct buf faults;
	enum err e;

	buf_init(&faults, LIMIT_CONFIG);
	e = config_read(path, out, &faults);
	fwrite(faults.p, 1, faults.n, stderr);
	buf_release(&faults);
	return e;
}

static const char *const names[] = { [PROCESS_PARENT] = "parent",
	[PROCESS_KEEPER] = "keeper", [PROCESS_NODE] = "node",
	[PROCESS_COURIER] = "courier", [PROCESS_SITE] = "site" };

static int
child_run(const struct config *config, enum process_role role)
{
	bool again = false;

	if (process_child_init(names[role]) != ERR_NONE)
		return EXIT_FAILURE;
	mem_keep();
	if (role == PROCESS_KEEPER)
		return keeper_main(config, PROCESS_FD_PAIR);
	if (role == PROCESS_COURIER)
		return courier_main(config, PROCESS_FD_PAIR);
	if (role == PROCESS_SITE)
		return site_main(config, PROCESS_FD_PAIR);
	if (service_run(config, PROCESS_FD_PAIR, &again) != ERR_NONE)
		return EXIT_FAILURE;
	return again ? PROCESS_EXIT_AGAIN : EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	struct arguments a;
	struct config config;
	int status;

	if (!arguments_parse(argc, argv, &a))
		return usage();
	if (a.is_version) {
		puts("almenarad " ALMENARA_VERSION);
		return EXIT_SUCCESS;
	}
	if (configure(a.config, &config) != ERR_NONE)
		return PROCESS_EXIT_CONFIG;
	log_init(names[a.role], a.is_debug ? LOG_DEBUG :
	    log_level_find(config.log_level), STDERR_FILENO);
	if (a.is_check)
		status = EXIT_SUCCESS;
	else if (a.role != PROCESS_PARENT)
		status = child_run(&config, a.role);
	else
		status = process_parent_run(&config, a.is_debug);
	config_release(&config);
	return status;
}
