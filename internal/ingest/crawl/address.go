package crawl

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/idna"
)

var sessionMark = regexp.MustCompile(`(?i);jsessionid=[^?#/]*`)

// resolve makes an address absolute as browsers do, so that one document has one
// address: backslashes, spaces, session marks and fragments are mended or left
// out. It fails for what is no web address.
func resolve(base *url.URL, ref string) (*url.URL, error) {
	ref = strings.TrimSpace(strings.Map(func(r rune) rune {
		switch r {
		case '\t', '\n', '\r':
			return -1
		case '\\':
			return '/'
		}
		return r
	}, ref))
	if ref == "" || ref[0] == '#' {
		return nil, errors.New("no address")
	}
	ref = lowerPercent.ReplaceAllStringFunc(strings.ReplaceAll(ref, " ", "%20"), strings.ToUpper)
	u, err := url.Parse(sessionMark.ReplaceAllString(ref, ""))
	if err != nil {
		return nil, err
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, errors.New("no web address")
	}
	if u.Host, err = asciiHost(u.Host); err != nil {
		return nil, err
	}
	if u.Scheme == "http" {
		u.Host = strings.TrimSuffix(u.Host, ":80")
	} else {
		u.Host = strings.TrimSuffix(u.Host, ":443")
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.RawQuery = asciiQuery(u.RawQuery)
	u.Fragment, u.RawFragment, u.User = "", "", nil
	return u, nil
}

// lowerPercent are marks that mean the same with capitals: one address is written one
// way.
var lowerPercent = regexp.MustCompile(`%(?:[0-9A-F][a-f]|[a-f][0-9A-Fa-f])`)

// asciiHost writes the name of a host as it is asked for: small letters, and names of
// other scripts in their form of xn--.
func asciiHost(host string) (string, error) {
	host = strings.ToLower(host)
	if strings.IndexFunc(host, func(r rune) bool { return r >= 0x80 }) < 0 {
		return host, nil
	}
	name, port, _ := strings.Cut(host, ":")
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil {
		return "", fmt.Errorf("host %q: %w", name, err)
	}
	if port != "" {
		ascii += ":" + port
	}
	return ascii, nil
}

// nameInAddress returns the file name of an address as people read it.
func nameInAddress(ref string) string {
	ref, _, _ = strings.Cut(ref, "?")
	ref = strings.TrimSuffix(ref, "/")
	name, err := url.PathUnescape(ref[strings.LastIndexByte(ref, '/')+1:])
	if err != nil {
		return ""
	}
	return squeeze(text([]byte(name), "", ""))
}

// asciiQuery percent-encodes what may not stand in a request as it is.
func asciiQuery(q string) string {
	if strings.IndexFunc(q, func(r rune) bool { return r <= ' ' || r >= 0x7f }) < 0 {
		return q
	}
	var b strings.Builder
	for i := range len(q) {
		if c := q[i]; c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// sameList is the identity of a list's page: a folder and its index are one page.
func sameList(u *url.URL) string {
	s := *u
	for _, name := range []string{"index.html", "index.htm", "index.shtml"} {
		if p, ok := strings.CutSuffix(s.Path, "/"+name); ok {
			s.Path, s.RawPath = p+"/", ""
		}
	}
	s.Scheme = ""
	return s.String()
}

// isHome reports whether an address is a site's front page.
func isHome(u *url.URL) bool {
	switch strings.ToLower(u.Path) {
	case "", "/", "/index.html", "/index.htm", "/index.shtml", "/index.asp", "/index.jsp", "/index.php":
		return u.RawQuery == ""
	}
	return false
}

// allows reports whether the portal may go to a host: that of an entry, one named
// in hosts, or either with or without www.
func (p *Portal) allows(host string) bool {
	bare := func(h string) string {
		if ascii, err := asciiHost(h); err == nil {
			h = ascii
		}
		return strings.TrimPrefix(h, "www.")
	}
	host = bare(host)
	for _, e := range p.Entries {
		if u, err := url.Parse(e.URL); err == nil && bare(u.Host) == host {
			return true
		}
	}
	for _, h := range p.Hosts {
		if bare(h) == host {
			return true
		}
	}
	return false
}

// parts returns what templates may use of an address: dir, stem, name, ext, the
// whole address, and each parameter of its query by name.
func parts(u *url.URL) values {
	v := values{}
	for name, all := range u.Query() {
		v[name] = all[0]
	}
	s := *u
	s.RawQuery = ""
	whole := s.String()
	i := strings.LastIndexByte(whole, '/') + 1
	dir, file := whole[:i], whole[i:]
	if file == "" {
		file = "index.html"
	}
	name, ext := file, ""
	if j := strings.LastIndexByte(file, '.'); j > 0 {
		name, ext = file[:j], file[j+1:]
	}
	v["dir"], v["stem"], v["name"], v["ext"], v["address"] = dir, dir+name, name, ext, u.String()
	return v
}
