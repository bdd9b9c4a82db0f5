package machine

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func owner(info fs.FileInfo) (uid, gid int) {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(s.Uid), int(s.Gid)
	}
	return -1, -1
}

// look reads /proc: the programs that run, and who listens (proc(5)).
func (m *local) look() {
	m.listeners = map[string]Listener{}
	inodes := map[string]string{} // of a socket -> address
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		m.known = readTCP(table, inodes) || m.known
	}
	readUnix("/proc/net/unix", inodes)
	for _, address := range inodes {
		m.listeners[address] = Listener{}
	}
	boot := bootTime()
	processes, _ := filepath.Glob("/proc/[0-9]*")
	hidden := false
	for _, dir := range processes {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil {
			continue
		}
		command, err := os.ReadFile(dir + "/cmdline")
		if err != nil || len(command) == 0 {
			continue
		}
		if contained(dir) {
			continue // its files and addresses are those of its container
		}
		p := Process{PID: pid, Command: strings.TrimRight(strings.ReplaceAll(string(command), "\x00", " "), " ")}
		p.Parent, p.Started = started(dir, boot)
		m.processes = append(m.processes, p)
		entries, err := os.ReadDir(dir + "/fd")
		if err != nil {
			hidden = true
			continue
		}
		for _, e := range entries {
			link, err := os.Readlink(dir + "/fd/" + e.Name())
			if err != nil || !strings.HasPrefix(link, "socket:[") {
				continue
			}
			if address, ok := inodes[strings.Trim(link, "socket:[]")]; ok && m.listeners[address].PID == 0 {
				m.listeners[address] = Listener{pid, programOf(p.Command)}
			}
		}
	}
	if hidden {
		m.miss(Holders)
	}
}

// listening is the state of a TCP socket that waits for connections.
const listening = "0A"

func readTCP(table string, inodes map[string]string) bool {
	f, err := os.Open(table)
	if err != nil {
		return false
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) < 10 || words[3] != listening {
			continue
		}
		if a, ok := hexAddress(words[1]); ok {
			inodes[words[9]] = a
		}
	}
	return true
}

// hexAddress reads an address of /proc/net/tcp: words of four bytes in the
// machine's own order, a colon, the port.
func hexAddress(s string) (string, bool) {
	host, port, ok := strings.Cut(s, ":")
	if !ok {
		return "", false
	}
	raw, err := hex.DecodeString(host)
	n, err2 := strconv.ParseUint(port, 16, 16)
	if err != nil || err2 != nil || len(raw)%4 != 0 {
		return "", false
	}
	for i := 0; i < len(raw); i += 4 {
		binary.NativeEndian.PutUint32(raw[i:], binary.BigEndian.Uint32(raw[i:]))
	}
	ip, ok := netip.AddrFromSlice(raw)
	return net.JoinHostPort(ip.Unmap().String(), strconv.FormatUint(n, 10)), ok
}

func readUnix(table string, inodes map[string]string) {
	f, err := os.Open(table)
	if err != nil {
		return
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		// Num RefCount Protocol Flags Type St Inode Path; the flag 00010000 listens.
		words := strings.Fields(lines.Text())
		if len(words) >= 8 && words[3] == "00010000" {
			inodes[words[6]] = words[7]
		}
	}
}

func bootTime() time.Time {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return time.Time{}
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "btime "); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(rest), 10, 64)
			return time.Unix(n, 0)
		}
	}
	return time.Time{}
}

// ticks is the number of clock ticks in a second, which Linux fixes for
// programs (USER_HZ).
const ticks = 100

// contained tells whether a process lives in a container: it has a number of
// its own there (NSpid of /proc/PID/status).
func contained(dir string) bool {
	text, err := os.ReadFile(dir + "/status")
	if err != nil {
		return false
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "NSpid:"); ok {
			return len(strings.Fields(rest)) > 1
		}
	}
	return false
}

// started returns a process's parent, and when it was started; the zero time
// where that is not known.
func started(dir string, boot time.Time) (parent int, at time.Time) {
	text, err := os.ReadFile(dir + "/stat")
	if err != nil {
		return 0, at
	}
	// The name of the program, in parentheses, may hold some itself.
	words := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(words) < 20 {
		return 0, at
	}
	parent, _ = strconv.Atoi(words[1])
	n, err := strconv.ParseInt(words[19], 10, 64)
	if err != nil || boot.IsZero() {
		return parent, at
	}
	return parent, boot.Add(time.Duration(n) * time.Second / ticks)
}
