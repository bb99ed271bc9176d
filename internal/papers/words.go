package papers

import (
	"fmt"

	"gongkai/internal/standard"
)

// Words are the texts of a paper in a language. Say gives what a Chinese text is in it,
// with its verbs filled as fmt.Sprintf does; Label picks the statutory term.
type Words struct {
	Say   func(chinese string, args ...any) string
	Label func(standard.Label) string
}

// Chinese are the texts as they are written.
func Chinese() Words {
	return Words{
		Say: func(text string, args ...any) string {
			if len(args) == 0 {
				return text
			}
			return fmt.Sprintf(text, args...)
		},
		Label: func(l standard.Label) string { return l.ZH },
	}
}
