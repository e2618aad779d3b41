package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// How long a connection may take for what. Streams and recordings set their own.
const (
	headerTime = 10 * time.Second
	answerTime = 60 * time.Second
	idleTime   = 2 * time.Minute
	maxHeader  = 32 << 10 // bytes
)

// stopTime is how long running requests may go on when the daemon stops.
const stopTime = 5 * time.Second

// Serve answers on a listener until ctx ends, then lets running requests finish for a few
// seconds. Event streams end at once: their readers resume elsewhere or later.
func Serve(ctx context.Context, l net.Listener, handler http.Handler, logger *slog.Logger) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // lets the goroutine below end when serving fails
	base, endStreams := context.WithCancel(context.Background())
	defer endStreams()
	if logger == nil {
		logger = slog.Default()
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTime,
		WriteTimeout:      answerTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		BaseContext:       func(net.Listener) context.Context { return base },
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelDebug), // broken handshakes of passers-by
	}
	stopped := make(chan error, 1)
	go func() {
		<-ctx.Done()
		endStreams()
		patience, cancel := context.WithTimeout(context.Background(), stopTime)
		defer cancel()
		err := server.Shutdown(patience)
		if err != nil {
			err = errors.Join(err, server.Close())
		}
		stopped <- err
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve the page on %s: %w", l.Addr(), err)
	}
	if err := <-stopped; err != nil {
		return fmt.Errorf("stop serving the page on %s: %w", l.Addr(), err)
	}
	return nil
}
