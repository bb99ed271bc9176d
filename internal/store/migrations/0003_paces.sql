-- 0003_paces.sql: a refresh that begins right after another, or after one that was cut
-- off, must not ask a host sooner than the host would have it.

-- +goose Up
CREATE TABLE paces (
	host    TEXT   PRIMARY KEY,
	delay   BIGINT NOT NULL, -- milliseconds between two requests
	next_at BIGINT NOT NULL  -- no request before
);
