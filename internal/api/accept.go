package api

import (
	"fmt"
	"mime"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// errNotAcceptable is that a client takes none of the forms of an answer.
type errNotAcceptable struct{ accept string }

func (e errNotAcceptable) Error() string {
	return fmt.Sprintf("Accept %q takes none of the forms of this answer: %s; ask with one of them, or with format=json, csv or xlsx",
		e.accept, strings.Join([]string{echo.MIMEApplicationJSON, csvType, xlsxType}, ", "))
}

const csvType = "text/csv"

// form is the form that a request asks for, by its parameter or by its Accept header, which
// an answer then varies with.
func form(c echo.Context) (string, error) {
	c.Response().Header().Add(echo.HeaderVary, echo.HeaderAccept)
	if as := c.QueryParam("format"); as != "" {
		return as, nil
	}
	return formOf(strings.Join(c.Request().Header.Values(echo.HeaderAccept), ","))
}

// formOf is the form of an answer where the parameter format does not name it: the one that
// the Accept header puts first, JSON among equals.
func formOf(accept string) (string, error) {
	if strings.TrimSpace(accept) == "" {
		return "json", nil
	}
	best, most := "", 0.0
	for _, offer := range [][2]string{{"json", echo.MIMEApplicationJSON}, {"csv", csvType}, {"xlsx", xlsxType}} {
		if q := quality(accept, offer[1]); q > most {
			best, most = offer[0], q
		}
	}
	if best == "" {
		return "", errNotAcceptable{accept}
	}
	return best, nil
}

// quality is how much an Accept header wants a type: what it says of the type itself goes
// before what it says of all of its kind, and that before what it says of all.
func quality(accept, kind string) float64 {
	family, _, _ := strings.Cut(kind, "/")
	q, named := 0.0, 0
	for part := range strings.SplitSeq(accept, ",") {
		name, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		exact := map[string]int{"*/*": 1, family + "/*": 2, kind: 3}[name]
		if exact <= named {
			continue
		}
		named, q = exact, 1
		if text, given := params["q"]; given {
			if q, err = strconv.ParseFloat(text, 64); err != nil {
				q = 0
			}
		}
	}
	return q
}
