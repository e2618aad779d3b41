package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"dutyline/alerts/phone"
	"dutyline/config"
	"dutyline/telephony"
	"dutyline/telephony/practice"
)

func newAlertsPromptsCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "prompts FOLDER",
		Short: "Synthesise what phone calls about alerts say, for Asterisk to play; recordings that are there stay",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := config.Load(file)
			if err != nil {
				return err
			}
			made, kept, err := makePrompts(cmd.Context(), args[0], phone.Prompts(cfg.TelephonyLines()))
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%d sound files made in %s, %d were there already and stay\n", made, args[0], kept)
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "config", "/etc/dutyline/dutyline.yaml", "the daemon's configuration")
	return cmd
}

// makePrompts makes the files that are missing; a site's own recordings are never overwritten.
func makePrompts(ctx context.Context, folder string, prompts []phone.Prompt) (made, kept int, err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return 0, 0, fmt.Errorf("make the folder of the prompts: %w; create it and give it to the user who runs this", err)
	}
	missing, err := missingPrompts(folder, prompts)
	if err != nil {
		return 0, 0, err
	}
	for _, p := range prompts {
		if !missing[p.Name] {
			kept++
			continue
		}
		clip, err := practice.Say(ctx, p.Text)
		if err != nil {
			return made, kept, fmt.Errorf("synthesise %q: %w", p.Text, err)
		}
		if err := writePrompt(filepath.Join(folder, p.File()), clip); err != nil {
			return made, kept, err
		}
		made++
	}
	return made, kept, nil
}

// writePrompt never leaves half a file where Asterisk would play it.
func writePrompt(file string, clip []byte) error {
	if err := os.WriteFile(file+".new", clip, 0o644); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// missingPrompts are those of which a folder has no file, whatever its format.
func missingPrompts(folder string, prompts []phone.Prompt) (map[string]bool, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, err
	}
	var there []string
	for _, e := range entries {
		there = append(there, e.Name())
	}
	missing := map[string]bool{}
	for _, name := range phone.Missing(prompts, there) {
		missing[name] = true
	}
	return missing, nil
}

// checkPrompts says what calls about alerts cannot say. It is looked at from here: Asterisk may run
// elsewhere or as another user.
func checkPrompts(c config.Config) []telephony.Check {
	var out []telephony.Check
	for _, ch := range c.Alerts.Channels {
		if ch.Phone == nil {
			continue
		}
		folder, prompts := ch.Phone.PromptFolder(), phone.Prompts(c.TelephonyLines())
		check := telephony.Check{Name: "prompts of channel " + ch.Name, OK: true, Detail: fmt.Sprintf("%d sound files in %s", len(prompts), folder),
			Remedy: "run: dutyline alerts prompts " + folder + " (with espeak-ng), or record them yourselves; until then a call beeps and takes the key all the same"}
		switch missing, err := missingPrompts(folder, prompts); {
		case err != nil:
			check.OK, check.Detail = false, fmt.Sprintf("there are none: %v", err)
		case len(missing) > 0:
			check.OK, check.Detail = false, fmt.Sprintf("%d of %d sound files are not in %s", len(missing), len(prompts), folder)
		}
		out = append(out, check)
	}
	return out
}
