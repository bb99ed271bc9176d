package api

import (
	"iter"
	"strings"
)

func splitComma(s string) []string {
	var list []string
	for _, part := range strings.Split(s, ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

func failed(err error) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) { yield(nil, err) }
}

// yieldAll yields what a function returns, a row for each element.
func yieldAll[T any](list []T, err error, to func(T) row) iter.Seq2[row, error] {
	if err != nil {
		return failed(err)
	}
	return func(yield func(row, error) bool) {
		for _, v := range list {
			if !yield(to(v), nil) {
				return
			}
		}
	}
}
