package web

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// How long a self-made certificate lives, and how long before its end the next one is made.
const (
	certLife  = 397 * 24 * time.Hour // browsers refuse more
	certRenew = 30 * 24 * time.Hour
)

// certLook is how often a handshake may look whether the certificate is still the right one.
const certLook = time.Minute

// selfMadeFile holds certificate and key together, so that they are replaced in one step.
const selfMadeFile = "dutyline.pem"

// certificates gives the present certificate to each handshake, and the next one in time.
type certificates struct {
	now    func() time.Time
	reload func(old *tls.Certificate) (*tls.Certificate, error)

	mu      sync.Mutex
	current *tls.Certificate
	looked  time.Time
}

// get implements tls.Config.GetCertificate. When a new certificate cannot be had the old one
// is kept: a phone line must not go dark for a file.
func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	if now.Sub(c.looked) >= certLook {
		c.looked = now
		if next, err := c.reload(c.current); err == nil {
			c.current = next
		}
	}
	return c.current, nil
}

// loadOwn serves the files of the configuration; they may be replaced while the daemon runs.
func loadOwn(certFile, keyFile string, now func() time.Time) (*certificates, error) {
	var read time.Time // when the files that are in use were changed
	load := func(old *tls.Certificate) (*tls.Certificate, error) {
		changed := changedAt(certFile, keyFile)
		if old != nil && changed.Equal(read) {
			return old, nil
		}
		pair, err := tls.LoadX509KeyPair(certFile, keyFile)
		if err != nil {
			return nil, fmt.Errorf("web.tls_cert, web.tls_key: %w; give a PEM certificate with its chain and the key that belongs to it", err)
		}
		read = changed
		return &pair, nil
	}
	return newCertificates(load, now)
}

// loadSelfMade serves the certificate of a folder, made and renewed as needed.
func loadSelfMade(folder string, hosts []string, now func() time.Time) (*certificates, error) {
	names := certNames(hosts)
	load := func(old *tls.Certificate) (*tls.Certificate, error) {
		if old != nil && serves(old, names, now()) {
			return old, nil
		}
		return selfMadeIn(folder, names, now())
	}
	return newCertificates(load, now)
}

func newCertificates(load func(*tls.Certificate) (*tls.Certificate, error), now func() time.Time) (*certificates, error) {
	first, err := load(nil)
	if err != nil {
		return nil, err
	}
	return &certificates{now: now, reload: load, current: first, looked: now()}, nil
}

func changedAt(files ...string) time.Time {
	var newest time.Time
	for _, f := range files {
		if info, err := os.Stat(f); err == nil && info.ModTime().After(newest) {
			newest = info.ModTime()
		}
	}
	return newest
}

// selfMadeIn reads the folder's certificate, or makes a new one when there is none that is
// right: absent, damaged, about to end, or without one of the names.
func selfMadeIn(folder string, names []string, now time.Time) (*tls.Certificate, error) {
	file := filepath.Join(folder, selfMadeFile)
	kept, err := os.ReadFile(file)
	if err == nil {
		if pair, err := tls.X509KeyPair(kept, kept); err == nil && serves(&pair, names, now) {
			return &pair, nil
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("web.tls_folder: %w; let the daemon's user read %s", err, folder)
	}
	made, err := makeCertificate(names, now)
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	if err := keep(file, made); err != nil {
		return nil, fmt.Errorf("web.tls_folder: %w; name a folder that the daemon's user may write to", err)
	}
	pair, err := tls.X509KeyPair(made, made)
	if err != nil {
		return nil, fmt.Errorf("make a certificate: %w", err)
	}
	return &pair, nil
}

// serves reports whether a certificate has all the names and lasts for a while yet.
func serves(pair *tls.Certificate, names []string, now time.Time) bool {
	cert, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil || now.Before(cert.NotBefore) || now.Add(certRenew).After(cert.NotAfter) {
		return false
	}
	return !slices.ContainsFunc(names, func(name string) bool { return cert.VerifyHostname(name) != nil })
}

func makeCertificate(names []string, now time.Time) ([]byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: names[0], Organization: []string{"Dutyline"}},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	out := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return append(out, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})...), nil
}

// keep writes the file so that it is there whole or not at all, and for its owner only.
func keep(file string, content []byte) error {
	folder := filepath.Dir(file)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	temp, err := os.CreateTemp(folder, ".cert-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name())
	_, err = temp.Write(content)
	err = errors.Join(err, temp.Sync(), temp.Close())
	if err != nil {
		return err
	}
	if err := os.Rename(temp.Name(), file); err != nil {
		return err
	}
	dir, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// certNames are the names a certificate is for: this computer's own, and those that people
// will type. An unspecified address stands for every address of this computer.
func certNames(hosts []string) []string {
	names := []string{"localhost", "127.0.0.1", "::1"}
	add := func(name string) {
		name = strings.TrimSpace(name)
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
			for _, own := range ownAddresses() {
				add(own)
			}
			continue
		}
		add(host)
	}
	if name, err := os.Hostname(); err == nil && len(name) <= 64 {
		add(name)
	}
	return names
}

func ownAddresses() []string {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var own []string
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok && !n.IP.IsLinkLocalUnicast() {
			own = append(own, n.IP.String())
		}
	}
	return own
}
