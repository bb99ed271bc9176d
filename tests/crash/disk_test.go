package crash

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fullDisk refreshes on a disk of its own that has so little left, makes room, refreshes
// again there, and copies what is kept back. It is run in a namespace of its own, where
// any user may mount.
const fullDisk = `
set -e
mount -t tmpfs -o size=64m tmpfs "$DISK"
cp -a "$DIR"/gongkai.db "$DIR"/archive "$DIR"/portals "$DISK"/
head -c 128M /dev/zero >"$DISK"/filler 2>/dev/null || true
truncate -s -"$LEFT" "$DISK"/filler
cd "$DISK"
set +e
"$BIN" refresh --db gongkai.db --archive archive --portals portals
echo "status $?"
"$BIN" rollup --db gongkai.db --region 990101 >/dev/null
echo "read $?"
rm filler
"$BIN" refresh --db gongkai.db --archive archive --portals portals >/dev/null 2>again.txt
echo "again $?"
cat again.txt
rm -f again.txt "$DIR"/gongkai.db*
rm -rf "$DIR"/archive
cp -a gongkai.db* archive "$DIR"/
`

// TestFullDisk fills the disk under a refresh at several moments. It says so, ends with
// what was whole, goes on when there is room again, and loses nothing.
func TestFullDisk(t *testing.T) {
	if out, err := exec.CommandContext(t.Context(), "unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", t.TempDir()).CombinedOutput(); err != nil {
		t.Skipf("skipped: no disk of a given size can be made here: %v %s", err, out)
	}
	bin := build(t)
	calm := newWorld(t, bin)
	calm.settle(t)
	want := calm.kept(t)
	for _, left := range []string{"100K", "400K", "900K", "1600K"} {
		t.Run(left, func(t *testing.T) {
			w := newWorld(t, bin)
			disk := filepath.Join(w.dir, "disk")
			must(t, os.Mkdir(disk, 0o755))
			cmd := exec.CommandContext(t.Context(), "unshare", "-rm", "sh", "-c", fullDisk)
			cmd.Env = append(os.Environ(), "BIN="+bin, "DIR="+w.dir, "DISK="+disk, "LEFT="+left)
			said, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			text := string(said)
			if strings.Contains(text, "status 0") {
				t.Errorf("a refresh on a full disk went well; the disk was not full:\n%s", text)
			}
			if !regexp.MustCompile(`(?i)disk is full|no space left`).MatchString(text) {
				t.Errorf("it does not say that the disk is full:\n%s", text)
			}
			if strings.Contains(text, "panic") || strings.Contains(text, "malformed") || strings.Contains(text, "damaged") {
				t.Errorf("it says more than that:\n%s", text)
			}
			if !strings.Contains(text, "again 0") {
				t.Errorf("with room again it does not go on:\n%s", text)
			}
			w.sound(t)
			w.settle(t)
			if diff := cmp.Diff(want, w.kept(t)); diff != "" {
				t.Errorf("what is kept (-undisturbed +full disk):\n%s", diff)
			}
			t.Logf("%.300s", text)
		})
	}
}
