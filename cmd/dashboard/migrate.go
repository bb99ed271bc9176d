package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"gongkai/internal/queue"
	"gongkai/internal/store"
)

// newMigrate moves what is known from one database into another, or brings the schema of
// one up to date.
func newMigrate(s *settings) *cobra.Command {
	var from, to string
	cmd := &cobra.Command{
		Use:   "migrate [--from DATABASE --to DATABASE]",
		Short: "bring the schema up to date, or copy one database into another and compare",
		Long: `Without --from and --to, brings the schema of --db up to date, as every command
that opens it does.

With them, copies all that one database has into another, empty one: sqlite:FILE
or a file, and postgres://user:password@host/database. Rows and a checksum of
every table are read back from the target and compared. It is one transaction:
where anything differs, or the copy is cut short, the target stays empty. The
source is only read; stop what writes to it first, or what it writes meanwhile
stays behind. Jobs that wait are carried over, and begin their attempts anew; those
that were given up stay behind. The archive of originals is not part of a database.`,
		Example: example("dashboard migrate --from sqlite:gongkai.db --to postgres://gongkai@db.local/gongkai"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if (from == "") != (to == "") {
				return errors.New("migrate: give both --from and --to, or neither")
			}
			if from == "" {
				return upgrade(cmd.Context(), cmd.OutOrStdout(), s.DB)
			}
			return migrate(cmd.Context(), cmd.OutOrStdout(), databaseName(from), databaseName(to))
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "database to copy: sqlite:FILE or postgres://…")
	cmd.Flags().StringVar(&to, "to", "", "empty database to copy into: sqlite:FILE or postgres://…")
	cmd.Flags().StringVar(&s.DB, "db", defaults().DB, "database whose schema is brought up to date")
	return cmd
}

// databaseName is a database as store.Open takes it.
func databaseName(s string) string {
	return strings.TrimPrefix(s, "sqlite:")
}

// upgrade opens a database, which brings its schema up to date, and says what it did.
func upgrade(ctx context.Context, out io.Writer, name string) error {
	was, _, err := store.Schema(ctx, name)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	db, err := store.Open(ctx, name)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if err := db.Close(); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	now, _, err := store.Schema(ctx, name)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if was == now {
		_, err = fmt.Fprintf(out, "数据库结构已是第 %d 版，无须升级\n", now)
	} else {
		_, err = fmt.Fprintf(out, "数据库结构从第 %d 版升级到第 %d 版\n", was, now)
	}
	return err
}

// migrate copies one database into another and prints a line for each table.
func migrate(ctx context.Context, out io.Writer, from, to string) (err error) {
	if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) && !store.OnServer(from) {
		return fmt.Errorf("migrate: %s does not exist; give the database to copy with --from", from)
	}
	source, err := store.Open(ctx, from)
	if err != nil {
		return fmt.Errorf("migrate: source: %w", err)
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	target, err := store.Open(ctx, to)
	if err != nil {
		return fmt.Errorf("migrate: target: %w", err)
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	tables, rows := 0, int64(0)
	err = store.Transfer(ctx, source, target, func(done store.Transferred) error {
		tables, rows = tables+1, rows+done.Rows
		_, err := fmt.Fprintf(out, "%-24s %12d 行  sha256 %s 一致\n", done.Table, done.Rows, done.Sum[:16])
		return err
	})
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err = fmt.Fprintf(out, "已复制 %d 个表、%d 行，逐表核对一致\n", tables, rows); err != nil {
		return err
	}
	jobs, left, err := carryJobs(ctx, source, target)
	if err != nil {
		return fmt.Errorf("migrate: every table is copied, but not all jobs that waited: %w; what the schedule does not plan anew, such as a look asked for by hand, ask for again", err)
	}
	_, err = fmt.Fprintf(out, "队列：带过去 %d 项等候的任务；已放弃或取消的 %d 项留在原处\n", jobs, left)
	return err
}

// carryJobs puts what waits in the queue of one database into that of another. What was
// given up or cancelled is counted and stays. The queue's own tables are not copied as
// they are: their rows differ between the two databases.
func carryJobs(ctx context.Context, source, target *store.DB) (carried, left int, err error) {
	log := slog.New(slog.DiscardHandler)
	from, err := queue.Open(ctx, source, log)
	if err != nil {
		return 0, 0, err
	}
	defer from.Close()
	to, err := queue.Open(ctx, target, log)
	if err != nil {
		return 0, 0, err
	}
	defer to.Close()
	open, err := from.Open(ctx)
	if err != nil {
		return 0, 0, err
	}
	for _, j := range open {
		if _, err := to.Add(ctx, j.Kind, j.Key, j.Due); err != nil {
			return carried, 0, err
		}
		carried++
	}
	ended, err := from.GivenUp(ctx)
	return carried, len(ended), err
}
