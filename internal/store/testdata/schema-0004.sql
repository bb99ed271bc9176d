-- A database as the program of schema 4 wrote it, dumped by the sqlite3 shell.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE goose_db_version (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	);
INSERT INTO goose_db_version VALUES(1,0,1,'2026-11-24 10:43:35');
INSERT INTO goose_db_version VALUES(2,1,1,'2026-11-24 10:43:35');
INSERT INTO goose_db_version VALUES(3,2,1,'2026-11-24 10:43:35');
INSERT INTO goose_db_version VALUES(4,3,1,'2026-11-24 10:43:35');
INSERT INTO goose_db_version VALUES(5,4,1,'2026-11-24 10:43:35');
CREATE TABLE runs (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	kind        TEXT    NOT NULL,              -- refresh, register, reread, import
	state       TEXT    NOT NULL,              -- running, ok, partial, failed, interrupted
	started_at  BIGINT  NOT NULL,
	finished_at BIGINT  NOT NULL DEFAULT 0,
	alive_at    BIGINT  NOT NULL,              -- when its process last said that it works
	year        INTEGER NOT NULL DEFAULT 0,    -- report year it was limited to, 0 for all
	whole       BOOLEAN NOT NULL DEFAULT FALSE,-- asked again for what was known
	changed     BOOLEAN NOT NULL DEFAULT FALSE,-- brought something that readers see
	message     TEXT    NOT NULL DEFAULT ''
);
INSERT INTO runs VALUES(1,'register','ok',1795517015982,1795517015982,1795517015982,0,0,1,'');
INSERT INTO runs VALUES(2,'refresh','ok',1795517015982,1795517016004,1795517015982,0,0,1,'');
INSERT INTO runs VALUES(3,'register','ok',1795517015998,1795517015998,1795517015998,0,0,1,'');
CREATE TABLE run_portals (
	run         BIGINT  NOT NULL REFERENCES runs (id),
	portal      TEXT    NOT NULL,
	name        TEXT    NOT NULL,
	state       TEXT    NOT NULL,              -- running, ok, empty, blocked, changed, broken
	started_at  BIGINT  NOT NULL,
	finished_at BIGINT  NOT NULL DEFAULT 0,
	lists       INTEGER NOT NULL DEFAULT 0,    -- list pages read
	candidates  INTEGER NOT NULL DEFAULT 0,    -- links that may be reports
	fetched     INTEGER NOT NULL DEFAULT 0,    -- report pages answered with bytes
	unchanged   INTEGER NOT NULL DEFAULT 0,    -- report pages that say what they said
	new         INTEGER NOT NULL DEFAULT 0,
	revised     INTEGER NOT NULL DEFAULT 0,
	failed      INTEGER NOT NULL DEFAULT 0,
	blocked     INTEGER NOT NULL DEFAULT 0,    -- pages behind a challenge or a login
	rejected    TEXT    NOT NULL DEFAULT '',   -- JSON: reason of rejection to number of links
	message     TEXT    NOT NULL DEFAULT '',
	PRIMARY KEY (run, portal)
);
INSERT INTO run_portals VALUES(2,'p','','ok',1769932800000,1770019200000,0,0,0,0,0,0,0,0,'','');
CREATE TABLE agencies (
	id        TEXT    NOT NULL,
	from_run  BIGINT  NOT NULL REFERENCES runs (id),
	until_run BIGINT,
	name      TEXT    NOT NULL,                -- formal, without the regions above it
	short     TEXT    NOT NULL,
	kind      TEXT    NOT NULL,
	region    TEXT    NOT NULL,
	county    TEXT    NOT NULL,                -- region cut to 6 digits
	position  INTEGER NOT NULL,                -- in the roster of its county
	aliases   TEXT    NOT NULL,                -- JSON array
	from_year INTEGER NOT NULL,                -- first report year it owes, 0 when not known
	to_year   INTEGER NOT NULL,                -- last one, 0 while it exists
	watched   BOOLEAN NOT NULL,
	demo      BOOLEAN NOT NULL, due TEXT NOT NULL DEFAULT '', due_source TEXT NOT NULL DEFAULT '', became TEXT NOT NULL DEFAULT '', heir TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (id, from_run)
);
INSERT INTO agencies VALUES('990101001',1,NULL,'示例990101001办事处','示例990101001','street','990101001','990101',0,'',0,0,1,1,'','','','');
INSERT INTO agencies VALUES('990101002',1,NULL,'示例990101002办事处','示例990101002','street','990101002','990101',1,'',0,0,1,1,'','','','');
CREATE TABLE watches (                         -- which portal covers which agency
	agency    TEXT    NOT NULL,
	portal    TEXT    NOT NULL,
	from_run  BIGINT  NOT NULL REFERENCES runs (id),
	until_run BIGINT,
	PRIMARY KEY (agency, portal, from_run)
);
INSERT INTO watches VALUES('990101001','p',3,NULL);
CREATE TABLE looks (                           -- each time a portal was looked through
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	run      BIGINT  NOT NULL REFERENCES runs (id),
	portal   TEXT    NOT NULL,
	agency   TEXT    NOT NULL DEFAULT '',      -- '' for all agencies of the portal that have no row of their own in the run
	at       BIGINT  NOT NULL,
	good     BOOLEAN NOT NULL,                 -- absence may be inferred from it
	found    INTEGER NOT NULL,                 -- candidates
	reason   TEXT    NOT NULL DEFAULT '',      -- why it was not good
	evidence TEXT    NOT NULL DEFAULT ''       -- JSON array: hashes of the list pages
);
INSERT INTO looks VALUES(1,2,'p','',1770019200000,1,0,'','');
CREATE TABLE requests (                        -- every HTTP request that was made
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	run          BIGINT  NOT NULL REFERENCES runs (id),
	portal       TEXT    NOT NULL,
	url          TEXT    NOT NULL,
	at           BIGINT  NOT NULL,
	status       INTEGER NOT NULL,             -- HTTP status, 0 without an answer
	bytes        BIGINT  NOT NULL,
	took         BIGINT  NOT NULL,             -- milliseconds
	not_modified BOOLEAN NOT NULL,
	error        TEXT    NOT NULL
);
INSERT INTO requests VALUES(1,2,'p','http://a/1',1769932800000,200,0,0,0,'');
CREATE TABLE originals (
	hash            TEXT    PRIMARY KEY,
	url             TEXT    NOT NULL,          -- address the bytes came from
	requested_url   TEXT    NOT NULL,
	content_type    TEXT    NOT NULL,
	size            BIGINT  NOT NULL,
	fetched_at      BIGINT  NOT NULL,
	status          INTEGER NOT NULL,
	request_header  TEXT    NOT NULL,          -- JSON
	response_header TEXT    NOT NULL,          -- JSON
	run             BIGINT  NOT NULL REFERENCES runs (id),
	demo            BOOLEAN NOT NULL
);
INSERT INTO originals VALUES('h','https://example.test/h','','',0,0,0,'','',2,0);
CREATE TABLE versions (                        -- one distinct content of a report over time
	id           INTEGER PRIMARY KEY AUTOINCREMENT,
	agency       TEXT    NOT NULL,
	year         INTEGER NOT NULL,
	number       INTEGER NOT NULL,             -- counts from 1 in its report
	title        TEXT    NOT NULL,
	agency_read  TEXT    NOT NULL,             -- name of the agency as the document gives it
	published_on TEXT    NOT NULL,
	signed_on    TEXT    NOT NULL,
	original     TEXT    NOT NULL REFERENCES originals (hash),
	page         TEXT    NOT NULL,             -- hash of the page that links the original, '' where the page is the original
	url          TEXT    NOT NULL,
	found_at     BIGINT  NOT NULL,
	first_found  BIGINT  NOT NULL,             -- when the first version of the report was found
	from_run     BIGINT  NOT NULL REFERENCES runs (id),
	until_run    BIGINT,
	UNIQUE (agency, year, number)
);
INSERT INTO versions VALUES(1,'990101001',2020,1,'2020 年度报告','示例办事处','2021-01-20','','h','','http://a/1',1769932800000,1769932800000,2,2);
INSERT INTO versions VALUES(2,'990101001',2020,2,'2020 年度报告','示例办事处','2021-01-20','','h','','http://a/1',1769932800000,1769932800000,2,NULL);
CREATE TABLE readings (                        -- what one reader version made of a version
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	version   BIGINT  NOT NULL REFERENCES versions (id),
	reader    TEXT    NOT NULL,                -- version of the readers
	format    TEXT    NOT NULL,
	status    TEXT    NOT NULL,
	route     TEXT    NOT NULL,
	content   TEXT    NOT NULL,                -- hash of what the report says: format, values, narrative figures
	cells     BLOB    NOT NULL,                -- states and amounts, packed (pack.go)
	rules     TEXT    NOT NULL,                -- failed rules with their number: a=2,b=1
	from_run  BIGINT  NOT NULL REFERENCES runs (id),
	until_run BIGINT
, confirmed TEXT NOT NULL DEFAULT '');
INSERT INTO readings VALUES(1,1,'1','F2019','inconsistent','html utf-8','5f1fe49f32905e1d07946391da8fe7dd',X'c6015c6cdbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66d030a','requests.balance=2,text.requests_received=1',2,NULL,'');
INSERT INTO readings VALUES(2,2,'1','F2019','inconsistent','html utf-8','889fe9f5943563b2730e4fa97e89c355',X'c6015c6cdbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66ddbb66d030c','requests.balance=2,text.requests_received=1',2,NULL,'');
CREATE TABLE reading_details (                 -- what one page of one report shows; kept apart so that scans of figures stay small
	reading  BIGINT PRIMARY KEY REFERENCES readings (id),
	places   BLOB   NOT NULL,                  -- texts and places of the values, packed (places.go)
	document BLOB   NOT NULL                   -- deflated JSON: narrative, sections, doubts, notes, problems, follow
);
INSERT INTO reading_details VALUES(1,X'62617bb170c5931d0d4ccee65ccfa62f5078b676c9cb853b19d8999858da2d1819591918991a249899d9993858d8981847d128a21001020000ffff',X'bc935f6bd35018c6bfcb737da8d9262ae76e4ec40b29a51d032945de34af692439279e9cd8492944456fdc501051bc532adee985086143bfccd26efb1672925a373f40c945de246f9e3f3f3813dc8e628644da1ad924864097c3482bc83e4e6747d5ef57f3f219c4dff9e00803817b4c0672d3dbf404da640cd9e83143f627e8d1930c12861fe59cd9aca5787cc56a4b4e788fe29c216f6c08ecb1f12101811e2bcb6ae8122c2d5e7f39299c63870c8586d211e435b737b475acade960f594d59eed3cf1d9406e08dc610a221542a22a8b93e2e9a238ae7ebd5d3c7f317ff9f3a2e4e51fb7047679dfae2238ffe9c0f9dcd2b96f9be56e5e63324c412b88320a0d73c2ca426087e3f8ffd28a6c6eeada9d985cbd0976c977129e40578febfb8e8ef344d5e385b69ec0dd48f1f275d80c37f53e64df13f5e5088c986d83703b080c670e3ba6021da3539d51dca4ee59b20c7955603bd1b9b290d75765d79dcd015d5a57e5ecf4ebe1d9f7e3c58f775579387f7300f7b5ad2d5fa2fd409ba465f4f87ec60e742ff71ff2d009509ab2ebb876bccb02f3d9c7aa2cce3e35b93b46fb3127d9bf4373fefedbf9e70f184cff040000ffff');
INSERT INTO reading_details VALUES(2,X'62617bb170c5931d0d4ccee65ccfa62f5078b676c9cb853b19d8999858da2d1819591918991a249899d9993858d8981847d128a21001020000ffff',X'bc935f6bd35018c6bfcb737da8d9262ae76e4ec40b29a51d032945de34af692439279e9cd8492944456fdc501051bc532adee985086143bfccd26efb1672925a373f40c945de246f9e3f3f3813dc8e628644da1ad924864097c3482bc83e4e6747d5ef57f3f219c4dff9e00803817b4c0672d3dbf404da640cd9e83143f627e8d1930c12861fe59cd9aca5787cc56a4b4e788fe29c216f6c08ecb1f12101811e2bcb6ae8122c2d5e7f39299c63870c8586d211e435b737b475acade960f594d59eed3cf1d9406e08dc610a221542a22a8b93e2e9a238ae7ebd5d3c7f317ff9f3a2e4e51fb7047679dfae2238ffe9c0f9dcd2b96f9be56e5e63324c412b88320a0d73c2ca426087e3f8ffd28a6c6eeada9d985cbd0976c977129e40578febfb8e8ef344d5e385b69ec0dd48f1f275d80c37f53e64df13f5e5088c986d83703b080c670e3ba6021da3539d51dca4ee59b20c7955603bd1b9b290d75765d79dcd015d5a57e5ecf4ebe1d9f7e3c58f775579387f7300f7b5ad2d5fa2fd409ba465f4f87ec60e742ff71ff2d009509ab2ebb876bccb02f3d9c7aa2cce3e35b93b46fb3127d9bf4373fefedbf9e70f184cff040000ffff');
CREATE TABLE findings (
	reading     BIGINT  NOT NULL REFERENCES readings (id),
	ordinal     INTEGER NOT NULL,              -- from 0, in the order of the checks
	key         TEXT    NOT NULL,              -- stable over runs
	rule        TEXT    NOT NULL,
	subject     TEXT    NOT NULL,
	severity    TEXT    NOT NULL,
	attribution TEXT    NOT NULL,
	finding     TEXT    NOT NULL,              -- JSON of all fields
	PRIMARY KEY (reading, ordinal)
);
INSERT INTO findings VALUES(1,0,'requests.balance/natural@990101001/2020','requests.balance','natural','error','agency','{"Rule":"requests.balance","RuleVersion":1,"Subject":"natural","Severity":"error","Attribution":"agency","Operands":[{"Cell":"requests.new/natural","Value":{"State":4,"Amount":3,"Text":"","Place":{"Table":0,"Row":0,"Column":0,"Paragraph":0,"Line":0,"Page":0,"Box":[0,0,0,0],"Sheet":"","Address":""}}}],"Left":"3","Right":"4","Difference":"-1","Threshold":"","Formula":"新收 + 结转 = 总计 + 结转下年","Text":"两边相差 1。","TextEN":"","Place":{"Table":0,"Row":0,"Column":0,"Paragraph":0,"Line":0,"Page":0,"Box":[0,0,0,0],"Sheet":"","Address":""}}');
INSERT INTO findings VALUES(1,1,'text.requests_received@990101001/2020','text.requests_received','','warning','agency','{"Rule":"text.requests_received","RuleVersion":0,"Subject":"","Severity":"warning","Attribution":"agency","Operands":null,"Left":"","Right":"","Difference":"","Threshold":"","Formula":"","Text":"正文与表不同。","TextEN":"","Place":{"Table":0,"Row":0,"Column":0,"Paragraph":0,"Line":0,"Page":0,"Box":[0,0,0,0],"Sheet":"","Address":""}}');
INSERT INTO findings VALUES(1,2,'requests.balance/legal@990101001/2020','requests.balance','legal','error','agency','{"Rule":"requests.balance","RuleVersion":0,"Subject":"legal","Severity":"error","Attribution":"agency","Operands":null,"Left":"","Right":"","Difference":"","Threshold":"","Formula":"","Text":"","TextEN":"","Place":{"Table":0,"Row":0,"Column":0,"Paragraph":0,"Line":0,"Page":0,"Box":[0,0,0,0],"Sheet":"","Address":""}}');
INSERT INTO findings VALUES(2,0,'requests.balance/natural@990101001/2020','requests.balance','natural','error','agency','{"Rule":"requests.balance","RuleVersion":1,"Subject":"natural","Severity":"error","Attribution":"agency","Operands":[{"Cell":"requests.new/natural","Value":{"State":4,"Amount":3,"Text":"","Place":{"Table":0,"Row":0,"Column":0,"Paragraph":0,"Line":0,"Page":0,"Box":[0,0,0,0],"Sheet":"","Address":""}}}],"Left":"3","Right":"4","Difference":"-1","Threshold":"","Formula":"新收 + 结转 = 总计 + 结转下年","Text":"两边相差 1。","TextEN":"","Place":{"Table":0,"Row":0,"Column":0,"Paragraph":0,"Line":0,"Page":0,"Box":[0,0,0,0],"Sheet":"","Address":""}}');
INSERT INTO findings VALUES(2,1,'text.requests_received@990101001/2020','text.requests_received','','warning','agency','{"Rule":"text.requests_received","RuleVersion":0,"Subject":"","Severity":"warning","Attribution":"agency","Operands":null,"Left":"","Right":"","Difference":"","Threshold":"","Formula":"","Text":"正文与表不同。","TextEN":"","Place":{"Table":0,"Row":0,"Column":0,"Paragraph":0,"Line":0,"Page":0,"Box":[0,0,0,0],"Sheet":"","Address":""}}');
INSERT INTO findings VALUES(2,2,'requests.balance/legal@990101001/2020','requests.balance','legal','error','agency','{"Rule":"requests.balance","RuleVersion":0,"Subject":"legal","Severity":"error","Attribution":"agency","Operands":null,"Left":"","Right":"","Difference":"","Threshold":"","Formula":"","Text":"","TextEN":"","Place":{"Table":0,"Row":0,"Column":0,"Paragraph":0,"Line":0,"Page":0,"Box":[0,0,0,0],"Sheet":"","Address":""}}');
CREATE TABLE changes (                         -- what runs brought, for people to read
	id      INTEGER PRIMARY KEY AUTOINCREMENT,
	run     BIGINT  NOT NULL REFERENCES runs (id),
	at      BIGINT  NOT NULL,
	kind    TEXT    NOT NULL,                  -- new, revised, reread, removed, blocked, enrolled
	agency  TEXT    NOT NULL,
	year    INTEGER NOT NULL,
	version BIGINT  NOT NULL,                  -- 0 where it concerns none
	text    TEXT    NOT NULL
);
INSERT INTO changes VALUES(1,2,1769932800000,'new','990101001',2020,1,'发现 2020 年度报告');
INSERT INTO changes VALUES(2,2,1769932800000,'revised','990101001',2020,2,'2020 年度报告内容有变，记为第 2 版');
CREATE TABLE pages (                           -- known addresses of reports, for conditional requests
	url           TEXT    PRIMARY KEY,
	portal        TEXT    NOT NULL,
	agency        TEXT    NOT NULL,
	year          INTEGER NOT NULL,
	etag          TEXT    NOT NULL,
	last_modified TEXT    NOT NULL,
	hash          TEXT    NOT NULL,            -- of the last bytes
	files         TEXT    NOT NULL,            -- JSON array: documents it links in place of a table
	reader        TEXT    NOT NULL,            -- version of the readers that read the last bytes
	trusted       BOOLEAN NOT NULL,            -- its validators have not been proved wrong
	fetched_at    BIGINT  NOT NULL,            -- when it last answered with bytes
	seen_at       BIGINT  NOT NULL,
	seen_run      BIGINT  NOT NULL,            -- last run that found it
	state         TEXT    NOT NULL             -- ok, blocked, gone, failed
);
INSERT INTO pages VALUES('http://a/1','p','990101001',2020,'','','h','','',0,1769932800000,1769932800000,2,'ok');
CREATE TABLE failures (                        -- what went wrong and is not mended
	id        INTEGER PRIMARY KEY AUTOINCREMENT,
	run       BIGINT  NOT NULL REFERENCES runs (id),
	until_run BIGINT,                          -- run in which it succeeded
	dismissed TEXT    NOT NULL DEFAULT '',     -- the person who dismissed it
	portal    TEXT    NOT NULL,
	url       TEXT    NOT NULL,
	agency    TEXT    NOT NULL,
	year      INTEGER NOT NULL,
	at        BIGINT  NOT NULL,
	temporary BOOLEAN NOT NULL,
	reason    TEXT    NOT NULL
);
INSERT INTO failures VALUES(1,2,NULL,'','p','u','',0,1769932800000,0,'503');
CREATE TABLE jobs (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	kind        TEXT    NOT NULL,
	unique_key  TEXT    NOT NULL,              -- one job of a kind and key waits or runs at a time
	payload     TEXT    NOT NULL,              -- JSON
	state       TEXT    NOT NULL,              -- waiting, leased, done, dead
	attempts    INTEGER NOT NULL DEFAULT 0,
	run_after   BIGINT  NOT NULL,
	lease_until BIGINT  NOT NULL DEFAULT 0,
	enqueued_at BIGINT  NOT NULL,
	finished_at BIGINT  NOT NULL DEFAULT 0,
	last_error  TEXT    NOT NULL DEFAULT ''
);
INSERT INTO jobs VALUES(1,'refresh','a','{}','waiting',0,1769932800000,0,1795517016004,0,'');
CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
);
INSERT INTO meta VALUES('region/990101','示例区');
CREATE TABLE paces (
	host    TEXT   PRIMARY KEY,
	delay   BIGINT NOT NULL, -- milliseconds between two requests
	next_at BIGINT NOT NULL  -- no request before
);
CREATE TABLE contacts (
	agency    TEXT PRIMARY KEY,
	person    TEXT NOT NULL,
	telephone TEXT NOT NULL
);
INSERT INTO contacts VALUES('990101001','示例','0');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('goose_db_version',5);
INSERT INTO sqlite_sequence VALUES('runs',3);
INSERT INTO sqlite_sequence VALUES('versions',2);
INSERT INTO sqlite_sequence VALUES('readings',2);
INSERT INTO sqlite_sequence VALUES('changes',2);
INSERT INTO sqlite_sequence VALUES('looks',1);
INSERT INTO sqlite_sequence VALUES('requests',1);
INSERT INTO sqlite_sequence VALUES('failures',1);
INSERT INTO sqlite_sequence VALUES('jobs',1);
CREATE INDEX agencies_region ON agencies (region);
CREATE INDEX looks_portal ON looks (portal, at);
CREATE INDEX looks_run ON looks (run);
CREATE INDEX requests_run ON requests (run);
CREATE INDEX versions_year ON versions (year);
CREATE INDEX readings_version ON readings (version);
CREATE INDEX findings_rule ON findings (rule);
CREATE INDEX changes_agency ON changes (agency);
CREATE INDEX changes_run ON changes (run);
CREATE INDEX pages_portal ON pages (portal);
CREATE INDEX failures_url ON failures (url);
CREATE INDEX failures_run ON failures (run);
CREATE UNIQUE INDEX jobs_open ON jobs (kind, unique_key) WHERE state IN ('waiting', 'leased');
CREATE INDEX jobs_due ON jobs (state, run_after);
CREATE INDEX versions_url ON versions (url);
COMMIT;
