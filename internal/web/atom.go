package web

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// An atomFeed is the feed of changes (RFC 4287).
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Author  string      `xml:"author>name"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
}

// serveAtom serves GET /changes.atom.
func (s *Server) serveAtom(c echo.Context) error {
	region := standard.RegionCode(c.QueryParam("region"))
	rows, err := s.Store.Changes(c.Request().Context(), region, changesShown)
	if err != nil {
		return err
	}
	body, err := xml.MarshalIndent(newAtomFeed(s.newPage(c), rows, s.Now()), "", " ")
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), body...))
}

// newAtomFeed makes an entry of each change. Its ids are those of the changes, so
// that a reader sees each once.
func newAtomFeed(p page, rows []store.ChangeRow, now time.Time) atomFeed {
	f := atomFeed{ID: p.Base + p.Lang.href("/changes"), Title: p.t("公开：报告的变化"), Author: p.t("公开 Gongkai"), Updated: now.UTC().Format(time.RFC3339),
		Links: []atomLink{{"self", p.Base + p.Lang.href("/changes.atom")}, {"alternate", p.Base + p.Lang.href("/changes")}}}
	if len(rows) > 0 {
		f.Updated = rows[0].At.UTC().Format(time.RFC3339)
	}
	for _, row := range rows {
		href := p.Base + p.Href("/agencies/"+string(row.Agency))
		if row.Version != 0 {
			href = p.Base + p.reportHref(row.Agency, row.Year)
		}
		title := row.AgencyName + p.t("：") + row.Text
		if row.Demo {
			title = p.t("［示例］") + title
		}
		f.Entries = append(f.Entries, atomEntry{ID: p.Base + "/changes#" + strconv.FormatInt(row.ID, 10), Title: title,
			Updated: row.At.UTC().Format(time.RFC3339), Link: atomLink{"alternate", href}})
	}
	return f
}
