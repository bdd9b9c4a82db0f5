//go:build unix

// Command benchruntime compares the embedded engines with the real programs on
// this machine: each case runs under both, by turns, with wrk; the medians and
// their ratio are printed. Neither side writes an access log.
//
//	go run ./scripts/benchruntime bin/deployctl
//
// It needs nginx, uWSGI with its Python plugin, wrk and python3-flask.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	roundFor = flag.Duration("round", 5*time.Second, "how long one measurement takes")
	rounds   = flag.Int("rounds", 3, "measurements of each side")
	only     = flag.String("only", "", "the cases whose names hold this")
	profile  = flag.String("profile", "", "file for CPU profiles of the embedded servers; their names begin with front- and pair-")
)

func main() {
	flag.Parse()
	if err := run(flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "benchruntime:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) == 2 && args[0] == "front":
		return serve(args[1], "")
	case len(args) == 3 && args[0] == "pair":
		return serve(args[1], args[2])
	case len(args) != 1:
		return fmt.Errorf("usage: benchruntime bin/deployctl")
	}
	dir, err := os.MkdirTemp("", "benchruntime")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	_ = os.Chmod(dir, 0o755) //nolint:gosec // nginx's workers read the files
	b := &bench{dir: dir}
	defer b.stop()
	if err := b.files(); err != nil {
		return err
	}
	if err := b.start(); err != nil {
		return err
	}
	fmt.Printf("%-34s %10s %10s %7s   %s\n", "", "real", "embedded", "ratio", "CPU per request, without wrk")
	for _, c := range []struct {
		name           string
		real, embedded *side
		path           string
	}{
		{"application: front + real uWSGI", b.realReal, b.embeddedReal, "/"},
		{"application: the embedded pair", b.realReal, b.embeddedEmbedded, "/"},
		{"static, 1 KiB", b.realReal, b.embeddedReal, "/files/1k.txt"},
		{"static, 1 MiB", b.realReal, b.embeddedReal, "/files/1m.txt"},
	} {
		if !strings.Contains(c.name, *only) {
			continue
		}
		var speeds, costs [2][]float64
		for range *rounds {
			for i, s := range []*side{c.real, c.embedded} {
				before := s.cpu()
				n, err := wrk("http://" + s.address + c.path)
				if err != nil {
					return err
				}
				speeds[i] = append(speeds[i], n)
				costs[i] = append(costs[i], (s.cpu()-before)/(n*roundFor.Seconds())*1e6)
			}
		}
		x, y := median(speeds[0]), median(speeds[1])
		fmt.Printf("%-34s %8.0f/s %8.0f/s %7.2f   %.0f and %.0f microseconds\n", c.name, x, y, y/x, median(costs[0]), median(costs[1]))
	}
	if rss, err := memory(b.embeddedReal.processes[0]); err == nil {
		fmt.Printf("\nmemory of the embedded front after that: %.1f MiB\n", rss)
	}
	if *only != "" {
		return nil
	}
	bin, err := filepath.Abs(args[0])
	if err != nil {
		return err
	}
	return firstAnswer(bin, dir)
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

var (
	perSecond = regexp.MustCompile(`Requests/sec:\s+([\d.]+)`)
	failures  = regexp.MustCompile(`Socket errors.*|Non-2xx.*`)
)

// wrk returns how many requests a second are answered. It has a thread for each
// processor, so that it is not the limit itself.
func wrk(url string) (float64, error) {
	out, err := exec.Command("wrk", "-t", strconv.Itoa(runtime.NumCPU()), "-c16", "-d", fmt.Sprintf("%.0fs", roundFor.Seconds()), url).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("wrk: %w\n%s", err, out)
	}
	if f := failures.Find(out); f != nil {
		return 0, fmt.Errorf("%s: %s", url, f)
	}
	m := perSecond.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("wrk says %s", out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}
