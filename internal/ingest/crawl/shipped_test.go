package crawl_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"time"

	"gongkai/data"
	"gongkai/internal/ingest/crawl"
)

// Every portal file that is shipped is read, bears its id as its name, and says
// whether it was ever tried; one that was not contacts nobody.
func TestShippedPortals(t *testing.T) {
	files, err := fs.Glob(data.Portals, "portals/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, err %v", len(files), err)
	}
	families := map[string]bool{}
	for _, name := range files {
		f, err := data.Portals.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		p, err := crawl.ReadPortal(name, f)
		if err != nil {
			t.Error(err)
			continue
		}
		if want := strings.TrimSuffix(strings.TrimPrefix(name, "portals/"), ".yaml"); p.ID != want {
			t.Errorf("%s: id %s; want the name of the file", name, p.ID)
		}
		families[p.Family] = true
		if pattern := strings.HasPrefix(p.ID, "pattern-"); p.Pattern != pattern || pattern != strings.Contains(p.Entries[0].URL, ".example/") {
			t.Errorf("%s: pattern %v, %s; want a pattern to be named so, with a host below .example", name, p.Pattern, p.Entries[0].URL)
		}
		if len(p.Networks) > 0 || p.Polite.Delay < 2*time.Second || p.Polite.Concurrency != 1 {
			t.Errorf("%s: networks %v, polite %+v; a real portal is public and asked slowly", name, p.Networks, p.Polite)
		}
		if p.Tried == "" || p.Tried == "never" && p.Enabled {
			t.Errorf("%s: tried %q, enabled %v; a portal that was never tried must not be enabled", name, p.Tried, p.Enabled)
		}
	}
	for _, family := range familiesBut(t, "generic") {
		if !families[family] {
			t.Errorf("no portal file for %s", family)
		}
	}
}

// familiesBut returns the names of the presets but for some.
func familiesBut(t *testing.T, but ...string) []string {
	t.Helper()
	all := crawl.Families()
	for _, name := range but {
		i := slices.Index(all, name)
		if i < 0 {
			t.Fatalf("no family %s", name)
		}
		all = slices.Delete(all, i, i+1)
	}
	return all
}
