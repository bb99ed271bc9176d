package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gongkai/internal/archive"
	"gongkai/internal/report"
)

func newExport(s *settings) *cobra.Command {
	var format, portal, name string
	cmd := &cobra.Command{
		Use:   "export --format warc --portal ID [-o FILE.warc[.gz]]",
		Short: "write the archive of a portal so that other programs open it",
		Long: "Writes all that a portal has answered, pages, files and lists, as a WARC 1.1 file: the bytes as they were\n" +
			"had, with the headers of both sides, the address, the time and digests. A name that ends in .gz is\n" +
			"compressed, record by record. The file is written beside its place and renamed when it is whole.",
		Example: example("dashboard export --format warc --portal tj-dongli -o tj-dongli.warc.gz"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if format != "warc" {
				return fmt.Errorf("export: format %q; want warc", format)
			}
			if portal == "" {
				return fmt.Errorf("export: no portal; name one with --portal, `dashboard portals list` shows them")
			}
			return s.exportWARC(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), portal, name)
		},
	}
	s.addStore(cmd.Flags())
	cmd.Flags().StringVar(&format, "format", "warc", "format of the file: warc")
	cmd.Flags().StringVar(&portal, "portal", "", "id of the portal")
	cmd.Flags().StringVarP(&name, "output", "o", "", "file to write (default: standard output)")
	return cmd
}

// exportWARC writes the archive of a portal. An original that is lost or damaged is an
// error: an export that lacks something must not look whole.
func (s *settings) exportWARC(ctx context.Context, out, errOut io.Writer, portal, name string) error {
	a, err := openApp(ctx, s, quietLog())
	if err != nil {
		return err
	}
	defer a.Close()
	hashes, err := a.db.PortalOriginals(ctx, portal)
	if err != nil {
		return err
	}
	if len(hashes) == 0 {
		return fmt.Errorf("export: portal %s: %w: nothing of it is in the archive; refresh from it first", portal, report.ErrNotFound)
	}
	err = writeOut(out, name, func(to io.Writer) error {
		w, err := archive.NewWARCWriter(to, strings.HasSuffix(name, ".gz"), "gongkai "+buildVersion(), "portal "+portal, time.Now())
		if err != nil {
			return err
		}
		for _, hash := range hashes {
			body, meta, err := a.archive.Get(ctx, hash)
			if err != nil {
				return err
			}
			if err := w.Write(body, meta); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	fmt.Fprintf(errOut, "%s：%d 份原件\n", portal, len(hashes))
	return nil
}
