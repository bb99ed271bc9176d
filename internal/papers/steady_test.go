package papers

import (
	"bytes"
	"testing"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/standard"
)

// TestSteady holds that the same roll-up makes the same workbook, and one that can
// still be read, with its charts.
func TestSteady(t *testing.T) {
	sheet := rolledUp(t, standard.F2021, 2024)
	write := func() []byte {
		var b bytes.Buffer
		if err := RollUpBook(&b, sheet); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	one := write()
	for range 4 { // the library's order is that of a map, which differs now and then
		if !bytes.Equal(one, write()) {
			t.Fatal("the same figures make other bytes")
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(one))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := f.GetCellValue(sheetCharts, "B1"); err != nil || got == "" {
		t.Errorf("the charts rest on %q, %v", got, err)
	}
}
