package api

import (
	"context"
	"iter"

	"gongkai/internal/aggregate"
	"gongkai/internal/report"
)

// peers lists indicators of an agency beside the quartiles of its peers, who are
// chosen by a parameter and named in each row.
func (s *Server) peers() resource {
	agency, ind := byAgency, byIndicator
	agency.required = true
	agency.zh, agency.en = "机关编号，一个", "agency id, one"
	ind.zh, ind.en = "指标编号，可用逗号给出多个；不给则为机关页所列各项", "indicator id, or several separated by commas; without it those of the agency's page"
	return newResource("peers", []param{agency, ind, fromYear, toYear, {name: "peers", kind: "string", zh: "可比单位：kind 同区域同类（默认）、parent 同一上级的全部单位、load 同类且受理量相近",
		en: "peers: kind of the same kind and region (default), parent all units of the same parent, load of the same kind with a like case load", example: "load", enum: []string{"kind", "parent", "load"}}}, s.peerRows)
}

func (s *Server) peerRows(ctx context.Context, q query) iter.Seq2[row, error] {
	by, err := aggregate.ParsePeerBy(q.values.Get("peers"))
	if err != nil {
		return failed(err)
	}
	sq := q.store()
	a, err := s.agg.AmongPeers(ctx, report.AgencyID(q.values.Get("agency")), by, splitComma(q.values.Get("indicator")), q.asOf)
	if err != nil {
		return failed(err)
	}
	return func(yield func(row, error) bool) {
		for _, series := range a.Series {
			for i, f := range series.Figures {
				if f.Year < sq.FromYear || sq.ToYear != 0 && f.Year > sq.ToYear {
					continue
				}
				if !yield(peerRow(a, series, i), nil) {
					return
				}
			}
		}
	}
}

func peerRow(a aggregate.AgencyView, s aggregate.PeerSeries, i int) row {
	b := s.Bands[i]
	r := row{string(a.Agency.ID), a.Agency.Name, string(a.Peers.By), a.Peers.Name.ZH, a.Peers.Name.EN, a.Peers.N, b.N, nil, nil, nil}
	if b.Quartiles() {
		r[7], r[8], r[9] = b.P25, b.Median, b.P75
	}
	return append(r, figureRow(s.Indicator, s.Figures[i])...)
}
