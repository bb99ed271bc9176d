package main

import (
	"bytes"
	"strings"
	"testing"

	"gongkai/internal/ingest/crawl"
)

// TestShowUnits holds that what is missing or there twice is seen at a glance.
func TestShowUnits(t *testing.T) {
	var out bytes.Buffer
	showUnits(&out, []crawl.Candidate{{Unit: "云杉街道", Year: 2024}, {Unit: "云杉街道", Year: 2020}, {Unit: "云杉街道", Year: 2021},
		{Unit: "云杉街道", Year: 2021}, {Unit: "芦苇镇", Year: 2023}, {Unit: "芦", Year: 2022, Cut: true}, {}})
	for _, want := range []string{"2 个单位；2 条", "云杉街道：2020—2024，缺 2022 2023，重复 2021\n", "芦苇镇：2023\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s\nlacks %s", out.String(), want)
		}
	}
}
