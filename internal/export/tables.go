package export

import (
	"context"
	"fmt"
	"iter"
	"time"

	"gongkai/internal/report"
	"gongkai/internal/standard"
	"gongkai/internal/store"
)

func column(name string, kind Kind, zh, en string) Column {
	return Column{Name: name, Kind: kind, About: standard.Label{ZH: zh, EN: en}}
}

// dated and timed are columns of text in the form of a date or a time.
func dated(name, zh, en string) Column {
	c := column(name, String, zh, en)
	c.Format = "date"
	return c
}

func timed(name, zh, en string) Column {
	c := column(name, String, zh, en)
	c.Format = "date-time"
	return c
}

// Whose are the columns that say whose report a row is of.
func Whose() []Column {
	return []Column{
		column("agency_id", String, "机关编号", "agency id"),
		column("agency", String, "机关名称", "name of the agency"),
		column("region", String, "机关所属行政区划代码", "code of the region that the agency belongs to"),
	}
}

// Places are the columns of the regions above an agency, by level.
func Places() []Column {
	return []Column{
		column("province", String, "省级代码，2 位", "code of the province, 2 digits"),
		column("city", String, "地级代码，4 位", "code of the city, 4 digits"),
		column("county", String, "县级代码，6 位", "code of the county, 6 digits"),
		column("town", String, "乡级代码，9 位", "code of the street or town, 9 digits"),
	}
}

// places returns the codes of the regions that a region lies in, itself included, nil
// where it is too wide to lie in one.
func places(r standard.RegionCode) [4]any {
	var all [4]any
	for i, n := range [4]int{2, 4, 6, 9} {
		if len(r) >= n {
			all[i] = string(r[:n])
		}
	}
	return all
}

// date is a printed date as 2021-01-13, or nil.
func date(d report.Date) any {
	if d.IsZero() {
		return nil
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// moment is a time in China's zone, or nil.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.In(standard.China()).Format(time.RFC3339)
}

// index returns the agencies of a query by their ids, as they stood.
func index(ctx context.Context, db *store.DB, q Query) (map[report.AgencyID]report.Agency, error) {
	rows, err := db.Coverage(ctx, q.Region, q.AsOf)
	if err != nil {
		return nil, err
	}
	agencies := make(map[report.AgencyID]report.Agency, len(rows))
	for _, r := range rows {
		agencies[r.Agency.ID] = r.Agency
	}
	return agencies, nil
}

// Regions is the table of every region that an agency lies in, from the widest down.
func Regions(db *store.DB, q Query) Table {
	return Table{
		Name: "regions", About: standard.Label{ZH: "行政区划：机关所在的各级", EN: "regions that agencies lie in, of all levels"},
		Columns: []Column{
			column("region", String, "行政区划代码", "region code"),
			column("name", String, "名称", "name"),
			column("level", String, "级别：province、city、county、street", "province, city, county or street"),
			column("parent", String, "上级代码", "code of the region it lies in"),
		},
		Key: []string{"region"},
		Rows: func(ctx context.Context) iter.Seq2[Row, error] {
			return Walk(func(yield func(Row) error) error {
				agencies, err := db.Coverage(ctx, q.Region, q.AsOf)
				if err != nil {
					return err
				}
				return eachRegion(ctx, db, agencies, yield)
			})
		},
	}
}

// eachRegion yields each region of the agencies once, what it lies in before it.
func eachRegion(ctx context.Context, db *store.DB, agencies []store.CoverageRow, yield func(Row) error) error {
	seen := make(map[standard.RegionCode]bool)
	for _, a := range agencies {
		if seen[a.Agency.Region] {
			continue
		}
		path, err := db.RegionPath(ctx, a.Agency.Region)
		if err != nil {
			return err
		}
		for _, r := range path {
			if seen[r.Code] {
				continue
			}
			seen[r.Code] = true
			var parent any
			if p := r.Code.Parent(); p != "" {
				parent = string(p)
			}
			if err := yield(Row{string(r.Code), r.Name, string(r.Code.Level()), parent}); err != nil {
				return err
			}
		}
		seen[a.Agency.Region] = true
	}
	return nil
}

// Agencies is the table of the register.
func Agencies(db *store.DB, q Query) Table {
	return Table{
		Name: "agencies", About: standard.Label{ZH: "机关名册", EN: "the register of agencies"},
		Columns: append(append(Whose(), Places()...),
			column("short", String, "简称", "short name"),
			column("kind", String, "类别：street 街道，town 镇，township 乡，department 部门，government 人民政府", "street, town, township, department or government"),
			column("from", Integer, "起始报告年度；不知时为空", "first report year; missing where it is not known"),
			column("until", Integer, "终止报告年度；存续时为空", "last report year; missing while the agency exists"),
			column("watched", Boolean, "是否纳入采集", "a portal of ours covers it"),
			timed("last_look", "最近一次查看的时间", "time of the last look at its portal"),
			column("demo", Boolean, "是否虚构示例", "fictitious, for demonstration"),
		),
		Key: []string{"agency_id"},
		Rows: func(ctx context.Context) iter.Seq2[Row, error] {
			return Walk(func(yield func(Row) error) error {
				list, err := db.Coverage(ctx, q.Region, q.AsOf)
				if err != nil {
					return err
				}
				for _, one := range list {
					if err := yield(agencyRow(one)); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

func agencyRow(r store.CoverageRow) Row {
	a := r.Agency
	row := Row{string(a.ID), a.Name, string(a.Region)}
	for _, p := range places(a.Region) {
		row = append(row, p)
	}
	return append(row, a.Short, string(a.Kind), year(a.From), year(a.Until), len(r.Portals) > 0, moment(r.Last), a.Demo)
}

// year is a report year, nil where there is none.
func year(n int) any {
	if n == 0 {
		return nil
	}
	return n
}

// reportColumns are the columns of a report that stand before its figures.
func reportColumns() []Column {
	return append(append(Whose(), Places()...),
		column("year", Integer, "报告年度", "report year"),
		column("format", String, "报告格式：F2014、F2019、F2021，由表格认定", "format found from the tables: F2014, F2019 or F2021"),
		column("status", String, "版本状态：verified 已核验，inconsistent 勾稽不符，needs_review 待复核，unreadable 无法读取", "verified, inconsistent, needs_review or unreadable"),
		dated("published_on", "页面所载公布日期", "date printed on the page"),
		column("version", Integer, "版本号，从 1 起", "number of the version, from 1"),
		timed("first_found", "首次发现的时间", "when the report was first found"),
		column("original", String, "原件的 SHA-256", "SHA-256 of the archived original"),
		column("url", String, "公布地址", "address it was published at"),
		column("demo", Boolean, "是否虚构示例", "fictitious, for demonstration"),
	)
}

func reportRow(a report.Agency, v *store.VersionValues) Row {
	row := Row{string(v.Agency), a.Name, string(a.Region)}
	for _, p := range places(a.Region) {
		row = append(row, p)
	}
	return append(row, v.Year, string(v.Format), string(v.Status), date(v.PublishedOn), v.Number, moment(v.FirstFound),
		string(v.Original), v.URL, a.Demo)
}

// Reports is the table of the current version of every report.
func Reports(db *store.DB, q Query) Table {
	return Table{
		Name: "reports", About: standard.Label{ZH: "报告的当前版本，每份一行", EN: "the current version of each report"},
		Columns: reportColumns(), Key: []string{"agency_id", "year"},
		Rows: func(ctx context.Context) iter.Seq2[Row, error] {
			return versions(ctx, db, q, func(a report.Agency, v *store.VersionValues, yield func(Row) error) error {
				return yield(reportRow(a, v))
			})
		},
	}
}

// versions walks through the current versions of a query.
func versions(ctx context.Context, db *store.DB, q Query, rows func(a report.Agency, v *store.VersionValues, yield func(Row) error) error) iter.Seq2[Row, error] {
	return Walk(func(yield func(Row) error) error {
		agencies, err := index(ctx, db, q)
		if err != nil {
			return err
		}
		return db.EachVersion(ctx, q.Query, func(v *store.VersionValues) error {
			if q.Status != "" && v.Status != q.Status {
				return nil
			}
			return rows(agencies[v.Agency], v, yield)
		})
	})
}

// Findings is the table of the rules that failed on current versions.
func Findings(db *store.DB, q Query) Table {
	return Table{
		Name: "findings", About: standard.Label{ZH: "核验发现的问题：规则不成立之处", EN: "rules that failed on current versions"},
		Columns: []Column{
			column("key", String, "稳定编号", "key that is stable over runs"),
			column("agency_id", String, "机关编号", "agency id"),
			column("agency", String, "机关名称", "name of the agency"),
			column("year", Integer, "报告年度", "report year"),
			column("rule", String, "规则编号", "rule id"),
			column("rule_version", Integer, "规则版本", "version of the rule"),
			column("subject", String, "对象：申请人、行或类别", "applicant, row or kind"),
			column("severity", String, "程度：error 错误，warning 警示，notice 提示", "error, warning or notice"),
			column("attribution", String, "归因：agency 报告，reading 本站读数，unknown 不明", "agency, reading or unknown"),
			column("cells", List, "所涉统计项", "cells concerned"),
			column("left", String, "左值", "left side"),
			column("right", String, "右值，即规则所期", "right side, which the rule expects"),
			column("difference", String, "相差", "difference"),
			column("formula", String, "公式", "formula"),
			column("text", String, "说明", "sentence in Chinese"),
			column("text_en", String, "说明（英文）", "sentence in English"),
			column("status", String, "版本状态", "status of the version"),
			column("digest", String, "所据数字的摘要，数字改变则不同", "hash of the operands; another one where an operand changed"),
		},
		Key: []string{"key", "cells", "text"},
		Rows: func(ctx context.Context) iter.Seq2[Row, error] {
			return Walk(func(yield func(Row) error) error {
				return db.EachFinding(ctx, q.Query, func(f *store.FindingRow) error {
					if q.Status != "" && f.Status != q.Status {
						return nil
					}
					return yield(FindingRow(f))
				})
			})
		},
	}
}

// FindingRow is a finding as a row of the table of findings.
func FindingRow(f *store.FindingRow) Row {
	cells := make([]string, len(f.Operands))
	for i, o := range f.Operands {
		cells[i] = string(o.Cell)
	}
	return Row{f.Key, string(f.Agency), f.AgencyName, f.Year, f.Rule, f.RuleVersion, f.Subject, string(f.Severity), string(f.Attribution),
		cells, f.Left, f.Right, f.Difference, f.Formula, f.Text, f.TextEN, string(f.Status), f.Digest()}
}

// Sources is the table of the originals that the reports were read from.
func Sources(db *store.DB, q Query) Table {
	return Table{
		Name: "sources", About: standard.Label{ZH: "出处：每份报告读自哪份原件", EN: "the original that each report was read from"},
		Columns: []Column{
			column("agency_id", String, "机关编号", "agency id"),
			column("year", Integer, "报告年度", "report year"),
			column("version", Integer, "版本号", "number of the version"),
			column("original", String, "原件的 SHA-256", "SHA-256 of the original"),
			column("url", String, "取得的地址", "address the bytes came from"),
			column("content_type", String, "服务器所称类型", "type that the server said"),
			column("bytes", Integer, "字节数", "size in bytes"),
			timed("fetched_at", "取得的时间", "when it was fetched"),
			column("handed_in", Boolean, "是否人工录入，不是从门户取得", "handed in by a person, and not had from a portal"),
		},
		Key: []string{"agency_id", "year"},
		Rows: func(ctx context.Context) iter.Seq2[Row, error] {
			return Walk(func(yield func(Row) error) error {
				return db.EachSource(ctx, q.Query, func(s *store.Source) error {
					return yield(Row{string(s.Agency), s.Year, s.Version, string(s.Hash), s.URL, s.ContentType, s.Size, moment(s.FetchedAt), s.HandedIn})
				})
			})
		},
	}
}

// Changes is the table of what runs brought, newest first.
func Changes(db *store.DB, q Query) Table {
	return Table{
		Name: "changes", About: standard.Label{ZH: "变化：新报告、修订等", EN: "what runs brought: new reports, revisions"},
		Columns: []Column{
			column("id", Integer, "编号", "number"),
			column("run", Integer, "采集批次", "run"),
			timed("at", "时间", "time"),
			column("kind", String, "类别：new 新报告，revised 修订，reread 本站重读，removed 不见，returned 复见，enrolled 新登记，blocked 受阻", "new, revised, reread, removed, returned, enrolled or blocked"),
			column("agency_id", String, "机关编号", "agency id"),
			column("agency", String, "机关名称", "name of the agency"),
			column("region", String, "行政区划代码", "region code"),
			column("year", Integer, "报告年度；与年度无关时为空", "report year; missing where it concerns none"),
			column("text", String, "说明", "sentence in Chinese"),
			column("demo", Boolean, "是否虚构示例", "fictitious, for demonstration"),
		},
		Key: []string{"id"},
		Rows: func(ctx context.Context) iter.Seq2[Row, error] {
			return Walk(func(yield func(Row) error) error {
				list, err := db.ChangesAt(ctx, q.Region, q.AsOf, 0)
				if err != nil {
					return err
				}
				for _, c := range list {
					if c.Run <= q.Since || !inYears(q.Query, c.Year) {
						continue
					}
					row := Row{c.ID, int64(c.Run), moment(c.At), string(c.Kind), string(c.Agency), c.AgencyName, string(c.Region), year(c.Year), c.Text, c.Demo}
					if err := yield(row); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

// inYears reports whether a year is asked for; what concerns no year always is.
func inYears(q store.Query, n int) bool {
	return n == 0 || (q.FromYear == 0 || n >= q.FromYear) && (q.ToYear == 0 || n <= q.ToYear)
}

// Indicators is the table of the definitions, one row for each indicator and format.
func Indicators() Table {
	return Table{
		Name: "indicators", About: standard.Label{ZH: "指标定义：每指标每格式一行", EN: "definitions, one row for each indicator and format"},
		Columns: []Column{
			column("indicator", String, "指标编号", "indicator id"),
			column("version", Integer, "定义版本", "version of the definition"),
			column("group", String, "类别", "demand, outcomes, pace, disputes, disclosure or reports"),
			column("name", String, "名称", "name in Chinese"),
			column("name_en", String, "英文名称", "name in English"),
			column("measure", String, "单位", "unit"),
			column("format", String, "报告格式", "format"),
			column("formula", String, "公式，用统计项代码写出", "formula over cell codes"),
			column("note", String, "注意", "where it misleads"),
			column("note_en", String, "注意（英文）", "where it misleads, in English"),
		},
		Key: []string{"indicator", "format"},
		Rows: func(context.Context) iter.Seq2[Row, error] {
			return Walk(func(yield func(Row) error) error {
				for _, i := range standard.Indicators() {
					for _, format := range standard.Formats() {
						f, ok := i.Formulas[format]
						if !ok {
							continue
						}
						if err := yield(Row{i.ID, i.Version, i.Group, i.Name.ZH, i.Name.EN, i.Unit, string(format), f.String(), i.Note.ZH, i.Note.EN}); err != nil {
							return err
						}
					}
				}
				return nil
			})
		},
	}
}

// Dictionary is the table of every cell of every form, from the standard itself.
func Dictionary() Table {
	return Table{
		Name: "dictionary", About: standard.Label{ZH: "统计项字典：每格式每项一行", EN: "every cell of every form, one row for each format and cell"},
		Columns: []Column{
			column("format", String, "报告格式", "format"),
			column("cell", String, "统计项代码", "cell code"),
			column("table", String, "法定表格", "statutory table"),
			column("row_label", String, "行", "row label"),
			column("column_label", String, "列", "column label"),
			column("row_label_en", String, "行（英文）", "row label in English"),
			column("column_label_en", String, "列（英文）", "column label in English"),
			column("unit", String, "单位", "unit"),
			column("row", Integer, "数据行，从 1 起", "data row, from 1"),
			column("column", Integer, "数据列，从 1 起", "data column, from 1"),
			column("from_year", Integer, "起用的报告年度", "first report year of the form"),
			column("to_year", Integer, "停用的报告年度；在用时为空", "last report year of the form; missing while in force"),
		},
		Key: []string{"format", "cell"},
		Rows: func(context.Context) iter.Seq2[Row, error] {
			return Walk(func(yield func(Row) error) error {
				for _, format := range standard.Formats() {
					form := standard.FormOf(format)
					for _, c := range form.Cells {
						row := Row{string(format), string(c.Code), string(c.Table), c.RowLabel.ZH, c.ColumnLabel.ZH, c.RowLabel.EN, c.ColumnLabel.EN,
							string(c.Unit), c.Row, c.Column, form.From, year(form.To)}
						if err := yield(row); err != nil {
							return err
						}
					}
				}
				return nil
			})
		},
	}
}
