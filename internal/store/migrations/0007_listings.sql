-- 0007_listings.sql: a report belongs into the column of annual reports. To judge
-- where one was found, every list that links it is kept with the name of its column,
-- also where an earlier list had linked it already.

-- +goose Up
CREATE TABLE listings (
	portal    TEXT    NOT NULL,
	url       TEXT    NOT NULL,                -- address that the list links
	agency    TEXT    NOT NULL,                -- whose report is there
	year      INTEGER NOT NULL,
	entry     TEXT    NOT NULL,                -- entry of the portal file that led to the list
	list      TEXT    NOT NULL,                -- page of the list where it was met first
	name      TEXT    NOT NULL,                -- of the column, '' where nothing says it
	from_run  BIGINT  NOT NULL REFERENCES runs (id),
	until_run BIGINT,
	PRIMARY KEY (portal, url, agency, year, entry, name, from_run)
);
CREATE INDEX listings_agency ON listings (agency, year);
