package standard

import "testing"

// TestPrecisionOf: what is shown of a rule counts what it found, and says nothing
// where nothing was labelled or found.
func TestPrecisionOf(t *testing.T) {
	list := PrecisionOf("requests.balance")
	if len(list) == 0 || list[0].Labelled == 0 || list[0].Found < list[0].Right || list[0].Reports < list[0].Labelled/7 {
		t.Errorf("requests.balance: %+v", list)
	}
	for _, p := range precisions() {
		if _, ok := RuleOf(p.Rule); !ok || p.Right > p.Found || p.Right > p.Labelled {
			t.Errorf("%+v", p)
		}
	}
	if PrecisionOf("copy.same_file") != nil {
		t.Error("a rule without labels has a precision")
	}
	p := Precision{Labelled: 4, Found: 2, Right: 1}
	if precise, ok := p.Precise(); precise != 0.5 || !ok {
		t.Errorf("precision %v, %v", precise, ok)
	}
	if recall, ok := p.Recall(); recall != 0.25 || !ok {
		t.Errorf("recall %v, %v", recall, ok)
	}
	if _, ok := (Precision{}).Precise(); ok {
		t.Error("nothing found has a precision")
	}
}
