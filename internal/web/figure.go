package web

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"

	"gongkai/internal/charts"
)

// A figureView is a chart with all that belongs to it: what is said above and below
// it, and the addresses at which it stands, is a file, is embedded and is cited.
type figureView struct {
	charts.Chart
	Title, About, Note string
	Key                []keyView
	CSV, JSON, Self    string
	File               string        // name of the PNG
	Shape              template.HTML // a drawing of a template instead of an option
	Box                [2]float64    // width and height of the Shape
	Of                 string        // whose figures: a region, an agency
	Fixed              string        // its own page, as of the data it shows
	Picture            string        // SVG, as of the data it shows
	Frame, Code, Still string        // embedded: address, code of the frame, code of the image
	Live               string        // code of the frame that follows the data
	Cite               citation
}

// placed gives a figure its addresses: spot is where it stands below /charts and
// /embed, state what its address must say beside the data version.
func (p page) placed(f figureView, spot string, state url.Values) figureView {
	at, said, live := p.spots(spot, state)
	f.Fixed = at("/charts/", "", said)
	f.Picture = at("/charts/", ".svg", said)
	if f.Self == "" {
		f.Self = f.Fixed
	}
	title := joined(f.Title, f.Of, " | ")
	f.Frame = at("/embed/", "", said)
	f.Code = frameCode(p.Base+f.Frame, title)
	f.Live = frameCode(p.Base+at("/embed/", "", live), title)
	f.Still = fmt.Sprintf(`<a href="%s"><img src="%s" alt="%s" width="760"></a>`, escaped(p.Base+f.Fixed), escaped(p.Base+f.Picture), escaped(title))
	f.Cite = p.cites(cited{id: "cite-" + f.ID, title: joined(f.Of, f.Title, p.t("：")), medium: "DB/OL", year: p.dataYear(), note: p.dataNote(), address: p.Base + f.Fixed})
	if f.File == "" {
		f.File = strings.TrimPrefix(joined(f.Of, f.Title, "-"), "-") + ".png"
	}
	return f
}

// spots returns how addresses of a spot are made, and what they say: said as of the
// data that the page shows, live with what the state alone says.
func (p page) spots(spot string, state url.Values) (at func(root, ending, query string) string, said, live string) {
	pinned := url.Values{}
	for name, values := range state {
		pinned[name] = values
	}
	live = query(pinned)
	if p.Run > 0 {
		pinned.Set("as_of", strconv.FormatInt(int64(p.Run), 10))
	}
	at = func(root, ending, query string) string { return joined(p.Lang.href(root+spot+ending), query, "?") }
	return at, query(pinned), live
}

// A frameLinks is by what others show a cell, a table or a headline in a frame.
type frameLinks struct {
	ID, Title  string
	Frame      string // address, as of the data shown
	Code, Live string // of the frame: as of the data shown, and following the data
}

// framed gives what stands at a spot below /embed its codes.
func (p page) framed(id, spot, title string, state url.Values) frameLinks {
	at, said, live := p.spots(spot, state)
	f := frameLinks{ID: id, Title: title, Frame: at("/embed/", "", said)}
	f.Code, f.Live = frameCode(p.Base+f.Frame, title), frameCode(p.Base+at("/embed/", "", live), title)
	return f
}

// query writes parameters with their commas as they are: addresses are printed.
func query(v url.Values) string { return strings.ReplaceAll(v.Encode(), "%2C", ",") }

// frameCode is what a page of others puts where the figure shall stand. It needs no
// script on either side.
func frameCode(address, title string) string {
	return fmt.Sprintf(`<iframe src="%s" title="%s" width="100%%" height="640" loading="lazy" style="border:0"></iframe>`, escaped(address), escaped(title))
}

func escaped(text string) string { return template.HTMLEscapeString(text) }

// HasPicture reports whether the figure has a page and files of its own.
func (f figureView) HasPicture() bool { return f.Picture != "" }

// Narrow is the picture for a narrow screen.
func (f figureView) Narrow() string {
	sep := "?"
	if strings.Contains(f.Picture, "?") {
		sep = "&"
	}
	return f.Picture + sep + "width=360"
}
