/* SPDX-License-Identifier: Apache-2.0
 *
 * The servers that bench_fanout and bench_page put side by side, each in
 * processes of its own on the loopback: `product`, the real almenara-web,
 * confined, to which this process is the node; `floor`, a bare epoll loop
 * (floor_web); `nginx`, with nchan for streams.
 */
#ifndef BENCH_WEB_SERVER_H
#define BENCH_WEB_SERVER_H

#include <stdbool.h>
#include <stddef.h>

enum { WEB_PAGE = 10240 }; /* bytes of its one page, /en/ */

enum web_kind { WEB_FLOOR, WEB_PRODUCT, WEB_NGINX };

struct web_server {
	enum web_kind kind;
	bool is_tls;
	int pid;      /* to end; */
	int work_pid; /* who serves: its CPU and memory count */
	int port;
	int event_fd; /* events go in here */
	int parent_fd;
	unsigned char nonce[16]; /* of who asked, for the product's frames */
	unsigned long events;
};

/* By variant=, tls=, beat= and, for nginx, nchan=FILE of its module. The
 * certificate and what else it needs lie in `dir`. Ends the process with 0 and
 * a reason where a rival is not installed, with 1 if one does not start. */
void web_server_start(struct web_server *s, int argc, char **argv,
    const char *dir, bool streams);

/* It on one core, this process on another, where there are two. */
void web_server_pin(const struct web_server *s);

const char *web_server_name(const struct web_server *s);

/* To all who follow: text without a line break, once for each. */
void web_server_publish(struct web_server *s, const char *text, size_t n);

/* What a rival answers to a publication must be read away. */
void web_server_read(const struct web_server *s);

void web_server_end(struct web_server *s);

#endif
