package web

import (
	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// byPinyin returns how names are ordered by their pinyin, the same in both languages:
// the names stay Chinese in English too. A collator is not for use at the same time,
// so each sort takes its own.
func byPinyin() func(a, b string) int {
	c := collate.New(language.Chinese)
	return c.CompareString
}
