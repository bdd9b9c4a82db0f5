//go:build unix

// Command benchlint times `deployctl lint` against `nginx -t` on generated
// configurations of growing size and prints wall time, peak memory, and the
// ratio of the two.
//
//	go run ./scripts/benchlint bin/deployctl
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/deployctl/deployctl/internal/bigconf"
)

const runs = 7

// measure returns the median wall time of a command and its largest peak
// memory in MiB.
func measure(name string, args ...string) (time.Duration, float64, error) {
	var walls []time.Duration
	var peak int64
	for range runs + 1 { // the first run warms the file cache and is not counted
		cmd := exec.Command(name, args...)
		start := time.Now()
		out, err := cmd.CombinedOutput()
		wall := time.Since(start)
		if err != nil {
			return 0, 0, fmt.Errorf("%s %v: %w\n%.500s", name, args, err, out)
		}
		walls = append(walls, wall)
		peak = max(peak, cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	}
	walls = walls[1:]
	slices.Sort(walls)
	return walls[len(walls)/2], float64(peak) / 1024, nil
}

func run(bin string) error {
	dir, err := os.MkdirTemp("", "benchlint")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		nginx = "/usr/sbin/nginx"
	}
	fmt.Printf("%8s %10s %14s %14s %8s %12s %12s\n", "servers", "KiB", "deployctl lint", "nginx -t", "ratio", "lint MiB", "nginx MiB")
	for _, n := range []int{100, 500, 1000, 2000, 4000} {
		conf := filepath.Join(dir, fmt.Sprintf("nginx-%d.conf", n))
		text := bigconf.Nginx(n)
		if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
			return err
		}
		lint, lintMem, err := measure(bin, "lint", "--no-config", "--fail-on", "error", "--format", "json", conf)
		if err != nil {
			return err
		}
		real, realMem, err := measure(nginx, "-t", "-c", conf, "-p", dir, "-e", "stderr")
		if err != nil {
			return err
		}
		row(n, len(text), lint, real, lintMem, realMem)
	}
	return trees(bin, nginx)
}

// trees compares folders of many sites, each with a uWSGI file of its own,
// which nginx -t does not read.
func trees(bin, nginx string) error {
	fmt.Printf("\n%8s %10s %14s %14s %8s %12s %12s\n", "sites", "KiB", "deployctl lint", "nginx -t", "ratio", "lint MiB", "nginx MiB")
	for _, n := range []int{100, 1000, 10000} {
		dir, err := os.MkdirTemp("", "benchlint")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		size, err := bigconf.WriteTree(dir, n)
		if err != nil {
			return err
		}
		lint, lintMem, err := measure(bin, "lint", "--no-config", "--fail-on", "error", "--format", "json", dir)
		if err != nil {
			return err
		}
		real, realMem, err := measure(nginx, "-t", "-c", filepath.Join(dir, "nginx", "nginx.conf"), "-p", dir, "-e", "stderr")
		if err != nil {
			return err
		}
		row(n, size, lint, real, lintMem, realMem)
	}
	return nil
}

func row(n, size int, lint, real time.Duration, lintMem, realMem float64) {
	fmt.Printf("%8d %10d %14s %14s %8.2f %12.1f %12.1f\n", n, size/1024,
		lint.Round(100*time.Microsecond), real.Round(100*time.Microsecond), float64(lint)/float64(real), lintMem, realMem)
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: benchlint DEPLOYCTL")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "benchlint:", err)
		os.Exit(2)
	}
}
