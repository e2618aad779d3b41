package main

import (
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"

	"dutyline/config"
)

// writeConfig keeps what the daemon was told as a configuration file, VAR/practice.yaml: verify,
// exhibit and the other commands then work on the practice line as they do on a real one. OWN is what
// its user added.
func (r *practiceRun) writeConfig(c config.Config, own map[string]any) error {
	secret := filepath.Join(r.flags.dir, "ari.password")
	if err := os.WriteFile(secret, []byte(c.ARI.Password+"\n"), 0o600); err != nil {
		return fmt.Errorf("keep the password of the switch: %w", err)
	}
	type group = map[string]any
	var lines []group
	for _, l := range c.Lines {
		lines = append(lines, group{"name": l.Name, "number": l.Number, "endpoints": l.Endpoints, "trunks": l.Trunks})
	}
	told := group{
		"site":      group{"name": c.Site.Name},
		"lines":     lines,
		"ari":       group{"url": c.ARI.URL, "user": c.ARI.User, "password_file": secret},
		"log":       group{"file": c.Log.File},
		"archive":   group{"folder": c.Archive.Folder},
		"journal":   group{"file": c.Journal.File},
		"tape":      group{"folder": c.Tape.Folder, "max_mb": c.Tape.MaxMB},
		"tests":     group{"second_line": group{"server": c.Tests.SecondLine.Server, "number": c.Tests.SecondLine.Number}},
		"retention": group{"require_backup": c.Retain.RequireBackup},
		"health":    group{"rostered_officer": c.Health.RosteredOfficer},
		"roster":    group{"watch": c.Roster.Watch},
		"web":       group{"listen": c.Web.Listen, "tls_folder": c.Web.TLSFolder, "tls_names": c.Web.TLSNames},
	}
	if err := r.addOwn(told, own); err != nil {
		return err
	}
	text, err := yaml.Marshal(told)
	if err != nil {
		return fmt.Errorf("write the configuration of the practice line: %w", err)
	}
	text = append([]byte("# Written by dutyline practice at each start: for --config of the other commands. What you add goes into practice.own.yaml.\n"), text...)
	if err := os.WriteFile(r.configFile(), text, 0o600); err != nil {
		return fmt.Errorf("write the configuration of the practice line: %w", err)
	}
	return nil
}

func (r *practiceRun) configFile() string { return filepath.Join(r.flags.dir, "practice.yaml") }
