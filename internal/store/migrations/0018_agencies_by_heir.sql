-- 0018_agencies_by_heir.sql: the year before a report may be under the name that its
-- agency had then, which is looked up by the agency that it became.

-- +goose Up
CREATE INDEX agencies_heir ON agencies (heir) WHERE heir <> '';
