//go:build !unix

package pgtest

import (
	"errors"
	"os/exec"
	"os/user"
)

// become has a command run as another user, which only Unix can.
func become(*exec.Cmd, *user.User) error { return errors.New("cannot run as another user here") }
