//go:build unix

package pgtest

import (
	"os/exec"
	"os/user"
	"strconv"
	"syscall"
)

// become has a command run as another user.
func become(cmd *exec.Cmd, as *user.User) error {
	uid, err := strconv.ParseUint(as.Uid, 10, 32)
	if err != nil {
		return err
	}
	gid, err := strconv.ParseUint(as.Gid, 10, 32)
	if err != nil {
		return err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	return nil
}
