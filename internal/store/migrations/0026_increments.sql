-- 0026_increments.sql: a refresh costs what it changed. What is kept of sums is brought
-- from one settled state to the next by the reports that were read or ended since, which
-- these find without a walk through all; and the words of a report are compared with
-- those of others by a sketch of them, made once of each reading, and not by reading all
-- prose of a province again.

-- +goose Up
ALTER TABLE settled ADD COLUMN reading BIGINT NOT NULL DEFAULT 0; -- the last reading then
CREATE INDEX readings_ended ON readings (until_run) WHERE until_run IS NOT NULL;
CREATE INDEX versions_ended ON versions (until_run) WHERE until_run IS NOT NULL;

CREATE TABLE sketches (
	county  TEXT    NOT NULL,                  -- as in agencies
	year    INTEGER NOT NULL,
	reading BIGINT  NOT NULL,                  -- the last of those it is of
	made    TEXT    NOT NULL,                  -- definitions they were made by
	body    BLOB    NOT NULL,                  -- one for each of some readings, packed (aggregate/sketch.go)
	PRIMARY KEY (county, year, reading)
);
