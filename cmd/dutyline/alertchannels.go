package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"dutyline/config"
)

// wireSenders opens the channels by which alerts leave the building.
func (a *app) wireSenders() error {
	a.channels = &channelDesk{book: a.log, now: a.clock.Now}
	for _, c := range a.cfg.Alerts.Channels {
		channel, err := c.Open()
		if err != nil {
			return err
		}
		a.channels.add(c, channel, a.cfg.Lines)
		a.senders = append(a.senders, &sender{name: c.Name, channel: channel, details: c.Details, outbox: a.log, wake: a.log.Wake, now: a.clock.Now, logger: a.logger})
	}
	return nil
}

func newAlertsCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "alerts", Short: "Try the rules of alerts, and the channels by which they leave the building"}
	cmd.AddCommand(newAlertsSendCommand(), newAlertsRulesCommand(), newAlertsTestCommand())
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
		return fmt.Errorf("there is no channel %q: alerts.channels in the configuration names them", name)
	}
	channel, err := cfg.Alerts.Channels[i].Open()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	if err := channel.Deliver(ctx, testNotice(cfg.Lines, time.Now())); err != nil {
		return fmt.Errorf("channel %s: %w", name, err)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "channel %s: delivered; look whether it arrived\n", name)
	return nil
}
