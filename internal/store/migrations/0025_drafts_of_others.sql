-- 0025_drafts_of_others.sql: a draft that was handed in for the wrong unit is told by the name that stands in it.

-- +goose Up
ALTER TABLE drafts ADD COLUMN says TEXT NOT NULL DEFAULT ''; -- whose report it calls itself, '' where it does not say or was not asked
