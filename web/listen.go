package web

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"syscall"
	"time"
)

// Listen opens the address of the configuration, with TLS where it has to be. It never opens
// an address beyond loopback without TLS unless the configuration says so plainly. The error
// is one sentence that names the remedy.
func Listen(ctx context.Context, c Config) (net.Listener, error) {
	t, err := c.transport()
	if err != nil {
		return nil, err
	}
	var certs *certificates
	switch t {
	case ownCert:
		certs, err = loadOwn(c.TLSCert, c.TLSKey, time.Now)
	case selfMade:
		host, _, _ := net.SplitHostPort(c.Listen)
		certs, err = loadSelfMade(c.TLSFolder, append([]string{host}, c.TLSNames...), time.Now)
	}
	if err != nil {
		return nil, err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, network(c.Listen), c.Listen)
	if err != nil {
		return nil, listenError(c.Listen, err)
	}
	if certs == nil {
		return l, nil
	}
	return tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"}, GetCertificate: certs.get}), nil
}

// network keeps an IPv4 address to IPv4: Go would open 0.0.0.0 for IPv6 too, and show it as [::].
func network(listen string) string {
	host, _, _ := net.SplitHostPort(listen)
	if ip := net.ParseIP(host); ip != nil && ip.To4() != nil {
		return "tcp4"
	}
	return "tcp"
}

func listenError(addr string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("web.listen: another program (perhaps another dutyline) already uses %s: stop it, or choose another port", addr)
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return fmt.Errorf("web.listen: this computer has no address %s: choose one of its own, or 0.0.0.0 for all", addr)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("web.listen: this user may not open %s: choose a port from 1024 on, or grant CAP_NET_BIND_SERVICE", addr)
	}
	return fmt.Errorf("web.listen: cannot open %s: %w; check the address", addr, err)
}
