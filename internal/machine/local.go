package machine

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// local is the machine that this program runs on.
type local struct {
	mu     sync.Mutex
	unseen map[string]bool

	once      sync.Once
	listeners map[string]Listener
	known     bool
	processes []Process
}

// Local returns the machine that this program runs on.
func Local() Machine { return &local{unseen: map[string]bool{}} }

func (m *local) miss(what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.unseen[what] = true
}

func (m *local) Account(name string) (Account, bool) {
	u, err := user.Lookup(name)
	if err != nil {
		if u, err = user.LookupId(name); err != nil {
			return Account{}, false
		}
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return Account{}, false
	}
	a := Account{Name: u.Username, UID: uid}
	if gid, err := strconv.Atoi(u.Gid); err == nil {
		a.GIDs = append(a.GIDs, gid)
	}
	ids, _ := u.GroupIds() // without them the account has its own group alone
	for _, id := range ids {
		if gid, err := strconv.Atoi(id); err == nil {
			a.GIDs = append(a.GIDs, gid)
		}
	}
	return a, true
}

func (m *local) Group(name string) (int, bool) {
	g, err := user.LookupGroup(name)
	if err != nil {
		if g, err = user.LookupGroupId(name); err != nil {
			return 0, false
		}
	}
	gid, err := strconv.Atoi(g.Gid)
	return gid, err == nil
}

func (m *local) File(path string) (File, error) {
	info, err := os.Stat(path)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			m.miss(path)
		}
		return File{}, err
	}
	f := File{Mode: info.Mode(), UID: -1, GID: -1, Modified: info.ModTime()}
	f.UID, f.GID = owner(info)
	return f, nil
}

func (m *local) Glob(pattern string) []string {
	found, _ := filepath.Glob(pattern) // the error is that of a bad pattern
	return found
}

func (m *local) Somaxconn() int {
	text, err := os.ReadFile("/proc/sys/net/core/somaxconn")
	if err != nil {
		return 0
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return n
}

func (m *local) Certificate(certificate, key string) (Certificate, error) {
	text, err := os.ReadFile(certificate)
	if err != nil {
		return Certificate{}, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return Certificate{}, fmt.Errorf("%s holds no certificate in PEM form", certificate)
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return Certificate{}, fmt.Errorf("%s: %w", certificate, err)
	}
	c := Certificate{Names: parsed.DNSNames, From: parsed.NotBefore, To: parsed.NotAfter, SelfMade: parsed.Subject.String() == parsed.Issuer.String()}
	for _, ip := range parsed.IPAddresses {
		c.Names = append(c.Names, ip.String())
	}
	if key == "" {
		return c, nil
	}
	keyText, err := os.ReadFile(key)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			m.miss(key)
		}
		c.Unchecked = true
		return c, nil
	}
	_, err = tls.X509KeyPair(text, keyText)
	c.WrongKey = err != nil
	return c, nil
}

func (m *local) Listener(address string) (Listener, bool, bool) {
	m.once.Do(m.look)
	l, ok := m.listeners[address]
	return l, ok, m.known
}

func (m *local) Running(program string) []Process {
	m.once.Do(m.look)
	var found []Process
	for _, p := range m.processes {
		if programOf(p.Command) == program {
			found = append(found, p)
		}
	}
	return found
}

func (m *local) Unseen() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return sortedKeys(m.unseen)
}
