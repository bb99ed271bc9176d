-- 0005_canonical.sql: two columns of a portal often link one and the same article by two
-- addresses. What the page calls itself tells, so that it is asked for once.

-- +goose Up
ALTER TABLE pages ADD COLUMN canonical TEXT NOT NULL DEFAULT ''; -- address by which the page calls itself, or to which it was redirected; '' where that is its own
