package api

import (
	"context"
	"errors"
	"iter"

	"gongkai/internal/aggregate"
	"gongkai/internal/export"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// regions lists the counties that have agencies.
func (s *Server) regions() resource {
	r := newResource("counties", nil, func(ctx context.Context, _ query) iter.Seq2[row, error] {
		list, err := s.agg.Counties(ctx)
		return yieldAll(list, err, func(r store.RegionRow) row {
			return row{string(r.Code), r.Name, r.Agencies, r.Watched, r.Reports, r.FromYear, r.ToYear, r.Demo}
		})
	})
	r.name, r.now = "regions", true
	return r
}

// agencies lists the register.
func (s *Server) agencies() resource {
	return s.exported("agencies", false, []param{byRegion}, func(q export.Query) export.Table { return export.Agencies(s.db, q) })
}

// coverage lists what each agency owes for each year, and what is known of it.
func (s *Server) coverage() resource {
	region := byRegion
	region.required = true
	return newResource("coverage", []param{region, byYear, fromYear, toYear}, func(ctx context.Context, q query) iter.Seq2[row, error] {
		return export.Walk(func(yield func(row) error) error {
			return s.eachOwed(ctx, q.store(), func(o aggregate.Owed) error { return yield(owedRow(o)) })
		})
	})
}

// eachOwed calls f with what the agencies of a region owe, county by county.
func (s *Server) eachOwed(ctx context.Context, q store.Query, f func(aggregate.Owed) error) error {
	if _, wide, err := s.agg.Wide(ctx, q.Region, q.AsOf); err != nil || !wide {
		return s.owedOf(ctx, q, err, f)
	}
	return export.ByCounty(ctx, s.db, q, func(part store.Query) error {
		err := s.owedOf(ctx, part, nil, f)
		if errors.Is(err, report.ErrNotFound) {
			return nil // it has agencies no more
		}
		return err
	})
}

func (s *Server) owedOf(ctx context.Context, q store.Query, err error, f func(aggregate.Owed) error) error {
	if err != nil {
		return err
	}
	list, err := s.agg.Owed(ctx, q)
	for _, o := range list {
		if err := f(o); err != nil {
			return err
		}
	}
	return err
}

func owedRow(o aggregate.Owed) row {
	var status any
	if o.Status != "" {
		status = string(o.Status)
	}
	return row{string(o.Agency.ID), o.Agency.Name, string(o.Agency.Region), o.Year, string(o.Publication),
		export.Date(reportDate(o)), o.Deadline.Source.ZH, export.Date(o.PublishedOn), o.Late, o.LateByDate, status,
		o.Errors, o.Warnings, export.Moment(o.LastLook), o.Reason}
}

func reportDate(o aggregate.Owed) report.Date {
	if o.Deadline.Day.IsZero() {
		return report.Date{}
	}
	d := o.Deadline.Day
	return report.Date{Year: d.Year(), Month: int(d.Month()), Day: d.Day()}
}
