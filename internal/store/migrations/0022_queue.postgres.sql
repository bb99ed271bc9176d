-- 0022_queue.postgres.sql: work waits in the queue of a library, River, whose tables these are at
-- version 8 of its schema; a test holds that River finds them complete. What was in the
-- table of jobs besides work stays and gets its true name: what one process has for a
-- while, a portal or a host, and pages that are asked for again. Who works says so in
-- workers, so that the jobs of one that is gone go to another.

-- +goose Up
ALTER TABLE jobs RENAME TO leases;
DROP INDEX jobs_open;
DROP INDEX jobs_due;
CREATE UNIQUE INDEX leases_open ON leases (kind, unique_key) WHERE state IN ('waiting', 'leased');
CREATE INDEX leases_due ON leases (state, run_after);

CREATE TABLE workers (                         -- processes that work the queue
	id      TEXT    PRIMARY KEY,               -- as the jobs that it works name it
	host    TEXT    NOT NULL,
	pid     BIGINT  NOT NULL,
	space   TEXT    NOT NULL,                  -- in which the number means that process
	leads   BOOLEAN NOT NULL,                  -- keeps the schedule, if it is chosen to
	since   BIGINT  NOT NULL,
	seen_at BIGINT  NOT NULL                   -- its last sign of life, by its own clock
);

CREATE TYPE river_job_state AS ENUM (
	'available',
	'cancelled',
	'completed',
	'discarded',
	'pending',
	'retryable',
	'running',
	'scheduled'
);

-- +goose StatementBegin
CREATE FUNCTION river_job_state_in_bitmask(bitmask bit, state river_job_state) RETURNS boolean
	LANGUAGE sql IMMUTABLE
	AS $$
	SELECT CASE state
		WHEN 'available' THEN get_bit(bitmask, 7)
		WHEN 'cancelled' THEN get_bit(bitmask, 6)
		WHEN 'completed' THEN get_bit(bitmask, 5)
		WHEN 'discarded' THEN get_bit(bitmask, 4)
		WHEN 'pending'   THEN get_bit(bitmask, 3)
		WHEN 'retryable' THEN get_bit(bitmask, 2)
		WHEN 'running'   THEN get_bit(bitmask, 1)
		WHEN 'scheduled' THEN get_bit(bitmask, 0)
		ELSE 0
	END = 1;
$$;
-- +goose StatementEnd

CREATE TABLE river_job (
	id BIGSERIAL NOT NULL,
	state river_job_state DEFAULT 'available'::river_job_state NOT NULL,
	attempt smallint DEFAULT 0 NOT NULL,
	max_attempts smallint DEFAULT 25 NOT NULL,
	attempted_at timestamp with time zone,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	finalized_at timestamp with time zone,
	scheduled_at timestamp with time zone DEFAULT now() NOT NULL,
	priority smallint DEFAULT 1 NOT NULL,
	args jsonb NOT NULL,
	attempted_by text[],
	errors jsonb[],
	kind text NOT NULL,
	metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
	queue text DEFAULT 'default'::text NOT NULL,
	tags character varying(255)[] DEFAULT '{}'::character varying[] NOT NULL,
	unique_key bytea,
	unique_states bit(8),
	CONSTRAINT finalized_or_finalized_at_null CHECK ((((finalized_at IS NULL) AND (state <> ALL (ARRAY['cancelled'::river_job_state, 'completed'::river_job_state, 'discarded'::river_job_state]))) OR ((finalized_at IS NOT NULL) AND (state = ANY (ARRAY['cancelled'::river_job_state, 'completed'::river_job_state, 'discarded'::river_job_state]))))),
	CONSTRAINT kind_length CHECK (((char_length(kind) > 0) AND (char_length(kind) < 128))),
	CONSTRAINT max_attempts_is_positive CHECK ((max_attempts > 0)),
	CONSTRAINT priority_in_range CHECK (((priority >= 1) AND (priority <= 4))),
	CONSTRAINT queue_length CHECK (((char_length(queue) > 0) AND (char_length(queue) < 128)))
);

CREATE UNLOGGED TABLE river_leader (
	elected_at timestamp with time zone NOT NULL,
	expires_at timestamp with time zone NOT NULL,
	leader_id text NOT NULL,
	name text DEFAULT 'default'::text NOT NULL,
	CONSTRAINT leader_id_length CHECK (((char_length(leader_id) > 0) AND (char_length(leader_id) < 128))),
	CONSTRAINT name_length CHECK ((name = 'default'::text))
);

CREATE TABLE river_migration (
	line text NOT NULL,
	version bigint NOT NULL,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT line_length CHECK (((char_length(line) > 0) AND (char_length(line) < 128))),
	CONSTRAINT version_gte_1 CHECK ((version >= 1))
);

CREATE TABLE river_notification (
	id BIGSERIAL NOT NULL,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	payload text NOT NULL,
	topic text NOT NULL,
	CONSTRAINT topic_length CHECK (((length(topic) > 0) AND (length(topic) < 128)))
);

CREATE TABLE river_queue (
	name text NOT NULL,
	created_at timestamp with time zone DEFAULT now() NOT NULL,
	metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
	paused_at timestamp with time zone,
	updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

ALTER TABLE ONLY river_job
	ADD CONSTRAINT river_job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY river_leader
	ADD CONSTRAINT river_leader_pkey PRIMARY KEY (name);

ALTER TABLE ONLY river_migration
	ADD CONSTRAINT river_migration_pkey1 PRIMARY KEY (line, version);

ALTER TABLE ONLY river_notification
	ADD CONSTRAINT river_notification_pkey PRIMARY KEY (id);

ALTER TABLE ONLY river_queue
	ADD CONSTRAINT river_queue_pkey PRIMARY KEY (name);

CREATE INDEX river_job_args_index ON river_job USING gin (args);

CREATE INDEX river_job_kind ON river_job USING btree (kind);

CREATE INDEX river_job_metadata_index ON river_job USING gin (metadata);

CREATE INDEX river_job_prioritized_fetching_index ON river_job USING btree (state, queue, priority, scheduled_at, id);

CREATE INDEX river_job_state_and_finalized_at_index ON river_job USING btree (state, finalized_at) WHERE (finalized_at IS NOT NULL);

CREATE UNIQUE INDEX river_job_unique_idx ON river_job USING btree (unique_key) WHERE ((unique_key IS NOT NULL) AND (unique_states IS NOT NULL) AND river_job_state_in_bitmask(unique_states, state));

CREATE INDEX river_notification_created_at_idx ON river_notification USING btree (created_at);

CREATE INDEX river_notification_topic_id_idx ON river_notification USING btree (topic, id);

INSERT INTO river_migration (line, version) VALUES ('main', 1), ('main', 2), ('main', 3), ('main', 4), ('main', 5), ('main', 6), ('main', 7), ('main', 8);

INSERT INTO river_job (kind, args, queue, state, max_attempts, scheduled_at)
SELECT kind, jsonb_build_object('key', unique_key), 'portals', 'available', 4, to_timestamp(run_after / 1000.0)
FROM leases WHERE kind = 'refresh' AND state IN ('waiting', 'leased');
DELETE FROM leases WHERE kind IN ('refresh', 'notice');
