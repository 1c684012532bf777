/* SPDX-License-Identifier: Apache-2.0
 *
 * Every ceiling for a quantity that comes from outside, in one list, each
 * with its reason. LIMIT_* in bytes unless the name says otherwise.
 */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

enum {
	/* entry and container: doc/protocol.md, "Limits" */
	LIMIT_PAYLOAD = 65536,     /* entry payload: fits any reader */
	LIMIT_JWS = 98304,         /* base64url of the above and a header */
	LIMIT_CONTAINER = 262144,  /* sealed entry with 256 recipients */
	LIMIT_RECIPIENTS = 256,    /* more than all teams of the Americas */
	/* a text that another entry is to carry, so that its release to 256
	 * teams fits a payload */
	LIMIT_CARRIED_JWS = 55296,
	LIMIT_EMBARGOES = 4096,    /* of one team at a time */
	LIMIT_JSON_DEPTH = 16,     /* of an entry payload */
	LIMIT_JSON_TOKENS = 32768, /* of an entry payload: 2 bytes a token */

	LIMIT_ATTACHMENT = 67108864, /* a file of 64 MiB; the text */
	LIMIT_ATTACHMENTS = 32,      /* of one entry */

	/* register documents and notes */
	LIMIT_DOCUMENT = 1048576,   /* 200 teams take about 50 KB */
	LIMIT_DOCUMENT_TOKENS = 262144,
	LIMIT_DOCUMENT_SIGNATURES = 64,
	LIMIT_PROPOSAL = 8388608,   /* a document and what it is read with */
	LIMIT_PROPOSAL_WITH = 1280, /* a chain of charters, all keysets */
	LIMIT_CHARTERS = 1024,      /* of one chain: decades of elections */
	LIMIT_NOTE = 262144,        /* room for post-quantum signatures */
	LIMIT_NOTE_SIGNATURES = 64,
	LIMIT_TLOG_PROOF = 524288,  /* a note, its hashes, extra data */
	LIMIT_TEAMS = 256,
	LIMIT_OBSERVABLES = 500,   /* of one record that are looked at */
	LIMIT_OVERLAPS = 512,      /* of the private log that are looked at */
	LIMIT_OVERLAP_SIDES = 16,  /* records that hold the same, in one */
	LIMIT_KEEP_SWEEP = 1024, /* records that a sweep deletes */
	LIMIT_AGREEMENTS = 64, /* of one team that count, the newest */
	LIMIT_PINS = 1024,          /* of one node: every team, several times */
	LIMIT_PINS_FILE = 262144,
	LIMIT_NODES_PER_TEAM = 8,
	LIMIT_KEYS_PER_NODE = 64,
	LIMIT_LOGS_PER_TEAM = 64,
	LIMIT_REASON = 1024,       /* one line of a document */
	LIMIT_EPOCHS_PER_TEAM = 16, /* that no keyset lists yet */
	LIMIT_EPOCHS = 256,         /* of all teams */
	LIMIT_TEAM_NAME = 32,      /* [a-z0-9-]{2,32} */
	LIMIT_ROSTER_EDGES = 8192, /* changes of a post that are looked through */
	LIMIT_ROSTER = 1024,       /* shifts, swaps, leaves, each */
	LIMIT_ROSTER_IMPORT = 256, /* shifts of one calendar */
	LIMIT_CALENDAR = 1048576,  /* bytes of one */
	LIMIT_CALENDAR_LINES = 32768,
	LIMIT_CALENDAR_LINE = 8192,  /* unfolded */
	LIMIT_CALENDAR_DEPTH = 4,    /* VCALENDAR, VEVENT, VALARM */
	LIMIT_CALENDAR_COUNT = 10000, /* repetitions that end by number */
	LIMIT_CALENDAR_EVERY = 366,  /* days */
	LIMIT_NAME = 255,          /* key and log names */
	LIMIT_ADDRESS = 255,       /* host:port */
	LIMIT_DOMAIN = 128,

	/* the public site */
	LIMIT_TEMPLATE = 65536,
	LIMIT_TEMPLATE_NAME = 64,
	LIMIT_TEMPLATE_WORDS = 1024,
	LIMIT_TEMPLATE_DEPTH = 8,   /* sections, and parts in each other */
	LIMIT_TEMPLATE_PARTS = 64,  /* parts of one template, in all */
	LIMIT_TEMPLATE_STEPS = 8192,
	LIMIT_MO = 1048576,         /* a catalogue of one language */
	LIMIT_MO_WORDS = 16384,
	LIMIT_MO_PLURAL = 256,      /* the expression that counts */
	LIMIT_SITE_PAGE = 4194304,  /* one file of the site */
	LIMIT_SITE_FILES = 524288,
	LIMIT_SITE_MANIFEST = 67108864, /* of so many files */
	LIMIT_SITE_PATH = 255,
	LIMIT_SITE_WORDS = 16777216, /* by which notices are searched */

	/* peer protocol */
	LIMIT_FRAME = 1048576,
	LIMIT_BODIES_IN_FLIGHT = 64,         /* per peer, not yet durable */
	LIMIT_BYTES_IN_FLIGHT = 16777216,    /* per peer, not yet durable */
	LIMIT_SEND_QUEUE = 33554432,         /* per peer, then it waits */
	LIMIT_RECORDS_PER_FRAME = 1024,
	LIMIT_PROOF_HASHES = 64,
	LIMIT_RECEIPT_RANGES = 1024,
	LIMIT_QUESTIONS = 20000,             /* per link in 10 s, then cut */
	LIMIT_DOCUMENT_QUESTIONS = 16,       /* that a DOC counts as */
	LIMIT_GAP_BY_PUSH = 1024,            /* larger gaps go by tiles */
	LIMIT_HANDSHAKES = 64,               /* at once, before a peer is known */
	LIMIT_HANDSHAKES_PER_ADDRESS = 16,   /* of those, from one host */
	LIMIT_LEAVES_PER_DAY = 1000000,      /* per origin, then throttle */
	LIMIT_QUARANTINE = 10000,            /* entries per origin, then alarm */

	/* control protocol, files, configuration */
	LIMIT_CONTROL_FRAME = 4194304,
	LIMIT_CONTROL_CLIENTS = 256,
	LIMIT_CONTROL_WAITING = 512, /* entries not yet durable, then nobody is read from */
	LIMIT_CONFIG = 1048576,
	LIMIT_KEYFILE = 262144,
	LIMIT_KEYRING_KEYS = 256,
	LIMIT_VAULT_HEAD = 16384,     /* of a sealed file: one recipient */
	LIMIT_BACKUP_MEMBER = 2097152, /* a row of the store, or a document */
	LIMIT_BACKUP_FILES = 4096,    /* documents, configuration, rules */
	LIMIT_BACKUP_SEGMENTS = 1048576, /* of a backup in a folder */
	LIMIT_BACKUP_MANIFEST = 38797312, /* their names, head and end */
	LIMIT_KEEPER_JOBS = 1024,     /* in one batch */
	LIMIT_KEEPER_BATCH = 16777216, /* bytes each way */
	LIMIT_IMPORT = 67108864,    /* a CSAF document */
	LIMIT_IMPORT_TOKENS = 16777216,
	LIMIT_IMPORT_DEPTH = 64,
	LIMIT_IMPORT_PRODUCTS = 65536,      /* flags a product and row */
	LIMIT_IMPORT_VULNERABILITIES = 4096, /* ten times the largest seen */
	LIMIT_IMPORT_REMEDIATIONS = 1024,    /* that differ; a draft has 128 */
	LIMIT_IMPORT_WORK = 8388608, /* products named, groups resolved */
	LIMIT_PERSONS = 4096,
	LIMIT_PAGES = 65536,        /* to persons, that have not ended */
	LIMIT_MAILING = 262144,     /* readers of one notice at home */
	LIMIT_PAGE_FRAME = 65536,   /* between node and courier */
	LIMIT_PAGE_ADDRESS = 512,
	LIMIT_PAGE_SUBJECT = 1024,
	LIMIT_PAGE_TEXT = 32768,
	LIMIT_PAGE_CERTIFICATE = 16384, /* PEM, of the reader of a letter */
	LIMIT_PAGE_PLAIN = 12288,   /* of a letter that cannot be sealed */
	LIMIT_PAGE_KEY = 49152,     /* as given, with signatures of others */
	LIMIT_PAGE_ANSWER = 4096,   /* of a webhook: nothing in it counts */
	LIMIT_PAGE_REPLY = 262144,  /* a letter that answers a page */
	LIMIT_CREDENTIALS = 65536,
	LIMIT_RULES = 24576,        /* sharing rules: fit a record, escaped */
	LIMIT_RULES_LINES = 1024,
	LIMIT_RULES_NAMES = 4096,   /* words of all lists and lines */
	LIMIT_RULES_STRIP = 64,     /* members that are left out */
	LIMIT_RULES_APPROVALS = 8,
	LIMIT_SCHEMA_FILES = 1024,  /* kinds, lists and blocks together */
	LIMIT_FIELDS = 256,         /* of a record kind */
	LIMIT_LIFE_SECONDS = 31622400, /* a promise within a year */
	LIMIT_SHOWN = 1048576,      /* a record as text, with its labels */
	LIMIT_SEARCH_TERMS = 16,
	LIMIT_LIST_ROWS = 1000,
	LIMIT_BRIEF_SOURCES = 32,   /* documents that a brief is made of */
	LIMIT_REGISTER_ROWS = 100,  /* of a register, read or written at once */

	/* the web process: whoever comes from the whole internet */
	LIMIT_WEB_PATH = 1024,      /* of a request, encodings undone */
	LIMIT_WEB_CONNECTION = 8192, /* memory of one: the head of a request, and
	                              * of its answer; wiped for each */
	LIMIT_WEB_CONNECTIONS = 20000,
	LIMIT_WEB_RATE = 2048,      /* bytes a second: slower readers are let go */
	LIMIT_WEB_CACHED_FILE = 1048576, /* larger ones are read each time */
	LIMIT_WEB_CACHE = 67108864, /* of files that are kept in memory, */
	LIMIT_WEB_CACHE_FILES = 16384, /* and how many */
	LIMIT_WEB_QUERY = 200,      /* bytes of the words that are searched, */
	LIMIT_WEB_TERMS = 8,        /* and how many of them count */
	LIMIT_WEB_EVENT = 8192,     /* of the public stream, */
	LIMIT_WEB_EVENTS = 256,     /* and how many are kept for who comes again */
	LIMIT_WEB_CALL = 98304,     /* of the public, to the node: a sealed report */
	LIMIT_REPORT_TEXT = 8000,   /* what happened, or one message */
	LIMIT_REPORT_TYPED = 32768, /* is kept of it, so that it can be cut */
	LIMIT_REPORT_FILES = 5,
	LIMIT_REPORT_BYTES = 20971520, /* of all files of one form */
	LIMIT_REPORT_BODY = 1073741824, /* read, so as to say that it is too much
	                                 * and show again what was typed */
	LIMIT_REPORT_MESSAGES = 64, /* of one report */
	LIMIT_REPORT_VISITS = 256,  /* forms on their way, all together, */
	LIMIT_REPORT_VISITS_EACH = 8, /* and from one network */
	LIMIT_WEB_CERTIFICATE = 262144 /* PEM with its chain, or the key */
};

#endif
