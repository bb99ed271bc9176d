package web

import (
	"context"
	"encoding/xml"
	"slices"
	"strconv"
	"time"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// indicatorFeed is how many reports a feed of an indicator shows: each figure is computed.
const indicatorFeed = 50

// indicatorItems are the reports that came or changed, with the figure that each brings.
func (s *Server) indicatorItems(ctx context.Context, p page, q store.FeedQuery, kind, indicator string) ([]feedItem, error) {
	q.Limit = indicatorFeed
	changes := slices.DeleteFunc(feedChanges("indicator"), func(c store.Change) bool { return !slices.Contains(feedChanges(kind), c) })
	rows, err := s.Store.News(ctx, q, changes...)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ask := aggregate.CompareQuery{Indicator: indicator, From: rows[0].Year, To: rows[0].Year}
	for _, row := range rows {
		if !slices.Contains(ask.Units, string(row.Agency)) {
			ask.Units = append(ask.Units, string(row.Agency))
		}
		ask.From, ask.To = min(ask.From, row.Year), max(ask.To, row.Year)
	}
	c, err := s.Figures.Compare(ctx, ask)
	if err != nil {
		return nil, err
	}
	figures := make(map[figureAt]aggregate.Figure)
	for _, series := range c.Series {
		for _, f := range series.Figures {
			figures[figureAt{series.Agency.ID, f.Year}] = f
		}
	}
	var items []feedItem
	for _, row := range rows {
		f, ok := figures[figureAt{row.Agency, row.Year}]
		if !ok {
			continue
		}
		title := row.AgencyName + " " + p.t("%d 年度", row.Year) + p.t("：") + p.label(c.Indicator.Name) + " " + p.figure(f, c.Indicator.Unit)
		items = append(items, feedItem{ID: tag("figure", indicator+"/"+strconv.FormatInt(row.ID, 10)), Title: p.fictitious(row.Demo, title),
			Path: p.reportHref(row.Agency, row.Year), Updated: row.At, Tags: []string{indicator, string(row.Kind), string(row.Region)}})
	}
	return items, nil
}

type figureAt struct {
	agency report.AgencyID
	year   int
}

// An atomFeed is a feed in the form of RFC 4287.
type atomFeed struct {
	XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang    string      `xml:"xml:lang,attr"`
	ID      string      `xml:"id"`
	Title   string      `xml:"title"`
	Updated string      `xml:"updated"`
	Links   []atomLink  `xml:"link"`
	Author  string      `xml:"author>name"`
	Entries []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID         string         `xml:"id"`
	Title      string         `xml:"title"`
	Updated    string         `xml:"updated"`
	Link       atomLink       `xml:"link"`
	Categories []atomCategory `xml:"category"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

// newAtomFeed writes a feed. One without news was updated when there was nothing yet.
func newAtomFeed(p page, f feed) atomFeed {
	a := atomFeed{Lang: p.Lang.HTML(), ID: f.Self, Title: f.Title, Author: p.t("公开 Gongkai"), Updated: f.Updated.UTC().Format(time.RFC3339),
		Links: []atomLink{{"self", "application/atom+xml", f.Self}, {"alternate", "text/html", f.Home}}}
	if f.Updated.IsZero() {
		a.Updated = time.Unix(0, 0).UTC().Format(time.RFC3339)
	}
	for _, item := range f.Items {
		e := atomEntry{ID: item.ID, Title: item.Title, Updated: item.Updated.UTC().Format(time.RFC3339), Link: atomLink{"alternate", "text/html", p.Base + item.Path}}
		for _, t := range item.Tags {
			e.Categories = append(e.Categories, atomCategory{t})
		}
		a.Entries = append(a.Entries, e)
	}
	return a
}

// A jsonFeed is a feed in the form of JSON Feed 1.1.
type jsonFeed struct {
	Version  string     `json:"version"`
	Title    string     `json:"title"`
	Home     string     `json:"home_page_url"`
	Self     string     `json:"feed_url"`
	Language string     `json:"language"`
	Items    []jsonItem `json:"items"`
}

type jsonItem struct {
	ID        string   `json:"id"`
	URL       string   `json:"url"`
	Title     string   `json:"title"`
	Text      string   `json:"content_text"`
	Published string   `json:"date_published"`
	Tags      []string `json:"tags"`
}

func newJSONFeed(p page, f feed) jsonFeed {
	j := jsonFeed{Version: "https://jsonfeed.org/version/1.1", Title: f.Title, Home: f.Home, Self: f.Self, Language: p.Lang.HTML(), Items: []jsonItem{}}
	for _, item := range f.Items {
		j.Items = append(j.Items, jsonItem{ID: item.ID, URL: p.Base + item.Path, Title: item.Title, Text: item.Title,
			Published: item.Updated.UTC().Format(time.RFC3339), Tags: item.Tags})
	}
	return j
}
