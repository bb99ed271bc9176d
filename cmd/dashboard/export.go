package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gongkai/internal/aggregate"
	"gongkai/internal/api"
	"gongkai/internal/archive"
	"gongkai/internal/durable"
	"gongkai/internal/export"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// An exportAsk is what the flags of export say.
type exportAsk struct {
	format, portal, region, years, since, status, lang, name string
	asOf                                                     int64
}

func newExport(s *settings) *cobra.Command {
	var ask exportAsk
	cmd := &cobra.Command{
		Use:   "export --format FORMAT [--region CODE] [--year Y] [--since DATE] [-o FILE|FOLDER]",
		Short: "write what is known, or the originals, so that other programs open it",
		Long: "Writes the reports, cells, findings and sources of a region, or of all, in one of these formats:\n\n" +
			"  csv          a folder of CSV files, or a ZIP where the name ends in .zip\n" +
			"  xlsx         a workbook, a sheet for each table\n" +
			"  json         one JSON document\n" +
			"  datapackage  a Frictionless Data Package: CSV with datapackage.json\n" +
			"  sqlite       an SQLite database with a commented schema\n" +
			"  parquet      a folder of Parquet files, or a ZIP\n" +
			"  workbook     the statutory tables of up to 200 reports, with formulas that redo the checks\n" +
			"  warc, zip    the originals: of a portal all that it has answered, of a region what its reports were\n" +
			"               read from; .warc.gz is compressed, ZIP has a manifest\n\n" +
			"datapackage, sqlite and parquet also have every value of every indicator.\n\n" +
			"Files are written beside their place and renamed when they are whole. --since gives what came after a day\n" +
			"or a run: rows replace those with the same key. Without -o the export goes to standard output.",
		Example: example("dashboard export --format datapackage --region 120110 -o dongli.zip", "dashboard export --format sqlite -o gongkai.sqlite",
			"dashboard export --format csv --since 2026-01-01 -o since-january", "dashboard export --format warc --portal tj-dongli -o tj-dongli.warc.gz"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return s.export(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), ask)
		},
	}
	s.addStore(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&ask.format, "format", "csv", strings.Join(exportFormats(), ", "))
	f.StringVar(&ask.portal, "portal", "", "id of the portal, for warc and zip")
	f.StringVar(&ask.region, "region", "", "region code; it and all below (default: all)")
	f.StringVar(&ask.years, "year", "", "report year, or years as 2019-2024 (default: all)")
	f.StringVar(&ask.since, "since", "", "only what came after that day (2026-01-31) or run (17)")
	f.Int64Var(&ask.asOf, "as-of", 0, "as things stood after that run (default: now)")
	f.StringVar(&ask.status, "status", "", "only versions of that status: verified, inconsistent, needs_review or unreadable")
	f.StringVar(&ask.lang, "lang", "zh", "language of the labels: zh or en")
	f.StringVarP(&ask.name, "output", "o", "", "file or folder to write (default: standard output)")
	return cmd
}

// exportFormats are all formats of the command.
func exportFormats() []string { return append(export.Formats(), "warc", "zip") }

// export writes what is asked for.
func (s *settings) export(ctx context.Context, out, errOut io.Writer, ask exportAsk) error {
	if !slices.Contains(exportFormats(), ask.format) {
		return fmt.Errorf("export: format %q; want one of %s", ask.format, strings.Join(exportFormats(), ", "))
	}
	a, err := s.openExisting(ctx)
	if err != nil {
		return err
	}
	defer a.Close()
	q, err := ask.query(ctx, a.db)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if ask.format == "warc" || ask.format == "zip" {
		err = a.exportOriginals(ctx, s, out, errOut, ask, q)
	} else {
		err = a.exportTables(ctx, s, out, errOut, ask, q)
	}
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// query checks the flags.
func (ask exportAsk) query(ctx context.Context, db *store.DB) (q export.Query, err error) {
	q.Region, q.AsOf, q.Status, q.English = standard.RegionCode(ask.region), store.RunID(ask.asOf), report.Status(ask.status), ask.lang == "en"
	if ask.lang != "zh" && ask.lang != "en" {
		return q, fmt.Errorf("language %q; want zh or en", ask.lang)
	}
	if ask.region != "" && q.Region.Level() == "" {
		return q, fmt.Errorf("region %q; want a code of 2, 4, 6 or 9 digits", ask.region)
	}
	known := []report.Status{"", report.Verified, report.Inconsistent, report.NeedsReview, report.Unreadable}
	if !slices.Contains(known, q.Status) {
		return q, fmt.Errorf("status %q; want verified, inconsistent, needs_review or unreadable", ask.status)
	}
	if q.FromYear, q.ToYear, err = parseYears(ask.years); err != nil {
		return q, err
	}
	if ask.asOf != 0 {
		if ok, err := db.HasRun(ctx, q.AsOf); err != nil || !ok {
			return q, errors.Join(err, fmt.Errorf("run %d: %w; /changes lists the runs", ask.asOf, report.ErrNotFound))
		}
	}
	q.Since, err = parseSince(ctx, db, ask.since)
	return q, err
}

// parseYears reads a year or a span of years; "" is all.
func parseYears(text string) (from, to int, err error) {
	if text == "" {
		return 0, 0, nil
	}
	first, last, span := strings.Cut(text, "-")
	from, err1 := strconv.Atoi(first)
	to = from
	var err2 error
	if span {
		to, err2 = strconv.Atoi(last)
	}
	if err1 != nil || err2 != nil || from < 2008 || to < from || to > 2100 {
		return 0, 0, fmt.Errorf("year %q; want a report year from 2008 on, or years as 2019-2024", text)
	}
	return from, to, nil
}

// parseSince reads a day in China's time, or the number of a run; "" is the beginning.
func parseSince(ctx context.Context, db *store.DB, text string) (store.RunID, error) {
	if text == "" {
		return 0, nil
	}
	if run, err := strconv.ParseInt(text, 10, 64); err == nil && run > 0 {
		return store.RunID(run), nil
	}
	day, err := time.ParseInLocation(time.DateOnly, text, standard.China())
	if err != nil {
		return 0, fmt.Errorf("since %q; want a day as 2026-01-31, or the number of a run", text)
	}
	return db.RunBefore(ctx, day)
}

// exporter writes exports of what is stored.
func (a *app) exporter(s *settings) *export.Exporter {
	figures := aggregate.New(a.db, time.Now).WithThresholds(s.Thresholds)
	return &export.Exporter{DB: a.db, Archive: a.archive, Software: "gongkai " + buildVersion(), Now: time.Now,
		Computed: func(q export.Query) []export.Table { return []export.Table{api.IndicatorValues(figures, q)} }}
}

// exportTables writes the tables, and says what was written where it is no standard output.
func (a *app) exportTables(ctx context.Context, s *settings, out, errOut io.Writer, ask exportAsk, q export.Query) error {
	if ask.name == "" {
		return a.exporter(s).Stream(ctx, ask.format, q, out)
	}
	files, err := a.exporter(s).Write(ctx, ask.format, q, ask.name)
	if err != nil {
		return err
	}
	for _, f := range files {
		fmt.Fprintf(errOut, "%s  %s  %d 字节\n", f.SHA256, f.Name, f.Bytes)
	}
	return nil
}

// exportOriginals writes the archive of a portal, or the originals of a region.
func (a *app) exportOriginals(ctx context.Context, s *settings, out, errOut io.Writer, ask exportAsk, q export.Query) error {
	hashes, of, err := a.originalsOf(ctx, ask, q)
	if err != nil {
		return err
	}
	e := a.exporter(s)
	write := func(to io.Writer) error {
		if ask.format == "zip" {
			return e.WriteOriginals(ctx, to, hashes, q)
		}
		return writeWARC(ctx, to, a.archive, hashes, strings.HasSuffix(ask.name, ".gz"), of)
	}
	if err := durable.Write(out, ask.name, write); err != nil {
		return err
	}
	fmt.Fprintf(errOut, "%s：%d 份原件\n", of, len(hashes))
	return nil
}

// originalsOf returns the hashes of what is asked for, with a word for it.
func (a *app) originalsOf(ctx context.Context, ask exportAsk, q export.Query) (hashes []report.SHA256, of string, err error) {
	switch {
	case ask.portal != "":
		of = ask.portal
		hashes, err = a.db.PortalOriginals(ctx, ask.portal)
	case ask.region != "":
		of = ask.region
		hashes, err = export.RegionOriginals(ctx, a.db, q)
	default:
		return nil, "", errors.New("no portal and no region; name one with --portal (`dashboard portals list` shows them) or --region")
	}
	if err == nil && len(hashes) == 0 {
		err = fmt.Errorf("originals of %s: %w: nothing of it is in the archive; refresh from it first", of, report.ErrNotFound)
	}
	return hashes, of, err
}

func writeWARC(ctx context.Context, to io.Writer, from *archive.Store, hashes []report.SHA256, packed bool, of string) error {
	return export.WriteWARC(ctx, to, from, hashes, packed, "gongkai "+buildVersion(), "originals of "+of, time.Now())
}
