package extract

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// shared returns the folder of shared corpora beside the repository, and skips aloud
// where there is none.
func shared(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("SHARED"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		if at := filepath.Join(dir, "shared", "corpus"); isDir(at) {
			return filepath.Join(dir, "shared")
		}
	}
	t.Skip("no folder shared beside the repository: corpus not tested")
	return ""
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// pages returns the web pages of the shared corpus, decoded.
func pages(t testing.TB) map[string][]byte {
	t.Helper()
	all := make(map[string][]byte)
	for _, glob := range []string{"made/*.htm", "made/*.html", "made/*.shtml", "real/*.html"} {
		names, err := filepath.Glob(filepath.Join(shared(t), "corpus", glob))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all[filepath.Base(name)] = decode(body, metaCharset(body)).text
		}
	}
	return all
}

// TestSlim holds that the pages of the corpus say the same without what slim leaves out,
// and that it leaves out more than nothing.
func TestSlim(t *testing.T) {
	whole, left := 0, 0
	for name, page := range pages(t) {
		want, err := html.Parse(bytes.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		thin := slim(string(page))
		got, err := html.Parse(strings.NewReader(thin))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(said(t, want, page), said(t, got, page)); diff != "" {
			t.Errorf("%s says (-want +got):\n%s", name, diff)
		}
		whole, left = whole+len(page), left+len(thin)
	}
	if left*2 > whole {
		t.Errorf("of %d bytes %d are left, want less than half", whole, left)
	}
}

// BenchmarkHTML measures reading against the parser alone, which is the limit: a page
// cannot be read without being parsed. tidy and exported are the two kinds of page.
func BenchmarkHTML(b *testing.B) {
	kinds := map[string][]byte{}
	for name, page := range pages(b) {
		switch name {
		case "036_art_6551_571470.html":
			kinds["tidy"] = page
		case "053_P020230120408653205242.shtml":
			kinds["exported"] = page
		case "099_P020200113714697987811.html":
			kinds["split"] = page
		}
	}
	for kind, page := range kinds {
		b.Run("parse/"+kind, func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := html.Parse(bytes.NewReader(page)); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("read/"+kind, func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Read(b.Context(), Hint{}, page, Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// outline writes a tree, without what plant leaves out: comments, attributes that nothing
// asks for, and white space in which no text stands.
func outline(b *strings.Builder, n *html.Node, depth int) {
	text := ""
	var before *html.Node
	flush := func(tabular bool) {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
		if idleSpace(kindOfElement(n.DataAtom), before) && n.Type == html.ElementNode {
			text = strings.TrimLeft(text, " \t\n\f")
		}
		if text != "" && !(tabular && strings.Trim(text, " \t\n\f") == "") {
			fmt.Fprintf(b, "%*s%q\n", depth, "", text)
		}
		text = ""
	}
	switch n.DataAtom {
	case atom.Table, atom.Tbody, atom.Thead, atom.Tfoot, atom.Tr, atom.Colgroup, atom.Html, atom.Head:
		defer flush(true)
	default:
		defer flush(false)
	}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		switch k.Type {
		case html.TextNode:
			text += k.Data
		case html.ElementNode:
			flush(kindOfElement(n.DataAtom).tabular() || n.DataAtom == atom.Html || n.DataAtom == atom.Head)
			before = k
			fmt.Fprintf(b, "%*s<%s %s", depth, "", k.Data, k.DataAtom)
			b.WriteString(strings.Join(asked(k), "") + ">\n")
			outline(b, k, depth+1)
		}
	}
}

// asked returns the attributes that something asks for, in the order of their names: the
// parser sorts those of dress.
func asked(n *html.Node) (all []string) {
	m := markup{}
	for _, a := range n.Attr {
		if !m.idle(n.Data, attribute{key: a.Key, value: a.Val}) {
			all = append(all, fmt.Sprintf(" %s=%q", a.Key, a.Val))
		}
	}
	slices.Sort(all)
	return all
}

// samePlant holds that plant makes the tree that the parser makes, and returns whether
// it did not give up.
func samePlant(t *testing.T, page string) bool {
	t.Helper()
	root := plant(page)
	if root == nil {
		return false
	}
	parsed, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatalf("plant takes what the parser refuses: %v\n%q", err, page)
	}
	var want, got strings.Builder
	outline(&want, parsed, 0)
	outline(&got, root, 0)
	if diff := cmp.Diff(want.String(), got.String()); diff != "" {
		t.Fatalf("tree (-parsed +planted):\n%s\n%q", diff, page)
	}
	return true
}

// TestPlant holds that the pages of the corpus have the tree that the parser gives them,
// and that plant gives up on few.
func TestPlant(t *testing.T) {
	taken, all := 0, 0
	for name, page := range pages(t) {
		all++
		if samePlant(t, string(page)) {
			taken++
		} else {
			t.Logf("left to the parser: %s", name)
		}
	}
	if taken*10 < all*9 {
		t.Errorf("%d of %d pages planted, want nine of ten", taken, all)
	}
}

// TestPlantAny draws tags in any order.
func TestPlantAny(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	names := strings.Fields("p p p div span b font a table table tr tr td td td th tbody thead tfoot caption colgroup col li ul ol dl dt dd h1 h2 br hr img input " +
		"form button object o:p center section title meta link style script noscript iframe head body html nobr em strong label select option pre textarea svg")
	common := strings.Fields("p div span b table tr td tbody li ul h1 br a o:p font")
	taken := 0
	const rounds = 30000
	for range rounds {
		var b strings.Builder
		if rng.IntN(2) == 0 {
			b.WriteString([]string{"<!DOCTYPE html>", "<!doctype html public \"x\">", "<html><head></head><body>", "<table>"}[rng.IntN(4)])
		}
		var open []string
		for range rng.IntN(24) {
			set := common
			if rng.IntN(6) == 0 {
				set = names
			}
			name := set[rng.IntN(len(set))]
			switch n := rng.IntN(12); {
			case n < 5:
				b.WriteString("<" + name + []string{"", "", " class=a", " style='color:red' id=1", "/"}[rng.IntN(5)] + ">")
				open = append(open, name)
			case n < 9 && len(open) > 0:
				b.WriteString("</" + open[len(open)-1] + ">")
				open = open[:len(open)-1]
			case n < 10:
				b.WriteString("</" + name + ">")
			default:
				b.WriteString([]string{"x", " ", "\r\n", "&amp;lt", "<!-- 1 -->", "12", "&#32;", "<![if !x]>", "1 < 2"}[rng.IntN(9)])
			}
		}
		if samePlant(t, b.String()) {
			taken++
		}
	}
	if taken*4 < rounds {
		t.Errorf("%d of %d pages planted, want one in four", taken, rounds)
	}
	t.Logf("%d of %d planted", taken, rounds)
}
