package main

import (
	"bytes"
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
		Use: "portals", Short: "list, show, add and test portal files",
		Example: example("dashboard portals add https://www.example.gov.cn/zwgk/gknb/ --region 120110 -o my-portal.yaml",
			"dashboard portals test my-portal.yaml"),
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
	for _, c := range []*cobra.Command{list, show, newPortalsTest(s), newPortalsAdd(s), newPortalsTrial(s)} {
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
		return nil, fmt.Errorf("portals: no *.yaml in %s; give the folder of the portal files with --portals, or write one with `dashboard portals add URL --portals %[1]s`", filepath.Clean(s.Portals))
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
