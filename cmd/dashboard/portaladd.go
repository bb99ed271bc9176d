package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"gongkai/internal/ingest/crawl"
	"gongkai/internal/standard"
)

// An addition is what a person says of a portal to be added.
type addition struct {
	id, name, region, file string
	networks               []string
	delay                  time.Duration
}

func newPortalsAdd(s *settings) *cobra.Command {
	var a addition
	cmd := &cobra.Command{
		Use:   "add URL [--region CODE] [--name NAME] [--id ID] (--portals DIR | -o FILE)",
		Short: "write a portal file from the address of a column, and try it",
		Long: "Looks at the page that lists a government's annual reports, or the units that have lists of their own,\n" +
			"recognises the family of the portal, writes the portal file and prints what `portals test` prints.\n" +
			"Whose portal it is is found in the title of the page where --region does not say it. A file that exists\n" +
			"is never overwritten, and private addresses are asked only within a --network.",
		Example: example("dashboard portals add https://www.example.gov.cn/zwgk/gknb/ --region 120110 --portals portals/",
			"dashboard portals add http://127.0.0.1:18080/shili/zwgk/gknb/ --region 990101 --network 127.0.0.0/8 -o shili.yaml"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.add(cmd.Context(), cmd.OutOrStdout(), s, args[0])
		},
	}
	f := cmd.Flags()
	f.StringVar(&a.region, "region", "", "region code of the government whose portal it is (default: found in the page)")
	f.StringVar(&a.name, "name", "", "name of the portal (default: that of the region's government)")
	f.StringVar(&a.id, "id", "", "id of the portal and name of its file (default: made of the host)")
	f.StringVarP(&a.file, "output", "o", "", "file to write (default: ID.yaml in the folder of --portals)")
	f.StringSliceVar(&a.networks, "network", nil, "private address range that the portal may be in, such as 127.0.0.0/8")
	f.DurationVar(&a.delay, "delay", 2*time.Second, "pause between two requests")
	return cmd
}

func (a *addition) add(ctx context.Context, out io.Writer, s *settings, url string) error {
	if a.file == "" && s.Portals == "" {
		return errors.New("portals add: nowhere to write the file; give a folder with --portals, or a file with -o")
	}
	if err := a.free(); err != nil {
		return err
	}
	column := crawl.Column{ID: a.id, Name: a.name, Region: standard.RegionCode(a.region), URL: url, Delay: a.delay}
	column.Taken = func(id string) bool {
		if a.file != "" {
			return false
		}
		_, err := os.Lstat(filepath.Join(s.Portals, id+".yaml"))
		return err == nil
	}
	for _, n := range a.networks {
		prefix, err := netip.ParsePrefix(n)
		if err != nil {
			return fmt.Errorf("portals add: network %q: want a range such as 127.0.0.0/8", n)
		}
		column.Networks = append(column.Networks, prefix)
	}
	opts := s.crawl()
	opts.Log = quietLog()
	crawler := crawl.New(opts)
	defer crawler.Close()
	draft, err := crawler.Draft(ctx, column)
	if err != nil {
		return fmt.Errorf("portals add: %w", err)
	}
	if a.file == "" {
		a.file = filepath.Join(s.Portals, draft.ID+".yaml")
	}
	if err := writeNew(a.file, draft.Text); err != nil {
		return fmt.Errorf("portals add: %w", err)
	}
	fmt.Fprintf(out, "%s\n门户类型 family: %s", a.file, draft.Family)
	if draft.Sign != "" {
		fmt.Fprintf(out, "（依据 sign: %s）", draft.Sign)
	}
	fmt.Fprintf(out, "\n\n%s\n", draft.Text)
	err = showLook(out, draft.Look)
	next := fmt.Sprintf("改正 %[1]s 后运行 dashboard portals test %[1]s (mend the file, then test it)", a.file)
	if draft.Look.Good {
		next = fmt.Sprintf("dashboard refresh --portals %s --portal %s", filepath.Dir(a.file), draft.ID)
	}
	fmt.Fprintf(out, "\n下一步 next：%s\n", next)
	return err
}

// free reports a file that exists before any request is made.
func (a *addition) free() error {
	if a.file == "" {
		return nil
	}
	if _, err := os.Lstat(a.file); err == nil {
		return fmt.Errorf("portals add: %s exists and is not overwritten; give another file with -o", a.file)
	}
	return nil
}

// writeNew writes a file that must not exist.
func writeNew(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists and is not overwritten; give another --id or a file with -o", name)
	}
	if err != nil {
		return fmt.Errorf("%w; create the folder, or give a file with -o", err)
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}
