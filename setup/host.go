package setup

import (
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/deployctl/deployctl/project"
)

// ThisHost returns the processors and the memory of this machine; the memory
// is 0 where /proc/meminfo does not say it.
func ThisHost() project.Host {
	text, _ := os.ReadFile("/proc/meminfo")
	return project.Host{Cores: runtime.NumCPU(), Memory: memory(string(text))}
}

// memory reads MemTotal of /proc/meminfo, in MiB.
func memory(meminfo string) int64 {
	for line := range strings.Lines(meminfo) {
		if rest, ok := strings.CutPrefix(line, "MemTotal:"); ok {
			kb, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
			return kb >> 10
		}
	}
	return 0
}
