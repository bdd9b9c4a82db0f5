//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// ticks is how many units of /proc's times a second has (USER_HZ).
const ticks = 100

// cpu is the time in seconds that the processes of a side and their children
// have used.
func (s *side) cpu() float64 {
	parents, used := map[int]int{}, map[int]float64{}
	found, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range found {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		parents[pid], _ = strconv.Atoi(fields[1])
		user, _ := strconv.ParseFloat(fields[11], 64)
		system, _ := strconv.ParseFloat(fields[12], 64)
		used[pid] = (user + system) / ticks
	}
	all := 0.0
	for pid := range used {
		for at := pid; at > 1; at = parents[at] {
			if slices.Contains(s.processes, at) {
				all += used[pid]
				break
			}
		}
	}
	return all
}

// memory is what a process holds in memory, in MiB.
func memory(pid int) (float64, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseFloat(strings.Fields(v)[0], 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("no VmRSS of %d", pid)
}
