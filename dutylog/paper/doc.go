// Package paper makes the sheets that a duty room prints: the day's duty log 值班日志, a month, one
// entry. A sheet is a value: what stands on it, in the customary order. Pages cuts it into pages of
// A4, so that every browser prints the same "第 n 页 共 m 页" and repeats the head of a table; the
// workbook takes the sheet as it is.
//
// It is a part of the core dutylog: rules and values only. web writes the pages as HTML,
// dutylog/workbook writes the .xlsx.
package paper
