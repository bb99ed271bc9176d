package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
	"github.com/spf13/cobra"

	"gongkai/internal/archive"
	"gongkai/internal/backup"
	"gongkai/internal/durable"
	"gongkai/internal/standard"
)

// backupSettings have serve write backups by itself.
type backupSettings struct {
	Folder    string `yaml:"folder"`    // where they go; "" for none. Best on another disk
	Schedule  string `yaml:"schedule"`  // five cron fields in China's time
	Keep      int    `yaml:"keep"`      // how many are kept; older ones are removed
	Originals *bool  `yaml:"originals"` // whether they have the originals
}

// defaultBackups are written each night once a folder is named.
func defaultBackups() backupSettings {
	yes := true
	return backupSettings{Schedule: "30 2 * * *", Keep: 14, Originals: &yes}
}

func newBackup(s *settings) *cobra.Command {
	var without bool
	cmd := &cobra.Command{
		Use:   "backup FILE.zip",
		Short: "write the database and the originals into one file, while they are in use",
		Long: "Writes one ZIP file: the database as it is at one moment, the originals it knows, and a manifest with the\n" +
			"SHA-256 of each. It is written beside its place and renamed when it is whole and on the disk. serve writes\n" +
			"backups by itself where the settings name a folder (backup.folder).",
		Example: example("dashboard backup /mnt/backup/gongkai.zip", "dashboard backup --without-originals gongkai.zip"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			a, err := s.existingApp(cmd.Context())
			if err != nil {
				return err
			}
			defer a.Close()
			m, err := a.backup(cmd.Context(), args[0], without)
			if err == nil || errors.Is(err, backup.ErrLacking) {
				fmt.Fprintf(cmd.OutOrStdout(), "%s：数据库和 %d 份原件\n", args[0], m.Originals)
			}
			return err
		},
	}
	s.addStore(cmd.Flags())
	cmd.Flags().BoolVar(&without, "without-originals", false, "the database alone")
	return cmd
}

func newRestore(s *settings) *cobra.Command {
	var checkOnly bool
	cmd := &cobra.Command{
		Use:   "restore FILE.zip",
		Short: "check a backup and bring it back to a new place",
		Long: "Holds every entry of the backup against its manifest, puts the originals into the archive, where those that\n" +
			"are there stay, and the database in its place. Nothing is overwritten: --db must name a file that does not\n" +
			"exist, or an empty database of a server; a backup of either kind comes back to either.",
		Example: example("dashboard restore gongkai.zip --db new/gongkai.db --archive new/archive", "dashboard restore --check gongkai.zip"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := s.restore(cmd.Context(), args[0], checkOnly)
			if err != nil {
				return err
			}
			done := "已恢复并核对"
			if checkOnly {
				done = "完好"
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s：%s，写于 %s，%d 份原件", args[0], done, m.Written.In(standard.China()).Format("2006-01-02 15:04"), m.Originals)
			if len(m.Lacking) > 0 {
				fmt.Fprintf(cmd.OutOrStdout(), "；另有 %d 份在备份前已丢失或损坏", len(m.Lacking))
			}
			fmt.Fprintln(cmd.OutOrStdout())
			return nil
		},
	}
	s.addStore(cmd.Flags())
	cmd.Flags().BoolVar(&checkOnly, "check", false, "only check the backup")
	return cmd
}

func (s *settings) restore(ctx context.Context, file string, checkOnly bool) (backup.Manifest, error) {
	if checkOnly {
		return backup.Check(ctx, file)
	}
	if _, err := backup.Check(ctx, file); err != nil { // before a folder is made for it
		return backup.Manifest{}, err
	}
	to, err := s.makeArchive(ctx)
	if err != nil {
		return backup.Manifest{}, err
	}
	return backup.Restore(ctx, file, s.DB, to)
}

// backup writes a backup to a file.
func (a *app) backup(ctx context.Context, file string, without bool) (m backup.Manifest, err error) {
	opts := backup.Options{Program: buildVersion(), WithoutOriginals: without, Now: time.Now}
	var lacking error
	// It has hashes of passwords, contacts and drafts: nobody else is to read it.
	err = durable.WritePrivate(file, func(to *os.File) (err error) {
		m, err = backup.Write(ctx, to, a.db, a.archive, opts)
		if errors.Is(err, backup.ErrLacking) {
			lacking, err = err, nil // what there is must be kept
		}
		return err
	})
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	return m, lacking
}

// backUpNow writes one backup and removes those that are more than are to be kept. None
// is removed for one that failed; last says that it is not tried again, and then those who
// are told of troubles are.
func (a *app) backUpNow(ctx context.Context, b backupSettings, now time.Time, last bool) error {
	file := filepath.Join(b.Folder, "gongkai-"+now.In(standard.China()).Format("20060102-150405")+".zip")
	m, failed := a.backup(ctx, file, !*b.Originals)
	lacking := errors.Is(failed, backup.ErrLacking) // what there is was kept
	if failed != nil && ctx.Err() == nil {
		a.log.Error("backup", "file", file, "err", failed)
		if last || lacking {
			failed = errors.Join(failed, a.db.AddTrouble(ctx, now, "backup", "备份未能写成："+failed.Error()))
		}
	}
	if failed != nil && !lacking {
		return failed
	}
	removed, err := thin(b.Folder, b.Keep)
	err = errors.Join(err, durable.Sweep(b.Folder, 24*time.Hour))
	a.log.Info("backup done", "file", file, "originals", m.Originals, "removed", removed)
	if err != nil {
		return fmt.Errorf("remove old backups from %s: %w", b.Folder, err)
	}
	return nil
}

// thin removes the oldest backups that serve wrote, so that so many stay.
func thin(folder string, keep int) (removed int, err error) {
	all, err := filepath.Glob(filepath.Join(folder, "gongkai-????????-??????.zip"))
	if err != nil {
		return 0, err
	}
	slices.Sort(all) // by their time
	for len(all)-removed > max(keep, 1) {
		if err := os.Remove(all[removed]); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// complete fills in what a settings file has left out, and says what is wrong.
func (b *backupSettings) complete() error {
	d := defaultBackups()
	if b.Schedule == "" {
		b.Schedule = d.Schedule
	}
	if b.Keep == 0 {
		b.Keep = d.Keep
	}
	if b.Originals == nil {
		b.Originals = d.Originals
	}
	if b.Folder == "" {
		return nil
	}
	if _, err := cron.ParseStandard(b.Schedule); err != nil {
		return fmt.Errorf("backup.schedule %q: %w; want five cron fields", b.Schedule, err)
	}
	if b.Keep < 1 {
		return fmt.Errorf("backup.keep %d; want 1 or more", b.Keep)
	}
	if info, err := os.Stat(b.Folder); errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
		return fmt.Errorf("backup.folder %s is no folder; create it (mkdir -p %s)", b.Folder, strings.TrimSuffix(b.Folder, "/"))
	}
	return nil
}

// existingApp opens a database that must be there, and its archive.
func (s *settings) existingApp(ctx context.Context) (*app, error) {
	db, err := s.existingDB(ctx)
	if err != nil {
		return nil, err
	}
	originals, err := archive.Open(ctx, s.Archive)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &app{log: quietLog(), db: db, archive: originals}, nil
}
