-- 0002_confirmed_readings.sql: newer readers often read an old original as it was
-- read before. That is noted on the reading, so that it is not read again each time.

-- +goose Up
ALTER TABLE readings ADD COLUMN confirmed TEXT NOT NULL DEFAULT ''; -- version of the last readers that read the same; no fact of the dashboard
-- Which reports a page holds is asked when its bytes have changed.
CREATE INDEX versions_url ON versions (url);
