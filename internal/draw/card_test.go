package draw

import (
	"bytes"
	"image/png"
	"strings"
	"testing"
)

// TestCard holds that a card has its size, that its text is drawn, and that one too
// long for it stays within it.
func TestCard(t *testing.T) {
	_, tokens := engine(t)
	card := func(text string) []byte {
		b, err := tokens.PNG(Card{Brand: "公开 Gongkai", Title: "示例区：2024 年度政府信息公开", Text: text, Foot: "数据截至第 3 次采集"})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	short := card("共新收申请 619 件。")
	img, err := png.Decode(bytes.NewReader(short))
	if err != nil {
		t.Fatal(err)
	}
	if b := img.Bounds(); b.Dx() != CardWidth || b.Dy() != CardHeight {
		t.Errorf("size %v", b)
	}
	if bytes.Equal(short, card("")) {
		t.Error("the text leaves no trace")
	}
	if !bytes.Equal(card(strings.Repeat("长", 400)), card(strings.Repeat("长", 800))) {
		t.Error("text beyond the last line changes the card")
	}
	if !bytes.Equal(short, card("共新收申请 619 件。")) {
		t.Error("the same card has other bytes")
	}
}
