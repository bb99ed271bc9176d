package crawl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// Each bad file begins with the faults that it must give, all of them and in this
// order.
func TestReadPortal(t *testing.T) {
	cases, err := filepath.Glob("testdata/bad/*.bad.yaml")
	if err != nil || len(cases) == 0 {
		t.Fatalf("%d cases, err %v", len(cases), err)
	}
	for _, name := range cases {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(text)) {
				fault, ok := strings.CutPrefix(strings.TrimSpace(line), "# ")
				if !ok {
					break
				}
				want = append(want, fault)
			}
			_, err = ReadPortal("x", strings.NewReader(string(text)))
			if err == nil {
				t.Fatalf("no error; want %q", want)
			}
			got := strings.Split(strings.TrimPrefix(err.Error(), "portal x: "), "\n")
			if len(got) != len(want) {
				t.Fatalf("faults (-want +got):\n%s", cmp.Diff(want, got))
			}
			for i := range want {
				if !strings.HasPrefix(got[i], want[i]) {
					t.Errorf("fault %d (-want +got):\n%s", i+1, cmp.Diff(want[i], got[i]))
				}
			}
		})
	}
}

const smallest = `id: a
name: 甲
region: "990101"
entries:
  - {url: "http://a.test/"}
`

// What a file does not say has the defaults of one place, and what it says
// overrides its family rule by rule.
func TestReadPortalDefaults(t *testing.T) {
	p, err := ReadPortal("a", strings.NewReader(smallest))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Polite{Delay: 2 * time.Second, Concurrency: 1, Robots: "obey", Budget: 5000}, p.Polite); diff != "" {
		t.Errorf("polite (-want +got):\n%s", diff)
	}
	if !p.Enabled || p.Schedule != "weekly" {
		t.Errorf("enabled %v, schedule %q; want true, weekly", p.Enabled, p.Schedule)
	}
	over, err := ReadPortal("a", strings.NewReader(smallest+"family: vsb\nlist: {date: \"em\"}\nreject: {title: \"通知\"}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if over.List.Date != "em" || over.Reject.Title != "通知" || over.List.Item != p.List.Item || len(over.List.Next) != 2 || over.Reject.URL != p.Reject.URL {
		t.Errorf("rules %+v; want those of vsb with date and reject.title replaced", over.Rules)
	}
}

// Every preset stands alone.
func TestPresets(t *testing.T) {
	names := Families()
	if len(names) < 12 {
		t.Fatalf("families %v", names)
	}
	for _, name := range names {
		if _, err := ReadPortal(name, strings.NewReader(smallest+"family: "+name+"\n")); err != nil {
			t.Error(err)
		}
	}
}

func FuzzReadPortal(f *testing.F) {
	f.Add(smallest)
	cases, _ := filepath.Glob("testdata/bad/*.yaml")
	for _, name := range cases {
		if text, err := os.ReadFile(name); err == nil {
			f.Add(string(text))
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ReadPortal("x", strings.NewReader(text))
		if err == nil && p.rules == nil {
			t.Error("a portal without rules")
		}
		if err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}
