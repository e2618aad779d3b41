package main

import (
	"fmt"
	"strings"

	"dutyline/dutylog"
	"dutyline/dutylog/paper"
)

// fieldCalled finds a field by its name in the API or in the page; else it lists them.
func fieldCalled(name string) (dutylog.Field, error) {
	var all []string
	for _, f := range append(dutylog.Fields(), dutylog.StepTexts, dutylog.CorrectionText) {
		if name == string(f) || name == paper.FieldNames[f] {
			return f, nil
		}
		all = append(all, string(f)+" "+paper.FieldNames[f])
	}
	return "", fmt.Errorf("%s is no field of an entry; the fields are: %s", name, strings.Join(all, ", "))
}
