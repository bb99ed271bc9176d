package api

import (
	"context"
	"iter"

	"gongkai/internal/aggregate"
	"gongkai/internal/export"
	"gongkai/internal/report"
	"gongkai/internal/store"
)

// regions lists the counties that have agencies.
func (s *Server) regions() resource {
	return resource{
		name: "regions", zh: "有机关登记的区县", en: "counties that have agencies in the register", now: true,
		columns: []column{
			{"region", "string", "行政区划代码", "region code"},
			{"name", "string", "名称", "name"},
			{"agencies", "integer", "登记机关数", "agencies in the register"},
			{"watched", "integer", "纳入采集的机关数", "agencies that a portal covers"},
			{"reports", "integer", "报告数", "current reports of all years"},
			{"from_year", "integer", "最早报告年度", "first report year"},
			{"to_year", "integer", "最近报告年度", "last report year"},
			{"demo", "boolean", "是否虚构示例", "fictitious, for demonstration"},
		},
		rows: func(ctx context.Context, _ query) iter.Seq2[row, error] {
			list, err := s.db.Regions(ctx)
			return yieldAll(list, err, func(r store.RegionRow) row {
				return row{string(r.Code), r.Name, r.Agencies, r.Watched, r.Reports, r.FromYear, r.ToYear, r.Demo}
			})
		},
	}
}

// agencies lists the register.
func (s *Server) agencies() resource {
	return s.exported("agencies", false, []param{byRegion}, func(q export.Query) export.Table { return export.Agencies(s.db, q) })
}

// coverage lists what each agency owes for each year, and what is known of it.
func (s *Server) coverage() resource {
	region := byRegion
	region.required = true
	return resource{
		name: "coverage", zh: "公布情况：每机关每年度一行", en: "what each agency owes for each year and what is known of it",
		params: []param{region, byYear, fromYear, toYear},
		columns: []column{
			{"agency_id", "string", "机关编号", "agency id"},
			{"agency", "string", "机关名称", "name of the agency"},
			{"region", "string", "行政区划代码", "region code"},
			{"year", "integer", "报告年度", "report year"},
			{"publication", "string", "公布情况", "published, missing, not_due, unknown or not_watched"},
			{"deadline", "date", "期限", "last day to publish"},
			{"deadline_source", "string", "期限依据", "source of that day"},
			{"published_on", "date", "页面所载公布日期", "date printed on the page"},
			{"late", "boolean", "确定逾期", "surely late: a good look after the deadline did not find it"},
			{"late_by_date", "boolean", "仅按所载日期逾期", "late by its printed date only"},
			{"status", "string", "版本状态", "status of the version"},
			{"errors", "integer", "错误数", "findings of severity error"},
			{"warnings", "integer", "警告数", "findings of severity warning"},
			{"last_look", "date-time", "最近一次查看", "last look"},
			{"reason", "string", "未能查看的原因", "why it could not be looked at"},
		},
		rows: func(ctx context.Context, q query) iter.Seq2[row, error] {
			sq := q.store()
			list, err := s.agg.Owed(ctx, sq)
			return yieldAll(list, err, owedRow)
		},
	}
}

func owedRow(o aggregate.Owed) row {
	var status any
	if o.Status != "" {
		status = string(o.Status)
	}
	return row{string(o.Agency.ID), o.Agency.Name, string(o.Agency.Region), o.Year, string(o.Publication),
		date(reportDate(o)), o.Deadline.Source.ZH, date(o.PublishedOn), o.Late, o.LateByDate, status,
		o.Errors, o.Warnings, moment(o.LastLook), o.Reason}
}

func reportDate(o aggregate.Owed) report.Date {
	if o.Deadline.Day.IsZero() {
		return report.Date{}
	}
	d := o.Deadline.Day
	return report.Date{Year: d.Year(), Month: int(d.Month()), Day: d.Day()}
}
