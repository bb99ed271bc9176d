-- 0004_register.sql: the register of a region says more of an agency than the roster:
-- the day that its own notice sets, what became of it, and whom the office rings up.

-- +goose Up
ALTER TABLE agencies ADD COLUMN due TEXT NOT NULL DEFAULT '';        -- MM-DD of the year after the report year, '' for the regulation's
ALTER TABLE agencies ADD COLUMN due_source TEXT NOT NULL DEFAULT ''; -- where that day is written
ALTER TABLE agencies ADD COLUMN became TEXT NOT NULL DEFAULT '';     -- merged, split, renamed
ALTER TABLE agencies ADD COLUMN heir TEXT NOT NULL DEFAULT '';       -- id of the agency that it became

-- Apart from the agencies, so that nothing that shows agencies can show it: it is for
-- the office alone, and no fact of the dashboard.
CREATE TABLE contacts (
	agency    TEXT PRIMARY KEY,
	person    TEXT NOT NULL,
	telephone TEXT NOT NULL
);
