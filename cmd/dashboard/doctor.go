package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gongkai/internal/archive"
	"gongkai/internal/ingest"
	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

func newDoctor(s *settings) *cobra.Command {
	var again bool
	cmd := &cobra.Command{
		Use:   "doctor [--sums]",
		Short: "say what is wrong with the installation and how to mend it",
		Long: "Looks at the settings, the database, the archive, the schedule, the queue, the disk, the clock and the portals, and\n" +
			"prints a line for each: that it is well, or what is wrong and how to mend it. Every archived original is\n" +
			"read and held against its hash. Nothing is changed, but with --sums the sums of regions that are kept\n" +
			"beside the reports are made again first. The exit status is 0 when all is well, 1 otherwise.",
		Example: example("dashboard doctor --db gongkai.db --archive gongkai-archive", "dashboard doctor --sums"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if again {
				if err := s.sumAgain(cmd.Context()); err != nil {
					return err
				}
			}
			return s.doctor(cmd.Context(), cmd.OutOrStdout(), time.Now())
		},
	}
	s.addStore(cmd.Flags())
	s.addPortals(cmd.Flags())
	cmd.Flags().BoolVar(&again, "sums", false, "make the kept sums of regions again from the reports")
	return cmd
}

// A diagnosis is what was found of one thing. Mend is "" where it is well.
type diagnosis struct{ what, found, mend string }

// well is a diagnosis of something that is in order, ill of something that is not.
func well(what, format string, args ...any) diagnosis {
	return diagnosis{what: what, found: fmt.Sprintf(format, args...)}
}

func ill(what string, found any, mend string) diagnosis {
	return diagnosis{what: what, found: fmt.Sprint(found), mend: mend}
}

// doctor prints all diagnoses. Those that need the database are left out without one.
func (s *settings) doctor(ctx context.Context, out io.Writer, now time.Time) error {
	portals, schedule := s.scheduleHealth(now)
	all := []diagnosis{schedule}
	if !store.OnServer(s.DB) {
		all = append(all, diskHealth("磁盘（数据库）", filepath.Dir(s.DB)))
	}
	if !archive.InBucket(s.Archive) {
		all = append(all, diskHealth("磁盘（存档）", s.Archive))
	}
	schema := s.schemaHealth(ctx)
	all = append(all, schema)
	if schema.mend == "" {
		more, err := s.storeHealth(ctx, portals, now)
		if err != nil {
			return fmt.Errorf("doctor: %w", err)
		}
		all = append(all, more...)
	}
	sick := 0
	for _, d := range all {
		word, mend := "正常", ""
		if d.mend != "" {
			sick++
			word, mend = "问题", "；"+d.mend
		}
		if _, err := fmt.Fprintf(out, "%s  %s：%s%s\n", word, d.what, strings.ReplaceAll(d.found, "\n", "；"), mend); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("doctor: stopped: %w", err)
	}
	if sick > 0 {
		return exitStatus(1)
	}
	return nil
}

// schemaHealth holds that there is a database and that this program knows its schema.
func (s *settings) schemaHealth(ctx context.Context) diagnosis {
	const what = "数据库结构"
	current, newest, err := store.Schema(ctx, s.DB)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ill(what, "没有数据库 "+s.DB, "用 --db 指定已有的数据库，或先运行 dashboard refresh 建立")
	case err != nil:
		return ill(what, err, "用 --db 指定数据库文件，或从备份恢复")
	case current > newest:
		return ill(what, fmt.Sprintf("第 %d 版，新于本程序所知的第 %d 版", current, newest), "改用写入它的新版程序")
	case current < newest:
		return ill(what, fmt.Sprintf("第 %d 版，本程序为第 %d 版", current, newest), "先备份，再运行 dashboard refresh 或 serve，打开时自动升级")
	}
	return well(what, "第 %d 版", current)
}

// recentRuns is how many runs are looked through for the last look at each portal.
const recentRuns = 500

// storeHealth is what the database, the archive and the portals are found to be. What a
// damaged database cannot answer is left out.
func (s *settings) storeHealth(ctx context.Context, portals []plan, now time.Time) ([]diagnosis, error) {
	const mend = "停止程序，从最近的备份恢复"
	db, err := store.Open(ctx, s.DB)
	if err != nil {
		return []diagnosis{ill("数据库", err, mend)}, ctx.Err()
	}
	defer db.Close()
	integrity := well("数据库", "完好")
	switch faults, err := db.Integrity(ctx); {
	case err != nil:
		integrity = ill("数据库", err, mend)
	case len(faults) > 0:
		integrity = ill("数据库", fmt.Sprintf("%d 处损坏：%s", len(faults), faults[0]), mend)
	}
	contents, err := s.contentsHealth(ctx, db, portals, now)
	if err != nil && integrity.mend != "" {
		err = ctx.Err()
	}
	return append([]diagnosis{integrity}, contents...), err
}

// contentsHealth is what the contents of the database are found to be.
func (s *settings) contentsHealth(ctx context.Context, db *store.DB, portals []plan, now time.Time) ([]diagnosis, error) {
	runs, err := db.Runs(ctx, recentRuns)
	if err != nil {
		return nil, err
	}
	kept, err := s.archiveHealth(ctx, db)
	if err != nil {
		return nil, err
	}
	readers, err := readersHealth(ctx, db)
	if err != nil {
		return nil, err
	}
	clock, err := clockHealth(ctx, db, runs, now)
	if err != nil {
		return nil, err
	}
	sums, err := sumsHealth(ctx, db)
	if err != nil {
		return nil, err
	}
	rules, err := s.rulesHealth(ctx, db)
	if err != nil {
		return nil, err
	}
	jobs, err := queueHealth(ctx, db, now)
	if err != nil {
		return nil, err
	}
	return slices.Concat(kept, []diagnosis{readers, rules, clock, sums}, jobs, portalHealth(portals, runs, now)), nil
}

// archiveHealth holds every original against its hash, and the records of the database
// against the archive.
func (s *settings) archiveHealth(ctx context.Context, db *store.DB) ([]diagnosis, error) {
	const what = "存档"
	originals, err := archive.Open(ctx, s.Archive)
	if err != nil {
		return []diagnosis{ill(what, err, "用 --archive 指定存档文件夹或存储桶，或从备份恢复")}, nil
	}
	number, damaged, err := originals.Verify(ctx)
	if err != nil {
		return nil, err
	}
	all := []diagnosis{well(what, "%d 份原件与其 SHA-256 相符", number)}
	if len(damaged) > 0 {
		all[0] = ill(what, fmt.Sprintf("%d 份原件中 %d 份损坏：%v", number, len(damaged), damaged[0]), "从备份恢复这些文件；下次更新会重新取得仍在门户上的")
	}
	had := make(map[report.SHA256]bool, number)
	if err := originals.Walk(ctx, func(hash report.SHA256) error { had[hash] = true; return nil }); err != nil {
		return nil, err
	}
	recorded, err := db.Originals(ctx)
	if err != nil {
		return nil, err
	}
	var lost []report.SHA256
	for _, hash := range recorded {
		if !had[hash] {
			lost = append(lost, hash)
		}
	}
	if len(lost) > 0 {
		all = append(all, ill(what, fmt.Sprintf("数据库记有而存档中没有的原件 %d 份，如 %s", len(lost), lost[0]), "核对 --archive 是否为这个数据库的存档，或从备份恢复"))
	}
	return all, nil
}

// readersHealth tells what older readers have read.
func readersHealth(ctx context.Context, db *store.DB) (diagnosis, error) {
	const what = "读取程序"
	old, err := db.ReadByOthers(ctx, ingest.ReaderVersion, nil)
	if err != nil {
		return diagnosis{}, err
	}
	if len(old) > 0 {
		return ill(what, fmt.Sprintf("%d 份报告由其他版本的读取程序读取", len(old)), "运行 dashboard reread 比对，核对后加 --publish 发布"), nil
	}
	return well(what, "所有报告由第 %s 版读取或比对一致", ingest.ReaderVersion), nil
}

// rulesHealth tells whether what is kept was judged by the thresholds of the settings.
func (s *settings) rulesHealth(ctx context.Context, db *store.DB) (diagnosis, error) {
	const what = "核验阈值"
	was, err := db.JudgedBy(ctx)
	if err != nil {
		return diagnosis{}, err
	}
	inWords := func(line string) string { return cmp.Or(line, "规则自带的") }
	if now := s.Thresholds.String(); now != was {
		return ill(what, fmt.Sprintf("已有报告按另一组阈值核验：当时 %s，现在 %s", inWords(was), inWords(now)),
			"启动 dashboard serve，一分钟内自动重新核验；或运行 dashboard reread --rules"), nil
	}
	return well(what, "%s", inWords(was)), nil
}

// wrongClock is a difference between clocks that is no matter of the way between them.
const wrongClock = 5 * time.Minute

// clockHealth holds the clock against the last run, which cannot have been later, and
// against what the last host said of the time.
func clockHealth(ctx context.Context, db *store.DB, runs []store.Run, now time.Time) (diagnosis, error) {
	const what, mend = "时钟", "校准本机时间（如启用 NTP）"
	for _, run := range runs {
		if run.StartedAt.After(now.Add(time.Second)) {
			return ill(what, fmt.Sprintf("批次 %d 的时间 %s 晚于现在", run.ID, china(run.StartedAt)), mend), nil
		}
	}
	last, err := db.LastAnswer(ctx)
	if errors.Is(err, report.ErrNotFound) {
		return well(what, "%s", china(now)), nil
	}
	if err != nil {
		return diagnosis{}, err
	}
	for name, values := range last.ResponseHeader {
		if !strings.EqualFold(name, "Date") || len(values) == 0 {
			continue
		}
		said, err := time.Parse(time.RFC1123, values[0])
		if off := last.FetchedAt.Sub(said); err == nil && off.Abs() > wrongClock {
			return ill(what, fmt.Sprintf("取得 %s 时与对方时钟相差 %v", last.URL, off.Round(time.Second)), mend), nil
		}
	}
	return well(what, "%s", china(now)), nil
}

// china is a time as the office reads it.
func china(t time.Time) string { return t.In(standard.China()).Format("2006-01-02 15:04") }
