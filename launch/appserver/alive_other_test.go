//go:build !unix

package appserver

import "os"

// alive tells whether a process is there.
func alive(pid int) bool {
	_, err := os.FindProcess(pid)
	return err == nil
}
