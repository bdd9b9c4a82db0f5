package project

import "github.com/deployctl/deployctl/diag"

// Host is the server that an application will run on.
type Host struct {
	Cores  int   // processors; 0 when unknown
	Memory int64 // MiB; 0 when unknown
}

// Proposal is how many workers suit a host, and the reasoning.
type Proposal struct {
	Processes, Threads int
	Why                diag.Text
}

// The reasoning of Propose. A worker waits for its database about as long as it
// computes, hence two for each processor; a Django worker takes 60 to 150 MiB
// once it has served for a while, and half of the memory is left to the rest.
const (
	workersPerCore = 2
	workerMemory   = 128 // MiB
)

// Propose returns how many processes and threads suit a host: two workers for
// each processor, as processes where the memory holds them, and as threads of
// fewer processes where it does not.
func Propose(h Host) Proposal {
	cores := max(1, h.Cores)
	workers := workersPerCore * cores
	fit := int(h.Memory / 2 / workerMemory)
	switch {
	case h.Memory <= 0:
		return Proposal{workers, 1, diag.T("2 for each of %d processors", cores)}
	case fit >= workers:
		return Proposal{workers, 1, diag.T("2 for each of %d processors; %d MiB each, they take %d of %d MiB", cores, workerMemory, workers*workerMemory, h.Memory)}
	}
	processes := max(1, fit)
	threads := (workers + processes - 1) / processes
	return Proposal{processes, threads, diag.T("half of %d MiB holds %d processes of %d MiB; %d threads in each make up 2 for each of %d processors", h.Memory, processes, workerMemory, threads, cores)}
}
