-- 0015_rounds.sql: before reports are published the office may collect drafts of them and
-- check them. A draft is not published: it is kept for as long as the round lasts and no
-- longer, and no other table has anything of it.

-- +goose Up
CREATE TABLE rounds (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	region   TEXT    NOT NULL,                 -- whose agencies hand in
	year     INTEGER NOT NULL,                 -- that the reports are about
	due      TEXT    NOT NULL,                 -- day by which drafts are wanted, '' for none
	begun_at BIGINT  NOT NULL,
	begun_by TEXT    NOT NULL,
	ended_at BIGINT  NOT NULL DEFAULT 0,       -- 0 while it lasts
	ended_by TEXT    NOT NULL DEFAULT '',
	handed   INTEGER NOT NULL DEFAULT 0,       -- how many agencies had handed in when it ended
	checked  INTEGER NOT NULL DEFAULT 0        -- and how many drafts had been checked
);
CREATE UNIQUE INDEX rounds_open ON rounds (region, year) WHERE ended_at = 0;

CREATE TABLE drafts (                          -- the last one of each agency
	round      BIGINT  NOT NULL REFERENCES rounds (id),
	agency     TEXT    NOT NULL,
	name       TEXT    NOT NULL,               -- of the file
	body       BLOB    NOT NULL,
	at         BIGINT  NOT NULL,
	handed_by  TEXT    NOT NULL,
	year       INTEGER NOT NULL,               -- that it says, 0 where it says none
	status     TEXT    NOT NULL,               -- what the rules came to
	problem    TEXT    NOT NULL,               -- why it could not be read
	errors     INTEGER NOT NULL,
	warnings   INTEGER NOT NULL,
	doubts     INTEGER NOT NULL,
	checked_at BIGINT  NOT NULL DEFAULT 0,     -- 0 until a person has said that it may be published
	checked_by TEXT    NOT NULL DEFAULT '',
	note       TEXT    NOT NULL DEFAULT '',    -- of who checked it
	PRIMARY KEY (round, agency)
);
