package people

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"gongkai/internal/report"
)

// A cost is what hashing a password takes.
type cost struct {
	memory  uint32 // KiB
	passes  uint32
	threads uint8
}

// usualCost is that which OWASP advises where memory is dear: a county's machine is
// small. It takes some 30 ms.
var usualCost = cost{memory: 19 << 10, passes: 2, threads: 1}

const (
	saltBytes = 16
	hashBytes = 32
)

// hashPassword returns a password's argon2id hash with its parameters, in the form of
// the reference implementation.
func hashPassword(password string, c cost) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	sum := argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.threads, hashBytes)
	enc := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.memory, c.passes, c.threads, enc(salt), enc(sum)), nil
}

var errHash = errors.New("a stored password is damaged; set it again with `dashboard user password`")

// maxMemory bounds what a damaged hash may ask for, in KiB.
const maxMemory = 1 << 20

// matches reports whether a password has a hash.
func matches(password, hash string) (bool, error) {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, errHash
	}
	var version int
	var c cost
	if _, err := fmt.Sscanf(parts[2], "v=%d", &version); err != nil || version != argon2.Version {
		return false, errHash
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.passes, &c.threads); err != nil {
		return false, errHash
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, errHash
	}
	sum, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(sum) != hashBytes || c.memory > maxMemory || c.passes < 1 || c.passes > 100 || c.threads < 1 {
		return false, errHash
	}
	got := argon2.IDKey([]byte(password), salt, c.passes, c.memory, c.threads, hashBytes)
	return subtle.ConstantTimeCompare(got, sum) == 1, nil
}

// The bounds of a password. What is longer is hashed to no use.
const (
	minPassword = 10
	maxPassword = 256
)

// checkPassword says what is wrong with a new password, in what it wants and never in
// what it got.
func checkPassword(name, password string) error {
	wrong := func(want string) error { return &report.ParameterError{Name: "password", Want: want} }
	switch n := utf8.RuneCountInString(password); {
	case n < minPassword:
		return wrong("密码至少 10 个字符；几个不相干的词连起来就好")
	case len(password) > maxPassword:
		return wrong("密码不超过 256 个字节")
	case name != "" && strings.Contains(strings.ToLower(password), strings.ToLower(name)):
		return wrong("密码里不要有登录名")
	case distinct(password) < 5:
		return wrong("密码至少有 5 个不同的字符")
	case pieces(password) < leastPieces:
		return wrong("密码太好猜：不要只用连续的字母或数字、键盘上相邻的键、年份和常见的词；几个不相干的词连起来就好")
	}
	return nil
}

func distinct(s string) int {
	seen := make(map[rune]bool)
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}
