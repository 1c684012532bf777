/* SPDX-License-Identifier: Apache-2.0
 *
 * What scenarios do and expect about attachments. A blob is a word, named by
 * its digest; in a body @word@ is that name.
 */
#include "play.h"

#include "record/entry.h"

#include <string.h>

char *
blobs_text(struct play *p, const char *body)
{
	struct buf out;
	char *text;

	buf_init(&out, 4096);
	for (const char *c = body; *c != '\0'; c++) {
		const char *end = *c == '@' ? strchr(c + 1, '@') : NULL;
		char name[ENTRY_DIGEST_TEXT + 1];
		struct digest d;

		if (end == NULL) {
			buf_put_u8(&out, (uint8_t)(*c == '\'' ? '"' : *c));
			continue;
		}
		d = hash_sha256(span_of(c + 1, (size_t)(end - c - 1)));
		entry_write_digest(&d, name);
		buf_put_str(&out, name);
		c = end;
	}
	text = arena_string(&p->sim.mem, buf_span(&out));
	buf_release(&out);
	return text;
}

/* blob NODE WORD: it lies there. */
void
blobs_command(struct play *p)
{
	struct sim_node *n = play_node(p, 1);
	struct span text = span_str(play_word(p, 2));
	struct digest d = hash_sha256(text);

	if (blobs_part_add(n->blobs, &d, 0, text) != ERR_NONE ||
	    blobs_part_finish(n->blobs, &d, &d) != ERR_NONE)
		play_fail(p, "it cannot be put there");
}

/* note NODE ID REV BODY: a draft, or a revision of it, in its private log. */
void
blobs_note(struct play *p)
{
	struct sim_node *n = play_node(p, 1);
	struct uuid id = { { 1, 0x8f, 0, 0, 0, 0, 0x70, 0, 0x80 } };

	id.b[15] = (unsigned char)play_number(p, play_word(p, 2));
	if (n->hub == NULL)
		play_fail(p, "that node is down");
	else
		sim_note(n, "draft", &id, play_number(p, play_word(p, 3)),
		    blobs_text(p, play_word(p, 4)));
}

/* expect blob NODE WORD | expect no-blob NODE WORD */
void
blobs_expect(struct play *p)
{
	struct sim_node *n = play_node(p, 2);
	struct digest d = hash_sha256(span_str(play_word(p, 3)));
	uint64_t size;
	bool is = blobs_find(n->blobs, &d, &size) == ERR_NONE;

	if (is != (strcmp(play_word(p, 1), "blob") == 0))
		sim_fail(&p->sim, "%s is %s there", play_word(p, 3),
		    is ? "still" : "not");
}
