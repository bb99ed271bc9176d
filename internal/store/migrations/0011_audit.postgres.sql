-- 0011_audit.postgres.sql: the audit log is only ever added to. No statement of the
-- program, nor of a person who has the database open, changes what it says.

-- +goose Up
-- +goose StatementBegin
CREATE FUNCTION audit_keeps() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION 'the audit log is only added to'; END;
$$ LANGUAGE plpgsql;
-- +goose StatementEnd
CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_keeps();
CREATE TRIGGER audit_stays BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_keeps();
