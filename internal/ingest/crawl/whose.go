package crawl

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"gongkai/internal/standard"
)

// whose fills in what the person has left to the page.
func (d *drafter) whose(ctx context.Context, first *page) (err error) {
	if d.column.Region == "" {
		if d.column.Region, err = regionOf(first); errors.Is(err, errNobody) && d.private(first.url) {
			d.column.Region, d.demo, err = fictitious(first.url), true, nil
		}
		if err != nil {
			return err
		}
	}
	if d.column.Name == "" {
		d.column.Name = governmentOf(d.column.Region)
	}
	if d.column.Name == "" {
		d.column.Name = d.nameOn(ctx, first)
	}
	if d.column.Name == "" {
		return fmt.Errorf("region %s is not in the national roster and the page names no government; give the name of the portal with --name, such as 示例区人民政府", d.column.Region)
	}
	return nil
}

// nameOn returns the government that a page, or the front page of its site, names as
// its own.
func (d *drafter) nameOn(ctx context.Context, first *page) string {
	if name := governmentIn(first); name != "" {
		return name
	}
	front := *first.url
	front.Path, front.RawPath, front.RawQuery = "/", "", ""
	p, err := d.page(ctx, front.String())
	if err != nil || p.doc == nil {
		return ""
	}
	return governmentIn(p)
}

var ownGovernment = regexp.MustCompile(`[\p{Han}]{1,15}?(?:区|县|市|旗|盟|州|省)(?:人民)?政府`)

// governmentIn finds the name of a government in what a page says of its site.
func governmentIn(p *page) string {
	for _, text := range []string{p.doc.Find("meta[name=SiteName], meta[name=sitename]").AttrOr("content", ""), p.doc.Find("title").Text(), p.doc.Text()} {
		if m := ownGovernment.FindString(squeeze(text)); m != "" {
			return strings.TrimPrefix(strings.TrimPrefix(m, "主办"), "版权所有")
		}
	}
	return ""
}

// private reports whether an address is one of the private ranges that the person
// named: a portal for practice, whose region may be fictitious.
func (d *drafter) private(u *url.URL) bool {
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && slices.ContainsFunc(d.column.Networks, func(n netip.Prefix) bool { return n.Contains(ip) })
}

// fictitious makes a region code that no region has, always the same for a site.
func fictitious(u *url.URL) standard.RegionCode {
	sum := fnv.New32a()
	_, _ = io.WriteString(sum, u.Host+firstFolder(u.Path)) // does not fail
	return standard.RegionCode(fmt.Sprintf("99%04d", 1+sum.Sum32()%9998))
}

// firstFolder tells sites apart that share a host.
func firstFolder(path string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return name
}

// freeID returns an id that is not taken.
func freeID(id string, taken func(string) bool) string {
	if taken == nil || !taken(id) {
		return id
	}
	for n := 2; ; n++ {
		if next := fmt.Sprintf("%s-%d", id, n); !taken(next) {
			return next
		}
	}
}

// regionOf finds the district whose portal a page is: the one with the longest name
// in the page's title or site name. Of several with that name it is the one whose
// city or province the page names too.
func regionOf(p *page) (standard.RegionCode, error) {
	head := squeeze(p.doc.Find("title").Text())
	for _, meta := range p.doc.Find("meta[name]").EachIter() {
		switch strings.ToLower(meta.AttrOr("name", "")) {
		case "sitename", "contentsource", "author", "keywords", "description":
			head += " " + meta.AttrOr("content", "")
		}
	}
	found := namedIn(head)
	if len(found) == 0 {
		return "", errNobody
	}
	in := found
	if len(found) > 1 {
		in = within(found, p.text)
	}
	if len(in) != 1 {
		return "", fmt.Errorf("the page does not say whose portal it is: %d regions have that name; give the region code of the government with --region, such as --region 120110", len(found))
	}
	return in[0], nil
}

// errNobody is of a page that names no region of the roster.
var errNobody = errors.New("the page does not say whose portal it is; give the region code of the government with --region, such as --region 120110")

// namedIn returns the districts of the longest name that a text holds.
func namedIn(text string) []standard.RegionCode {
	var found []standard.RegionCode
	longest := 1
	for _, province := range standard.Provinces() {
		for _, city := range standard.RegionsIn(province.Code) {
			for _, district := range standard.RegionsIn(city.Code) {
				n := utf8.RuneCountInString(district.Name)
				if district.Code.Level() != standard.CountyLevel || n < longest || n < 3 || !strings.Contains(text, district.Name) {
					continue
				}
				if n > longest {
					found, longest = nil, n
				}
				found = append(found, district.Code)
			}
		}
	}
	return found
}

// within returns the districts of which a text names the city or the province.
func within(found []standard.RegionCode, text string) []standard.RegionCode {
	var in []standard.RegionCode
	for _, code := range found {
		for _, r := range standard.RegionPath(code.Parent()) {
			if strings.Contains(text, strings.TrimRight(r.Name, "市省")) {
				in = append(in, code)
				break
			}
		}
	}
	return in
}

// governmentOf names the government of a region in full: 天津市东丽区人民政府.
func governmentOf(code standard.RegionCode) string {
	var b strings.Builder
	for _, r := range standard.RegionPath(code) {
		b.WriteString(r.Name)
	}
	if b.Len() == 0 {
		return ""
	}
	return b.String() + "人民政府"
}

// idFrom makes an id of a host: tjdl of www.tjdl.gov.cn.
func idFrom(host string) string {
	name, _, _ := strings.Cut(strings.ToLower(host), ":")
	name = strings.TrimSuffix(strings.TrimPrefix(name, "www."), ".gov.cn")
	return strings.ReplaceAll(name, ".", "-")
}
