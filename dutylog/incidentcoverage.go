package dutylog

import "slices"

// coveredBy is the number of the final report that told, before its deadline, what R had to tell; 0: none did.
//
// Art. 20 asks for the first facts within 10 minutes, for the basics in writing within 50, for the details within
// 100, and for a final report 终报 when the response is over. It asks that things are told in time, and not that they are
// told again: the final report has a text and every element of Art. 18, so one that the recipient got before a
// deadline has told all that was owed then, and nobody omitted 漏报 anything. The written report has to be in
// writing, which a final report that was read out over the telephone is not. What was late before the final report
// stays late: a report after the deadline heals nothing.
func coveredBy(r Report, said map[int]Report) int {
	if !r.SentAt.IsZero() {
		return 0
	}
	for _, final := range said {
		told := final.Stage == StageFinal && slices.ContainsFunc(final.Deliveries, func(d Delivery) bool {
			return d.Recipient == final.stops && !d.At.After(r.DueAt) && (r.Stage != StageWritten || d.Channel != "phone")
		})
		if told {
			return final.Number
		}
	}
	return 0
}
