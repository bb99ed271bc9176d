-- 0017_page_states.sql: what became of an address was known for the present only.
-- Whether two copies stood side by side, and whether a report could still be had, is
-- asked as it was after any run: each state of an address keeps the runs that brought
-- and ended it.

-- +goose Up
CREATE TABLE page_states (
	url       TEXT   NOT NULL,
	portal    TEXT   NOT NULL,
	state     TEXT   NOT NULL,                 -- as in pages
	from_run  BIGINT NOT NULL,
	until_run BIGINT,
	PRIMARY KEY (url, from_run)
);
CREATE INDEX page_states_portal ON page_states (portal);
-- Of addresses that were known before, the last state is known since it was last asked.
INSERT INTO page_states (url, portal, state, from_run) SELECT url, portal, state, seen_run FROM pages;
