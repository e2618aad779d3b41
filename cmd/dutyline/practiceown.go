package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"dutyline/config"
)

// ownGroups are what the practice line lets its user add; the rest is of this run: ports, folders, secrets.
var ownGroups = []string{"alerts", "health", "heartbeat", "lines"}

// ownText is what the file begins as: nothing is added, and how it is done stands in it.
const ownText = `# What you add to the practice line: it is read at each start and never written over.
# Groups as in deploy/dutyline.yaml: alerts, health, heartbeat, and for the line duty its chain, quiet, codes ...
# For instance, with any program that takes POST requests on port 9999, and a chain that ends with it:
#
# alerts:
#   rules: my-rules.yaml          # made by: var/bin/dutyline alerts rules > my-rules.yaml
#   channels:
#     - {name: mine, webhook: {url: "http://127.0.0.1:9999/", body: '{"text": {{json .Headline}}}'}}
# lines:
#   - name: duty
#     chain: {steps: [{post: duty_officer, channels: [mine], after: 30s}]}
#
# Then start it again, and try the channel: var/bin/dutyline alerts send mine --config var/practice.yaml
`

func (r *practiceRun) ownFile() string { return filepath.Join(r.flags.dir, "practice.own.yaml") }

// readOwn reads what the user added; the file is made where there is none.
func (r *practiceRun) readOwn() (map[string]any, error) {
	text, err := os.ReadFile(r.ownFile())
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.WriteFile(r.ownFile(), []byte(ownText), 0o600); err != nil {
			return nil, fmt.Errorf("make the file for what you add to the practice line: %w", err)
		}
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what you added to the practice line: %w", err)
	}
	var own map[string]any
	if err := yaml.Unmarshal(text, &own); err != nil {
		return nil, fmt.Errorf("%s: %w; mend the YAML there, or remove the file: an empty one is made", r.ownFile(), err)
	}
	for _, group := range slices.Sorted(maps.Keys(own)) {
		if !slices.Contains(ownGroups, group) {
			return nil, fmt.Errorf("%s: %s cannot be added to the practice line, it is made anew at each start; add to %s", r.ownFile(), group, strings.Join(ownGroups, ", "))
		}
	}
	return own, nil
}

// addOwn puts what the user added into what is written: groups word by word, lines by their name.
func (r *practiceRun) addOwn(text, own map[string]any) error {
	for _, group := range []string{"alerts", "health", "heartbeat"} {
		added, ok := own[group].(map[string]any)
		if !ok && own[group] != nil {
			return fmt.Errorf("%s: %s: write words with a colon below it, as deploy/dutyline.yaml does", r.ownFile(), group)
		}
		mine, _ := text[group].(map[string]any)
		if mine = maps.Clone(mine); mine == nil {
			mine = map[string]any{}
		}
		if maps.Copy(mine, added); len(mine) > 0 {
			text[group] = mine
		}
	}
	lines, ok := own["lines"].([]any)
	if !ok && own["lines"] != nil {
		return fmt.Errorf("%s: lines: write a list, each line with its name: - name: duty", r.ownFile())
	}
	for _, l := range lines {
		added, _ := l.(map[string]any)
		i := slices.IndexFunc(text["lines"].([]map[string]any), func(mine map[string]any) bool { return mine["name"] == added["name"] })
		if i < 0 {
			return fmt.Errorf("%s: lines: the practice line has one line, write - name: duty and below it what you add", r.ownFile())
		}
		for word, value := range added {
			if _, made := text["lines"].([]map[string]any)[i][word]; made && word != "name" {
				return fmt.Errorf("%s: lines: %s of the practice line is made at each start and cannot be changed", r.ownFile(), word)
			}
			text["lines"].([]map[string]any)[i][word] = value
		}
	}
	return nil
}

// withOwn writes the configuration with what the user added, and is what the daemon is told.
func (r *practiceRun) withOwn(c config.Config) (config.Config, error) {
	own, err := r.readOwn()
	if err != nil {
		return c, err
	}
	if err := r.writeConfig(c, own); err != nil || len(own) == 0 {
		return c, err
	}
	told, err := config.Load(r.configFile())
	if err != nil {
		return c, fmt.Errorf("%w\nmend what you added in %s", err, r.ownFile())
	}
	c.Alerts, c.Health, c.Heartbeat, c.Lines = told.Alerts, told.Health, told.Heartbeat, told.Lines
	return c, nil
}
