package web

import (
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"

	"gongkai/internal/report"
)

// byPinyin returns how names are ordered by their pinyin, the same in both languages:
// the names stay Chinese in English too. A collator is not for use at the same time,
// so each sort takes its own.
func byPinyin() func(a, b string) int {
	c := collate.New(language.Chinese)
	return c.CompareString
}

// Orders of a list of agencies beside its own.
const orderPinyin, orderCode = "pinyin", "code"

// listOrder reads the order that an address asks for, "" for the list's own.
func listOrder(text string) (string, error) {
	if text != "" && text != orderPinyin && text != orderCode {
		return "", &report.ParameterError{Name: "sort", Got: text, Want: "pinyin（按拼音）、code（按编号）或不写"}
	}
	return text, nil
}

// orderName is what an order is called; own is the list's own.
func (p page) orderName(order, own string) string {
	switch order {
	case orderPinyin:
		return p.t("按拼音")
	case orderCode:
		return p.t("按编号")
	}
	return own
}

// sortList puts a list by the names or the codes of its agencies; in its own order it
// stays as it is.
func sortList[T any](list []T, order string, of func(T) (name, code string)) {
	if order == "" {
		return
	}
	spelt := byPinyin()
	slices.SortStableFunc(list, func(a, b T) int {
		nameA, codeA := of(a)
		nameB, codeB := of(b)
		if order == orderPinyin {
			if n := spelt(nameA, nameB); n != 0 {
				return n
			}
		}
		return strings.Compare(codeA, codeB)
	})
}
