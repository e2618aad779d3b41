package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"regexp"
	"strings"

	"github.com/xuri/excelize/v2"

	"dutyline/dutylog"
)

// sheetParts finds the file of every sheet, by the sheet's name. A workbook without such a list
// has no merged cells as far as we are concerned.
func sheetParts(archive *zip.Reader) map[string]string {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var links struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	readXML(archive, "xl/workbook.xml", &book)
	readXML(archive, "xl/_rels/workbook.xml.rels", &links)
	target := map[string]string{}
	for _, l := range links.List {
		if target[l.ID] = path.Join("xl", l.Target); strings.HasPrefix(l.Target, "/") {
			target[l.ID] = strings.TrimPrefix(l.Target, "/")
		}
	}
	parts := map[string]string{}
	for _, s := range book.Sheets {
		parts[s.Name] = target[s.ID]
	}
	return parts
}

func readXML(archive *zip.Reader, name string, into any) {
	in, err := archive.Open(name)
	if err != nil {
		return
	}
	defer in.Close()
	_ = xml.NewDecoder(io.LimitReader(in, 8<<20)).Decode(into)
}

var mergedRange = regexp.MustCompile(`^(?:\w+:)?mergeCell\s[^>]*?\bref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"`)

// mergedIn reads the blocks of merged cells of a sheet without keeping the sheet: they stand
// behind its cells, and the library has them only of a sheet that is wholly in memory.
func mergedIn(archive *zip.Reader, part string, left *budget) ([]dutylog.CellRange, error) {
	in, err := archive.Open(part)
	if part == "" || err != nil {
		return nil, nil
	}
	defer in.Close()
	var all []dutylog.CellRange
	tags := bufio.NewScanner(in)
	tags.Buffer(nil, 1<<20)
	tags.Split(splitTags)
	for tags.Scan() {
		if !bytes.Contains(tags.Bytes()[:min(32, len(tags.Bytes()))], []byte("mergeCell")) {
			continue
		}
		m := mergedRange.FindSubmatch(tags.Bytes())
		if m == nil {
			continue
		}
		if left.steps--; left.steps < 0 {
			return nil, fault(dutylog.FileTooMany, "has too many merged cells: copy the cells into a new workbook and save that")
		}
		if r, ok := rangeOf(string(m[1])+string(m[2]), string(m[3])+string(m[4])); ok {
			all = append(all, r)
		}
	}
	if err := tags.Err(); err != nil {
		return nil, damaged(err)
	}
	return all, nil
}

// splitTags gives what stands between one "<" and the next.
func splitTags(data []byte, atEOF bool) (advance int, token []byte, err error) {
	if i := bytes.IndexByte(data, '<'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEOF && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

func rangeOf(from, to string) (r dutylog.CellRange, ok bool) {
	left, top, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		return r, false
	}
	right, bottom, err := excelize.CellNameToCoordinates(to)
	if err != nil {
		return r, false
	}
	return dutylog.CellRange{Top: min(top, bottom) - 1, Left: min(left, right) - 1, Bottom: max(top, bottom) - 1, Right: max(left, right) - 1}, true
}

// spread writes the value of merged cells into each of them, as far down as there are rows.
func spread(t *dutylog.Table, left *budget) error {
	for _, r := range t.Merged {
		if r.Top >= len(t.Rows) || r.Left >= len(t.Rows[r.Top]) || t.Rows[r.Top][r.Left] == "" {
			continue
		}
		value := t.Rows[r.Top][r.Left]
		for i := r.Top; i <= r.Bottom && i < len(t.Rows); i++ {
			if left.cells -= r.Right - r.Left + 1; left.cells < 0 {
				return fault(dutylog.FileTooMany, "has too many merged cells: copy the cells into a new workbook and save that")
			}
			for len(t.Rows[i]) <= r.Right {
				t.Rows[i] = append(t.Rows[i], "")
			}
			for j := r.Left; j <= r.Right; j++ {
				t.Rows[i][j] = value
			}
		}
	}
	return nil
}
