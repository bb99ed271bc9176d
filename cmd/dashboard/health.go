package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"
)

// newHealth asks a running dashboard whether it is well, for images without curl.
func newHealth(s *settings) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "health [--addr HOST:PORT]",
		Short:   "ask a running dashboard whether it answers; exit status 0 or 1",
		Example: example("dashboard health --addr 127.0.0.1:8080"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return health(cmd.Context(), s.Addr)
		},
	}
	cmd.Flags().StringVar(&s.Addr, "addr", defaults().Addr, "address it serves on")
	return cmd
}

func health(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("health: address %q: %w; want host:port", addr, err)
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return fmt.Errorf("health: %w", err)
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("health: %w; is it running there? start it with dashboard serve, or give its address with --addr", err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("health: %s answered %s", req.URL, answer.Status)
	}
	return nil
}
