package crawl

import (
	"encoding/json"
	"testing"
)

// What scripts have in place of JSON is read as the value that a browser makes of it.
func TestReadData(t *testing.T) {
	for text, want := range map[string]string{
		`{"a":[1,2.5,null]}`:                        `{"a":[1,2.5,null]}`,
		`cb({a:'b"c', 'd': "e\'f",});`:              `{"a":"b\"c","d":"e'f"}`,
		`)]}',` + "\n" + `[{"a":1}]`:                `[{"a":1}]`,
		`var x = [/* a */ true, // b` + "\n false]": `[true,false]`,
		`{t:'\u4e91\x41' + "b", u:undefined}`:       `{"t":"云Ab","u":null}`,
		"{t:`a\\/b\\\nc`}":                          `{"t":"a/bc"}`,
		`{"a":1}{"b":2}`:                            `{"a":1}`,
	} {
		v, err := readData(text)
		got, _ := json.Marshal(v)
		if err != nil || string(got) != want {
			t.Errorf("%s: %s, %v; want %s", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "no data", "{a:", "{a:f(1)}", "[1 2]", "{a:'b}", "{,}"} {
		if v, err := readData(bad); err == nil {
			t.Errorf("%q: read as %v; want an error", bad, v)
		}
	}
}

func TestWritten(t *testing.T) {
	for script, want := range map[string]string{
		`document.write("<a href=\"x\">y<\/a>")`:                "<a href=\"x\">y</a>\n",
		`document.writeln ( 'a' + "b" + c ); document.write(1)`: "ab\n",
		`document.write(document.write('x'))`:                   "x\n",
		`document.write("unfinished`:                            "",
	} {
		if got := written(script); got != want {
			t.Errorf("%s: %q; want %q", script, got, want)
		}
	}
}

// FuzzReadData holds that no text makes the reader panic, and that what it reads can
// be written as JSON.
func FuzzReadData(f *testing.F) {
	for _, s := range []string{`{"a":1}`, `cb({a:'b',c:[1,]})`, `{t:'\u4e91'+"b"}`, "[`x`]", `{a:/*`, `\`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := readData(text)
		if err != nil {
			return
		}
		if _, err := json.Marshal(v); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		_ = written(text)
		_ = unescapeScript(text)
	})
}
