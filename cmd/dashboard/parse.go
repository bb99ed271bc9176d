package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"gongkai/internal/ingest"
	"gongkai/internal/ingest/extract"
)

func newParse(s *settings) *cobra.Command {
	var jsonl bool
	var inputs string
	cmd := &cobra.Command{
		Use:   "parse [--jsonl] [--inputs FILE] FILE|DIR…",
		Short: "read documents without a database, one line for each report",
		Long: "Reads documents of any type and prints what they say. With --jsonl each report is a JSON object on a\n" +
			"line; without, a line for people. Folders are read whole. A document that cannot be read gets a line\n" +
			"that says why. The exit status is 0 where every file got a line.",
		Example: example("dashboard parse --jsonl report.html", "dashboard parse --jsonl --inputs inputs.jsonl folder > readings.jsonl"),
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			files, err := listFiles(args)
			if err != nil {
				return err
			}
			hints, err := readInputs(inputs)
			if err != nil {
				return err
			}
			write := writeText
			if jsonl {
				write = writeJSONL
			}
			return parseAll(cmd.Context(), s.reader(), files, hints, cmd.OutOrStdout(), write)
		},
	}
	cmd.Flags().BoolVar(&jsonl, "jsonl", false, "print one JSON object a line")
	cmd.Flags().StringVar(&inputs, "inputs", "", "JSON lines with file, url and content_type, as a crawler would know them")
	return cmd
}

// A parseFile is a document to read: its path, and the name it is printed under,
// which is the path as given or relative to a folder that was given.
type parseFile struct{ path, name string }

// listFiles returns the files named, and those in folders named, in order.
func listFiles(args []string) ([]parseFile, error) {
	var files []parseFile
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, fmt.Errorf("parse: %w; give files or folders that exist", err)
		}
		if !info.IsDir() {
			files = append(files, parseFile{arg, arg})
			continue
		}
		err = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			name, err := filepath.Rel(arg, path)
			files = append(files, parseFile{path, filepath.ToSlash(name)})
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("parse %s: %w", arg, err)
		}
	}
	return files, nil
}

// readInputs reads what a crawler would know of each file, by file name.
func readInputs(name string) (map[string]extract.Hint, error) {
	hints := make(map[string]extract.Hint)
	if name == "" {
		return hints, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("inputs: %w; give a file of JSON lines", err)
	}
	defer f.Close()
	d := json.NewDecoder(bufio.NewReader(f))
	for line := 1; ; line++ {
		var in struct {
			File        string `json:"file"`
			URL         string `json:"url"`
			ContentType string `json:"content_type"`
		}
		err := d.Decode(&in)
		if errors.Is(err, io.EOF) {
			return hints, nil
		}
		if err != nil {
			return nil, fmt.Errorf("inputs %s: object %d: %w; want JSON lines with file, url and content_type", name, line, err)
		}
		hints[in.File] = extract.Hint{Name: in.File, URL: in.URL, ContentType: in.ContentType}
	}
}

// A parsed is what one file came to.
type parsed struct {
	file    parseFile
	results []ingest.Result
	err     error
}

// parseAll reads the files side by side and writes their lines in the order of the
// files. No more documents are in memory than there are readers.
func parseAll(ctx context.Context, reader ingest.Reader, files []parseFile, hints map[string]extract.Hint, out io.Writer, write func(io.Writer, parsed) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	waiting := make(chan chan parsed, workers)
	go func() {
		defer close(waiting)
		for _, file := range files {
			answer := make(chan parsed, 1)
			select {
			case waiting <- answer:
			case <-ctx.Done():
				return
			}
			go func() { answer <- parseOne(ctx, reader, file, hints) }()
		}
	}()
	w := bufio.NewWriter(out)
	missing := 0
	for answer := range waiting {
		p := <-answer
		if errors.Is(p.err, fs.ErrNotExist) || errors.Is(p.err, fs.ErrPermission) {
			missing++
		}
		if err := write(w, p); err != nil {
			return fmt.Errorf("parse: write: %w", err)
		}
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("parse: write: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("parse: stopped before the last file: %w", err)
	}
	if missing > 0 {
		return exitStatus(1)
	}
	return nil
}

func parseOne(ctx context.Context, reader ingest.Reader, file parseFile, hints map[string]extract.Hint) parsed {
	p := parsed{file: file}
	body, err := readLimited(file.path, reader.Limits)
	if err != nil {
		p.err = err
		return p
	}
	hint, ok := hints[file.name]
	if !ok {
		hint = hints[filepath.Base(file.name)]
	}
	hint.Name = file.name
	p.results, p.err = reader.Read(ctx, hint, body)
	return p
}

// readLimited reads a file whole, but no more of it than any document may have: the
// reader says which limit was passed.
func readLimited(path string, limits extract.Limits) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limits.Bytes+1))
}
