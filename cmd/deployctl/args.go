package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/deployctl/deployctl/internal/nearest"
)

// interleave puts the flags of a command before its arguments, wherever a
// person wrote them: the library would take those after the first argument for
// arguments. What follows -- stays an argument. An unknown flag is an error
// that names the nearest one.
func interleave(app *cli.App, args []string) ([]string, error) {
	if len(args) < 2 {
		return args, nil
	}
	command := app.Command(args[1])
	if command == nil {
		return args, nil
	}
	depth := 2 // of the words that name the command
	for depth < len(args) && command.Command(args[depth]) != nil {
		command = command.Command(args[depth])
		depth++
	}
	full := strings.Join(args[1:depth], " ")
	var flags, rest []string
	for i := depth; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			rest = append(rest, args[i+1:]...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' {
			rest = append(rest, arg)
			continue
		}
		flags = append(flags, arg)
		name, _, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
		if name == "help" || name == "h" {
			continue
		}
		flag := findFlag(command, name)
		if flag == nil {
			return nil, unknownFlag(command, full, arg, name)
		}
		if _, isBool := flag.(*cli.BoolFlag); isBool || hasValue {
			continue
		}
		if i+1 == len(args) {
			return nil, &usageError{fmt.Sprintf("%s needs a value", arg), full}
		}
		i++
		flags = append(flags, args[i])
	}
	out := append(slices.Clone(args[:depth]), flags...)
	if len(rest) > 0 {
		out = append(append(out, "--"), rest...)
	}
	return out, nil
}

func findFlag(command *cli.Command, name string) cli.Flag {
	for _, f := range command.Flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

func unknownFlag(command *cli.Command, full, arg, name string) error {
	var names []string
	for _, f := range command.Flags {
		names = append(names, f.Names()...)
	}
	message := fmt.Sprintf("unknown option %s", strings.SplitN(arg, "=", 2)[0])
	if n := nearest.Name(name, names); n != "" {
		message += fmt.Sprintf("; did you mean --%s?", n)
	}
	return &usageError{message, full}
}

// either lists what may be written, as help texts do: "a, b or c".
func either(words []string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
