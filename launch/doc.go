// Package launch owns how a pair runs on this machine: the plan (what is
// rewritten so that it can), the supervisor, its control socket, the log, and
// what is asked of a running pair.
package launch
