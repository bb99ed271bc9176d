-- 0024_counties.sql: a walk through the country goes from county to county in the order of
-- the roster, without sorting and without reading what lies elsewhere.

-- +goose Up
CREATE INDEX agencies_county ON agencies (county, position, id);
CREATE INDEX changes_told ON changes (kind, id) WHERE kind <> 'new';
CREATE INDEX sums_year ON sums (year, county);
CREATE INDEX region_sums_year ON region_sums (year, region);
