-- 0027_judged_by.sql: thresholds of the settings change while reports stay. What is kept was judged by those of its time, and is judged again once they are others.

-- +goose Up
CREATE TABLE judged_by (
	id         BIGINT NOT NULL PRIMARY KEY CHECK (id = 1), -- one row
	thresholds TEXT   NOT NULL, -- those that differ from the catalogue, as one line; '' for none
	at         BIGINT NOT NULL -- when all was judged by them
);
