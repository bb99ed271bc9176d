package report

import "testing"

// TestDigest changes one thing of a finding after another: only what the rule looked
// at makes it another finding to decide.
func TestDigest(t *testing.T) {
	base := func() Finding {
		return Finding{Rule: "requests.balance", RuleVersion: 1, Subject: "natural", Severity: Error, Attribution: ByAgency,
			Operands: []Operand{
				{Cell: "requests.new/natural", Value: Value{State: Printed, Amount: Count(81), Text: "81", Place: Place{Table: 2, Row: 4}}},
				{Cell: "requests.carried_in/natural", Value: Value{State: Blank}},
			},
			Left: "81", Right: "80", Difference: "1", Text: "一句", TextEN: "one sentence"}
	}
	plain := base().Digest()
	if len(plain) != 16 || plain != base().Digest() {
		t.Fatalf("digest %q, then %q", plain, base().Digest())
	}
	for name, c := range map[string]struct {
		change func(f *Finding)
		same   bool
	}{
		"amount":         {func(f *Finding) { f.Operands[0].Value.Amount = Count(82) }, false},
		"state":          {func(f *Finding) { f.Operands[1].Value.State = Dash }, false},
		"zero for blank": {func(f *Finding) { f.Operands[1].Value = Value{State: Printed} }, false},
		"cell":           {func(f *Finding) { f.Operands[0].Cell = "requests.new/legal" }, false},
		"one fewer":      {func(f *Finding) { f.Operands = f.Operands[:1] }, false},
		"words":          {func(f *Finding) { f.Operands[1].Value = Value{State: Words, Text: "无变化"} }, false},
		"left":           {func(f *Finding) { f.Left = "82" }, false},
		"rule version":   {func(f *Finding) { f.RuleVersion = 2 }, true},
		"threshold":      {func(f *Finding) { f.Threshold = "ratio=6" }, true},
		"sentence":       {func(f *Finding) { f.Text, f.TextEN = "另一句", "another" }, true},
		"place":          {func(f *Finding) { f.Operands[0].Value.Place = Place{Table: 3, Row: 1} }, true},
		"spelling":       {func(f *Finding) { f.Operands[0].Value.Text = "８１" }, true},
		"severity":       {func(f *Finding) { f.Severity = Warning }, true},
	} {
		f := base()
		c.change(&f)
		if got := f.Digest() == plain; got != c.same {
			t.Errorf("%s: same %v, want %v", name, got, c.same)
		}
		if key := f.Key("990101001", 2021); key != "requests.balance/natural@990101001/2021" {
			t.Errorf("%s: key %s", name, key)
		}
	}
}

// TestDigestLooks: a refresh that looks again and finds what it found leaves a
// decision as it is.
func TestDigestLooks(t *testing.T) {
	missing := Finding{Rule: "publish.missing", Left: "2024-02-02", Right: "2024-01-31"}
	later := missing
	later.Left = "2024-02-09"
	if missing.Digest() != later.Digest() {
		t.Error("a later look without the report reopens a decision")
	}
	later.Right = "2024-03-31"
	if missing.Digest() == later.Digest() {
		t.Error("another deadline does not reopen a decision")
	}
	far := Finding{Rule: "peer.outlier", Subject: "requests.new/total", Left: "900", Right: "3.0"}
	moved := far
	moved.Right = "3.5"
	if far.Digest() != moved.Digest() {
		t.Error("another unit's figure reopens a decision on this one's")
	}
}
