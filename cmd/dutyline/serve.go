package main

import (
	"context"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"dutyline/config"
)

func newServeCommand() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "serve --config FILE",
		Short: "Run the daemon beside an Asterisk (production)",
		Args:  cobra.NoArgs,
		RunE: untilStopped(func(ctx context.Context, cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(file)
			if err != nil {
				return err
			}
			cfg.Saved = config.SavedAt(file)
			return serve(ctx, cfg, newLogger(cmd.ErrOrStderr()))
		}),
	}
	cmd.Flags().StringVar(&file, "config", "/etc/dutyline/dutyline.yaml", "the daemon's configuration")
	return cmd
}

// garbageFor lets garbage become this many percent of what is in use before it is collected:
// some ten megabytes more of memory for a tenth less of CPU. From so many bytes of memory on, it
// is collected sooner.
const (
	garbageFor  = 800
	memoryLimit = 256 << 20
)

// processors is on how many the daemon runs. What it does for a call takes hundreds of hops from
// one small task to the next; to wake another processor for each is a tenth of its CPU, and that
// one is the switch's. A task that computes for long is interrupted every 10 ms.
const processors = 1

func serve(ctx context.Context, cfg config.Config, logger *slog.Logger) error {
	defer profiled()()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbageFor)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(processors)
	}
	a, err := newApp(ctx, cfg, logger, nil)
	if err != nil {
		return err
	}
	logger.Info("serving", "page", a.URL(), "lines", len(cfg.Lines), "version", version)
	return a.Run(ctx)
}
