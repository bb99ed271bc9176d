package aggregate

import (
	"encoding/binary"
	"errors"
	"hash/fnv"
	"slices"

	"gongkai/internal/store"
)

// sketchMade names the definitions that sketches are made by: what is compared of a text
// and how it is made ready. Sketches made by others are not used.
const sketchMade = "sketch 1"

// A sketch is what decides whether the words of a reading may be those of another, without
// the words: of each compared section the shingles that every sketch index takes
// (sketchScale), cut to 32 bits. Whatever two texts share their sketches share, so that
// none is missed; what they propose is read and compared in full.
type sketch struct {
	reading  int64
	listed   store.RunID // names are left out of a text: those that the register had from this run on
	original uint64      // hash of what names the file
	figures  uint64
	whole    uint64 // hash of all words, 0 for none
	length   int    // of them, in characters
	sections [sketched][]uint32
}

// sketched is the number of compared sections.
const sketched = 3

// newSketch makes the sketch of a report.
func newSketch(of store.ReadingRef, r *copyReport) sketch {
	s := sketch{reading: of.Reading, listed: of.Listed, original: textHash(string(r.original)), figures: r.figures, length: len([]rune(r.whole))}
	if r.prose {
		s.whole = textHash(r.whole)
	}
	for i, number := range comparedSections() {
		section := r.sections[number]
		if section == nil {
			continue
		}
		for _, h := range section.set {
			if h%sketchScale == 0 {
				s.sections[i] = append(s.sections[i], cut(h))
			}
		}
		slices.Sort(s.sections[i])
		s.sections[i] = slices.Compact(s.sections[i])
	}
	return s
}

// cut is a shingle as sketches have it.
func cut(h uint64) uint32 { return uint32(h >> 32) }

// textHash is a hash of a text that is not 0.
func textHash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s)) //nolint:errcheck // a hash takes all
	return max(h.Sum64(), 1)
}

// appendSketch appends the packed form of a sketch.
func appendSketch(out []byte, s sketch) []byte {
	out = binary.AppendUvarint(out, uint64(s.reading))
	out = binary.AppendUvarint(out, uint64(s.listed))
	for _, h := range []uint64{s.original, s.figures, s.whole} {
		out = binary.LittleEndian.AppendUint64(out, h)
	}
	out = binary.AppendUvarint(out, uint64(s.length))
	for _, section := range s.sections {
		out = binary.AppendUvarint(out, uint64(len(section)))
		var last uint32
		for _, h := range section {
			out = binary.AppendUvarint(out, uint64(h-last))
			last = h
		}
	}
	return out
}

var errSketch = errors.New("kept sketches are damaged; dashboard doctor --sums makes them again")

// eachSketch calls f with the sketches of a packed body. Their sections are f's only until
// it returns.
func eachSketch(body []byte, f func(s *sketch) error) error {
	r := unpacker{left: body}
	var s sketch
	for len(r.left) > 0 {
		s.reading, s.listed = int64(r.uvarint()), store.RunID(r.uvarint())
		for _, h := range []*uint64{&s.original, &s.figures, &s.whole} {
			*h = r.fixed()
		}
		s.length = int(r.uvarint())
		for i := range s.sections {
			n, last := r.count(), uint32(0)
			s.sections[i] = slices.Grow(s.sections[i][:0], n)
			for range n {
				last += uint32(r.uvarint())
				s.sections[i] = append(s.sections[i], last)
			}
		}
		if r.bad {
			return errSketch
		}
		if err := f(&s); err != nil {
			return err
		}
	}
	return nil
}

// fixed reads a number of eight bytes.
func (r *unpacker) fixed() uint64 {
	if len(r.left) < 8 {
		r.bad, r.left = true, nil
		return 0
	}
	n := binary.LittleEndian.Uint64(r.left)
	r.left = r.left[8:]
	return n
}

// A lookout knows the reports whose words are looked for, and says of any sketch whether
// it may be of a text that some of them share.
type lookout struct {
	seen  []uint64 // bits of the shingles of all, by their low bits: most others have none
	where map[uint32][]int32
	wants []want
	twins map[twin]bool
	files map[uint64]bool // originals
	hits  []int32
	share float64
	long  int // characters from which on all words alike are one file
}

// A want is a section that is looked for.
type want struct {
	section int // place in comparedSections
	of      int // shingles of its sketch
}

// twin is all of a report by which another is one file with it.
type twin struct{ original, whole, figures uint64 }

// seenBits is how many low bits of a shingle find its bit.
const seenBits = 20

// newLookout makes a lookout for those of some reports that here holds of. Their sections
// are without what is template.
func newLookout(reports []*copyReport, here func(*copyReport) bool, share float64, least, long int) *lookout {
	l := &lookout{seen: make([]uint64, 1<<seenBits/64), where: make(map[uint32][]int32), twins: make(map[twin]bool), files: make(map[uint64]bool), share: share, long: long}
	for _, r := range reports {
		if !here(r) {
			continue
		}
		for i, number := range comparedSections() {
			if s := r.sections[number]; s != nil && len(s.own) >= least {
				l.want(i, s.own)
			}
		}
		for _, t := range twinsOf(textHash(string(r.original)), wholeHash(r), r.figures, len([]rune(r.whole)) >= long) {
			l.twins[t] = true
		}
		l.files[textHash(string(r.original))] = true
	}
	l.hits = make([]int32, len(l.wants))
	return l
}

func wholeHash(r *copyReport) uint64 {
	if !r.prose {
		return 0
	}
	return textHash(r.whole)
}

// twinsOf are the ways in which a report is one file with another.
func twinsOf(original, whole, figures uint64, long bool) []twin {
	list := []twin{{original, whole, figures}}
	if long {
		list = append(list, twin{0, whole, figures})
	}
	return list
}

func (l *lookout) want(section int, own []uint64) {
	w, at := want{section: section}, int32(len(l.wants))
	for _, h := range own {
		if h%sketchScale != 0 {
			continue
		}
		w.of++
		c := cut(h)
		l.seen[c%(1<<seenBits)/64] |= 1 << (c % 64)
		l.where[c] = append(l.where[c], at)
	}
	l.wants = append(l.wants, w)
}

// sees reports whether the report of a sketch may share words with one that is looked for.
func (l *lookout) sees(s *sketch) bool {
	for _, t := range twinsOf(s.original, s.whole, s.figures, s.length >= l.long) {
		if l.twins[t] {
			return true
		}
	}
	touched := false
	for i, section := range s.sections {
		for _, c := range section {
			if l.seen[c%(1<<seenBits)/64]>>(c%64)&1 == 0 {
				continue
			}
			for _, at := range l.where[c] {
				if l.wants[at].section == i {
					l.hits[at]++
					touched = true
				}
			}
		}
	}
	if !touched {
		return false
	}
	found := false
	for at, w := range l.wants {
		found = found || l.hits[at] > 0 && float64(l.hits[at]) >= (l.share-sketchMargin)*float64(w.of)
		l.hits[at] = 0
	}
	return found
}
