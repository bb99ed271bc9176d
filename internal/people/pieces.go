package people

import (
	"slices"
	"strings"
)

// leastPieces is of how many pieces that are not guessed at once a password is made.
const leastPieces = 5

// rows are what fingers and heads run along, either way: the alphabet, the digits and the
// rows and slanting columns of a keyboard.
var rows = []string{"abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop[]", "asdfghjkl;'", "zxcvbnm,./", "!@#$%^&*()_+",
	"1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb6yhn7ujm"}

// common are the words that lists of passwords begin with.
var common = []string{"administrator", "password", "passw0rd", "p@ssw0rd", "p@ssword", "dashboard", "changeme", "iloveyou", "woaini", "letmein",
	"welcome", "gongkai", "zhengfu", "mima", "admin", "root", "user", "test", "guest", "login", "hello", "pass"}

// pieces counts what a password is made of: a run along a row, a year and a common word
// are one piece each, as is any other character. What is written over and over counts
// once.
func pieces(password string) int {
	rest := once([]rune(strings.ToLower(password)))
	n := 0
	for ; len(rest) > 0; n++ {
		rest = rest[max(1, run(rest), word(rest), year(rest)):]
	}
	return n
}

// once is what a text repeats, the whole where it repeats nothing.
func once(text []rune) []rune {
	for n := 1; n <= len(text)/2; n++ {
		if len(text)%n == 0 && slices.Equal(text[n:], text[:len(text)-n]) {
			return text[:n]
		}
	}
	return text
}

// run is how long a text goes along a row, stays on a key or goes on to the next: 0 where
// it is shorter than three.
func run(text []rune) int {
	longest := 0
	for _, row := range rows {
		for _, way := range []int{1, -1} {
			n := 1
			for n < len(text) && (text[n] == text[n-1] || beside(row, text[n-1], text[n], way)) {
				n++
			}
			longest = max(longest, n)
		}
	}
	if longest < 3 {
		return 0
	}
	return longest
}

// beside reports whether b follows a in a row, or goes before it where way is -1. The 0
// stands at both ends of the digits.
func beside(row string, a, b rune, way int) bool {
	if a >= 0x80 || b >= 0x80 {
		return false
	}
	for i := range len(row) {
		if j := i + way; rune(row[i]) == a && j >= 0 && j < len(row) && rune(row[j]) == b {
			return true
		}
	}
	return false
}

// word is how long the common word is that a text begins with.
func word(text []rune) int {
	for _, w := range common { // the longer of two that begin alike stands first
		if strings.HasPrefix(string(text), w) {
			return len(w)
		}
	}
	return 0
}

// year is 4 where a text begins with a year of our time.
func year(text []rune) int {
	if len(text) < 4 || text[0] != '2' && text[0] != '1' || text[0] == '2' && text[1] != '0' || text[0] == '1' && text[1] != '9' {
		return 0
	}
	if text[2] < '0' || text[2] > '9' || text[3] < '0' || text[3] > '9' {
		return 0
	}
	return 4
}
