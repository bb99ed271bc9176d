-- 0009_find.sql: people look for an agency by any of its names and for a word in what
-- reports say; the office notes what was said on the telephone, and a reader says that a
-- figure is wrong. The two indexes are made from what is kept and can be made again.

-- +goose Up
CREATE TABLE agency_names (
	agency   TEXT    NOT NULL,
	ordinal  INTEGER NOT NULL,
	name     TEXT    NOT NULL,
	kind     TEXT    NOT NULL,                 -- name, short, alias, former
	folded   TEXT    NOT NULL,                 -- lower case, half width
	pinyin   TEXT    NOT NULL,                 -- of the whole name, without tones
	initials TEXT    NOT NULL,
	PRIMARY KEY (agency, ordinal)
);

CREATE TABLE search_texts (                    -- readings that no segment has yet
	reading BIGINT PRIMARY KEY,
	grams   BLOB   NOT NULL                    -- pairs of characters in order, as differences
);

CREATE TABLE search_postings (
	gram     BIGINT NOT NULL,                  -- a pair of characters: the first times 2^21, and the second
	segment  BIGINT NOT NULL,                  -- reading divided by 1024
	readings BLOB   NOT NULL,                  -- places in the segment, as differences
	PRIMARY KEY (gram, segment)
) WITHOUT ROWID;

CREATE TABLE notes (                           -- of the office, for itself; the last of a report holds
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	agency TEXT    NOT NULL,
	year   INTEGER NOT NULL,
	at     BIGINT  NOT NULL,
	author TEXT    NOT NULL,
	text   TEXT    NOT NULL                    -- '' takes the note back
);
CREATE INDEX notes_report ON notes (agency, year);

CREATE TABLE error_reports (                   -- what readers say is wrong
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	at          BIGINT  NOT NULL,
	page        TEXT    NOT NULL,              -- path of ours that it was said on
	agency      TEXT    NOT NULL,              -- '' where it concerns none
	year        INTEGER NOT NULL,              -- 0 where it concerns none
	cell        TEXT    NOT NULL,
	version     INTEGER NOT NULL,              -- number of the version in its report, 0 for none
	text        TEXT    NOT NULL,              -- in the words of who reports it
	contact     TEXT    NOT NULL,              -- for the operator alone, never shown
	state       TEXT    NOT NULL DEFAULT 'open', -- open, ours (we were wrong), source (the source says so), none
	answer      TEXT    NOT NULL DEFAULT '',   -- shown in the corrections log
	answered_at BIGINT  NOT NULL DEFAULT 0,
	answered_by TEXT    NOT NULL DEFAULT ''
);
CREATE INDEX error_reports_state ON error_reports (state, at);
