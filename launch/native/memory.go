package native

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// Memory returns how many bytes of RAM processes hold, those that they share
// with others included; a process of which that is not known is left out.
func Memory(pids []int) map[int]int64 {
	held := map[int]int64{}
	var rest []string
	for _, pid := range pids {
		if pid <= 0 {
			continue
		}
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
		if err != nil {
			rest = append(rest, strconv.Itoa(pid))
			continue
		}
		var size, resident int64 // pages
		if _, err := fmt.Sscan(string(text), &size, &resident); err == nil {
			held[pid] = resident * int64(os.Getpagesize())
		}
	}
	if _, err := os.Stat("/proc/self/statm"); err == nil || len(rest) == 0 {
		return held // the others have ended
	}
	text, err := exec.Command("ps", "-o", "pid=,rss=", "-p", strings.Join(rest, ",")).Output()
	if err != nil {
		return held
	}
	for line := range strings.Lines(string(text)) {
		var pid int
		var kib int64
		if _, err := fmt.Sscan(line, &pid, &kib); err == nil {
			held[pid] = kib << 10
		}
	}
	return held
}

// Children returns the processes that a process has started; nil where the
// kernel does not tell.
func Children(pid int) []int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return nil
	}
	var all []int
	for _, f := range strings.Fields(string(text)) {
		if n, err := strconv.Atoi(f); err == nil {
			all = append(all, n)
		}
	}
	return all
}
