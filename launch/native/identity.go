package native

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// Identity names a process for good: numbers are used again, a number together
// with the time of its start is not.
type Identity struct {
	PID     int    `json:"pid"`
	Started string `json:"started"`
}

// Identify returns the identity of a process; false when there is none.
func Identify(pid int) (Identity, bool) {
	if text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat"); err == nil {
		// The name in parentheses may hold anything; field 22 is the start.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) > 19 && fields[0] != "Z" {
			return Identity{pid, fields[19]}, true
		}
		return Identity{}, false
	}
	text, err := exec.Command("ps", "-o", "lstart=", "-p", strconv.Itoa(pid)).Output()
	if started := strings.TrimSpace(string(text)); err == nil && started != "" {
		return Identity{pid, started}, true
	}
	return Identity{}, false
}

// Alive tells whether this very process still runs.
func (i Identity) Alive() bool {
	now, ok := Identify(i.PID)
	return ok && now == i
}

// KillGroup ends the process and its group, when it is still the same one.
func (i Identity) KillGroup() {
	if i.PID > 1 && i.Alive() {
		killGroup(i.PID)
	}
}
