// Package browser looks at the pages of a running demonstration in a real browser.
package browser

import (
	"bufio"
	"flag"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMain builds the program, starts its demonstration in a folder of its own and
// stops it at the end.
func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(withDemo(m))
}

// Of the running demonstration, set once before the tests.
var (
	base    string
	folder  string // of its data
	setLink string // for its first administrator
)

func withDemo(m *testing.M) int {
	if browserPath() == "" {
		fmt.Println("skipped: no Chromium on this machine; the pages were not looked at (apt-get install chromium)")
		return 0
	}
	dir, err := os.MkdirTemp("", "gongkai-browser")
	if err != nil {
		fmt.Println(err)
		return 1
	}
	defer os.RemoveAll(dir)
	stop, err := startDemo(dir)
	if err != nil {
		fmt.Println("start the demonstration:", err)
		return 1
	}
	defer stop()
	if err := addOfficer(dir); err != nil {
		fmt.Println("add an administrator:", err)
		return 1
	}
	if err := readAxe(); err != nil {
		fmt.Println(err)
		return 1
	}
	shut, err := startBrowser()
	if err != nil {
		fmt.Println("start Chromium:", err)
		return 1
	}
	defer shut()
	return m.Run()
}

func startDemo(dir string) (stop func(), err error) {
	bin := filepath.Join(dir, "dashboard")
	if out, err := exec.Command("go", "build", "-tags", "sqlite_foreign_keys,sqlite_omit_load_extension", "-o", bin, "gongkai/cmd/dashboard").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("build: %w: %s", err, out)
	}
	folder = filepath.Join(dir, "data")
	cmd := exec.Command(bin, "demo", "--addr", "127.0.0.1:0", "--data", folder)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	}
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		a := address.FindString(lines.Text())
		if a != "" && base == "" {
			base = a
		}
		if at := strings.Index(lines.Text(), a+"/setup?key="); a != "" && at >= 0 {
			setLink = strings.Fields(lines.Text()[at:])[0]
			break // it is the last of what is said at the start
		}
	}
	go func() { // the demonstration goes on printing
		for lines.Scan() {
		}
	}()
	if base == "" || setLink == "" {
		stop()
		return nil, fmt.Errorf("the demonstration printed no address or no set-up link")
	}
	return stop, waitReady()
}

// waitReady waits until the first refresh has ended.
func waitReady() error {
	for range 960 {
		if answer, err := http.Get(base + "/readyz"); err == nil {
			answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(250 * time.Millisecond)
	}
	return fmt.Errorf("%s/readyz is not 200 after four minutes", base)
}

// officer is the administrator of the tests.
const (
	officer  = "officer"
	password = "seven plain words of a rainy day"
)

// session is the administrator's, set once before the tests.
var session *http.Cookie

// addOfficer adds an administrator to the demonstration and signs them in.
func addOfficer(dir string) error {
	add := exec.Command(filepath.Join(dir, "dashboard"), "user", "add", officer, "--role", "administrator", "--db", filepath.Join(dir, "data", "gongkai.db"))
	add.Stdin = strings.NewReader(password + "\n")
	if out, err := add.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	client := &http.Client{Jar: jar}
	form := url.Values{"name": {officer}, "password": {password}}
	post, err := http.NewRequest(http.MethodPost, base+"/login", strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	post.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	post.Header.Set("Origin", base)
	in, err := client.Do(post)
	if err != nil {
		return err
	}
	defer in.Body.Close()
	address, err := url.Parse(base)
	if err != nil {
		return err
	}
	for _, c := range jar.Cookies(address) {
		if c.Name == "gongkai" {
			session = c
		}
	}
	if session == nil || in.StatusCode != http.StatusOK {
		return fmt.Errorf("signing in answers %s with cookies %v", in.Status, jar.Cookies(address))
	}
	return nil
}

func browserPath() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}
