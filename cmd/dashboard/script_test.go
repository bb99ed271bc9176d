package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"gongkai/internal/demo"
)

var update = flag.Bool("update", false, "rewrite the answers of the scripts")

// TestMain makes the command line callable by scripts as dashboard.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"dashboard": func() {
			os.Exit(run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
		},
	})
}

// TestScript runs each script of testdata/script: a command line, what it prints,
// and what it leaves.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Setup: func(e *testscript.Env) error {
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("XDG_CACHE_HOME", e.WorkDir+"/cache")
			if err := startDemo(e); err != nil {
				return err
			}
			return takePort(e)
		},
	})
}

// takePort holds a port for the length of a script, as another program would.
func takePort(e *testscript.Env) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("take a port: %w", err)
	}
	e.Setenv("TAKEN", l.Addr().String())
	e.Defer(func() { l.Close() })
	return nil
}

// startDemo runs the demonstration portal for the length of a script; it builds its
// pages in a tenth of a second.
func startDemo(e *testscript.Env) error {
	p, err := demo.Start(context.Background(), "", demo.Options{})
	if err != nil {
		return err
	}
	e.Setenv("PORTAL", strings.TrimSuffix(p.URL(), "/"))
	e.Defer(func() { p.Close() })
	return nil
}
