package machine

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"time"
)

// Machine is what rules ask: this machine, or the one that a test describes.
type Machine interface {
	// Account returns an account by its name or number.
	Account(name string) (Account, bool)
	// Group returns the number of a group by its name or number.
	Group(name string) (gid int, ok bool)
	// File returns what is known of a file, links followed. The error is
	// fs.ErrNotExist, or that of a file that cannot be seen.
	File(path string) (File, error)
	// Glob returns the paths that a pattern fits, as filepath.Glob does.
	Glob(pattern string) []string
	// Somaxconn is the kernel's limit of listen queues (net.core.somaxconn), 0
	// where it is not known.
	Somaxconn() int
	// Listener returns who listens on a TCP address (host:port) or a unix socket
	// (a path). known is false where the machine cannot tell.
	Listener(address string) (l Listener, listening, known bool)
	// Running returns the processes of a program, such as nginx.
	Running(program string) []Process
	// Certificate reads a certificate and, unless key is "", whether the key
	// belongs to it.
	Certificate(certificate, key string) (Certificate, error)
	// Unseen returns what could not be seen of all that was asked, sorted: paths,
	// Holders, Programs.
	Unseen() []string
}

// What Unseen returns beside paths.
const (
	Holders  = "holders"  // who listens under other accounts
	Programs = "programs" // what runs and who listens, off Linux
)

// Account is a user with the groups it is in.
type Account struct {
	Name string
	UID  int
	GIDs []int // the first is its own
}

// Root tells whether the account may do everything.
func (a Account) Root() bool { return a.UID == 0 }

// File is a file's kind, permissions, owner and time.
type File struct {
	Mode     fs.FileMode
	UID, GID int
	Modified time.Time
}

// Listener is who listens on an address; PID is 0 where that cannot be seen.
type Listener struct {
	PID     int
	Program string
}

// Process is a running program.
type Process struct {
	PID     int
	Parent  int    // PID of the process that started it
	Command string // with its arguments
	Started time.Time
}

// Certificate is what matters of an X.509 certificate.
type Certificate struct {
	Names     []string
	From, To  time.Time
	WrongKey  bool
	SelfMade  bool // issuer and subject are the same
	Unchecked bool // the key could not be read
}

// The permissions that are asked for.
const (
	Read    fs.FileMode = 4
	Write   fs.FileMode = 2
	Execute fs.FileMode = 1
)

// allows tells whether an account has all of the permissions on a file.
func (f File) allows(a Account, want fs.FileMode) bool {
	switch {
	case a.Root():
		return true
	case f.UID == a.UID:
		return f.Mode.Perm()>>6&want == want
	case slices.Contains(a.GIDs, f.GID):
		return f.Mode.Perm()>>3&want == want
	}
	return f.Mode.Perm()&want == want
}

// Exists tells whether a file is there: false only where the machine says that
// it is not, so true for one that cannot be seen.
func Exists(m Machine, path string) bool {
	_, err := m.File(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// Reach tells whether an account may get to a file with the permissions: every
// folder on the way has to let it through. blocked is the first that does not,
// or the file itself. known is false where something on the way cannot be seen
// or is not there.
func Reach(m Machine, a Account, file string, want fs.FileMode) (blocked string, ok, known bool) {
	file = path.Clean(file)
	for i := 1; i < len(file); i++ {
		if file[i] != '/' {
			continue
		}
		folder, err := m.File(file[:i])
		if err != nil {
			return "", false, false
		}
		if !folder.allows(a, Execute) {
			return file[:i], false, true
		}
	}
	f, err := m.File(file)
	if err != nil {
		return "", false, false
	}
	if !f.allows(a, want) {
		return file, false, true
	}
	return "", true, true
}

// Octal writes permissions as chmod takes them.
func (f File) Octal() string { return "0" + strconv.FormatUint(uint64(f.Mode.Perm()), 8) }
