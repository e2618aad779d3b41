package web

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/url"
	"strings"

	"dutyline/dutylog/paper"
)

// The print pages. They are made here and need no script: the browser of a duty room is old, and
// what is signed on paper must not depend on what a script did.
var (
	//go:embed sheets/sheet.css
	sheetStyle string
	//go:embed sheets/sheet.html
	sheetText string

	sheetTemplate = template.Must(template.New("sheet").Funcs(template.FuncMap{"widths": sheetWidths, "cells": sheetCells, "class": sheetClass}).Parse(sheetText))
)

// cutSheet is a sheet with its pages.
type cutSheet struct {
	paper.Sheet
	Pages []paper.Page
}

// sheetPage writes sheets that lie the same way as HTML, and the policy under which a browser may show
// it: this very style and nothing else.
func sheetPage(sheets ...paper.Sheet) (body []byte, policy string, err error) {
	way, cut := "portrait", make([]cutSheet, len(sheets))
	for i, s := range sheets {
		cut[i] = cutSheet{s, paper.Pages(s)}
	}
	if sheets[0].Landscape {
		way = "landscape"
	}
	style := fmt.Sprintf("@page { size: A4 %s; margin: 12mm 12mm 10mm; }\n%s", way, sheetStyle)
	sum := sha256.Sum256([]byte(style))
	policy = "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	var b bytes.Buffer
	err = sheetTemplate.Execute(&b, struct {
		First  paper.Sheet
		Sheets []cutSheet
		Style  template.CSS
	}{sheets[0], cut, template.CSS(style)})
	return b.Bytes(), policy, err
}

// sheetWidths are the widths of columns in parts of the whole: an attribute, because the policy
// allows no style on an element.
func sheetWidths(columns []paper.Column) []string {
	sum := 0.0
	for _, c := range columns {
		sum += c.Width
	}
	widths := make([]string, len(columns))
	for i, c := range columns {
		widths[i] = fmt.Sprintf("%.3f%%", c.Width*100/sum)
	}
	return widths
}

// sheetCell is one cell as the page has it.
type sheetCell struct {
	Text         string
	Span         int
	Name, Middle bool
	Link         string // where the page shows what the cell names
}

// sheetCells sets a row's cells: in a form every other one is a name.
func sheetCells(part paper.Part, row paper.Row) []sheetCell {
	cells := make([]sheetCell, len(row.Cells))
	for i, text := range row.Cells {
		whole := len(row.Cells) == 1
		cells[i] = sheetCell{Text: text, Span: 1, Name: part.Form && i%2 == 0, Middle: part.Columns[i].Middle && !whole}
	}
	if n := len(cells); n > 0 {
		cells[n-1].Span = len(part.Columns) - n + 1
		cells[n-1].Link = linkOf(row)
		if n > 1 && row.Beside != "" {
			cells[n-2].Link = linkOf(paper.Row{Entry: row.Beside})
		}
	}
	return cells
}

// linkOf is where the page shows the call or the entry of a row.
func linkOf(row paper.Row) string {
	switch {
	case row.Call != "":
		return "/#/calls/" + url.PathEscape(row.Call)
	case row.Entry != "":
		return "/#/entry/" + url.PathEscape(row.Entry)
	}
	return ""
}

func sheetClass(row paper.Row) string {
	var names []string
	if row.Strong {
		names = append(names, "strong")
	}
	if row.MinLines > 0 {
		names = append(names, fmt.Sprintf("l%d", row.MinLines))
	}
	return strings.Join(names, " ")
}
