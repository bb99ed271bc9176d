package aggregate

import "encoding/binary"

// A regionHead is what is said of a region whatever the year.
type regionHead struct {
	Agencies, Watched int
	Reports           int // current ones of all years
	First, Last       int // year of the first of them and of the last, 0 without any
	Demo              bool
}

func (h regionHead) pack() []byte {
	out := append([]byte(nil), oneByte(h.Demo))
	for _, n := range []int{h.Agencies, h.Watched, h.Reports, h.First, h.Last} {
		out = binary.AppendUvarint(out, uint64(n))
	}
	return out
}

func unpackHead(body []byte) (regionHead, error) {
	r := unpacker{left: body}
	h := regionHead{Demo: r.flag(), Agencies: int(r.uvarint()), Watched: int(r.uvarint()), Reports: int(r.uvarint()), First: int(r.uvarint()), Last: int(r.uvarint())}
	return h, r.end()
}

func (h *regionHead) merge(o regionHead) {
	h.Demo = h.Demo && o.Demo || h.Agencies == 0 && o.Demo
	if h.First == 0 || o.First != 0 && o.First < h.First {
		h.First = o.First
	}
	h.Last = max(h.Last, o.Last)
	h.Agencies, h.Watched, h.Reports = h.Agencies+o.Agencies, h.Watched+o.Watched, h.Reports+o.Reports
}
