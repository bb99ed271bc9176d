// Package binary tests what needs the whole program, built as it is shipped.
package binary

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// buildLine returns the arguments of `go build` in a file, with continued lines
// joined.
func buildLine(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	joined := regexp.MustCompile(`\\\n\s*`).ReplaceAllString(string(text), "")
	for line := range strings.Lines(joined) {
		if _, args, ok := strings.Cut(line, "go build "); ok {
			return strings.TrimSpace(args)
		}
	}
	t.Fatalf("%s has no go build", name)
	return ""
}

// TestImageBuild builds the binary by the line of the Dockerfile and runs it.
func TestImageBuild(t *testing.T) {
	bin := filepath.Join(t.TempDir(), "dashboard")
	line := strings.Replace(buildLine(t, "Dockerfile"), "/out/dashboard", bin, 1)
	if !strings.Contains(line, bin) {
		t.Fatalf("the Dockerfile does not write /out/dashboard: %s", line)
	}
	cmd := exec.Command("sh", "-c", "go build "+line)
	cmd.Dir = filepath.Join("..", "..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=1", "VERSION=9.9.9-test")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build %s: %v\n%s", line, err, out)
	}
	var out bytes.Buffer
	cmd = exec.Command(bin, "version")
	cmd.Dir, cmd.Stdout = t.TempDir(), &out
	if err := cmd.Run(); err != nil || !strings.HasPrefix(out.String(), "gongkai 9.9.9-test ") {
		t.Errorf("version prints %q, %v", out.String(), err)
	}
}

// TestSameTags: the image and `make build` are the same program.
func TestSameTags(t *testing.T) {
	makefile, err := os.ReadFile(filepath.Join("..", "..", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	tags := regexp.MustCompile(`(?m)^TAGS\s*:=\s*(\S+)$`).FindStringSubmatch(string(makefile))
	if tags == nil {
		t.Fatal("the Makefile names no TAGS")
	}
	if line := buildLine(t, "Dockerfile"); !strings.Contains(line, "-tags "+tags[1]+" ") {
		t.Errorf("the Dockerfile builds with %s, make build with -tags %s", line, tags[1])
	}
}
