/* SPDX-License-Identifier: Apache-2.0
 *
 * The tables and every statement of the index, in the order of
 * enum statement. For index.c only.
 */
#ifndef INDEX_STATEMENTS_H
#define INDEX_STATEMENTS_H

#include "index/inside.h"

/* `d` and `id` are reversed text. `via`: 1, or 0 if it is carried by a release
 * and 2 if re-shared; `rank` and `ord` are then the place of the original.
 * `stands`: in the inbox, neither ended nor
 * replaced. The full text holds words only (content=''), no positions. What an
 * entry says in words stands in `said` and nowhere else: rows are only added
 * there, so no page of it is ever rebuilt with what it held before left in
 * its gaps, and what goes is overwritten where it stands. */
static const char index_tables[] =
    "CREATE TABLE meta(k TEXT PRIMARY KEY, v BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE entry(k INTEGER PRIMARY KEY, log INT NOT NULL,"
    " idx INT NOT NULL, home INT NOT NULL, rank INT NOT NULL,"
    " state INT NOT NULL, d TEXT NOT NULL, id TEXT NOT NULL,"
    " iss TEXT NOT NULL, rev INT NOT NULL, kind TEXT NOT NULL,"
    " tlp INT NOT NULL, level INT NOT NULL, iat INT NOT NULL,"
    " exp INT NOT NULL, flags INT NOT NULL, re TEXT, phase TEXT NOT NULL,"
    " said INT NOT NULL, ord INT NOT NULL, via INT NOT NULL);"
    "CREATE TABLE said(n INTEGER PRIMARY KEY, brief BLOB NOT NULL,"
    " aud BLOB NOT NULL);"
    "CREATE UNIQUE INDEX entry_at ON entry(log, idx);"
    "CREATE INDEX entry_d ON entry(d);"
    "CREATE INDEX entry_id ON entry(id, iss, home, rank, idx);"
    "CREATE INDEX entry_re ON entry(re) WHERE re IS NOT NULL;"
    "CREATE INDEX entry_bad ON entry(k) WHERE state = 2;"
    "CREATE TABLE link(d TEXT, k INT, PRIMARY KEY(d, k)) WITHOUT ROWID;"
    "CREATE INDEX link_k ON link(k);"
    "CREATE TABLE finder(f INT, k INT, PRIMARY KEY(f, k)) WITHOUT ROWID;"
    "CREATE INDEX finder_k ON finder(k);"
    "CREATE TABLE thing(f INT, iss TEXT, k INT, PRIMARY KEY(f, iss, k))"
    " WITHOUT ROWID;"
    "CREATE INDEX thing_k ON thing(k);"
    "CREATE TABLE unseen(n INTEGER PRIMARY KEY, k INT NOT NULL);"
    "CREATE TABLE head(k INTEGER PRIMARY KEY, id TEXT NOT NULL,"
    " iss TEXT NOT NULL, home INT NOT NULL, kind TEXT NOT NULL,"
    " level INT NOT NULL, flags INT NOT NULL, phase TEXT NOT NULL,"
    " revs INT NOT NULL, notice INT NOT NULL, stands INT NOT NULL,"
    " owed INT NOT NULL);"
    "CREATE UNIQUE INDEX head_id ON head(id, iss, home);"
    "CREATE INDEX head_kind ON head(kind, k);"
    "CREATE INDEX head_team ON head(iss, k) WHERE notice = 1;"
    "CREATE INDEX head_notice ON head(k) WHERE notice = 1;"
    "CREATE INDEX head_stands ON head(k) WHERE stands = 1;"
    "CREATE INDEX head_owed ON head(k) WHERE owed = 1;"
    "CREATE INDEX head_owed_level ON head(level) WHERE owed = 1;"
    "CREATE INDEX head_level ON head(level) WHERE stands = 1;"
    "CREATE VIRTUAL TABLE words USING fts5(w, content='', columnsize=0,"
    " detail=none, tokenize='ascii');";

#define CHAIN "id = ?1 AND iss = ?2 AND home = ?3 "
/* Which of two rows of one text stands for it: a release, the later one
 * first; the original, the first one; a copy. */
#define BETTER(f, e) "(" f ".via, " f ".rank, " f ".ord, " PLACE(f) ") < (" e \
    ".via, " e ".rank, " e ".ord, " PLACE(e) ")"
#define PLACE(t) t ".log, iif(" t ".via = 0, -" t ".idx, " t ".idx)"
/* real or of an exercise: INDEX_MARK */
#define EITHER "(?1, ?1 || '.')"
#define LISTED(what) "SELECT k FROM head WHERE " what \
    " AND k < ?1 ORDER BY k DESC"

static const char *const index_sql[STATEMENTS] = {
	[S_AT] = "SELECT k, state, d, id, iss, home, re, notice FROM"
	    " (SELECT *, (flags & 1) AS notice FROM entry)"
	    " WHERE log = ?1 AND idx = ?2",
	[S_HAS] = "SELECT 1 FROM entry WHERE k = ?1",
	[S_PUT] = "INSERT INTO entry(k, log, idx, home, rank, state, d, id,"
	    " iss, rev, kind, tlp, level, iat, exp, flags, re, phase, said,"
	    " ord, via) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
	    " ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, last_insert_rowid(),"
	    " ?19, ?20)",
	[S_SAY] = "INSERT INTO said(brief, aud) VALUES(?1, ?2)",
	[S_UNSAY] = "UPDATE said SET brief = zeroblob(length(brief)),"
	    " aud = zeroblob(length(aud)) WHERE n ="
	    " (SELECT said FROM entry WHERE k = ?1)",
	[S_STATE] = "UPDATE entry SET state = ?2 WHERE k = ?1",
	[S_DROP] = "DELETE FROM entry WHERE k = ?1",
	[S_DROP_LINK] = "DELETE FROM link WHERE k = ?1",
	[S_DROP_FINDER] = "DELETE FROM finder WHERE k = ?1",
	[S_DROP_THING] = "DELETE FROM thing WHERE k = ?1",
	[S_LINK] = "INSERT OR IGNORE INTO link(d, k) VALUES(?1, ?2)",
	[S_FINDER] = "INSERT OR IGNORE INTO finder(f, k) VALUES(?1, ?2)",
	[S_WORDS] = "INSERT INTO words(rowid, w) VALUES(?1, ?2)",
	[S_WORDLESS] = "SELECT k, log, idx, flags, state FROM entry"
	    " WHERE k < ?1 ORDER BY k DESC LIMIT ?2",
	[S_LINKS_OF] = "SELECT d FROM link WHERE k = ?1",
	[S_BY_D] = "SELECT DISTINCT id, iss, home FROM entry"
	    " WHERE d = ?1 AND id <> ''",
	/* the same text again, sealed anew or carried, is no newer revision */
	[S_NEWEST] = "SELECT k, rank, ord, d, kind, level, flags, phase"
	    " FROM entry e WHERE " CHAIN "AND state = 0 AND NOT EXISTS"
	    " (SELECT 1 FROM entry f WHERE f.d = e.d AND f.state = 0"
	    "  AND f.home = e.home AND " BETTER("f", "e") ")"
	    " ORDER BY rank DESC, ord DESC LIMIT 1",
	[S_REVS] = "SELECT count(DISTINCT d) FROM (SELECT d FROM entry WHERE "
	    CHAIN "AND state = 0 ORDER BY rank, idx LIMIT 1000)",
	[S_ACKED] = "SELECT 1 FROM entry WHERE re = ?1 AND iss = ?2"
	    " AND state = 0 AND flags & 512 LIMIT 1",
	[S_ACTED] = "SELECT 1 FROM entry WHERE re IN (SELECT d FROM entry"
	    " WHERE " CHAIN ") AND iss = ?4 AND state = 0 AND flags & 512"
	    " LIMIT 1",
	/* a later revision of the replaced one stands again */
	[S_REPLACED] = "SELECT 1 FROM entry e JOIN link l ON l.d = e.d"
	    " JOIN entry f ON f.k = l.k"
	    " WHERE e.id = ?1 AND e.iss = ?2 AND e.home = ?3"
	    " AND f.state = 0 AND f.iss = e.iss AND f.home = e.home"
	    " AND f.id <> e.id AND (f.rank, f.ord) > (?4, ?5) LIMIT 1",
	[S_HEAD_DROP] = "DELETE FROM head WHERE " CHAIN,
	[S_HEAD_PUT] = "INSERT INTO head(k, id, iss, home, kind, level,"
	    " flags, phase, revs, notice, stands, owed)"
	    " VALUES(?4, ?1, ?2, ?3, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
	[S_RANGE] = "SELECT idx, state FROM entry WHERE log = ?1"
	    " AND idx >= ?2 AND idx < ?3 ORDER BY idx",
	[S_META_PUT] = "INSERT OR REPLACE INTO meta(k, v) VALUES(?1, ?2)",
	[S_META_GET] = "SELECT v FROM meta WHERE k = ?1",
	[S_ROW] = "SELECT " INDEX_ROW INDEX_FROM "WHERE e.k = ?1",
	[S_SEARCH] = "SELECT rowid FROM words WHERE words MATCH ?1"
	    " AND rowid < ?2 ORDER BY rowid DESC",
	[S_LIST_OWED] = LISTED("owed = 1"),
	[S_LIST_STANDS] = LISTED("stands = 1"),
	[S_LIST_ALL] = LISTED("notice = 1"),
	[S_LIST_KIND] = LISTED("kind = ?2"),
	[S_LIST_TEAM] = LISTED("notice = 1 AND iss = ?2"),
	[S_LIST_BAD] = "SELECT k FROM entry WHERE state = 2 AND k < ?1"
	    " ORDER BY k DESC",
	[S_LIST_HEADS] = "SELECT " INDEX_ROW "FROM head h JOIN entry e"
	    " ON e.k = h.k WHERE h.kind = ?1 AND h.home = 1"
	    " AND h.phase NOT IN ('issued', 'discarded', 'done') ORDER BY h.k DESC",
	[S_LIST_HEADS_ALL] = "SELECT " INDEX_ROW "FROM head h JOIN entry e"
	    " ON e.k = h.k WHERE h.kind = ?1 AND h.home = 1"
	    " AND (?2 = 0 OR h.k < ?2) ORDER BY h.k DESC",
	[S_PERSON] = "SELECT " INDEX_ROW "FROM finder f JOIN head h"
	    " ON h.k = f.k JOIN entry e ON e.k = f.k WHERE f.f = ?1"
	    " AND h.home = 1 AND h.kind = 'person' AND h.phase <> 'inactive'"
	    " ORDER BY f.k DESC LIMIT 1",
	[S_FIND_ID] = "SELECT DISTINCT id, iss, home FROM entry"
	    " WHERE id >= ?1 AND id < ?2 AND home = ?3"
	    " AND (?4 = 0 OR flags & 1 OR kind = '')"
	    " AND (?5 = '' OR kind = ?5) LIMIT 17",
	[S_FIND_D] = "SELECT min(e.k), d FROM entry e WHERE d >= ?1"
	    " AND d < ?2 AND home = ?3"
	    " AND (?4 = 0 OR flags & 1 OR kind = '')"
	    " AND (?5 = '' OR kind = ?5) GROUP BY d LIMIT 17",
	[S_ID_NEWEST] = "SELECT " INDEX_ROW "FROM head h JOIN entry e"
	    " ON e.k = h.k WHERE h.id = ?1 AND h.iss = ?2 AND h.home = ?3",
	[S_ID_LAST] = "SELECT " INDEX_ROW INDEX_FROM "WHERE e.id = ?1"
	    " AND e.iss = ?2 AND e.home = ?3 ORDER BY e.state = 0 DESC,"
	    " e.rank DESC, e.ord DESC, e.via LIMIT 1",
	[S_FIRST_D] = "SELECT " INDEX_ROW INDEX_FROM "WHERE e.d IN " EITHER
	    " ORDER BY e.state, e.via, e.rank, e.ord, " PLACE("e") " LIMIT 1",
	/* a text that came twice, once carried, is one revision */
	[S_CHAIN] = "SELECT " INDEX_ROW INDEX_FROM "WHERE e.id = ?1"
	    " AND e.iss = ?2 AND e.home = ?3 AND NOT EXISTS"
	    " (SELECT 1 FROM entry f WHERE f.d = e.d AND f.home = e.home"
	    "  AND f.state = 0 AND (f.via < e.via OR e.via <> 1)"
	    "  AND " BETTER("f", "e") ")"
	    " ORDER BY e.rank, e.ord, e.idx",
	[S_ORIGINALS] = "SELECT " INDEX_ROW INDEX_FROM "WHERE e.id = ?1"
	    " AND e.iss = ?2 AND e.home = ?3 AND e.via = 1 AND e.state = 0"
	    " ORDER BY e.rank, e.ord",
	[S_COPIES] = "SELECT " INDEX_ROW INDEX_FROM "WHERE e.d IN " EITHER
	    " AND e.via <> 1 AND e.state = 0 ORDER BY e.log, e.idx",
	[S_ANSWERS] = "SELECT " INDEX_ROW INDEX_FROM "WHERE e.re IN"
	    " (SELECT d FROM entry WHERE " CHAIN ") AND e.state = 0"
	    " AND e.flags & 512 AND NOT EXISTS (SELECT 1 FROM entry f"
	    "  WHERE f.re = e.re AND f.iss = e.iss AND f.state = 0"
	    "  AND f.flags & 512 AND (f.rank, f.idx) > (e.rank, e.idx))"
	    " ORDER BY e.k",
	[S_OTHERS] = "SELECT " INDEX_ROW INDEX_FROM "WHERE e.re IN"
	    " (SELECT d FROM entry WHERE " CHAIN ") AND e.state = 0"
	    " AND NOT (e.flags & 512) ORDER BY e.k",
	[S_AUDIENCE] = "SELECT log, idx, flags, (SELECT aud FROM said"
	    " WHERE n = entry.said) FROM entry WHERE " CHAIN
	    "AND state = 0 AND NOT flags & 32768",
	[S_COUNT_LEVEL] = "SELECT level, count(*) FROM head"
	    " WHERE stands = 1 AND NOT flags & 256 GROUP BY level",
	[S_COUNT_OWED] = "SELECT level, count(*) FROM head"
	    " WHERE owed = 1 AND NOT flags & 256 GROUP BY level",
	[S_COUNT_EXERCISE] = "SELECT count(*) FROM head"
	    " WHERE stands = 1 AND flags & 256",
	[S_NEWEST_REAL] = "SELECT " INDEX_ROW "FROM head h JOIN entry e"
	    " ON e.k = h.k WHERE h.stands = 1 AND h.level = ?1"
	    " AND NOT h.flags & 256 ORDER BY h.k DESC LIMIT 1",
	[S_COUNT_ENTRY] = "SELECT count(*) FROM entry",
	/* two runs of one key of the finder, merged in the order of time */
	[S_TRACE] = "SELECT k, ?4 < 0 OR EXISTS (SELECT 1 FROM finder g"
	    "  WHERE g.f = ?4 AND g.k = h.k) FROM (SELECT k FROM finder"
	    "  WHERE f = ?1 AND k >= ?2 AND k < ?3 UNION ALL"
	    "  SELECT k FROM finder WHERE f = ?5 AND k >= ?2 AND k < ?3"
	    "  ORDER BY k DESC) h",
	[S_TRACE_AT] = "SELECT log, idx FROM entry WHERE k = ?1",
	[S_UNSEEN_PUT] = "INSERT INTO unseen(k) VALUES(?1)",
	/* what has gone meanwhile, or has a newer revision, is passed over */
	[S_UNSEEN] = "SELECT " INDEX_ROW ", u.n FROM unseen u JOIN entry e"
	    " ON e.k = u.k JOIN head h ON h.k = e.k WHERE e.state = 0"
	    " ORDER BY u.n LIMIT 1",
	[S_SEEN] = "DELETE FROM unseen WHERE n <= ?1",
	[S_THING_PUT] = "INSERT OR IGNORE INTO thing(f, iss, k)"
	    " VALUES(?1, ?2, ?3)",
	/* the newest revisions of what is neither ended nor replaced. From
	 * team to team, and of each its newest alone: some say the same very
	 * often, and each time this is asked */
	[S_THING] = "WITH RECURSIVE team(iss) AS"
	    " (SELECT min(iss) FROM thing WHERE f = ?1 UNION ALL"
	    "  SELECT (SELECT min(iss) FROM thing WHERE f = ?1"
	    "  AND iss > team.iss) FROM team WHERE iss IS NOT NULL)"
	    "SELECT " INDEX_ROW "FROM team CROSS JOIN thing t"
	    " CROSS JOIN head h CROSS JOIN entry e WHERE team.iss <> ?2"
	    " AND t.f = ?1 AND t.iss = team.iss AND t.k >= (SELECT min(k)"
	    "  FROM (SELECT k FROM thing WHERE f = ?1 AND iss = team.iss"
	    "  ORDER BY k DESC LIMIT 256))"
	    " AND h.k = t.k AND e.k = t.k AND h.home = 0 AND e.state = 0"
	    " AND NOT (e.flags | h.flags) & 96 ORDER BY t.k DESC LIMIT 64",
	[S_COUNT_BAD] = "SELECT count(*) FROM entry WHERE state = 2",
};

#endif
