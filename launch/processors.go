package launch

import (
	"os"
	"runtime"
)

// LeaveProcessors has this process take half of the machine's processors at most,
// and leave the others to the application, which needs more: Go's scheduler
// would wake threads on all of them for work that one can do. A GOMAXPROCS of the
// environment is kept.
func LeaveProcessors() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(max(1, runtime.GOMAXPROCS(0)/2))
	}
}
