/* SPDX-License-Identifier: Apache-2.0
 *
 * The files of the site: which there are, and their bytes, from what the model
 * says. Each is told to `put`, which decides whether it is new. Pure.
 */
#ifndef SITE_PAGES_H
#define SITE_PAGES_H

#include "site/model.h"
#include "site/template.h"

/* A file of the site; both live during the call. */
typedef void pages_put_fn(void *ctx, const char *path, struct span bytes);

struct pages_set;

/* Texts that are signed in the clear before they are written. */
#define SITE_SECURITY ".well-known/security.txt"
#define SITE_RFC2350 "rfc2350.txt"

/* The script for other sites, and the most that its feed may have: a reader
 * asks for it each minute. */
#define SITE_WIDGET "widget.js"
enum { SITE_WIDGET_MAX = 4096, SITE_BANNER_MAX = 2048, SITE_BANNER_ITEMS = 5 };

/* Compile all templates of `from`. The style sheet is asked of it too, as
 * "style.css". `about`, `schema` and `words` are borrowed; about->style is
 * filled. Errors of template_compile with the place in `f`. */
MUST enum err pages_open(const struct template_source *from,
    struct site_about *about, const struct schema *schema,
    const struct catalogue *words, struct pages_set **out, struct fault *f);
void pages_close(struct pages_set *p); /* accepts NULL */

/* The names of all templates, for those who look at each; NULL at the end. */
const char *pages_template(size_t i);

/* What came to nothing while pages were made: a name without a value, or a
 * page that was too long. 0 and "" if all was well. */
size_t pages_faults(const struct pages_set *p, const char **first);

/* Everything beside one notice. */
void pages_notice(struct pages_set *p, const struct site_notice *n,
    struct span jws, pages_put_fn *put, void *ctx);

/* In its stead, when it may no longer be shown. `place` as of site_place. */
void pages_gone(struct pages_set *p, const char *place, pages_put_fn *put,
    void *ctx);

/* What lists notices: home, feeds, archive, site map. `n` of them, newest
 * first. */
void pages_lists(struct pages_set *p, const struct site_notice *const *notice,
    size_t n, int64_t now_s, pages_put_fn *put, void *ctx);

/* Who answers where: the network, the directory, the own team by RFC 2350 and
 * in security.txt, from `n` teams of the register, whose cards are taken from
 * the notices, newest first. */
void pages_network(struct pages_set *p, struct site_team *team, size_t n,
    const struct site_notice *const *notice, size_t notices, int64_t now_s,
    pages_put_fn *put, void *ctx);

/* What a joint site has beside that: a page for each of `n` teams, how far the
 * log of each is held, and the file by which it is searched. Notices newest
 * first, all of them. */
void pages_joint(struct pages_set *p, const struct site_team *team, size_t n,
    const struct site_notice *const *notice, size_t notices, int64_t now_s,
    pages_put_fn *put, void *ctx);

/* What is always there. */
void pages_fixed(struct pages_set *p, pages_put_fn *put, void *ctx);

#endif
