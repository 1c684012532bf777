/* SPDX-License-Identifier: Apache-2.0
 *
 * almenara-web: the web process, as almenarad starts it. By hand, without -R,
 * it shows the folder of a site that was made elsewhere.
 */
#include "base/limits.h"
#include "base/log.h"
#include "base/mem.h"
#include "node/process.h"
#include "node/web.h"

#include <signal.h>
#include <unistd.h>

enum { EXIT_USAGE = 64 };

int
main(int argc, char **argv)
{
	const char *path = "/etc/almenara/almenarad.conf";
	bool is_debug = false, is_child = false;
	struct config config;
	struct buf faults;
	int c, status;
	enum err e;

	while ((c = getopt(argc, argv, "df:R:")) != -1) {
		if (c == 'd')
			is_debug = true;
		else if (c == 'f')
			path = optarg;
		else if (c == 'R')
			is_child = process_role_find(optarg) == PROCESS_WEB;
		else
			optind = argc + 1;
	}
	if (optind != argc) {
		fputs("usage: almenara-web [-d] [-f file]\n", stderr);
		return EXIT_USAGE;
	}
	buf_init(&faults, LIMIT_CONFIG);
	e = config_read(path, &config, &faults);
	fwrite(faults.p, 1, faults.n, stderr);
	buf_release(&faults);
	if (e != ERR_NONE)
		return PROCESS_EXIT_CONFIG;
	log_init("web", is_debug ? LOG_DEBUG :
	    log_level_find(config.log_level), STDERR_FILENO);
	if (is_child && process_child_init("web") != ERR_NONE)
		return EXIT_FAILURE;
	signal(SIGPIPE, SIG_IGN);
	mem_keep();
	status = web_main(&config, is_child ? PROCESS_FD_PARENT : -1,
	    is_child ? PROCESS_FD_PAIR : -1);
	config_release(&config);
	return status;
}
