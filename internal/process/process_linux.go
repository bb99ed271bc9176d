package process

import (
	"errors"
	"os"
	"strings"
	"syscall"
)

// space names the start of the machine and the space of process numbers in it: in
// two containers the same number is not the same process.
func space() string {
	boot, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	numbers, also := os.Readlink("/proc/self/ns/pid")
	if err != nil || also != nil {
		return ""
	}
	return strings.TrimSpace(string(boot)) + " " + numbers
}

// ended reports whether no process has a number.
func ended(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
