package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gongkai/internal/aggregate"
	"gongkai/internal/archive"
	"gongkai/internal/draw"
	"gongkai/internal/durable"
	"gongkai/internal/ingest"
	"gongkai/internal/ingest/extract"
	"gongkai/internal/papers"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
	"gongkai/templates"
)

func newPapers(s *settings) *cobra.Command {
	var region, dir string
	var year int
	cmd := &cobra.Command{
		Use:   "papers --region CODE --year Y -o DIR",
		Short: "write the office's papers of a year: circular, check sheets, roll-up workbook",
		Long: "Writes into a folder the circular (通报) of a region and year as .docx laid out after GB/T 9704-2012,\n" +
			"a check sheet (核对单) for each unit that has something to answer, and the roll-up workbook with\n" +
			"live formulas and charts. The same data make the same files.",
		Example: example("dashboard papers --db gongkai-demo/gongkai.db --archive gongkai-demo/archive --region 990101 --year 2024 -o 2024"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			names, err := s.writePapers(cmd.Context(), standard.RegionCode(region), year, dir)
			for _, name := range names {
				fmt.Fprintln(cmd.OutOrStdout(), name)
			}
			return err
		},
	}
	s.addStore(cmd.Flags())
	cmd.Flags().StringVar(&region, "region", "", "region code")
	cmd.Flags().IntVar(&year, "year", 0, "report year (default: the latest with a report)")
	cmd.Flags().StringVarP(&dir, "output", "o", "", "folder to write to, which is made where its parent exists")
	for _, flag := range []string{"region", "output"} {
		if err := cmd.MarkFlagRequired(flag); err != nil {
			panic(err) // the flag is defined above
		}
	}
	return cmd
}

// writePapers writes all papers and returns the names of the files.
func (s *settings) writePapers(ctx context.Context, region standard.RegionCode, year int, dir string) ([]string, error) {
	db, err := s.existingDB(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	originals, err := archive.Open(ctx, s.Archive)
	if err != nil {
		return nil, fmt.Errorf("papers: %w", err)
	}
	tokens, err := draw.ReadTokens(templates.Files)
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("papers: %w; give a folder whose parent exists with -o", err)
	}
	figures := aggregate.New(db, time.Now)
	board, err := figures.Board(ctx, region, year, 0)
	if err != nil {
		return nil, fmt.Errorf("papers: %w", err)
	}
	sum, err := figures.RollUpSheet(ctx, region, board.Year, 0)
	if err != nil {
		return nil, fmt.Errorf("papers: %w", err)
	}
	p := press{db: db, tokens: tokens, reader: s.reader(), dir: dir, bytes: func(ctx context.Context, hash report.SHA256) ([]byte, error) {
		body, _, err := originals.Get(ctx, hash)
		return body, err
	}}
	return p.print(ctx, board, sum)
}

// A press writes papers into a folder.
type press struct {
	db     *store.DB
	bytes  func(ctx context.Context, hash report.SHA256) ([]byte, error)
	tokens draw.Tokens
	reader ingest.Reader
	dir    string
	names  []string
}

func (p *press) print(ctx context.Context, board aggregate.Board, sum aggregate.RollUpSheet) ([]string, error) {
	run, err := p.db.Run(ctx, board.AsOf)
	if err != nil {
		return nil, fmt.Errorf("papers: %w", err)
	}
	said, err := p.db.DecisionsIn(ctx, board.Region.Code, board.Year, board.AsOf)
	if err != nil {
		return nil, fmt.Errorf("papers: %w", err)
	}
	circular := papers.Circular(board, sum.RollUp, said, run.StartedAt)
	if err := p.write(circular.File+".docx", circular.DOCX); err != nil {
		return p.names, err
	}
	for _, row := range board.Rows {
		if !papers.NeedsSheet(row, said[row.Agency.ID]) {
			continue
		}
		sheet, err := p.sheet(ctx, row, board.AsOf, run.StartedAt)
		sheet.Decided = said[row.Agency.ID]
		if err != nil {
			return p.names, err
		}
		paper := papers.CheckSheet(sheet)
		if err := p.write(paper.File+".docx", paper.DOCX); err != nil {
			return p.names, err
		}
	}
	err = p.write(fmt.Sprintf("汇总表-%s-%d.xlsx", board.Region.Name, board.Year), func(w io.Writer) error {
		return papers.RollUpBook(w, sum)
	})
	return p.names, err
}

// sheet gathers what a check sheet shows: the version's figures with their places,
// and pictures of these.
func (p *press) sheet(ctx context.Context, row aggregate.BoardRow, run store.RunID, at time.Time) (papers.Sheet, error) {
	s := papers.Sheet{Row: row, At: at, Run: int64(run)}
	if row.Version == 0 {
		return s, nil
	}
	version, err := p.db.Version(ctx, row.Version)
	if err != nil {
		return s, fmt.Errorf("papers: %s: %w", row.Agency.Name, err)
	}
	s.Original, s.Reading = version.Source, version.Reading
	s.Picture, err = papers.Pictures(ctx, p.tokens, row.Findings, version.Reading, func(ctx context.Context) (papers.Source, error) {
		body, err := p.bytes(ctx, version.Original)
		if err != nil {
			return papers.Source{}, err
		}
		docs, err := p.reader.Documents(ctx, extract.Hint{URL: version.Source.URL, ContentType: version.Source.ContentType}, body)
		return papers.Source{Body: body, Docs: docs}, err
	})
	if err != nil {
		return s, fmt.Errorf("papers: %s: %w", row.Agency.Name, err)
	}
	return s, nil
}

// write writes one file.
func (p *press) write(name string, write func(io.Writer) error) error {
	name = filepath.Join(p.dir, strings.NewReplacer("/", "-", `\`, "-").Replace(name))
	if err := durable.Write(nil, name, write); err != nil {
		return fmt.Errorf("papers: %w", err)
	}
	p.names = append(p.names, name)
	return nil
}
