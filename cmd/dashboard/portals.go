package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gongkai/data"
	"gongkai/internal/ingest/crawl"
)

func newPortals(s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use: "portals", Short: "list, show and test portal files",
		Example: example("dashboard portals list", "dashboard portals test my-portal.yaml"),
	}
	list := &cobra.Command{
		Use: "list", Short: "list the portal files that a refresh would read", Args: cobra.NoArgs,
		Example: example("dashboard portals list"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			portals, err := s.readPortals()
			if err != nil {
				return err
			}
			return listPortals(cmd.OutOrStdout(), portals)
		},
	}
	show := &cobra.Command{
		Use: "show ID", Short: "print a portal file", Args: cobra.ExactArgs(1),
		Example: example("dashboard portals show tj-dongli"),
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := s.portalFiles()
			if err != nil {
				return err
			}
			return showPortal(cmd.OutOrStdout(), files, args[0])
		},
	}
	test := &cobra.Command{
		Use: "test FILE", Short: "look at a portal as its file says, storing nothing", Args: cobra.ExactArgs(1),
		Long: "Reads each list page and prints each link that was accepted or rejected with the rule that decided,\n" +
			"the unit and the year it was given, and a summary. Nothing is stored.",
		Example: example("dashboard portals test my-portal.yaml"),
		RunE: func(cmd *cobra.Command, args []string) error {
			text, err := os.ReadFile(args[0])
			if err != nil {
				return fmt.Errorf("portals test: %w; give a portal file", err)
			}
			p, err := crawl.ReadPortal(args[0], bytes.NewReader(text))
			if err != nil {
				return err
			}
			return testPortal(cmd.Context(), cmd.OutOrStdout(), s, p)
		},
	}
	for _, c := range []*cobra.Command{list, show, test} {
		s.addPortals(c.Flags())
		cmd.AddCommand(c)
	}
	return cmd
}

// A portalFile is the text of a portal file with its name.
type portalFile struct {
	name string
	text []byte
}

// portalFiles reads the files of the folder that the settings name, or those in
// the program, in the order of their names.
func (s *settings) portalFiles() ([]portalFile, error) {
	var dir fs.FS
	if s.Portals == "" {
		sub, err := fs.Sub(data.Portals, "portals")
		if err != nil {
			return nil, fmt.Errorf("portals: %w", err)
		}
		dir = sub
	} else {
		dir = os.DirFS(s.Portals)
	}
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("portals: %w", err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("portals: no *.yaml in %s; give the folder of the portal files with --portals", filepath.Clean(s.Portals))
	}
	sort.Strings(names)
	var files []portalFile
	for _, name := range names {
		text, err := fs.ReadFile(dir, name)
		if err != nil {
			return nil, fmt.Errorf("portals: %w", err)
		}
		files = append(files, portalFile{name, text})
	}
	return files, nil
}

// readPortals reads all portal files. One bad file is an error of all: it must not
// be left out in silence.
func (s *settings) readPortals() ([]*crawl.Portal, error) {
	files, err := s.portalFiles()
	if err != nil {
		return nil, err
	}
	var portals []*crawl.Portal
	for _, f := range files {
		p, err := crawl.ReadPortal(f.name, bytes.NewReader(f.text))
		if err != nil {
			return nil, err
		}
		portals = append(portals, p)
	}
	return portals, nil
}

func listPortals(out io.Writer, portals []*crawl.Portal) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tREGION\tFAMILY\tENABLED\tTRIED\tNAME")
	for _, p := range portals {
		fmt.Fprintf(w, "%s\t%s\t%s\t%v\t%s\t%s\n", p.ID, p.Region, p.Family, p.Enabled, p.Tried, p.Name)
	}
	return w.Flush()
}

func showPortal(out io.Writer, files []portalFile, id string) error {
	for _, f := range files {
		p, err := crawl.ReadPortal(f.name, bytes.NewReader(f.text))
		if err == nil && p.ID == id {
			_, err = out.Write(f.text)
			return err
		}
	}
	return fmt.Errorf("portals show: no portal %q; `dashboard portals list` names them", id)
}

// testPortal looks once and prints what came of it.
func testPortal(ctx context.Context, out io.Writer, s *settings, p *crawl.Portal) error {
	crawler := crawl.New(crawl.Options{Contact: s.Contact, Log: newLog()})
	defer crawler.Close()
	look, err := crawler.Look(ctx, p)
	if err != nil {
		return fmt.Errorf("portals test %s: %w", p.ID, err)
	}
	for _, page := range look.Pages {
		fmt.Fprintf(out, "list      %d  %s\n", page.Status, page.URL)
	}
	for _, c := range look.Candidates {
		unit := c.Unit
		if c.UnitRegion != "" {
			unit = string(c.UnitRegion)
		}
		fmt.Fprintf(out, "accepted  %d  %s  %s\n          %s  (%s)\n", c.Year, unit, c.Title, c.URL, c.Why)
	}
	for _, r := range look.Rejected {
		fmt.Fprintf(out, "rejected  %s  %s\n          %s\n", r.Rule, r.Title, r.URL)
	}
	for _, problem := range look.Problems {
		fmt.Fprintf(out, "problem   %s: %v\n", problem.URL, problem.Err)
	}
	_, err = fmt.Fprintf(out, "\n%s: %s; %d list pages, %d accepted (at least %d expected), %d rejected, %d problems\n",
		p.ID, look.State, len(look.Pages), len(look.Candidates), p.Expect, len(look.Rejected), len(look.Problems))
	if err == nil && !look.Good {
		err = exitStatus(1)
	}
	return err
}
