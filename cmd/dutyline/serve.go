package main

import (
	"context"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"dutyline/config"
)

func newServeCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "serve --config FILE",
		Short: "Run the daemon beside an Asterisk (production)",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(file)
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(cmd.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			return serve(ctx, cfg, newLogger(cmd.ErrOrStderr()))
		},
	}
	cmd.Flags().StringVar(&file, "config", "/etc/dutyline/dutyline.yaml", "the daemon's configuration")
	return cmd
}

// garbageFor lets garbage become this many percent of what is in use before it is collected:
// some ten megabytes more of memory for a tenth less of CPU.
const garbageFor = 400

func serve(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbageFor)
	}
	a, err := newApp(ctx, cfg, logger, nil)
	if err != nil {
		return err
	}
	logger.Info("serving", "page", a.URL(), "lines", len(cfg.Lines), "version", version)
	return a.Run(ctx)
}
