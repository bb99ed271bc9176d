package aggregate

import (
	"context"
	"testing"
	"time"

	"gongkai/internal/report"
)

// TestBeside: what rules across reports find of one report, and of one that is not there,
// is there under a key that stays and a digest that changes with the figures alone, so
// that a person's decision on it survives the next run and reopens when an operand
// changed.
func TestBeside(t *testing.T) {
	f := newCounty(t, 10)
	f.watch(one, two)
	for i, n := range []int64{0, 4, 4, 5, 5, 6, 6, 7, 8, 412} {
		if i > 0 {
			f.tell(told{agency: report.AgencyID("9901010" + twoDigits(i+1)), year: 2022, numbers: requests(n)})
		}
	}
	f.look(at(2023, time.February, 20), true)
	s := New(f.db, today)
	ask := func(id report.AgencyID) map[string]string {
		a, err := f.db.Agency(context.Background(), id)
		f.must(err)
		found, err := s.Beside(context.Background(), a, 2022, 0)
		f.must(err)
		all := make(map[string]string)
		for _, one := range found {
			all[one.Key(id, 2022)] = one.Digest()
		}
		return all
	}
	const outlier, missing = "peer.outlier/requests.new/total@990101010/2022", "publish.missing@990101001/2022"
	before := ask("990101010")
	if before[outlier] == "" || ask(one)[missing] == "" || len(ask("990101009")) != 0 {
		t.Fatalf("found of the outlier %v, of the missing %v, of another %v", before, ask(one), ask("990101009"))
	}
	f.look(at(2023, time.March, 20), true)
	if after := ask("990101010"); after[outlier] != before[outlier] {
		t.Errorf("after another look the digest is %q, was %q", after[outlier], before[outlier])
	}
	f.tell(told{agency: "990101010", year: 2022, numbers: requests(500)})
	if after := ask("990101010"); after[outlier] == "" || after[outlier] == before[outlier] {
		t.Errorf("after a revision from 412 to 500 the digest is %q, was %q", after[outlier], before[outlier])
	}
}

func twoDigits(n int) string {
	return string([]byte{byte('0' + n/10), byte('0' + n%10)})
}
