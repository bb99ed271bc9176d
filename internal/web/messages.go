package web

import "fmt"

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
	return fmt.Sprintf(format, args...)
}
