package dutylog

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
		told := final.gotBy(func(d Delivery) bool { return r.Stage != StageWritten || d.Channel != channelPhone })
		if final.Stage == StageFinal && !told.IsZero() && !told.After(r.DueAt) {
			return final.Number
		}
	}
	return 0
}
