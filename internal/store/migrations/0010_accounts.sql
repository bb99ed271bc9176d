-- 0010_accounts.sql: some pages write, so it must be known who may, who is at work, and
-- what each of them has done. Accounts are changed in place: they are no fact of the
-- dashboard, and the audit log tells what was changed.

-- +goose Up
CREATE TABLE accounts (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	name        TEXT    NOT NULL UNIQUE,       -- what is typed to sign in
	shown       TEXT    NOT NULL,              -- what others see beside what it did
	role        TEXT    NOT NULL,              -- viewer, reviewer, administrator
	regions     TEXT    NOT NULL,              -- JSON array of region codes, '' for all
	password    TEXT    NOT NULL,              -- argon2id with its parameters and salt
	disabled    BOOLEAN NOT NULL DEFAULT FALSE,
	created_at  BIGINT  NOT NULL,
	password_at BIGINT  NOT NULL               -- when the password was set
);

CREATE TABLE sessions (
	token      TEXT   PRIMARY KEY,             -- SHA-256 of the token in the cookie, which is kept nowhere
	account    BIGINT NOT NULL,                -- 0 before anyone has signed in
	data       BLOB   NOT NULL,
	client     TEXT   NOT NULL,                -- address it was begun from
	agent      TEXT   NOT NULL,                -- what its browser calls itself
	began_at   BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL,
	expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_account ON sessions (account);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE audit (                           -- every write by a person
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	at      BIGINT  NOT NULL,
	account BIGINT  NOT NULL,                  -- 0 where it is no account: a command, a visitor
	name    TEXT    NOT NULL,                  -- who, as it was called then
	action  TEXT    NOT NULL,                  -- account.add, login.ok, review.correct, …
	subject TEXT    NOT NULL,                  -- what was changed
	client  TEXT    NOT NULL,                  -- from where
	reason  TEXT    NOT NULL,                  -- why, in the words of who did it
	detail  TEXT    NOT NULL                   -- what it was and what it became
);
CREATE INDEX audit_action ON audit (action, account);
