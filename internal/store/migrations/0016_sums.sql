-- 0016_sums.sql: the page of a province never reads all its reports. What the reports of
-- a county and year say together is kept beside them, and ends in the same step in which
-- one of them changes. It can be made again from the reports at any time.

-- +goose Up
CREATE TABLE sums (
	county    TEXT    NOT NULL,                -- as in agencies
	year      INTEGER NOT NULL,                -- 0 for the list of the years that the county has
	from_run  BIGINT  NOT NULL,                -- a run after which it holds
	until_run BIGINT,                          -- NULL while it holds
	made      TEXT    NOT NULL,                -- definitions it was made by; others are as if not there
	body      BLOB    NOT NULL,                -- packed (aggregate/tally.go)
	PRIMARY KEY (county, year, from_run)
);
