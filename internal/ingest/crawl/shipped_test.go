package crawl_test

import (
	"io/fs"
	"strings"
	"testing"

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
		if p.Tried == "" || p.Tried == "never" && p.Enabled {
			t.Errorf("%s: tried %q, enabled %v; a portal that was never tried must not be enabled", name, p.Tried, p.Enabled)
		}
	}
}
