package main

import (
	"fmt"
	"maps"
	"os"

	"gongkai/internal/standard"
)

// takeThresholds takes the thresholds of the settings file, and over them those of
// the environment: GONGKAI_THRESHOLDS="year.jump.ratio=6;peer.outlier.mad=4".
func (s *settings) takeThresholds(file standard.Thresholds) error {
	s.Thresholds = maps.Clone(file)
	env := os.Getenv("GONGKAI_THRESHOLDS")
	if env == "" {
		return nil
	}
	set, err := standard.ParseThresholds(env)
	if err != nil {
		return fmt.Errorf("GONGKAI_THRESHOLDS: %w", err)
	}
	if s.Thresholds == nil {
		s.Thresholds = make(standard.Thresholds)
	}
	maps.Copy(s.Thresholds, set)
	return nil
}
