package config

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

// weed takes out of what the file says every value of a wrong type, each with a fault, so that
// the rest can be read and judged. YAML decides the types: 024 and on are no texts there.
func (f *Faults) weed(path string, value any, want reflect.Type) any {
	if want.Kind() == reflect.Pointer {
		want = want.Elem()
	}
	var fits bool
	switch {
	case value == nil: // written without a value, as if it were not there
		return nil
	case want == reflect.TypeFor[time.Duration]():
		var s string
		if s, fits = value.(string); fits {
			_, err := time.ParseDuration(s)
			fits = err == nil
		}
	case want.Kind() == reflect.Struct:
		var group map[string]any
		if group, fits = value.(map[string]any); fits {
			f.weedGroup(path, group, want)
		}
	case want.Kind() == reflect.Slice:
		var list []any
		if list, fits = value.([]any); fits {
			f.weedList(path, list, want.Elem())
		}
	default:
		fits = reflect.TypeOf(value).Kind() == want.Kind()
	}
	if fits {
		return value
	}
	f.add(path, "%s", wrongType(value, want))
	f.weeded = append(f.weeded, path)
	return nil
}

func (f *Faults) weedList(path string, list []any, want reflect.Type) {
	before := len(f.weeded)
	for i := range list {
		list[i] = f.weed(fmt.Sprintf("%s[%d]", path, i), list[i], want)
	}
	if len(f.weeded) > before && want.Kind() != reflect.Struct {
		f.weeded = append(f.weeded, path) // the checks name such a list, not its element
	}
}

func (f *Faults) weedGroup(path string, group map[string]any, want reflect.Type) {
	for i := range want.NumField() {
		key := want.Field(i).Tag.Get("mapstructure")
		if value, there := group[key]; there && key != "-" { // no name of a setting: an unknown key
			group[key] = f.weed(strings.TrimPrefix(path+"."+key, "."), value, want.Field(i).Type)
		}
	}
}

// wrongType finishes the sentence about a value: what is there, and what to write instead.
func wrongType(value any, want reflect.Type) string {
	there := fmt.Sprintf("%.60q", fmt.Sprint(value))
	switch value.(type) {
	case string:
	case map[string]any:
		there = "a group of settings"
	case []any:
		there = "a list"
	default:
		there = fmt.Sprintf("%.60s", fmt.Sprint(value))
	}
	switch {
	case want == reflect.TypeFor[time.Duration]():
		return there + " is no length of time; write a number with its unit, for instance 4s or 500ms"
	case want.Kind() == reflect.Struct:
		return there + " is no group of settings; write them below it as name: value, indented, as in deploy/dutyline.yaml"
	case want.Kind() == reflect.Slice:
		return there + " is no list; write it in brackets, for instance [PJSIP/duty], or line by line with - before each"
	case want.Kind() == reflect.Bool:
		return there + " is neither true nor false; write one of these, without quotes"
	case want.Kind() == reflect.String && (there == "a list" || there == "a group of settings"):
		return there + " is no text; write one text in its place"
	case want.Kind() == reflect.String:
		return there + " is no text for YAML; write it in quotes, just as it should be read"
	default:
		return there + " is no whole number; write digits without quotes, for instance 30"
	}
}

// hides reports whether a path is one that was weeded out, or part of it: what the checks say
// of the gap that is left there is no fault of its own.
func (f *Faults) hides(path string) bool {
	return slices.ContainsFunc(f.weeded, func(w string) bool { return path == w || strings.HasPrefix(path, w+".") })
}
