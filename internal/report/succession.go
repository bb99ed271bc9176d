package report

import "gongkai/internal/standard"

// Extent returns why the figures of an agency for the year to are not of the same
// extent as those for from, by the agencies that became it in between: false where
// nothing in the register says so. A new name alone changes no extent.
func (a Agency) Extent(register []Agency, from, to int) (standard.Label, bool) {
	for _, p := range register {
		if p.Heir != a.ID || p.Until == 0 || p.Until < from || p.Until >= to {
			continue
		}
		switch p.Became {
		case Merged:
			return MergedReason(), true
		case Split:
			return SplitReason(), true
		}
	}
	return standard.Label{}, false
}

// MergedReason is why figures across a merger are not compared.
func MergedReason() standard.Label {
	return standard.Label{ZH: "机关合并：合并前后的范围不同", EN: "Units merged: the extent differs before and after"}
}

// SplitReason is why figures across a split are not compared.
func SplitReason() standard.Label {
	return standard.Label{ZH: "机关拆分：拆分前后的范围不同", EN: "A unit was split: the extent differs before and after"}
}

// RenamedReason is told where a series goes on with what an agency reported under its
// former name.
func RenamedReason() standard.Label {
	return standard.Label{ZH: "机关更名：此前为更名前的报告", EN: "The unit was renamed: earlier figures are from the reports under its former name"}
}

// EndedReason is why an agency that has become another has no later figures.
func EndedReason() standard.Label {
	return standard.Label{ZH: "已并入、拆分或更名，不再报告", EN: "Merged, split or renamed: it no longer reports"}
}
