package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"gongkai/internal/aggregate"
	"gongkai/internal/notify"
	"gongkai/internal/store"
	"gongkai/internal/web"
)

// notifier tells the subscribers of the settings.
func (a *app) notifier(s *settings) *notify.Notifier {
	return &notify.Notifier{Settings: s.Notify, Store: a.db, Log: a.log, Now: time.Now,
		Figures: aggregate.New(a.db, time.Now).WithThresholds(s.Thresholds)}
}

// noticeTools is what administrators do with notices in the browser.
func (a *app) noticeTools(s *settings) *web.NoticeTools {
	tools := &web.NoticeTools{Kinds: notify.Kinds(), Test: a.notifier(s).Test,
		Check: func(p store.Subscriber) error { return s.Notify.Check(notify.Of(p)) }}
	for _, c := range s.Notify.Channels {
		tools.Channels = append(tools.Channels, web.NoticeChannel{Name: c.Name, Kind: c.Kind})
	}
	for _, p := range s.Notify.Subscribers {
		tools.Fixed = append(tools.Fixed, store.Subscriber{Name: p.Name, Channel: p.Channel, To: p.To, Regions: p.Regions, Kinds: p.Kinds, Least: p.Least, Quiet: p.Quiet})
	}
	return tools
}

func newNotify(s *settings) *cobra.Command {
	cmd := &cobra.Command{Use: "notify", Short: "notices to subscribers", Example: example("dashboard notify test 张三", "dashboard notify log")}
	test := &cobra.Command{
		Use: "test NAME", Short: "send a test notice to a subscriber", Args: cobra.ExactArgs(1),
		Example: example("dashboard notify test 张三"),
		RunE: func(cmd *cobra.Command, args []string) error {
			n := notify.Notifier{Settings: s.Notify, Log: quietLog(), Now: time.Now}
			if db, err := s.existingDB(cmd.Context()); err == nil { // subscribers of the settings need none
				defer db.Close()
				n.Store = db
			}
			if err := n.Test(cmd.Context(), args[0]); err != nil {
				return fmt.Errorf("notify: %s: %w", args[0], err)
			}
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "已发给 %s\n", args[0])
			return err
		},
	}
	log := &cobra.Command{
		Use: "log", Short: "list the latest notices and what became of them", Args: cobra.NoArgs,
		Example: example("dashboard notify log"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			db, err := s.existingDB(cmd.Context())
			if err != nil {
				return err
			}
			defer db.Close()
			all, err := db.Notices(cmd.Context(), 100)
			for _, n := range all {
				fmt.Fprintf(cmd.OutOrStdout(), "%s  %-8s %s  %s  %s（%d 次） %s\n", n.At.Format(time.DateTime), n.State, n.Subscriber, n.Channel, n.Subject, n.Attempts, n.LastError)
			}
			return err
		},
	}
	s.addStore(log.Flags())
	s.addStore(test.Flags())
	cmd.AddCommand(test, log)
	return cmd
}
