package web

import (
	archive "archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"gongkai/internal/aggregate"
)

// A kit is a sheet to take away: figures.csv, pictures, and a README that says whose
// figures they are, what to mind and how to cite them. The same data make the same
// bytes.
type kit struct {
	page
	title   string
	caveats []string
	cites   citation
	head    []string
	rows    [][]string
	files   []kitFile
}

type kitFile struct {
	name string
	body []byte
}

// kitColumns are the columns of figures.csv, the same in both languages.
func kitColumns() []string {
	return []string{"unit", "name", "year", "indicator", "unit_of_measure", "value", "numerator", "denominator", "low", "high",
		"status", "code", "reason", "format", "reports_counted", "reports_due", "cells", "address"}
}

func newKit(p page, title string, caveats []string, cites citation) *kit {
	return &kit{page: p, title: title, caveats: caveats, cites: cites, head: kitColumns()}
}

// row adds a figure; what is not known has no value and says why.
func (k *kit) row(s aggregate.Series, f aggregate.Figure, address string) {
	unit := string(s.Agency.ID)
	if unit == "" {
		unit = string(s.Region)
	}
	var cells []string
	for _, code := range formulaCells(s, f.Format) {
		cells = append(cells, string(code))
	}
	row := []string{unit, plain(s.Name), strconv.Itoa(f.Year), s.Indicator.ID, k.t(s.Indicator.Unit), "", "", "", "", "",
		string(f.Status), f.Code, plain(k.retell(f.Reason)), string(f.Format), "", "", strings.Join(cells, " "), address}
	if f.Known {
		row[6] = f.Numerator.String()
	}
	if f.Known && f.Ratio {
		row[7] = f.Denominator.String()
	}
	if f.Defined {
		row[5] = strconv.FormatFloat(f.Value, 'g', 8, 64)
	}
	if f.Defined && f.High > 0 {
		row[8], row[9] = strconv.FormatFloat(f.Low, 'f', 2, 64), strconv.FormatFloat(f.High, 'f', 2, 64)
	}
	if s.Agency.ID == "" {
		row[14], row[15] = strconv.Itoa(f.Basis.Usable), strconv.Itoa(f.Basis.Due)
	}
	k.rows = append(k.rows, row)
}

func (k *kit) add(name string, body []byte) { k.files = append(k.files, kitFile{name, body}) }

// readme says what the files are.
func (k *kit) readme() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n\n%s\n%s%s\n\n", k.title, k.SourceLine(), k.Base, k.Fixed)
	for _, text := range k.caveats {
		fmt.Fprintf(&b, "- %s\n", text)
	}
	fmt.Fprintf(&b, "\n%s\n%s\n\n%s\n\n%s\n", k.t("引用"), strings.Join(k.cites.GB, k.t("访问日期")), strings.Join(k.cites.APA, k.t("访问日期")), strings.Join(k.cites.Bib, k.t("访问日期")))
	return []byte(plain(b.String()))
}

// serve writes the archive.
func (k *kit) serve(c echo.Context, name string) error {
	var table bytes.Buffer
	table.WriteString("\ufeff") // by which spreadsheets know UTF-8
	w := csv.NewWriter(&table)
	if err := w.WriteAll(append([][]string{k.head}, k.rows...)); err != nil {
		return fmt.Errorf("figures of %s: %w", name, err)
	}
	var out bytes.Buffer
	z := archive.NewWriter(&out)
	for _, f := range append([]kitFile{{"README.txt", k.readme()}, {"figures.csv", table.Bytes()}}, k.files...) {
		part, err := z.CreateHeader(&archive.FileHeader{Name: f.name, Method: archive.Deflate})
		if err != nil {
			return fmt.Errorf("archive %s: %w", name, err)
		}
		if _, err := part.Write(f.body); err != nil {
			return fmt.Errorf("archive %s: %w", name, err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("archive %s: %w", name, err)
	}
	c.Response().Header().Set("Content-Disposition", `attachment; filename="`+name+"-run"+strconv.FormatInt(int64(k.Run), 10)+`.zip"`)
	return c.Blob(http.StatusOK, "application/zip", out.Bytes())
}

// plain is a text without the marks of quotations, for files that are no pages.
func plain(text string) string { return marks.Replace(text) }
