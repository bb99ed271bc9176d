-- 0012_review.sql: a person compares a doubtful cell with the original. What was
-- read stays as it is; what the person says is laid over it as a reading of its own,
-- brought by a run of its own, so that either can be asked for.

-- +goose Up
CREATE TABLE corrections (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	version   BIGINT  NOT NULL REFERENCES versions (id),
	cell      TEXT    NOT NULL,                -- '' for the document as a whole
	verdict   TEXT    NOT NULL,                -- confirmed, corrected, illegible, wrong_document, sound
	was       TEXT    NOT NULL,                -- JSON: the value as it was read
	value     TEXT    NOT NULL,                -- JSON: the value as the person has it
	reason    TEXT    NOT NULL,
	account   BIGINT  NOT NULL,
	name      TEXT    NOT NULL,
	at        BIGINT  NOT NULL,
	second    BIGINT  NOT NULL DEFAULT 0,      -- account of the second pair of eyes
	second_name TEXT  NOT NULL DEFAULT '',
	ended_at  BIGINT  NOT NULL DEFAULT 0,      -- when it was taken back or replaced
	ended_by  TEXT    NOT NULL DEFAULT '',
	from_run  BIGINT  NOT NULL DEFAULT 0,      -- 0 while it waits for the second pair of eyes
	until_run BIGINT
);
CREATE UNIQUE INDEX corrections_open ON corrections (version, cell) WHERE ended_at = 0;
CREATE INDEX corrections_account ON corrections (account);

ALTER TABLE readings ADD COLUMN base BIGINT NOT NULL DEFAULT 0;      -- the reading that this one is laid over, 0 where it is the readers' own
ALTER TABLE readings ADD COLUMN corrected TEXT NOT NULL DEFAULT '';  -- JSON: cells that a person corrected, with what was read there
-- The queue asks for what needs review and holds.
CREATE INDEX readings_status ON readings (status, until_run);

-- What a person has made of a finding outlives the run that made the finding, for as
-- long as the figures that it rests on stay the same.
CREATE TABLE decisions (
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	key       TEXT    NOT NULL,                -- of the finding, stable over runs
	digest    TEXT    NOT NULL,                -- of the figures that the finding rested on
	agency    TEXT    NOT NULL,
	year      INTEGER NOT NULL,
	verdict   TEXT    NOT NULL,                -- confirmed, dismissed, answered
	reason    TEXT    NOT NULL,
	answer    TEXT    NOT NULL,                -- of the unit, shown with it
	account   BIGINT  NOT NULL,
	name      TEXT    NOT NULL,
	at        BIGINT  NOT NULL,
	from_run  BIGINT  NOT NULL REFERENCES runs (id),
	until_run BIGINT
);
CREATE INDEX decisions_report ON decisions (agency, year);
