-- 0014_notices.sql: people are told what happened, each thing once, and it is kept what
-- was sent to whom and what became of it.

-- +goose Up
CREATE TABLE notices_told (                    -- what a subscriber has been told, or knew when they subscribed
	subscriber TEXT   NOT NULL,
	item       TEXT   NOT NULL,                -- stable over runs
	at         BIGINT NOT NULL,
	digested   BOOLEAN NOT NULL DEFAULT FALSE, -- stood in a digest
	kind       TEXT   NOT NULL,                -- new, missing, check, portal, trouble
	text       TEXT   NOT NULL,
	link       TEXT   NOT NULL,                -- path of ours
	PRIMARY KEY (subscriber, item)
);

CREATE TABLE notices_sent (                    -- every message, whatever became of it
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	subscriber TEXT    NOT NULL,
	channel    TEXT    NOT NULL,
	at         BIGINT  NOT NULL,
	subject    TEXT    NOT NULL,
	body       TEXT    NOT NULL,
	state      TEXT    NOT NULL,               -- waiting, sent, failed (given up)
	attempts   INTEGER NOT NULL DEFAULT 0,
	sent_at    BIGINT  NOT NULL DEFAULT 0,
	last_error TEXT    NOT NULL DEFAULT ''
);

CREATE TABLE troubles (                        -- what went wrong in the house: a backup, a refresh
	id   INTEGER PRIMARY KEY AUTOINCREMENT,
	at   BIGINT NOT NULL,
	kind TEXT   NOT NULL,                      -- backup
	text TEXT   NOT NULL
);
