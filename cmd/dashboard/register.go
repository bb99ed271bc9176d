package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"gongkai/internal/durable"
	"gongkai/internal/ingest"
	"gongkai/internal/judging"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

func newRegister(s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "register",
		Short: "who must report: the register as CSV, in and out",
		Long: "The register says who must report, from when until when, by which day, and what became of those that no\n" +
			"longer do. It is edited as a table: export it, change it, import it again. The columns are\n  " +
			strings.Join(registerColumns(), ", ") + ",\nand for the office alone, read and never written: contact, telephone. Several aliases stand between\n" +
			"semicolons. A deadline is a day of the year after the report year, such as 01-25, with its source;\n" +
			"one of a single report year stands behind it, as 01-25;2023=01-20 with notice A;2023=notice B.",
		Example: example("dashboard register export --region 120110 -o register.csv", "dashboard register import register.csv"),
	}
	cmd.AddCommand(newRegisterImport(s), newRegisterExport(s))
	return cmd
}

func newRegisterImport(s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use: "import FILE.csv", Short: "put agencies into the register; those the file does not name stay",
		Example: example("dashboard register import register.csv"), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := os.Open(args[0])
			if err != nil {
				return fmt.Errorf("register import: %w; give a CSV file", err)
			}
			defer f.Close()
			return s.importRegister(cmd.Context(), cmd.OutOrStdout(), args[0], f)
		},
	}
	cmd.Flags().StringVar(&s.DB, "db", defaults().DB, "database file, whose folder must exist, or postgres://… address")
	return cmd
}

func newRegisterExport(s *settings) *cobra.Command {
	var region, name string
	cmd := &cobra.Command{
		Use: "export [--region CODE] [-o FILE.csv]", Short: "write the register of a region, or the whole of it",
		Example: example("dashboard register export --region 120110 -o register.csv"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, err := store.Open(cmd.Context(), s.DB)
			if err != nil {
				return err
			}
			defer db.Close()
			all, err := db.Agencies(cmd.Context(), standard.RegionCode(region))
			if err != nil {
				return err
			}
			if len(all) == 0 {
				all = rosterOf(standard.RegionCode(region))
			}
			return durable.Write(cmd.OutOrStdout(), name, func(w io.Writer) error { return writeRegister(w, all) })
		},
	}
	cmd.Flags().StringVar(&s.DB, "db", defaults().DB, "database file, whose folder must exist, or postgres://… address")
	cmd.Flags().StringVar(&region, "region", "", "region code: it and all below (default: all)")
	cmd.Flags().StringVarP(&name, "output", "o", "", "file to write (default: standard output)")
	return cmd
}

// rosterOf is what the national roster has of a county whose register is empty: something
// to begin with. Of other regions it has no agencies.
func rosterOf(code standard.RegionCode) []report.Agency {
	county, ok := standard.RegionOf(code)
	if !ok || code.Level() != standard.CountyLevel {
		return nil
	}
	return ingest.Roster(county)
}

// registerColumns are the columns that are written, in this order.
func registerColumns() []string {
	return []string{"id", "name", "short", "kind", "region", "aliases", "from", "until", "deadline", "deadline_source",
		"succession", "successor", "demo"}
}

// writeRegister writes agencies in roster order. What is for the office alone is not
// known here.
func writeRegister(w io.Writer, all []report.Agency) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil { // without it office programs take UTF-8 for GBK
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(registerColumns()); err != nil {
		return err
	}
	for _, a := range all {
		demo := ""
		if a.Demo {
			demo = "yes"
		}
		err := out.Write([]string{string(a.ID), a.Name, a.Short, string(a.Kind), string(a.Region), strings.Join(a.Aliases, ";"),
			yearText(a.From), yearText(a.Until), a.Due.String(), a.Due.Sources(), string(a.Became), string(a.Heir), demo})
		if err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func yearText(year int) string {
	if year == 0 {
		return ""
	}
	return strconv.Itoa(year)
}

// importRegister reads a register and puts it into the database, all of it or, where
// any line is wrong, nothing.
func (s *settings) importRegister(ctx context.Context, out io.Writer, name string, in io.Reader) error {
	lines, err := readRegister(in)
	if err != nil {
		return fmt.Errorf("register import %s: %w", name, err)
	}
	db, err := store.Open(ctx, s.DB)
	if err != nil {
		return err
	}
	defer db.Close()
	known, err := db.Agencies(ctx, "")
	if err != nil {
		return err
	}
	if err := checkHeirs(lines, known); err != nil {
		return fmt.Errorf("register import %s: %w", name, err)
	}
	agencies, contacts := merged(lines, known)
	if err := db.PutAgencies(ctx, inRosterOrder(agencies, known)); err != nil {
		return err
	}
	if err := db.PutContacts(ctx, contacts); err != nil {
		return err
	}
	now, err := db.Agencies(ctx, "")
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "名录：文件 %d 个机关，新增 %d，名录现有 %d\n", len(agencies), len(now)-len(known), len(now))
	n, err := judging.Judge{DB: db, Thresholds: s.Thresholds}.Counties(ctx, judgedOtherwise(known, now), judging.NewRegister)
	if n > 0 {
		fmt.Fprintf(out, "按现在的名录重新核验：%d 份已有报告的核验结果有变\n", n)
	}
	return err
}

// judgedOtherwise returns the counties where a change of the register bears on what the
// rules say of reports: names, kinds, and what became of whom.
func judgedOtherwise(before, now []report.Agency) []standard.RegionCode {
	was := make(map[report.AgencyID]report.Agency, len(before))
	for _, a := range before {
		was[a.ID] = a
	}
	var counties []standard.RegionCode
	for _, a := range now {
		old, known := was[a.ID]
		switch {
		case !known && a.Became == "":
		case known && old.Name == a.Name && old.Short == a.Short && old.Kind == a.Kind && old.Region == a.Region && old.From == a.From &&
			old.Until == a.Until && old.Became == a.Became && old.Heir == a.Heir && slices.Equal(old.Aliases, a.Aliases):
		default:
			counties = append(counties, a.Region.County())
			if known {
				counties = append(counties, old.Region.County())
			}
		}
	}
	slices.Sort(counties)
	return slices.Compact(counties)
}

// merged makes agencies and contacts of lines. What a line cannot say, because the file
// has no such column, stays as it is known.
func merged(lines []registerLine, known []report.Agency) (agencies []report.Agency, contacts []store.Contact) {
	by := make(map[report.AgencyID]report.Agency, len(known))
	for _, a := range known {
		by[a.ID] = a
	}
	for _, line := range lines {
		a, is := by[report.AgencyID(line.text("id"))]
		if !is {
			a.Watched = true // who must report is looked for
		}
		line.fill(&a)
		agencies = append(agencies, a)
		if line.has("contact") || line.has("telephone") {
			contacts = append(contacts, store.Contact{Agency: a.ID, Person: line.text("contact"), Telephone: line.text("telephone")})
		}
	}
	return agencies, contacts
}

// inRosterOrder adds to the agencies of a file those that it does not name, in the order
// that the register has. A file that names all agencies of a county sets their order.
func inRosterOrder(file, known []report.Agency) []report.Agency {
	named := make(map[report.AgencyID]report.Agency, len(file))
	counties := make(map[standard.RegionCode]bool)
	for _, a := range file {
		named[a.ID] = a
		counties[countyOf(a)] = true
	}
	partial := make(map[standard.RegionCode]bool)
	for _, a := range known {
		if _, is := named[a.ID]; !is {
			partial[countyOf(a)] = true
		}
	}
	var all []report.Agency
	placed := make(map[report.AgencyID]bool)
	for _, a := range known {
		if new, is := named[a.ID]; is && partial[countyOf(a)] {
			all, placed[a.ID] = append(all, new), true
		} else if !is && counties[countyOf(a)] {
			all = append(all, a)
		}
	}
	for _, a := range file {
		if !placed[a.ID] {
			all = append(all, a)
		}
	}
	return all
}

// countyOf returns the county whose roster an agency stands in.
func countyOf(a report.Agency) standard.RegionCode {
	if a.Region.Level() == standard.StreetLevel {
		return a.Region.Parent()
	}
	return a.Region
}

// checkHeirs holds that every successor is in the file or in the register.
func checkHeirs(lines []registerLine, known []report.Agency) error {
	is := make(map[string]bool)
	for _, a := range known {
		is[string(a.ID)] = true
	}
	for _, line := range lines {
		is[line.text("id")] = true
	}
	var faults []error
	for _, line := range lines {
		if heir := line.text("successor"); heir != "" && !is[heir] {
			faults = append(faults, line.fault("successor %q is in neither the file nor the register; add it, or leave it empty", heir))
		}
	}
	return errors.Join(faults...)
}
