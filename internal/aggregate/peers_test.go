package aggregate

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"gongkai/internal/report"
)

// TestPeers: the groups are named, can be changed, and their quartiles come with n.
func TestPeers(t *testing.T) {
	f := newCounty(t, 8)
	for i, n := range []int64{12, 15, 20, 30, 49, 50, 3, 0} {
		f.tell(told{agency: report.AgencyID(fmt.Sprintf("9901010%02d", i+1)), year: 2022, numbers: requests(n)})
	}
	s := New(f.db, today)
	for _, c := range []struct {
		id   report.AgencyID
		by   PeerBy
		n    int
		name string
		band int
	}{
		{one, PeersByKind, 7, "990101街道和乡镇", 7},
		{one, PeersByLoad, 4, "990101街道和乡镇，2022 年受理 10 至 49 件", 4},
		{"990101006", PeersByLoad, 0, "990101街道和乡镇，2022 年受理 50 至 199 件", 0},
		{"990101008", PeersByLoad, 0, "990101街道和乡镇，2022 年受理 0 件", 0},
		{one, PeersAll, 7, "990101全部单位", 7},
	} {
		v, err := s.AgencyAmong(context.Background(), c.id, c.by, 0)
		f.must(err)
		if v.Peers.N != c.n || v.Peers.Name.ZH != c.name || v.Peers.Name.EN == "" {
			t.Errorf("peers of %s by %s: %+v, want %d, %s", c.id, c.by, v.Peers, c.n, c.name)
		}
		for i, year := range v.Years {
			if band := v.Series[0].Bands[i]; year == 2022 && band.N != c.band {
				t.Errorf("band of %s by %s has n %d, want %d", c.id, c.by, band.N, c.band)
			}
		}
	}
	v, err := s.Agency(context.Background(), gov, 0)
	f.must(err)
	if v.Peers.By != PeersByKind {
		t.Errorf("the usual peers are by %s", v.Peers.By)
	}
	if _, err := ParsePeerBy("size"); !errors.As(err, new(*report.ParameterError)) {
		t.Errorf("peers by size: %v", err)
	}
	if by, err := ParsePeerBy("all"); by != PeersAll || err != nil {
		t.Errorf("peers of old links: %s, %v", by, err)
	}
	among, err := s.AmongPeers(context.Background(), one, PeersByKind, []string{"requests_new", "unit_share"}, 0)
	f.must(err)
	for i, year := range among.Years {
		if b := among.Series[0].Bands[i]; year == 2022 && (b.N != 7 || b.P25 != 9 || b.Median != 20 || b.P75 != 39.5) {
			t.Errorf("quartiles of 15 20 30 49 50 3 0: %+v", b)
		}
		if b := among.Series[1].Bands[i]; year == 2022 && (b.N != 7 || b.Median < 11.1 || b.Median > 11.2) {
			t.Errorf("quartiles of the shares in 179: %+v", b)
		}
	}
	if by, err := ParsePeerBy(""); by != PeersByKind || err != nil {
		t.Errorf("%s, %v", by, err)
	}
}
