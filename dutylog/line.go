package dutylog

import "dutyline/telephony"

// LineStatus is a line as the page shows it, with the faults that stand now.
type LineStatus struct {
	telephony.LineState
	Faults []LineFault
}

// LineFault is a configuration fault of a line that stands now.
type LineFault struct {
	Finding telephony.Finding `json:"finding"`
	Detail  string            `json:"detail"`
}
