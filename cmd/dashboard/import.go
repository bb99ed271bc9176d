package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"

	"github.com/spf13/cobra"

	"gongkai/internal/bundle"
	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// importFlags say whose documents are handed in, and whose bundles are taken.
type importFlags struct {
	agency, url, by string
	year            int
	keys            []string
	untrusted       bool
}

func newImport(s *settings) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import FILE|DIR|BUNDLE.zip [--agency ID] [--year Y] [--url ADDRESS]",
		Short: "read documents, a folder of them, or a bundle from outside",
		Long: "A bundle of dashboard bundle is checked whole, and then gone through as if it had been answered here, with the\n" +
			"times and addresses of the look outside; importing it again changes nothing. It must be signed with a key of\n" +
			"bundle.trust or --key. Any other file, or each file of a folder, is read as a report and marked as handed in.\n" +
			"The exit status is 1 where nothing could be kept.",
		Example: example("dashboard import march.zip --key \"$(cat outside.pub)\"", "dashboard import 2024.docx --agency 120110008 --year 2024",
			"dashboard import saved-pages/"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return s.importInto(cmd.Context(), cmd.OutOrStdout(), args[0], f)
		},
	}
	s.addStore(cmd.Flags())
	fl := cmd.Flags()
	fl.StringVar(&f.agency, "agency", "", "id of the agency whose report it is (default: as the document says)")
	fl.IntVar(&f.year, "year", 0, "report year (default: as the document says)")
	fl.StringVar(&f.url, "url", "", "address that the document has at its portal")
	fl.StringVar(&f.by, "by", "", "who hands it in (default: the user of the system)")
	fl.StringArrayVar(&f.keys, "key", nil, "public key whose bundles are taken, beside those of bundle.trust")
	fl.BoolVar(&f.untrusted, "untrusted", false, "take a bundle that nobody signed, or somebody else")
	return cmd
}

func (s *settings) importInto(ctx context.Context, out io.Writer, path string, f importFlags) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("import: %w; give a file or a folder that exists", err)
	}
	var opened *bundle.Opened
	if !info.IsDir() && bundle.Is(path) { // checked before anything is made
		if opened, err = s.openBundle(ctx, path, f); err != nil {
			return fmt.Errorf("import: %w", err)
		}
		defer opened.Close()
	}
	a, err := openApp(ctx, s, quietLog())
	if err != nil {
		return err
	}
	defer a.Close()
	if opened != nil {
		err = a.importBundle(ctx, out, s, opened)
	} else {
		err = a.handIn(ctx, out, s, path, f)
	}
	if err != nil {
		return err
	}
	return a.publish(ctx, s)
}

// openBundle checks a bundle against the keys that are trusted.
func (s *settings) openBundle(ctx context.Context, path string, f importFlags) (*bundle.Opened, error) {
	trust := bundle.Trust{Any: f.untrusted}
	for _, text := range append(s.Bundle.Trust, f.keys...) {
		key, err := bundle.ParseKey(text)
		if err != nil {
			return nil, err
		}
		trust.Keys = append(trust.Keys, key)
	}
	return bundle.Open(ctx, path, trust)
}

func (a *app) importBundle(ctx context.Context, out io.Writer, s *settings, b *bundle.Opened) error {
	if b.Signer == "" {
		fmt.Fprintln(out, "注意：这个数据包没有签名")
	}
	bar := newBar(out)
	result, err := b.Import(ctx, a.refresher(nil, s), bar.show)
	bar.end()
	for _, summary := range result.Runs {
		if err := a.printSummary(ctx, out, summary); err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "导入 %d 次采集，%d 份记录此前已导入\n", len(result.Runs), result.Skipped)
	return err
}

// handIn reads a document, or those of a folder.
func (a *app) handIn(ctx context.Context, out io.Writer, s *settings, path string, f importFlags) error {
	files, err := listFiles([]string{path})
	if err != nil {
		return err
	}
	if f.url != "" && len(files) != 1 {
		return errors.New("import: --url is the address of one document; give one file with it")
	}
	h := ingest.HandIn{By: f.by, Agency: report.AgencyID(f.agency), Year: f.year}
	if u, err := user.Current(); err == nil && h.By == "" {
		h.By = u.Username
	}
	limit := s.reader().Limits.WithDefaults().Bytes
	for _, file := range files {
		info, err := os.Stat(file.path)
		if err == nil && info.Size() > limit {
			err = &report.LimitError{Limit: "bytes", Max: limit}
		}
		if err != nil {
			return fmt.Errorf("import %s: %w", file.path, err)
		}
		name := file.name
		if file.path == path {
			name = filepath.Base(path) // no more of this machine's folders than is needed
		}
		body, err := os.ReadFile(file.path)
		if err != nil {
			return fmt.Errorf("import: %w", err)
		}
		h.Documents = append(h.Documents, ingest.Handed{Name: name, URL: f.url, Body: body})
	}
	if len(h.Documents) == 0 {
		return fmt.Errorf("import %s: the folder has no files", path)
	}
	bar := newBar(out)
	summary, err := a.refresher(nil, s).HandIn(ctx, h, bar.show)
	bar.end()
	if err != nil {
		return err
	}
	if err := a.printSummary(ctx, out, summary); err != nil {
		return err
	}
	if t := summary.Total(); summary.State == store.RunFailed || t.New+t.Revised+t.Unchanged == 0 {
		return errors.New("import: nothing was kept; see above whose report could not be told, and say it with --agency and --year")
	}
	return nil
}
