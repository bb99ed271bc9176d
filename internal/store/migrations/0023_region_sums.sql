-- 0023_region_sums.sql: the page of a province or of the country never merges the sums of
-- its counties. What a region says of a year is kept for each region and is made when a
-- run has ended; which states were made is kept too, so that who asks while the next is
-- being made is told the last whole one, and which one it is.

-- +goose Up
CREATE TABLE region_sums (
	region    TEXT    NOT NULL,                -- 0 for the country; with a full stop behind it: what is listed under it itself
	year      INTEGER NOT NULL,                -- 0 for what is of no year: its agencies
	from_run  BIGINT  NOT NULL,                -- first settled run after which it holds
	until_run BIGINT,                          -- first settled run after which it does not
	made      TEXT    NOT NULL,                -- definitions it was made by
	open_at   BIGINT  NOT NULL,                -- a good look from this moment on may say more of a report that is not there, 0 for none
	found_at  BIGINT  NOT NULL,                -- when the last of its reports was found: only a look before it could make one late
	body      BLOB    NOT NULL,                -- packed (aggregate/regionyear.go)
	PRIMARY KEY (region, year, from_run)
);

CREATE TABLE settled (                         -- the states that region_sums has
	run  BIGINT NOT NULL,                      -- the newest run then
	made TEXT   NOT NULL,
	ended BIGINT NOT NULL,                     -- runs that had ended
	PRIMARY KEY (run, made)
);
