package web

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The code points of these names stand in another order than their pinyin.
func TestByPinyin(t *testing.T) {
	names := []string{"云杉街道", "雪松街道", "菖蒲镇", "丁香街道", "木槿街道", "安居街道", "忍冬街道"}
	slices.SortStableFunc(names, byPinyin())
	want := []string{"安居街道", "菖蒲镇", "丁香街道", "木槿街道", "忍冬街道", "雪松街道", "云杉街道"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
