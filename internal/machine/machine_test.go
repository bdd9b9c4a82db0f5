package machine

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func TestReach(t *testing.T) {
	t.Parallel()
	m, err := Parse(`
account web 33 web,shared
account app 1001 app
folder /srv/app 0750 app shared
file /srv/app/a.txt 0640 app app
file /srv/app/b.txt 0644 app app
folder /home/app 0700 app app
file /home/app/c.txt 0644 app app
socket /run/app.sock 0660 app web
somaxconn 128
`)
	if err != nil {
		t.Fatal(err)
	}
	account := func(name string) Account {
		a, ok := m.Account(name)
		if !ok {
			t.Fatalf("no account %s", name)
		}
		return a
	}
	for _, c := range []struct {
		who, path, blocked string
		want               fs.FileMode
		ok, known          bool
	}{
		{"web", "/srv/app/a.txt", "/srv/app/a.txt", Read, false, true},
		{"web", "/srv/app/b.txt", "", Read, true, true},
		{"web", "/home/app/c.txt", "/home/app", Read, false, true},
		{"app", "/home/app/c.txt", "", Read, true, true},
		{"root", "/home/app/c.txt", "", Read, true, true},
		{"web", "/run/app.sock", "", Write, true, true},
		{"web", "/nowhere/x", "", Read, false, false},
	} {
		blocked, ok, known := Reach(m, account(c.who), c.path, c.want)
		if blocked != c.blocked || ok != c.ok || known != c.known {
			t.Errorf("%s to %s: blocked at %q, %v, known %v", c.who, c.path, blocked, ok, known)
		}
	}
	if got := m.Glob("/srv/app/*.txt"); len(got) != 2 || m.Somaxconn() != 128 {
		t.Errorf("%q, %d", got, m.Somaxconn())
	}
	for _, text := range []string{"account x", "folder /x 9 root root", "nothing at all", "file /x 0644 nobody root"} {
		if _, err := Parse(text); err == nil {
			t.Errorf("%q is read", text)
		}
	}
}

// TestLocal asks this machine about what the test makes.
func TestLocal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := Local()
	root, ok := m.Account("root")
	if !ok || !root.Root() {
		t.Errorf("root is %+v", root)
	}
	if _, ok := m.Account("no-such-account"); ok {
		t.Error("an account is made up")
	}
	path := filepath.Join(dir, "f")
	if err := os.WriteFile(path, nil, 0o640); err != nil {
		t.Fatal(err)
	}
	if f, err := m.File(path); err != nil || f.Octal() != "0640" || runtime.GOOS == "linux" && f.UID != os.Getuid() {
		t.Errorf("%+v, %v", f, err)
	}
	if !Exists(m, path) || Exists(m, path+"x") {
		t.Error("what is there and what is not are taken for each other")
	}
	if got := m.Glob(filepath.Join(dir, "*")); len(got) != 1 || got[0] != path {
		t.Errorf("the folder holds %q", got)
	}
	if runtime.GOOS != "linux" {
		t.Skip("listeners and programs are seen on Linux alone")
	}
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	sock := filepath.Join(dir, "s")
	unix, err := net.Listen("unix", sock)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close()
	m = Local()
	for _, address := range []string{tcp.Addr().String(), sock} {
		if l, listens, known := m.Listener(address); !listens || !known || l.PID != os.Getpid() {
			t.Errorf("%s: %+v, %v, %v", address, l, listens, known)
		}
	}
	if m.Somaxconn() < 1 {
		t.Error("the limit of listen queues is not known")
	}
	own := m.Running(programOf(os.Args[0]))
	found := false
	for _, p := range own {
		found = found || p.PID == os.Getpid() && p.Parent == os.Getppid() && time.Since(p.Started) < time.Hour && time.Since(p.Started) > -time.Minute
	}
	if !found {
		t.Errorf("this very program is not among %+v", own)
	}
}

func TestLocalCertificate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	from, to := time.Now().Add(-time.Hour).Truncate(time.Second), time.Now().Add(time.Hour).Truncate(time.Second)
	make := func(name string) (certificate, key string) {
		private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: from, NotAfter: to}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
		if err != nil {
			t.Fatal(err)
		}
		keyDER, err := x509.MarshalECPrivateKey(private)
		if err != nil {
			t.Fatal(err)
		}
		certificate, key = filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")
		for path, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "EC PRIVATE KEY", Bytes: keyDER}} {
			if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return certificate, key
	}
	one, oneKey := make("one.example")
	_, twoKey := make("two.example")
	m := Local()
	c, err := m.Certificate(one, oneKey)
	if err != nil || c.WrongKey || !c.SelfMade || len(c.Names) != 1 || c.Names[0] != "one.example" || !c.To.Equal(to) {
		t.Errorf("%+v, %v", c, err)
	}
	if c, err := m.Certificate(one, twoKey); err != nil || !c.WrongKey {
		t.Errorf("another's key: %+v, %v", c, err)
	}
	if _, err := m.Certificate(oneKey, ""); err == nil {
		t.Error("a key is taken for a certificate")
	}
}
