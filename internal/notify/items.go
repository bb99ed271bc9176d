package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

// items are all that there is to say to a subscriber, told or not.
func (n *Notifier) items(ctx context.Context, p Subscriber) ([]store.NoticeItem, error) {
	regions := p.Regions
	if len(regions) == 0 {
		regions = []standard.RegionCode{""}
	}
	var all []store.NoticeItem
	for _, region := range regions {
		changed, err := n.changed(ctx, region)
		if err != nil {
			return nil, err
		}
		owed, err := n.owed(ctx, region)
		if err != nil {
			return nil, err
		}
		all = append(append(all, changed...), owed...)
	}
	ours, err := n.portalsOf(ctx, p.Regions)
	if err != nil {
		return nil, err
	}
	house, err := n.house(ctx, ours)
	if err != nil {
		return nil, err
	}
	all = append(all, house...)
	return slices.DeleteFunc(all, func(i store.NoticeItem) bool { return !p.wants(i.Kind) }), nil
}

// portalsOf returns which portals a subscriber of regions is told of: those that cover an
// agency there, and all where no region is named.
func (n *Notifier) portalsOf(ctx context.Context, regions []standard.RegionCode) (ours func(portal string) bool, err error) {
	if len(regions) == 0 {
		return func(string) bool { return true }, nil
	}
	var all []string
	for _, region := range regions {
		covering, err := n.Store.PortalsCovering(ctx, region)
		if err != nil {
			return nil, err
		}
		all = append(all, covering...)
	}
	return func(portal string) bool { return slices.Contains(all, portal) }, nil
}

// lately is how many changes are looked at: more in half a minute is a first refresh.
const lately = 2000

// changed is what runs brought.
func (n *Notifier) changed(ctx context.Context, region standard.RegionCode) ([]store.NoticeItem, error) {
	rows, err := n.Store.Changes(ctx, region, lately, store.ChangeNew, store.ChangeRevised, store.ChangeRemoved, store.ChangeBlocked, store.ChangeReturned)
	var items []store.NoticeItem
	for _, c := range slices.Backward(rows) {
		items = append(items, store.NoticeItem{Key: fmt.Sprintf("change/%d", c.ID), Kind: KindNew,
			Text: c.AgencyName + "：" + c.Text, Link: fmt.Sprintf("/reports/%s/%d", c.Agency, c.Year)})
	}
	return items, err
}

// owed is which reports of the last two years are missing, inconsistent or to be reviewed.
func (n *Notifier) owed(ctx context.Context, region standard.RegionCode) ([]store.NoticeItem, error) {
	year := n.Now().In(standard.China()).Year()
	rows, err := n.Figures.Owed(ctx, store.Query{Region: region, FromYear: year - 2, ToYear: year - 1})
	if errors.Is(err, report.ErrNotFound) {
		return nil, nil // nobody of the region is in the register
	}
	var items []store.NoticeItem
	for _, o := range rows {
		i := store.NoticeItem{Link: fmt.Sprintf("/reports/%s/%d", o.Agency.ID, o.Year)}
		switch {
		case o.Publication == report.Missing:
			i.Key, i.Kind = fmt.Sprintf("missing/%s/%d", o.Agency.ID, o.Year), KindMissing
			i.Text = fmt.Sprintf("%s：%d 年度报告截止日期已过，未发布", o.Agency.Name, o.Year)
		case o.Status == report.Inconsistent, o.Status == report.NeedsReview:
			word := map[report.Status]string{report.Inconsistent: "勾稽不符", report.NeedsReview: "待复核"}[o.Status]
			i.Key, i.Kind = fmt.Sprintf("status/%d/%s", o.Version, o.Status), KindCheck
			i.Text = fmt.Sprintf("%s：%d 年度报告%s", o.Agency.Name, o.Year, word)
		default:
			continue
		}
		items = append(items, i)
	}
	return items, err
}

// house is what is wrong with portals, of those that are asked for, and with refreshes and
// backups. A portal that went well in between is told again.
func (n *Notifier) house(ctx context.Context, ours func(portal string) bool) ([]store.NoticeItem, error) {
	runs, err := n.Store.Runs(ctx, 20)
	if err != nil {
		return nil, err
	}
	var items []store.NoticeItem
	about := make(map[string]store.PortalRun)
	for _, run := range runs {
		if run.State == store.RunFailed {
			items = append(items, store.NoticeItem{Key: fmt.Sprintf("run/%d", run.ID), Kind: KindTrouble, Link: "/changes",
				Text: fmt.Sprintf("采集批次 %d 失败：%s", run.ID, run.Message)})
		}
		for _, p := range run.Portals {
			if _, newer := about[p.Portal]; !newer {
				about[p.Portal] = p
			}
		}
	}
	health, err := n.Store.Health(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range health.Portals {
		if !ours(p.Portal) || p.State == store.PortalOK || p.State == store.PortalRunning || strings.HasPrefix(about[p.Portal].Message, store.Stopped) {
			continue
		}
		name := cmp.Or(about[p.Portal].Name, p.Portal)
		items = append(items, store.NoticeItem{Key: fmt.Sprintf("portal/%s/%s/%d", p.Portal, p.State, p.LastGood.UnixMilli()), Kind: KindPortal, Link: "/changes",
			Text: fmt.Sprintf("%s：%s。%s", name, portalWord(p.State), about[p.Portal].Message)})
	}
	troubles, err := n.Store.Troubles(ctx, n.Now().Add(-14*24*time.Hour))
	return append(items, troubles...), err
}

// portalWord says in plain Chinese how a portal is.
func portalWord(s store.PortalState) string {
	switch s {
	case store.PortalBlocked:
		return "受阻"
	case store.PortalChanged:
		return "页面结构有变"
	case store.PortalEmpty:
		return "列表为空"
	case store.PortalUnreachable:
		return "无法连接"
	}
	return "未能读全"
}

// Look tells each subscriber what is new to them. What there was when somebody subscribed
// they are not told.
func (n *Notifier) Look(ctx context.Context) error {
	everybody, errs := n.everybody(ctx)
	for _, p := range everybody {
		if err := n.lookFor(ctx, p); err != nil {
			errs = errors.Join(errs, fmt.Errorf("subscriber %s: %w", p.Name, err))
		}
	}
	return errs
}

func (n *Notifier) lookFor(ctx context.Context, p Subscriber) error {
	items, err := n.items(ctx, p)
	if err != nil {
		return err
	}
	known, err := n.Store.Subscribed(ctx, p.Name)
	if err != nil {
		return err
	}
	if !known {
		first := store.NoticeItem{Key: "subscribed", Kind: KindDigest}
		return n.Store.Tell(ctx, p.Name, append(items, first), store.Notice{At: n.Now()})
	}
	untold, err := n.Store.Untold(ctx, p.Name, items)
	if err != nil {
		return err
	}
	counts := make(map[string]int)
	for _, i := range untold {
		counts[i.Kind]++
	}
	untold = slices.DeleteFunc(untold, func(i store.NoticeItem) bool { return counts[i.Kind] < p.Least })
	if len(untold) == 0 {
		return nil
	}
	m := n.message(fmt.Sprintf("公开：%s", summary(untold)), untold)
	return n.Store.Tell(ctx, p.Name, untold, store.Notice{Subscriber: p.Name, Channel: p.Channel, At: n.Now(), Subject: m.Subject, Body: m.Text})
}

// kindWord is what a kind of items is called.
func kindWord(kind string) string {
	return map[string]string{KindNew: "报告变化", KindMissing: "逾期未发布", KindCheck: "待处理报告", KindPortal: "门户异常", KindTrouble: "运行异常"}[kind]
}

// summary counts items by their kind.
func summary(items []store.NoticeItem) string {
	var parts []string
	for _, kind := range Kinds() {
		count := 0
		for _, i := range items {
			if i.Kind == kind {
				count++
			}
		}
		if count > 0 && kind != KindDigest {
			parts = append(parts, fmt.Sprintf("%s %d 项", kindWord(kind), count))
		}
	}
	return strings.Join(parts, "，")
}

// shown is how many items of a kind a message lists.
const shown = 50

// message lists items by their kind, with links where the site has an address.
func (n *Notifier) message(subject string, items []store.NoticeItem) Message {
	var b strings.Builder
	for _, kind := range Kinds() {
		count := 0
		for _, i := range items {
			if i.Kind != kind || i.Text == "" {
				continue
			}
			if count++; count == 1 {
				fmt.Fprintf(&b, "【%s】\n", kindWord(kind))
			}
			if count > shown {
				continue
			}
			fmt.Fprintf(&b, "%s", i.Text)
			if n.Site != "" && i.Link != "" {
				fmt.Fprintf(&b, " %s%s", n.Site, i.Link)
			}
			b.WriteByte('\n')
		}
		if count > shown {
			fmt.Fprintf(&b, "另有 %d 项\n", count-shown)
		}
	}
	return Message{Subject: subject, Text: b.String()}
}

// SendDigests makes the digest of the week for each subscriber, which then waits to be sent.
func (n *Notifier) SendDigests(ctx context.Context) error {
	everybody, errs := n.everybody(ctx)
	now := n.Now().In(standard.China())
	for _, p := range everybody {
		if !p.wants(KindDigest) {
			continue
		}
		items, err := n.items(ctx, p)
		if err == nil {
			items, err = n.Store.Untold(ctx, p.Name, items) // fewer than are told at once
		}
		if err == nil {
			err = n.Store.Tell(ctx, p.Name, items, store.Notice{At: now, Subject: ""})
		}
		told, failed := n.Store.Undigested(ctx, p.Name)
		if err = errors.Join(err, failed); err != nil {
			errs = errors.Join(errs, fmt.Errorf("subscriber %s: %w", p.Name, err))
			continue
		}
		told = append(told, items...)
		m := n.message("公开周报："+summary(told), told)
		if len(told) == 0 {
			m = Message{Subject: "公开周报：本周没有变化", Text: "本周没有变化。\n"}
			if p.Quiet == "nothing" {
				m = Message{}
			}
		}
		errs = errors.Join(errs, n.Store.Digest(ctx, p.Name, now.Format(time.DateOnly), store.Notice{Subscriber: p.Name, Channel: p.Channel,
			At: now, Subject: m.Subject, Body: m.Text}))
	}
	return errs
}

// Deliver sends a message that waits, and notes what came of it. Its error is why it could
// not be sent; last says that it is not tried again. What was sent is not sent again.
func (n *Notifier) Deliver(ctx context.Context, id string, last bool) error {
	message, err := n.Store.Notice(ctx, id)
	if err != nil || message.State != "waiting" {
		return err
	}
	failed := n.Send(ctx, message.Subscriber, message.Channel, Message{Subject: message.Subject, Text: message.Body})
	late := context.WithoutCancel(ctx)
	switch {
	case failed == nil:
		return n.Store.NoticeTried(late, message.ID, "sent", "", n.Now())
	case ctx.Err() != nil:
		return ctx.Err()
	case last:
		n.Log.Error("notice given up", "subscriber", message.Subscriber, "channel", message.Channel, "err", failed)
		return errors.Join(failed, n.Store.NoticeTried(late, message.ID, "failed", failed.Error(), n.Now()))
	}
	n.Log.Warn("notice not sent, tried again later", "subscriber", message.Subscriber, "channel", message.Channel, "attempt", message.Attempts+1, "err", failed)
	return errors.Join(failed, n.Store.NoticeTried(late, message.ID, "waiting", failed.Error(), n.Now()))
}

// Send sends a message to a subscriber by a channel, once.
func (n *Notifier) Send(ctx context.Context, subscriber, channel string, m Message) error {
	everybody, err := n.everybody(ctx)
	if err != nil {
		return err
	}
	at := slices.IndexFunc(everybody, func(p Subscriber) bool { return p.Name == subscriber })
	if at < 0 {
		return fmt.Errorf("no subscriber %q any more", subscriber)
	}
	to := everybody[at].To
	for _, c := range n.Channels {
		if c.Name == channel {
			return c.Send(ctx, to, m, n.Now())
		}
	}
	return fmt.Errorf("no channel %q any more", channel)
}

// Test sends a message to a subscriber that says that it is a test, and keeps what became
// of it where there is a store.
func (n *Notifier) Test(ctx context.Context, subscriber string) error {
	everybody, err := n.everybody(ctx)
	if err != nil {
		return err
	}
	for _, p := range everybody {
		if p.Name != subscriber {
			continue
		}
		m := Message{Subject: "公开：测试通知", Text: "这是一条测试通知，收到即表示设置无误。\n"}
		failed := n.Send(ctx, p.Name, p.Channel, m)
		if n.Store == nil {
			return failed
		}
		notice := store.Notice{Subscriber: p.Name, Channel: p.Channel, At: n.Now(), Subject: m.Subject, Body: m.Text, State: "sent", SentAt: n.Now()}
		if failed != nil {
			notice.State, notice.SentAt, notice.LastError = "failed", time.Time{}, failed.Error()
		}
		return errors.Join(failed, n.Store.LogNotice(context.WithoutCancel(ctx), notice))
	}
	return &report.ParameterError{Name: "subscriber", Got: subscriber, Want: "a name of notify.subscribers, or of /admin/notices"}
}
