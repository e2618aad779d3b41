package main_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var generated = regexp.MustCompile(`(?m)^// Code generated .* DO NOT EDIT\.$`)

// sizes of the Go tree below the module's root.
type sizes struct {
	code, tests  int            // lines
	files, funcs map[string]int // lines by name
	undocumented []string
}

func (s *sizes) add(rel string, src []byte) error {
	lines := strings.Count(string(src), "\n")
	if strings.HasSuffix(rel, "_test.go") {
		s.tests += lines
		return nil
	}
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, rel, src, parser.ParseComments)
	if err != nil {
		return err
	}
	s.code += lines
	s.files[rel] = lines
	for _, d := range file.Decls {
		f, ok := d.(*ast.FuncDecl)
		if !ok {
			continue
		}
		name := rel + ":" + f.Name.Name
		s.funcs[name] = set.Position(f.End()).Line - set.Position(f.Pos()).Line + 1
		if f.Name.IsExported() && f.Doc == nil && f.Recv == nil {
			s.undocumented = append(s.undocumented, name)
		}
	}
	return nil
}

func measure(t *testing.T, root string) sizes {
	t.Helper()
	s := sizes{files: map[string]int{}, funcs: map[string]int{}}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{"testdata", "node_modules", ".git", "var"}, d.Name()) {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") {
			return nil
		}
		src, err := os.ReadFile(p)
		if err != nil || generated.Match(src) {
			return err
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		return s.add(rel, src)
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSizesStayReadable(t *testing.T) {
	s := measure(t, "../..")
	if len(s.funcs) < 100 {
		t.Fatalf("only %d functions were measured: this test would judge nothing", len(s.funcs))
	}
	for name, n := range s.funcs {
		if n > 80 {
			t.Errorf("%s has %d lines; no function is longer than 80", name, n)
		}
	}
	for name, n := range s.files {
		if n > 500 {
			t.Errorf("%s has %d lines; no file is longer than 500", name, n)
		}
	}
	if p95 := quantile(s.funcs, 0.95); p95 > 55 {
		t.Errorf("the 95th percentile of function lengths is %d lines, at most 55 are wanted", p95)
	}
	if s.tests < s.code {
		t.Errorf("%d lines of tests for %d lines of code; at least as many are wanted", s.tests, s.code)
	}
	for _, name := range s.undocumented {
		t.Errorf("%s is exported and has no comment", name)
	}
}

func quantile(of map[string]int, q float64) int {
	all := make([]int, 0, len(of))
	for _, n := range of {
		all = append(all, n)
	}
	slices.Sort(all)
	return all[int(q*float64(len(all)-1)+0.5)]
}
