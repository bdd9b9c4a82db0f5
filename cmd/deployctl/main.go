// Command deployctl writes and checks the configuration of a Python web
// application behind nginx and uWSGI.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/completion"
	"github.com/deployctl/deployctl/internal/termguard"
	"github.com/deployctl/deployctl/tui"
)

// The exit codes are a contract: scripts and hooks build on them.
const (
	exitOK          = 0
	exitFindings    = 1 // findings, or --check found a difference
	exitError       = 2 // wrong usage, or something that could not be done
	exitInterrupted = 130
)

// streams are a command's connections to the world.
type streams struct {
	in       io.Reader
	out, err io.Writer
	terminal bool // out is a terminal
	prompt   bool // in and out are
	env      func(string) string
}

// exitCode is the error of a command that ends with a code and has said all
// there is to say.
type exitCode int

func (e exitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// usageError is a wrong command line.
type usageError struct{ message, command string }

func (e *usageError) Error() string { return e.message }

func main() {
	termguard.Release()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args, streams{
		in: os.Stdin, out: os.Stdout, err: os.Stderr,
		terminal: isTerminal(os.Stdout), prompt: isTerminal(os.Stdin) && isTerminal(os.Stdout), env: os.Getenv,
	})
	stop()
	os.Exit(code)
}

// run executes a command line and returns its exit code.
func run(ctx context.Context, args []string, s streams) int {
	app := newApp(s)
	if len(args) > 1 && args[1] == completion.Ask {
		return s.finish(complete(app, s.out, args[2:]))
	}
	args, err := interleave(app, args)
	if err == nil {
		err = app.RunContext(ctx, args)
	}
	return s.finish(err)
}

// finish says what went wrong and returns the exit code.
func (s streams) finish(err error) int {
	var code exitCode
	var usage *usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &code):
		return int(code)
	case errors.Is(err, syscall.EPIPE):
		return exitOK // the reader has seen enough
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case errors.As(err, &usage):
		fmt.Fprintf(s.err, "deployctl: %s\n", usage.message)
		fmt.Fprintf(s.err, "Run `%s --help` for usage.\n", strings.TrimSpace("deployctl "+usage.command))
		return exitError
	}
	fmt.Fprintf(s.err, "deployctl: %s\n", err)
	if errors.Is(err, tui.ErrAborted) {
		return exitInterrupted
	}
	return exitError
}

func newApp(s streams) *cli.App {
	app := &cli.App{
		Name:                      "deployctl",
		Usage:                     "write, check and mend the nginx and uWSGI configuration of a Python web application",
		UsageText:                 "deployctl COMMAND [options] [arguments]",
		HideVersion:               true,
		HideHelpCommand:           true,
		CustomAppHelpTemplate:     appHelp,
		Reader:                    s.in,
		Writer:                    s.out,
		ErrWriter:                 s.err,
		ExitErrHandler:            func(*cli.Context, error) {},
		OnUsageError:              onUsageError,
		DisableSliceFlagSeparator: false,
		Commands: []*cli.Command{
			initCommand(s), genCommand(s), importCommand(s), lintCommand(s), fmtCommand(s), hookCommand(s), rulesCommand(s), explainCommand(s), apiCommand(s), versionCommand(s), lspCommand(s), completionCommand(s), manCommand(s),
			routeCommand(s), checkCommand(s), upCommand(s), downCommand(s), reloadCommand(s), statusCommand(s), logsCommand(s),
		},
		Action: func(c *cli.Context) error {
			if name := c.Args().First(); name != "" {
				return unknownCommand(c.App.Commands, "", name)
			}
			return cli.ShowAppHelp(c)
		},
	}
	for _, c := range app.Commands {
		finishCommand(c)
		if name := c.Name; name == "rules" || name == "version" {
			c.Before = func(c *cli.Context) error {
				if c.NArg() > 0 {
					return &usageError{fmt.Sprintf("%s takes no arguments, and %q is one", name, c.Args().First()), name}
				}
				return nil
			}
		}
	}
	return app
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && isTTY(f)
}
