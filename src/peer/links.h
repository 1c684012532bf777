/* SPDX-License-Identifier: Apache-2.0
 *
 * Dialling, HELLO, documents and heads, closing.
 */
#ifndef PEER_LINKS_H
#define PEER_LINKS_H

#include "peer/hub_inside.h"

/* Dial what is due, duplicates, HEADS. */
void links_step(struct hub *h);

/* Let go of who is not admitted any more. */
void links_judge(struct hub *h);

/* False if it could not be sent: then the link is closed, `l` is gone. */
bool links_hello(struct hub *h, struct hub_link *l);

/* When to dial a peer; INT64_MAX if there is no reason to. */
struct mono links_dial_due(const struct hub *h, const struct hub_peer *p);

/* Where to dial a peer in its next try, "" if nowhere. */
struct span links_address(const struct hub *h, const struct hub_peer *p);

/* HELLO; may close the link as the second between two nodes. Errors close
 * it. */
enum err links_take_hello(struct hub *h, struct hub_link *l, struct span in);

/* DOCS: whatever is newer there is asked for. Errors close the link. */
enum err links_take_docs(struct hub *h, struct hub_link *l, struct span in);

/* DOC_WANT: answered if it is here. Errors close the link. */
enum err links_take_doc_want(struct hub *h, struct hub_link *l,
    struct span in);

/* DOC: given to the registry, which judges it. Errors close the link. */
enum err links_take_doc(struct hub *h, struct hub_link *l, struct span in);

/* HEADS: see trust and "HEADS" in doc/protocol.md. Errors close the link. */
enum err links_take_heads(struct hub *h, struct hub_link *l, struct span in);

/* Somebody says that our own log is larger, or other, than it is held here.
 * That is a claim: only a checkpoint signed by our own key counts, so ask
 * for that. */
void links_ask_own(struct hub *h, struct hub_link *l);

/* DOCS and HEADS to a peer, at most every HUB_HEADS_MS. */
void links_send_lists(struct hub *h, struct hub_link *l);

/* BYE: why the peer goes; the link is closed. */
void links_bye(struct hub *h, struct hub_link *l, struct span in);

/* Close it, saying why if `say`; `l` is gone then. */
void links_close(struct hub *h, struct hub_link *l, enum err why,
    const char *text, bool say);

/* The state digest of HELLO and heartbeats. */
struct digest links_state(struct hub *h);

/* The mirror of a log was made: if its origin spoke of it in HELLO, when it was
 * not known here (a keyset had not come yet), that counts now. */
void links_new_mirror(struct hub *h, struct hub_log *log);

#endif
