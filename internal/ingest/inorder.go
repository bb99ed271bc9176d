package ingest

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// inOrder does something with each item, so many at a time, and hands over the results
// in the order of the items. No more results wait than are being made.
func inOrder[T, R any](ctx context.Context, items []T, atATime int, do func(context.Context, T) (R, error), take func(R) error) error {
	group, ctx := errgroup.WithContext(ctx)
	queue := make(chan chan R, max(1, atATime))
	group.Go(func() error {
		defer close(queue)
		for _, item := range items {
			answer := make(chan R, 1)
			select {
			case queue <- answer:
			case <-ctx.Done():
				return ctx.Err()
			}
			group.Go(func() error {
				result, err := do(ctx, item)
				if err == nil {
					answer <- result
				}
				return err
			})
		}
		return nil
	})
	group.Go(func() error {
		for answer := range queue {
			select {
			case result := <-answer:
				if err := take(result); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	return group.Wait()
}
