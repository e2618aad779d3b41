package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"strconv"
)

// practiceNumber is the duty number of the practice line.
const practiceNumber = "02422739110"

// practiceSecondNumber is that of the line from which its test calls come.
const practiceSecondNumber = "02422739119"

// practiceFile is VAR/practice.json: how other programs reach the practice line. It holds
// passwords and is readable by its owner only.
type practiceFile struct {
	URL   string         `json:"url"`
	Users []practiceUser `json:"users"`
	SIP   practiceSIP    `json:"sip"`

	path string // where it was read; empty when there is none
}

type practiceUser struct {
	Name     string `json:"name"` // login name
	Password string `json:"password"`
	Role     string `json:"role"`
}

type practiceSIP struct {
	Address string        `json:"address"` // where the duty phone registers
	Duty    practiceDuty  `json:"duty"`
	Trunk   practiceTrunk `json:"trunk"`
}

type practiceDuty struct {
	User     string `json:"user"`
	Password string `json:"password"`
}

// practiceTrunk accepts calls to the number from any SIP program on loopback.
type practiceTrunk struct {
	Address string `json:"address"`
	Number  string `json:"number"`
}

// readPracticeFile reads what an earlier run left; nothing when there was none.
func readPracticeFile(name string) (practiceFile, error) {
	var p practiceFile
	b, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return p, fmt.Errorf("read the passwords of the last run: %w", err)
	}
	if err := json.Unmarshal(b, &p); err != nil {
		return p, fmt.Errorf("%s is damaged (%w): delete it, new passwords are made then", name, err)
	}
	p.path = name
	return p, nil
}

func (p practiceFile) write(name string) error {
	b, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return err
	}
	temp := name + ".new"
	if err := os.WriteFile(temp, append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return os.Rename(temp, name)
}

// password is that of an earlier run's login, or "".
func (p practiceFile) password(login string) string {
	for _, u := range p.Users {
		if u.Name == login {
			return u.Password
		}
	}
	return ""
}

// practicePorts are the addresses of one run.
type practicePorts struct {
	page, sip, ari, farEnd string
	rtpFrom, rtpTo         int
}

// trunk is where callers on this machine reach the switch.
func (p practicePorts) trunk() string {
	_, port, _ := net.SplitHostPort(p.sip)
	return net.JoinHostPort("127.0.0.1", port)
}

// choosePorts uses the usual ports, or free ones where 0 was asked for.
func choosePorts(f practiceFlags) (practicePorts, error) {
	if net.ParseIP(f.listen) == nil {
		return practicePorts{}, fmt.Errorf("LISTEN=%s is no address: give one of this machine, for instance 192.0.2.10", f.listen)
	}
	for what, port := range map[string]int{"page": f.httpPort, "SIP": f.sipPort} {
		if port < 0 || port > 65000 {
			return practicePorts{}, fmt.Errorf("%s port %d: use 1024 to 65000, or 0 for a free one", what, port)
		}
	}
	at := func(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }
	p := practicePorts{
		page: at(f.listen, f.httpPort), sip: at(f.listen, f.sipPort), ari: "127.0.0.1:8488",
		farEnd: "127.0.0.1:5170", rtpFrom: 12000, rtpTo: 12199,
	}
	if f.sipPort != 0 {
		return p, nil
	}
	free, err := freePorts(3)
	if err != nil {
		return practicePorts{}, err
	}
	p.sip, p.ari, p.farEnd = at(f.listen, free[0]), at("127.0.0.1", free[1]), at("127.0.0.1", free[2])
	p.rtpFrom = 33000 + 200*(free[0]%135) // apart from other runs on this machine, and from the ports that its tests give to SIP
	p.rtpTo = p.rtpFrom + 199
	return p, nil
}

// freePorts asks the kernel for ports that are free for UDP and TCP now.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range 50 {
		u, err := net.ListenPacket("udp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("find a free port: %w", err)
		}
		defer u.Close() // kept until all are found, so that they differ
		port := u.LocalAddr().(*net.UDPAddr).Port
		t, err := net.Listen("tcp", u.LocalAddr().String())
		if err != nil {
			continue
		}
		defer t.Close()
		if ports = append(ports, port); len(ports) == n {
			return ports, nil
		}
	}
	return nil, errors.New("no free ports were found on 127.0.0.1; stop some programs")
}
