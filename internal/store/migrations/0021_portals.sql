-- 0021_portals.sql: who watches over portals sees what their lists are built of, stops a
-- look that is under way, and in the browser chooses what to be told.

-- +goose Up
ALTER TABLE run_portals ADD COLUMN layout TEXT NOT NULL DEFAULT '';  -- JSON: address of an entry to the sketch of its lists

CREATE TABLE stops (                           -- looks that a person wants stopped
	run        BIGINT NOT NULL REFERENCES runs (id),
	portal     TEXT   NOT NULL,
	at         BIGINT NOT NULL,
	stopped_by TEXT   NOT NULL,
	PRIMARY KEY (run, portal)
);

CREATE TABLE subscribers (                     -- who is told of what, as entered in the browser; others stand in the settings
	name     TEXT    PRIMARY KEY,
	channel  TEXT    NOT NULL,                 -- of the settings, which have the secrets
	reach    TEXT    NOT NULL,                 -- JSON array: mail addresses
	regions  TEXT    NOT NULL,                 -- JSON array, '' for all
	kinds    TEXT    NOT NULL,                 -- JSON array, '' for all
	least    INTEGER NOT NULL,                 -- of one kind at once; fewer wait for the digest
	quiet    TEXT    NOT NULL,                 -- of a week without anything: line or nothing
	added_by TEXT    NOT NULL,
	added_at BIGINT  NOT NULL
);
