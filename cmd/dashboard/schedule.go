package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"

	"gongkai/internal/standard"
)

// schedule calls enqueue at each spec, in China's time. It does no work itself.
func schedule(log *slog.Logger, specs []string, enqueue func() error) (*cron.Cron, error) {
	c := cron.New(cron.WithLocation(standard.China()))
	for _, spec := range specs {
		_, err := c.AddFunc(spec, func() {
			if err := enqueue(); err != nil {
				log.Error("enqueue refresh", "schedule", spec, "err", err)
			}
		})
		if err != nil {
			return nil, fmt.Errorf("schedule %q: %w; want five cron fields, such as 17 3 * * 1", spec, err)
		}
	}
	return c, nil
}

// stopClock stops the clock and waits for what it has begun.
func stopClock(ctx context.Context, c *cron.Cron) {
	select {
	case <-c.Stop().Done():
	case <-ctx.Done():
	}
}

// poll is how often a worker looks for a job that the clock did not tell it of.
const poll = 15 * time.Second
