package ingest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime/debug"
	"strings"
	"time"

	"gongkai/internal/ingest/extract"
	"gongkai/internal/ingest/recognise"
	"gongkai/internal/report"
)

// A question is what a process apart is told of the bytes that follow it.
type question struct {
	Hint   extract.Hint
	Limits extract.Limits
	Claim  recognise.Hint
	Plain  bool
}

// An answer is what it says of them.
type answer struct {
	Made  making
	Err   string
	Limit *report.LimitError // where Err is that a limit was passed
}

// apart reads bytes in a process of its own, which the system ends where it passes the
// limit of memory, and ctx where it passes that of time.
func (s source) apart(ctx context.Context, body []byte) (making, error) {
	var head, out bytes.Buffer
	q := question{Hint: s.hint, Limits: s.Limits, Claim: s.claim, Plain: s.plain}
	if err := gob.NewEncoder(&head).Encode(q); err != nil {
		return making{}, fmt.Errorf("read apart: %w", err)
	}
	memory := &report.LimitError{Limit: "memory", Max: s.Limits.Memory}
	cmd := exec.CommandContext(ctx, s.Apart[0], s.Apart[1:]...)
	cmd.Stdin = io.MultiReader(&head, bytes.NewReader(body))
	told := &atMost{to: &out, room: s.Limits.Memory / 4} // it is held here, and decoded
	cmd.Stdout = told
	last := &atMost{to: new(bytes.Buffer), room: 64 << 10, quiet: true}
	cmd.Stderr = last
	err := cmd.Run()
	switch said := last.to.String(); {
	case ctx.Err() != nil:
		return making{}, ctx.Err()
	case told.over, strings.Contains(said, "out of memory"), strings.Contains(said, "cannot allocate memory"):
		return making{}, fmt.Errorf("读取 %s: %w", s.hint.Name, memory)
	case err == nil:
		return s.answered(&out)
	default:
		first, _, _ := strings.Cut(said, "\n")
		return making{}, fmt.Errorf("读取 %s: %w: 读取程序中止（%w：%s）；请将此文件报告给维护人员", s.hint.Name, report.ErrUnreadable, err, first)
	}
}

// answered reads an answer.
func (s source) answered(out io.Reader) (making, error) {
	var a answer
	switch err := gob.NewDecoder(out).Decode(&a); {
	case err != nil:
		return making{}, fmt.Errorf("读取 %s: %w: 读取程序的回答不完整：%w", s.hint.Name, report.ErrUnreadable, err)
	case a.Limit != nil:
		return making{}, fmt.Errorf("读取 %s: %w", s.hint.Name, a.Limit)
	case a.Err != "":
		return making{}, unreadableAs(a.Err)
	}
	return a.Made, nil
}

// unreadableAs is an ErrUnreadable in the words of another process.
type unreadableAs string

// Error implements error.
func (e unreadableAs) Error() string { return string(e) }

// Unwrap makes it an ErrUnreadable.
func (e unreadableAs) Unwrap() error { return report.ErrUnreadable }

// ServeApart reads one document as a Reader asked for it, in a process that ends after
// it. It bounds the memory of the whole process.
func ServeApart(ctx context.Context, in io.Reader, out io.Writer) error {
	var q question
	r := bufio.NewReader(in)
	if err := gob.NewDecoder(r).Decode(&q); err != nil {
		return fmt.Errorf("read apart: %w; this command is called by the program itself", err)
	}
	if err := boundMemory(q.Limits.Memory); err != nil {
		return fmt.Errorf("read apart: bound the memory: %w", err)
	}
	debug.SetMemoryLimit(q.Limits.Memory / 4 * 3) // collect harder before the end is near
	ctx, cancel := context.WithTimeout(ctx, q.Limits.Time)
	defer cancel()
	// Who asked ends this process when the time is over, unless they are gone.
	defer time.AfterFunc(2*q.Limits.Time, func() { panic("read apart: the time is over") }).Stop()
	body, err := io.ReadAll(r)
	if err != nil {
		return fmt.Errorf("read apart: %w", err)
	}
	var a answer
	s := source{Reader: Reader{Limits: q.Limits}, hint: q.Hint, claim: q.Claim, plain: q.Plain}
	if a.Made, err = s.here(ctx, body); err != nil {
		a.Err = err.Error()
		errors.As(err, &a.Limit)
	}
	return gob.NewEncoder(out).Encode(a)
}

// errTooMuch is the error of a writer that has no more room.
var errTooMuch = errors.New("too much output")

// atMost keeps so many bytes. What is beyond is an error, unless it is quiet.
type atMost struct {
	to    *bytes.Buffer
	room  int64
	quiet bool
	over  bool // something was beyond
}

// Write implements io.Writer.
func (w *atMost) Write(p []byte) (int, error) {
	if int64(w.to.Len()+len(p)) <= w.room {
		return w.to.Write(p)
	}
	w.over = true
	if w.quiet {
		return len(p), nil
	}
	return 0, errTooMuch
}
