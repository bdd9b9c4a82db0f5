package native

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Program is a binary of this machine.
type Program struct {
	Path    string
	Version string // as the program says it: 1.22.1
}

// folders are where packages put daemons that PATH does not hold.
var folders = []string{"/usr/sbin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"}

var version = regexp.MustCompile(`\d+\.\d+(\.\d+)?[\w.-]*`)

// Find looks for nginx or uwsgi in PATH and where packages put daemons.
func Find(name string) (Program, error) {
	path, err := exec.LookPath(name)
	for i := 0; err != nil && i < len(folders); i++ {
		path, err = exec.LookPath(filepath.Join(folders[i], name))
	}
	if err != nil {
		return Program{}, fmt.Errorf("%s is not in PATH", name)
	}
	flag := "-v"
	if name == "uwsgi" {
		flag = "--version"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	text, err := exec.CommandContext(ctx, path, flag).CombinedOutput()
	if err != nil {
		return Program{}, fmt.Errorf("%s %s: %w", path, flag, err)
	}
	return Program{path, version.FindString(string(text))}, nil
}

// Knows tells whether this build of uWSGI has an option.
func Knows(p Program, option string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	text, err := exec.CommandContext(ctx, p.Path, "--help").Output()
	return err == nil && strings.Contains(string(text), "--"+option+" ")
}

// numbers are those of the process and the thread in a line of nginx's log.
var numbers = regexp.MustCompile(`^\d+#\d+: `)

// CheckNginx lets nginx read a configuration, and returns what it refuses.
func CheckNginx(p Program, conf, prefix string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	text, err := exec.CommandContext(ctx, p.Path, "-t", "-q", "-c", conf, "-p", prefix, "-e", "stderr").CombinedOutput()
	if err == nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		if _, message, ok := strings.Cut(line, "[emerg] "); ok {
			return fmt.Errorf("nginx: %s", strings.TrimSpace(numbers.ReplaceAllString(message, "")))
		}
	}
	return fmt.Errorf("nginx -t: %w: %s", err, strings.TrimSpace(string(text)))
}

// pythonPlugins are the names under which packages bring Python to uWSGI; the
// empty one stands for a build that has it inside.
var pythonPlugins = []string{"", "python3", "python", "python311", "python312", "python313"}

// PluginFor returns the plugin that uWSGI needs for a configuration beyond those
// that it names: "" for none. It asks for a dry run: --strict --get reads
// everything, refuses unknown options, and ends before anything is opened.
func PluginFor(p Program, ini string) (plugin string, err error) {
	for _, name := range pythonPlugins {
		args := []string{"--strict", "--get", "socket", "--ini", ini}
		if name != "" {
			args = append([]string{"--plugin", name}, args...)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		text, failure := exec.CommandContext(ctx, p.Path, args...).CombinedOutput()
		cancel()
		missing := strings.Contains(string(text), "UNABLE to load uWSGI plugin") && name != ""
		if failure == nil && !missing {
			return name, nil
		}
		if err == nil {
			err = refusal(string(text), failure)
		}
	}
	return "", err
}

// refusal is the line of uWSGI's output that says what it refuses.
func refusal(text string, err error) error {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for _, line := range lines {
		for _, mark := range []string{"[strict-mode]", "UNABLE to load", "invalid", "unable to"} {
			if strings.Contains(line, mark) {
				return fmt.Errorf("uwsgi: %s", strings.TrimSpace(line))
			}
		}
	}
	return fmt.Errorf("uwsgi: %w: %s", err, lines[len(lines)-1])
}
