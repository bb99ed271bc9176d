package web

import (
	"fmt"
	"regexp"
	"unicode"
)

// A lang is a language of the pages.
type lang string

// The languages. Chinese is the language that the pages are written in, and its
// texts are the keys of the other.
const (
	zh lang = "zh"
	en lang = "en"
)

// HTML is the value of the lang attribute.
func (l lang) HTML() string {
	if l == en {
		return "en"
	}
	return "zh-CN"
}

// text returns a text of the pages in a language, its verbs filled as fmt.Sprintf
// does. What the catalogue does not have stays Chinese.
func (l lang) text(chinese string, args ...any) string {
	format := chinese
	if l == en {
		if translated, ok := catalogue()[chinese]; ok {
			format = translated
		}
	}
	if len(args) == 0 {
		return format
	}
	if l == en {
		return singular(fmt.Sprintf(format, args...))
	}
	return fmt.Sprintf(format, args...)
}

// agreed is a text of a number and its noun, in the singular where it counts one.
func (l lang) agreed(text string) string {
	if l == en {
		return singular(text)
	}
	return text
}

// later is a sentence as a later part of one: English begins it without a capital,
// where that is not a name or an abbreviation.
func (l lang) later(text string) string {
	if runes := []rune(text); l == en && len(runes) > 1 && unicode.IsUpper(runes[0]) && unicode.IsLower(runes[1]) {
		return string(unicode.ToLower(runes[0])) + string(runes[1:])
	}
	return text
}

// begin is a text as the beginning of a sentence.
func (l lang) begin(text string) string {
	if runes := []rune(text); l == en && len(runes) > 0 {
		return string(unicode.ToUpper(runes[0])) + string(runes[1:])
	}
	return text
}

// one is a count of one before a noun in the plural, and with the verb that follows.
var one = regexp.MustCompile(`(^|[^\d.,–−-])1 ((?:further |new |list |conflicting )?)(agenc|report|request|page|cell|unit|sentence|finding|review|suit|sum|case|year|link|change|member|error|figure|entr|place|peer|document|draft|version|passage)(s|ies)\b( are| were| have| differ| need| do)?|(^|[^\d.,–−-])1 (are|were|have)\b`)

// singular puts the nouns and verbs of a text into the singular where they count one.
func singular(text string) string {
	verbs := map[string]string{"are": "is", "were": "was", "have": "has", "differ": "differs", "need": "needs", "do": "does"}
	return one.ReplaceAllStringFunc(text, func(found string) string {
		m := one.FindStringSubmatch(found)
		if m[7] != "" {
			return m[6] + "1 " + verbs[m[7]]
		}
		said := m[1] + "1 " + m[2] + m[3]
		if m[4] == "ies" {
			said += "y"
		}
		if m[5] != "" {
			said += " " + verbs[m[5][1:]]
		}
		return said
	})
}
