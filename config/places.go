package config

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// LoadPlaces reads where FILE keeps the data, and the site, for a backup or a restoration:
// no secret is needed, and the folders need not be there.
func LoadPlaces(file string) (Config, error) {
	c, faults, err := read(file)
	if err != nil {
		return Config{}, err
	}
	c.checkPlaces(faults)
	if len(faults.List) > 0 {
		return Config{}, faults
	}
	return c, nil
}

// secretKey is a key whose value would be a secret. None is known today; one that is added
// must not enter a backup because nobody thought of it.
var secretKey = regexp.MustCompile(`(?i)(password|passphrase|secret|token)$`)

// WithoutSecrets is FILE for a backup: without comments, in which people note passwords, and
// without passwords in addresses and what stands behind their ? or #, as a token does. Secrets themselves are never in a
// configuration.
func WithoutSecrets(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("read configuration %s: %w", file, err)
	}
	redact(&doc)
	var out bytes.Buffer
	out.WriteString("# Copied by dutyline backup. Comments and secrets were left out.\n")
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(&doc); err != nil {
		return nil, fmt.Errorf("copy configuration %s: %w", file, err)
	}
	return out.Bytes(), enc.Close()
}

func redact(n *yaml.Node) {
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	if n.Tag == "!!null" {
		n.Value = "null" // the encoder makes a text of a value that is left out
	}
	if n.Kind == yaml.ScalarNode && strings.Contains(n.Value, "://") {
		if u, err := url.Parse(n.Value); err != nil {
			n.Value = ""
		} else if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			u.User, u.RawQuery, u.Fragment, u.RawFragment = nil, "", "", ""
			n.Value = u.String()
		}
	}
	for i, child := range n.Content {
		redact(child)
		if n.Kind == yaml.MappingNode && i%2 == 1 && secretKey.MatchString(n.Content[i-1].Value) {
			n.Content[i] = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: ""}
		}
	}
}
