package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/tests/pgtest"
)

// shardKeys are the tables that a database spread over nodes cuts by county, and the
// columns that bind their rows to one: the county or a region itself, the agency that is
// listed under it, or what hangs on a row that is bound so (docs/scaling.md). All other
// tables are small and whole on every node.
func shardKeys() map[string][]string {
	return map[string][]string{
		"agencies": {"county", "region", "id"}, "watches": {"agency"}, "versions": {"agency", "id"}, "readings": {"version", "id"},
		"reading_details": {"reading"}, "findings": {"reading"}, "changes": {"agency"}, "sums": {"county"}, "region_sums": {"region"},
	}
}

// TestShards holds that what pages ask for most joins no rows of different counties: in
// the plans of PostgreSQL every table that is cut is found by its key, from a value that
// the question gives or that a row of the same county has. It is told to take no other way
// where there is one, so what is left has none.
func TestShards(t *testing.T) {
	db, err := Open(t.Context(), pgtest.Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	fillShards(t, db)
	asked := record(t, db)
	const county, agency, province = standard.RegionCode("110101"), report.AgencyID("110101001"), standard.RegionCode("11")
	of := Query{Region: county, FromYear: 2023, ToYear: 2024}
	sum, region := func(Sum) error { return nil }, func(RegionSum) error { return nil }
	hot := map[string]func(ctx context.Context) error{
		"figures of a county":  func(ctx context.Context) error { _, err := db.Figures(ctx, of); return err },
		"findings of a county": func(ctx context.Context) error { _, err := db.Findings(ctx, of, 0); return err },
		"words of a county":    func(ctx context.Context) error { return db.EachProse(ctx, of, func(*Prose) error { return nil }) },
		"coverage of a county": func(ctx context.Context) error { _, err := db.Coverage(ctx, county, 0); return err },
		"changes of a county":  func(ctx context.Context) error { _, err := db.ChangesAt(ctx, county, 0, 10); return err },
		"changes of a province": func(ctx context.Context) error {
			_, err := db.LatestChanges(ctx, province, 10)
			return err
		},
		"sums of a county":      func(ctx context.Context) error { return db.EachSum(ctx, county, 0, "m", sum) },
		"sums of a year":        func(ctx context.Context) error { return db.EachSumOfYear(ctx, province, 2024, 1, "m", sum) },
		"sums of a region":      func(ctx context.Context) error { return db.EachRegionSum(ctx, province, 1, "m", region) },
		"sums of regions in it": func(ctx context.Context) error { return db.EachChildSum(ctx, province, -1, 1, "m", region) },
		"a report": func(ctx context.Context) error {
			_, err := db.Report(ctx, agency, 2024, 0)
			return err
		},
		"the years before": func(ctx context.Context) error { _, err := db.CurrentVersions(ctx, agency, 2022, 2023); return err },
	}
	for name, ask := range hot {
		t.Run(name, func(t *testing.T) {
			asked.clear()
			_ = ask(t.Context()) // there is nothing to find
			if len(asked.all) == 0 {
				t.Fatal("nothing was asked")
			}
			for _, q := range slices.Clone(asked.all) {
				checkShard(t, db, q)
			}
		})
	}
	t.Run("a join across counties", func(t *testing.T) {
		const across = `SELECT 1 FROM agencies AS a JOIN agencies AS b ON b.name = a.name WHERE a.county = $1`
		if bound(t, db, question{across, []any{"110101"}}) == "" {
			t.Error("a join by names passes")
		}
	})
}

// fillShards fills the tables with rows of 40 counties, so that the planner knows that one
// county is a small part of them.
func fillShards(t *testing.T, db *DB) {
	t.Helper()
	run, err := db.StartRun(t.Context(), "import", 0, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.PutOriginal(t.Context(), run, report.Original{Hash: "h"}); err != nil {
		t.Fatal(err)
	}
	for _, fill := range []string{
		`INSERT INTO agencies (id, from_run, name, short, kind, region, county, position, aliases, from_year, to_year, watched, demo, due, due_source, became, heir)
			SELECT (110101000 + 1000 * (n / 30) + n % 30)::text, 1, 'x' || n, '', 'street', (110101000 + 1000 * (n / 30) + n % 30)::text, (110101 + n / 30)::text,
				n % 30, '', 0, 0, TRUE, TRUE, '', '', '', '' FROM generate_series(0, 1199) AS n`,
		`INSERT INTO versions (agency, year, number, title, agency_read, published_on, signed_on, original, page, url, found_at, first_found, from_run)
			SELECT a.id, y, 1, '', '', '', '', 'h', '', '', 0, 0, 1 FROM agencies AS a, generate_series(2015, 2024) AS y`,
		`INSERT INTO readings (version, reader, format, status, route, content, cells, rules, from_run)
			SELECT v.id, '', '', '', '', '', '', '', 1 FROM versions AS v`,
		`INSERT INTO findings (reading, ordinal, key, rule, subject, severity, attribution, finding) SELECT r.id, 0, '', '', '', '', '', '' FROM readings AS r`,
		`INSERT INTO reading_details (reading, places, document) SELECT r.id, '', '' FROM readings AS r`,
		`INSERT INTO changes (run, at, kind, agency, year, version, text) SELECT 1, 0, 'new', v.agency, v.year, v.id, '' FROM versions AS v`,
		`INSERT INTO watches (agency, portal, from_run) SELECT a.id, 'p' || a.county, 1 FROM agencies AS a`,
		`ANALYZE`,
	} {
		if _, err := db.write.ExecContext(t.Context(), fill); err != nil {
			t.Fatalf("%v\n%s", err, fill)
		}
	}
}

// A question is a query with its arguments.
type question struct {
	query string
	args  []any
}

// recorded are the questions of a database.
type recorded struct {
	mu  sync.Mutex
	all []question
}

// TraceQueryStart implements pgx.QueryTracer.
func (r *recorded) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = append(r.all, question{q.SQL, q.Args})
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (*recorded) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (r *recorded) clear() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all = nil
}

// record has the questions that a database is asked written down.
func record(t *testing.T, db *DB) *recorded {
	t.Helper()
	r := &recorded{}
	config := db.Server().Copy()
	config.Tracer = r
	whole := db.read
	db.read = sql.OpenDB(postgres{stdlib.GetConnector(*config)})
	t.Cleanup(func() { whole.Close() })
	return r
}

func checkShard(t *testing.T, db *DB, q question) {
	t.Helper()
	query := strings.TrimSpace(q.query)
	if !strings.HasPrefix(query, "SELECT") {
		return
	}
	if why := bound(t, db, q); why != "" {
		t.Errorf("%s\n%s", why, query)
	}
}

// A plan is a node of a plan of PostgreSQL.
type plan struct {
	Type     string `json:"Node Type"`
	Relation string `json:"Relation Name"`
	Index    string `json:"Index Cond"`
	Recheck  string `json:"Recheck Cond"`
	Filter   string `json:"Filter"`
	Join     string `json:"Join Filter"`
	Plans    []plan `json:"Plans"`
}

// bound returns why a question is not bound to the key, "" where it is.
func bound(t *testing.T, db *DB, q question) string {
	t.Helper()
	conn, err := db.write.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, way := range []string{"enable_seqscan", "enable_hashjoin", "enable_mergejoin", "enable_material", "enable_memoize"} {
		if _, err := conn.ExecContext(t.Context(), "SET "+way+" = off"); err != nil {
			t.Fatal(err)
		}
	}
	var text string
	if err := conn.QueryRowContext(t.Context(), "EXPLAIN (FORMAT JSON) "+q.query, q.args...).Scan(&text); err != nil {
		t.Fatalf("%v\n%s", err, q.query)
	}
	var plans []struct{ Plan plan }
	if err := json.Unmarshal([]byte(text), &plans); err != nil || len(plans) != 1 {
		t.Fatalf("plan %s: %v", text, err)
	}
	return plans[0].Plan.unbound()
}

// unbound is the first table that is not found by its key.
func (p *plan) unbound() string {
	if keys, cut := shardKeys()[p.Relation]; cut {
		found := func(key string) bool { return strings.Contains(p.Index+p.Recheck+p.Filter, key) }
		if !slices.ContainsFunc(keys, func(key string) bool { return found("("+key+" ") || found("(("+key+")") }) {
			return fmt.Sprintf("%s of %s by %q, filter %q, joined by %q: not by one of %v", p.Type, p.Relation, p.Index, p.Filter, p.Join, keys)
		}
	}
	for i := range p.Plans {
		if why := p.Plans[i].unbound(); why != "" {
			return why
		}
	}
	return ""
}
