package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"dutyline/config"
	"dutyline/telephony"
	"dutyline/telephony/ari"
	"dutyline/telephony/tape"
)

func newReplayCommand() *cobra.Command {
	var configFile string
	cmd := &cobra.Command{
		Use:   "replay FILE.jsonl…",
		Short: "Feed recorded ARI events through the tracker and print each call as it ends",
		Long: `Replay reads raw ARI events, one JSON object per line, or a tape that dutyline wrote, and
prints one call as a JSON line as each ends. Times come from the events alone. Each file is
its own run; calls that are not over at its end are printed as unknown. A line that is no
event is named on the error output and skipped; only an unreadable file fails the command.

Without --config there is one line: its duty phones are all endpoints named PJSIP/duty…,
its trunks all endpoints named PJSIP/trunk….`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			lines := replayLines()
			if configFile != "" {
				var err error
				if lines, err = config.LoadLines(configFile); err != nil {
					return err
				}
			}
			return replayFiles(lines, files, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVar(&configFile, "config", "", "take the lines from this configuration file")
	return cmd
}

// replayLines is the line of a trace about which nothing else is known.
func replayLines() []telephony.Line {
	return []telephony.Line{{
		Name: "duty", Endpoints: []string{"PJSIP/duty*"}, Trunks: []string{"PJSIP/trunk*"},
		AreaCode: "024", Rule: telephony.DefaultRule(), Supervision: telephony.SupervisionSIP,
	}}
}

// replayFiles replays every file even when an earlier one is bad, and ends in an error then.
func replayFiles(lines []telephony.Line, files []string, out, complaints io.Writer) error {
	bad := 0
	for _, name := range files {
		skipped, err := replayFile(lines, name, out, complaints)
		if skipped > maxComplaints {
			fmt.Fprintf(complaints, "dutyline: %s: %d lines were skipped in all\n", name, skipped)
		}
		if err != nil {
			bad++
			fmt.Fprintln(complaints, "dutyline: "+err.Error())
		}
	}
	if bad > 0 {
		return fmt.Errorf("replay: %d files could not be read to their end, see above; the calls printed leave them out", bad)
	}
	return nil
}

// maxComplaints is after how many bad lines of one file only their number is said.
const maxComplaints = 3

func replayFile(lines []telephony.Line, name string, out io.Writer, complaints io.Writer) (skipped int, err error) {
	file, err := os.Open(name)
	if err != nil {
		return 0, fmt.Errorf("replay: %w; give the path of a .jsonl file", err)
	}
	defer file.Close()
	tracker := telephony.NewTracker(lines)
	reader := tape.NewReader(file)
	var last time.Time
	for {
		record, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		var ev telephony.Event
		if err == nil {
			ev, err = ari.Decode(record.Raw)
		} else if !errors.Is(err, tape.ErrLine) {
			return skipped, fmt.Errorf("replay %s: %w", name, err)
		}
		if err != nil {
			skipped++
			if skipped <= maxComplaints {
				fmt.Fprintf(complaints, "dutyline: %s:%d: %v; the line is skipped\n", name, reader.Line(), err)
			}
			continue
		}
		if ev.At.After(last) {
			last = ev.At
		}
		if err := printEnded(out, tracker.Apply(ev)); err != nil { // at once: who reads along sees each call as it ends
			return skipped, err
		}
	}
	return skipped, printEnded(out, tracker.Finish(last))
}

func printEnded(out io.Writer, changes []telephony.Change) error {
	for _, ch := range changes {
		if ch.Kind != telephony.CallEnded {
			continue
		}
		line, err := json.Marshal(ch.Call)
		if err != nil {
			return fmt.Errorf("print call %s: %w", ch.Call.ID, err)
		}
		if _, err := out.Write(append(line, '\n')); err != nil {
			return fmt.Errorf("print call %s: %w", ch.Call.ID, err)
		}
	}
	return nil
}
