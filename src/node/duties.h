/* SPDX-License-Identifier: Apache-2.0
 *
 * Turns and presence (watch/duty.h) in the node: turns are records of the
 * private log, presence comes from sessions on the control socket and from what
 * people do. Commands: take, handover, duty, watch_arm.
 */
#ifndef NODE_DUTIES_H
#define NODE_DUTIES_H

#include "node/command.h"
#include "watch/duty.h"

MUST enum err duties_open(struct service *s);
void duties_close(struct service *s);

/* End, or tell of, what is due; tell of presence that has changed. */
void duties_look(struct service *s);

/* Who keeps the post by a turn: at most `max` names (borrowed until the next
 * look), the newest first. */
size_t duties_holders(struct service *s, enum post post, const char **out,
    size_t max);

/* Was the person, whom the roster still names, relieved in this shift? */
bool duties_relieved(struct service *s, enum post post, const char *person);

/* Does the person keep any post, by turn or roster? */
bool duties_keeps(struct service *s, const char *person);
enum presence duties_presence(struct service *s, const char *person);

/* She did something as herself: took a post, answered a page. */
void duties_acted(struct service *s, struct span person);

/* A session of hers is armed, heard again, or closed. */
void duties_session(struct service *s, const char *person, bool is_new);
void duties_session_closed(struct service *s, const char *person);

/* What others are told: covered or not, and languages; HUB_COVER_* */
uint8_t duties_cover(struct service *s);

/* Write the member `cover` of what a node says: "" (nothing), yes, no; and, if
 * yes, `speaks`. */
void duties_put_cover(struct json_out *w, uint8_t cover);

/* Write the member `duty`: for each post that somebody holds by turn or
 * roster: post, person, since, presence, to, to_post, offered, note. */
void duties_put(struct service *s, struct json_out *w);

#endif
