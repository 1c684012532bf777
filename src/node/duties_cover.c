/* SPDX-License-Identifier: Apache-2.0
 *
 * What other nodes are told of the watch: whether it is covered, and in which
 * languages. Never by whom.
 */
#include "node/duties_inside.h"

#include "node/escalations.h"

static void
add_languages(struct service *s, const char *person, uint8_t *cover)
{
	struct arena a = { 0 };
	struct json_val list;
	struct index_row row;
	struct record r;
	enum lang l;
	struct span tag;

	if (index_person_by_user(s->index, span_str(person), &a, &row) ==
		ERR_NONE &&
	    record_read(s, row.log, row.index, &a, &r) == ERR_NONE) {
		list = json_get(r.body, "languages");
		for (struct json_val v = json_first(list);
		     v.type != JSON_ABSENT; v = json_next(list, v))
			if (json_text(v, &a, &tag) == ERR_NONE &&
			    (l = lang_of(tag, LANG_COUNT)) != LANG_COUNT)
				*cover |= (uint8_t)(HUB_COVER_EN << l);
	}
	arena_release(&a);
}

uint8_t
duties_cover(struct service *s)
{
	struct desk_holder h[DESK_HOLDERS];
	uint8_t cover = 0;

	/* those who answer first */
	for (enum post p = POST_FIRST; p <= POST_SECOND; p++) {
		size_t n = escalations_people(s, p, h, DESK_HOLDERS);

		for (size_t i = 0; i < n; i++) {
			if (!h[i].on_call)
				continue;
			cover |= HUB_COVER_SAID;
			if (h[i].is_absent)
				continue;
			cover |= HUB_COVERED;
			add_languages(s, h[i].person, &cover);
		}
	}
	return cover;
}

void
duties_put_cover(struct json_out *w, uint8_t cover)
{
	bool is_said = (cover & HUB_COVER_SAID) != 0;
	bool is_covered = is_said && (cover & HUB_COVERED) != 0;

	json_put_member_str(w, "cover", !is_said ? "" : is_covered ? "yes" :
	    "no");
	if (!is_covered)
		return;
	json_put_key(w, "speaks");
	json_put_open(w, '[');
	for (int l = 0; l < LANG_COUNT; l++)
		if ((cover & HUB_COVER_EN << l) != 0)
			json_put_str(w, lang_tag((enum lang)l));
	json_put_close(w, ']');
}
