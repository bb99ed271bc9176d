package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gongkai/internal/report"
)

const deskPortal = `# who keeps this file: the office
id: desk
name: 示例区人民政府
region: "990101"
family: trs
entries:
  - {url: "https://www.example.gov.cn/gknb/"}
networks: ["10.1.0.0/16"]
`

// TestPortalInBrowser holds what a browser may do with a portal file: switch it, keep it
// with the one before beside it, and open no private network that it did not have.
func TestPortalInBrowser(t *testing.T) {
	s := &settings{Portals: t.TempDir()}
	path := filepath.Join(s.Portals, "desk.yaml")
	if err := os.WriteFile(path, []byte(deskPortal), 0o644); err != nil {
		t.Fatal(err)
	}
	off, err := switched([]byte(deskPortal), false)
	if err != nil || !strings.HasPrefix(string(off), deskPortal) {
		t.Fatalf("switched off: %v\n%s", err, off)
	}
	if err := s.savePortalFile("desk", off); err != nil {
		t.Fatal(err)
	}
	files, err := s.listPortalFiles()
	if err != nil || len(files) != 1 || files[0].Enabled {
		t.Fatalf("after switching off: %+v, %v", files, err)
	}
	on, err := switched(off, true)
	if err != nil || strings.Count(string(on), "enabled:") != 1 {
		t.Fatalf("switched on: %v\n%s", err, on)
	}
	if err := s.savePortalFile("desk", on); err != nil {
		t.Fatal(err)
	}
	before, err := filepath.Glob(path + ".before-*")
	if err != nil || len(before) == 0 {
		t.Errorf("files before: %v, %v", before, err)
	}
	wrong := new(report.ParameterError)
	for _, network := range []string{"127.0.0.0/8", "10.0.0.0/8", "169.254.0.0/16"} {
		text := strings.Replace(deskPortal, "10.1.0.0/16", network, 1)
		if err := s.savePortalFile("desk", []byte(text)); !errors.As(err, &wrong) || wrong.Name != "networks" {
			t.Errorf("saved with %s: %v", network, err)
		}
		if _, err := s.readInBrowser([]byte(text)); !errors.As(err, &wrong) {
			t.Errorf("tried with %s: %v", network, err)
		}
	}
	if err := s.savePortalFile("desk", []byte(strings.Replace(deskPortal, "id: desk", "id: other\n", 1))); err == nil {
		t.Error("saved under another id")
	}
	if err := s.savePortalFile("desk", []byte("id: desk\nnonsense: 1\n")); err == nil || !strings.Contains(err.Error(), "2") {
		t.Errorf("saved nonsense: %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != string(on) {
		t.Errorf("after refusals the file is\n%s", text)
	}
}
