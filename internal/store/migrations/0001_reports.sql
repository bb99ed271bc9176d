-- 0001_reports.sql: the first schema. What agencies published, how it was read, and
-- what was done to learn it. Facts that may change are never updated in place: they
-- carry the run that brought them (from_run) and the run that ended them (until_run,
-- NULL while they hold), so that the state after any run can be asked for.
-- Times are milliseconds since 1970 in UTC, 0 where not known; dates are YYYY-MM-DD
-- as printed, '' where none.

-- +goose Up
CREATE TABLE runs (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	kind        TEXT    NOT NULL,              -- refresh, register, reread, import
	state       TEXT    NOT NULL,              -- running, ok, partial, failed, interrupted
	started_at  BIGINT  NOT NULL,
	finished_at BIGINT  NOT NULL DEFAULT 0,
	alive_at    BIGINT  NOT NULL,              -- when its process last said that it works
	year        INTEGER NOT NULL DEFAULT 0,    -- report year it was limited to, 0 for all
	whole       BOOLEAN NOT NULL DEFAULT FALSE,-- asked again for what was known
	changed     BOOLEAN NOT NULL DEFAULT FALSE,-- brought something that readers see
	message     TEXT    NOT NULL DEFAULT ''
);

CREATE TABLE run_portals (
	run         BIGINT  NOT NULL REFERENCES runs (id),
	portal      TEXT    NOT NULL,
	name        TEXT    NOT NULL,
	state       TEXT    NOT NULL,              -- running, ok, empty, blocked, changed, broken
	started_at  BIGINT  NOT NULL,
	finished_at BIGINT  NOT NULL DEFAULT 0,
	lists       INTEGER NOT NULL DEFAULT 0,    -- list pages read
	candidates  INTEGER NOT NULL DEFAULT 0,    -- links that may be reports
	fetched     INTEGER NOT NULL DEFAULT 0,    -- report pages answered with bytes
	unchanged   INTEGER NOT NULL DEFAULT 0,    -- report pages that say what they said
	new         INTEGER NOT NULL DEFAULT 0,
	revised     INTEGER NOT NULL DEFAULT 0,
	failed      INTEGER NOT NULL DEFAULT 0,
	blocked     INTEGER NOT NULL DEFAULT 0,    -- pages behind a challenge or a login
	rejected    TEXT    NOT NULL DEFAULT '',   -- JSON: reason of rejection to number of links
	message     TEXT    NOT NULL DEFAULT '',
	PRIMARY KEY (run, portal)
);

CREATE TABLE agencies (
	id        TEXT    NOT NULL,
	from_run  BIGINT  NOT NULL REFERENCES runs (id),
	until_run BIGINT,
	name      TEXT    NOT NULL,                -- formal, without the regions above it
	short     TEXT    NOT NULL,
	kind      TEXT    NOT NULL,
	region    TEXT    NOT NULL,
	county    TEXT    NOT NULL,                -- region cut to 6 digits
	position  INTEGER NOT NULL,                -- in the roster of its county
	aliases   TEXT    NOT NULL,                -- JSON array
	from_year INTEGER NOT NULL,                -- first report year it owes, 0 when not known
	to_year   INTEGER NOT NULL,                -- last one, 0 while it exists
	watched   BOOLEAN NOT NULL,
	demo      BOOLEAN NOT NULL,
	PRIMARY KEY (id, from_run)
);
CREATE INDEX agencies_region ON agencies (region);

CREATE TABLE watches (                         -- which portal covers which agency
	agency    TEXT    NOT NULL,
	portal    TEXT    NOT NULL,
	from_run  BIGINT  NOT NULL REFERENCES runs (id),
	until_run BIGINT,
	PRIMARY KEY (agency, portal, from_run)
);

CREATE TABLE looks (                           -- each time a portal was looked through
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	run      BIGINT  NOT NULL REFERENCES runs (id),
	portal   TEXT    NOT NULL,
	agency   TEXT    NOT NULL DEFAULT '',      -- '' for all agencies of the portal that have no row of their own in the run
	at       BIGINT  NOT NULL,
	good     BOOLEAN NOT NULL,                 -- absence may be inferred from it
	found    INTEGER NOT NULL,                 -- candidates
	reason   TEXT    NOT NULL DEFAULT '',      -- why it was not good
	evidence TEXT    NOT NULL DEFAULT ''       -- JSON array: hashes of the list pages
);
CREATE INDEX looks_portal ON looks (portal, at);
CREATE INDEX looks_run ON looks (run);

CREATE TABLE requests (                        -- every HTTP request that was made
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	run          BIGINT  NOT NULL REFERENCES runs (id),
	portal       TEXT    NOT NULL,
	url          TEXT    NOT NULL,
	at           BIGINT  NOT NULL,
	status       INTEGER NOT NULL,             -- HTTP status, 0 without an answer
	bytes        BIGINT  NOT NULL,
	took         BIGINT  NOT NULL,             -- milliseconds
	not_modified BOOLEAN NOT NULL,
	error        TEXT    NOT NULL
);
CREATE INDEX requests_run ON requests (run);

CREATE TABLE originals (
	hash            TEXT    PRIMARY KEY,
	url             TEXT    NOT NULL,          -- address the bytes came from
	requested_url   TEXT    NOT NULL,
	content_type    TEXT    NOT NULL,
	size            BIGINT  NOT NULL,
	fetched_at      BIGINT  NOT NULL,
	status          INTEGER NOT NULL,
	request_header  TEXT    NOT NULL,          -- JSON
	response_header TEXT    NOT NULL,          -- JSON
	run             BIGINT  NOT NULL REFERENCES runs (id),
	demo            BOOLEAN NOT NULL
);

CREATE TABLE versions (                        -- one distinct content of a report over time
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	agency       TEXT    NOT NULL,
	year         INTEGER NOT NULL,
	number       INTEGER NOT NULL,             -- counts from 1 in its report
	title        TEXT    NOT NULL,
	agency_read  TEXT    NOT NULL,             -- name of the agency as the document gives it
	published_on TEXT    NOT NULL,
	signed_on    TEXT    NOT NULL,
	original     TEXT    NOT NULL REFERENCES originals (hash),
	page         TEXT    NOT NULL,             -- hash of the page that links the original, '' where the page is the original
	url          TEXT    NOT NULL,
	found_at     BIGINT  NOT NULL,
	first_found  BIGINT  NOT NULL,             -- when the first version of the report was found
	from_run     BIGINT  NOT NULL REFERENCES runs (id),
	until_run    BIGINT,
	UNIQUE (agency, year, number)
);
CREATE INDEX versions_year ON versions (year);

CREATE TABLE readings (                        -- what one reader version made of a version
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	version   BIGINT  NOT NULL REFERENCES versions (id),
	reader    TEXT    NOT NULL,                -- version of the readers
	format    TEXT    NOT NULL,
	status    TEXT    NOT NULL,
	route     TEXT    NOT NULL,
	content   TEXT    NOT NULL,                -- hash of what the report says: format, values, narrative figures
	cells     BLOB    NOT NULL,                -- states and amounts, packed (pack.go)
	rules     TEXT    NOT NULL,                -- failed rules with their number: a=2,b=1
	from_run  BIGINT  NOT NULL REFERENCES runs (id),
	until_run BIGINT
);
CREATE INDEX readings_version ON readings (version);

CREATE TABLE reading_details (                 -- what one page of one report shows; kept apart so that scans of figures stay small
	reading  BIGINT PRIMARY KEY REFERENCES readings (id),
	places   BLOB   NOT NULL,                  -- texts and places of the values, packed (places.go)
	document BLOB   NOT NULL                   -- deflated JSON: narrative, sections, doubts, notes, problems, follow
);

CREATE TABLE findings (
	reading     BIGINT  NOT NULL REFERENCES readings (id),
	ordinal     INTEGER NOT NULL,              -- from 0, in the order of the checks
	key         TEXT    NOT NULL,              -- stable over runs
	rule        TEXT    NOT NULL,
	subject     TEXT    NOT NULL,
	severity    TEXT    NOT NULL,
	attribution TEXT    NOT NULL,
	finding     TEXT    NOT NULL,              -- JSON of all fields
	PRIMARY KEY (reading, ordinal)
);
CREATE INDEX findings_rule ON findings (rule);

CREATE TABLE changes (                         -- what runs brought, for people to read
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	run     BIGINT  NOT NULL REFERENCES runs (id),
	at      BIGINT  NOT NULL,
	kind    TEXT    NOT NULL,                  -- new, revised, reread, removed, blocked, enrolled
	agency  TEXT    NOT NULL,
	year    INTEGER NOT NULL,
	version BIGINT  NOT NULL,                  -- 0 where it concerns none
	text    TEXT    NOT NULL
);
CREATE INDEX changes_agency ON changes (agency);
CREATE INDEX changes_run ON changes (run);

CREATE TABLE pages (                           -- known addresses of reports, for conditional requests
	url           TEXT    PRIMARY KEY,
	portal        TEXT    NOT NULL,
	agency        TEXT    NOT NULL,
	year          INTEGER NOT NULL,
	etag          TEXT    NOT NULL,
	last_modified TEXT    NOT NULL,
	hash          TEXT    NOT NULL,            -- of the last bytes
	files         TEXT    NOT NULL,            -- JSON array: documents it links in place of a table
	reader        TEXT    NOT NULL,            -- version of the readers that read the last bytes
	trusted       BOOLEAN NOT NULL,            -- its validators have not been proved wrong
	fetched_at    BIGINT  NOT NULL,            -- when it last answered with bytes
	seen_at       BIGINT  NOT NULL,
	seen_run      BIGINT  NOT NULL,            -- last run that found it
	state         TEXT    NOT NULL             -- ok, blocked, gone, failed
);
CREATE INDEX pages_portal ON pages (portal);

CREATE TABLE failures (                        -- what went wrong and is not mended
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	run       BIGINT  NOT NULL REFERENCES runs (id),
	until_run BIGINT,                          -- run in which it succeeded
	dismissed TEXT    NOT NULL DEFAULT '',     -- the person who dismissed it
	portal    TEXT    NOT NULL,
	url       TEXT    NOT NULL,
	agency    TEXT    NOT NULL,
	year      INTEGER NOT NULL,
	at        BIGINT  NOT NULL,
	temporary BOOLEAN NOT NULL,
	reason    TEXT    NOT NULL
);
CREATE INDEX failures_url ON failures (url);
CREATE INDEX failures_run ON failures (run);

CREATE TABLE jobs (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	kind        TEXT    NOT NULL,
	unique_key  TEXT    NOT NULL,              -- one job of a kind and key waits or runs at a time
	payload     TEXT    NOT NULL,              -- JSON
	state       TEXT    NOT NULL,              -- waiting, leased, done, dead
	attempts    INTEGER NOT NULL DEFAULT 0,
	run_after   BIGINT  NOT NULL,
	lease_until BIGINT  NOT NULL DEFAULT 0,
	enqueued_at BIGINT  NOT NULL,
	finished_at BIGINT  NOT NULL DEFAULT 0,
	last_error  TEXT    NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX jobs_open ON jobs (kind, unique_key) WHERE state IN ('waiting', 'leased');
CREATE INDEX jobs_due ON jobs (state, run_after);

CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);
