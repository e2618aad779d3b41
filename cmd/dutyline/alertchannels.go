package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dutyline/alerts"
	"dutyline/alerts/phone"
	"dutyline/config"
	"dutyline/telephony/ari"
)

// wireSenders opens the channels by which alerts leave the building.
func (a *app) wireSenders() error {
	a.channels = &channelDesk{book: a.log, now: a.clock.Now}
	beside := phone.Deps{Switch: a.sw, Book: a.log, Acknowledge: a.log.Acknowledge, Lines: a.cfg.TelephonyLines(), Zone: a.cfg.Site.Location(), Now: a.clock.Now}
	for _, c := range a.cfg.Alerts.Channels {
		channel, err := openChannel(c, beside)
		if err != nil {
			return err
		}
		a.channels.add(c, channel, a.cfg.Lines)
		a.senders = append(a.senders, &sender{name: c.Name, channel: channel, details: c.Details, calls: c.Route().Calls, try: c.TryTime(), outbox: a.log, wake: a.log.Wake, now: a.clock.Now, logger: a.logger})
	}
	return nil
}

// alertCalls is where the calls about alerts are kept; nil where nobody is called.
func (a *app) alertCalls() alerts.CallBook {
	if ariConfig(a.cfg, a.logger).Calls {
		return a.log
	}
	return nil
}

// openChannel makes a channel; what is beside it is for one that calls people.
func openChannel(c config.Channel, beside phone.Deps) (alerts.Channel, error) {
	if c.Phone == nil {
		return c.Open()
	}
	beside.Channel = c.Name
	return phone.New(*c.Phone, beside)
}

func newAlertsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "alerts", Short: "Try the rules of alerts, and the channels by which they leave the building"}
	cmd.AddCommand(newAlertsSendCommand(), newAlertsPromptsCommand(), newAlertsRulesCommand(), newAlertsTestCommand())
	return cmd
}

func newAlertsSendCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "send CHANNEL",
		Short: "Send a test message by one channel and say what came of it",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := config.Load(file)
			if err != nil {
				return err
			}
			return sendTest(cmd.Context(), cmd, cfg, args[0])
		},
	}
	cmd.Flags().StringVar(&file, "config", "/etc/dutyline/dutyline.yaml", "the daemon's configuration")
	return cmd
}

func sendTest(ctx context.Context, cmd *cobra.Command, cfg config.Config, name string) error {
	i := slices.IndexFunc(cfg.Alerts.Channels, func(c config.Channel) bool { return c.Name == name })
	if i < 0 {
		return noChannel(name, cfg.Alerts.Channels)
	}
	beside := phone.Deps{Switch: ari.New(ariConfig(cfg, slog.New(slog.DiscardHandler)), nil), Book: noBook{}, Lines: cfg.TelephonyLines(), Zone: cfg.Site.Location(), Now: time.Now}
	channel, err := openChannel(cfg.Alerts.Channels[i], beside)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, cmp.Or(cfg.Alerts.Channels[i].TryTime(), sendTime))
	defer cancel()
	if err := channel.Deliver(ctx, testNotice(cfg.Lines, time.Now())); err != nil {
		return fmt.Errorf("channel %s: %w", name, err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "channel %s: delivered; look whether it arrived. It is not in the log: the page 告警通道 shows the tests made with its own button\n", name)
	return nil
}

// noChannel says which there are.
func noChannel(name string, all []config.Channel) error {
	var names []string
	for _, c := range all {
		names = append(names, c.Name)
	}
	if len(names) == 0 {
		return fmt.Errorf("there is no channel %q, nor any other: write one into alerts.channels as deploy/dutyline.yaml shows (of the practice line into practice.own.yaml), and start the daemon again", name)
	}
	return fmt.Errorf("there is no channel %q: give one of %s, or add it to alerts.channels", name, strings.Join(names, ", "))
}

// noBook keeps nothing of a test call from the command line: who waits for it sees what comes of it.
type noBook struct{}

func (noBook) AlertCall(context.Context, string) (alerts.Call, bool, error) {
	return alerts.Call{}, false, nil
}
func (noBook) KeepAlertCall(context.Context, alerts.Call) error         { return nil }
func (noBook) AlertCalls(context.Context, int64) ([]alerts.Call, error) { return nil, nil }
