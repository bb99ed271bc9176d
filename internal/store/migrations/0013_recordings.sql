-- 0013_recordings.sql: what a machine outside was answered is carried into a closed
-- network and read there as if it had been asked there; documents that a person hands in
-- are told apart from those that a portal gave.

-- +goose Up
CREATE TABLE recordings (                      -- what a run was answered, so that another machine can go through it again
	id     INTEGER PRIMARY KEY AUTOINCREMENT,
	run    BIGINT  NOT NULL REFERENCES runs (id),
	portal TEXT    NOT NULL,
	line   BLOB    NOT NULL                    -- deflated JSON: the portal file, the look, one answer, or the end
);
CREATE INDEX recordings_run ON recordings (run, portal);

CREATE TABLE imports (                         -- recordings of other machines that were gone through here
	digest TEXT   PRIMARY KEY,                 -- SHA-256 of the recording
	run    BIGINT NOT NULL REFERENCES runs (id)
);

ALTER TABLE originals ADD COLUMN handed_in TEXT NOT NULL DEFAULT ''; -- the person who handed the bytes in, '' where a portal gave them
