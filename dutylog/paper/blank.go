package paper

import "dutyline/dutylog"

// Blank are the blank numbered sheets of one printing 空白值班记录单: what comes while nobody can write
// into the log is written on them by hand, and entered later.
func Blank(f Frame, p dutylog.PaperPrint) []Sheet {
	var sheets []Sheet
	for n := p.First; n <= p.Last; n++ {
		number := dutylog.SheetNumber(n)
		sheets = append(sheets, Sheet{
			Name: "空白值班记录单-" + dutylog.SheetNumber(p.First) + "-" + dutylog.SheetNumber(p.Last), Unit: f.Unit, Title: "值班记录单", Size: 11,
			Under: []string{"纸质单编号：" + number}, Signatures: signers(),
			Foot:   []string{"本单由" + p.By.Name + "于 " + f.minute(p.At) + " 打印（" + dutylog.SheetNumber(p.First) + "—" + dutylog.SheetNumber(p.Last) + "），系统恢复后须及时补录并附本单扫描件", "打印：" + f.By.Name + "　" + f.minute(f.Now)},
			Tables: []Table{{Name: number, Columns: formColumns, Form: true, Rows: blankRows()}},
		})
	}
	return sheets
}

// blankRows are the fields of a duty call in the order in which they are asked for.
func blankRows() []Row {
	words := func(f dutylog.Field) string { return Word(FieldNames, f) }
	row := func(lines int, cells ...string) Row { return Row{Cells: cells, MinLines: lines} }
	return []Row{
		row(2, "接报时间", "　　　年　　月　　日　　时　　分"),
		row(2, "方　　式", "□来电　□去电　□传真　□微信　□来访　□巡查　□预警"),
		row(2, words(dutylog.CallerUnit), "", words(dutylog.ContactNumber), ""),
		row(2, words(dutylog.CallerPerson), "", words(dutylog.CallerTitle), ""),
		row(2, words(dutylog.HappenedAt), "", words(dutylog.Place), ""),
		row(15, words(dutylog.Content), ""),
		row(6, words(dutylog.StepTexts)+"\n（时间、对象、情况）", ""),
		row(2, words(dutylog.ReadBack), "□已复述　　　□无法复述，原因：", words(dutylog.AnsweredBy), ""),
		row(2, words(dutylog.LateReason), "", "补录条目编号", ""),
	}
}
