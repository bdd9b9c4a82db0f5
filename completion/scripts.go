package completion

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
)

// Shells are those that there is a script for.
var Shells = []string{"bash", "zsh", "fish", "powershell"}

// Ask is the command by which the scripts ask. The words of the line follow, the
// last one being typed; each line of the answer is a word, and behind a
// tabulator what it means.
const Ask = "__complete"

//go:embed deployctl.bash
var bash string

//go:embed deployctl.zsh
var zsh string

//go:embed deployctl.fish
var fish string

//go:embed deployctl.ps1
var powershell string

// Script returns the script for a shell.
func Script(shell string) (string, error) {
	i := slices.Index(Shells, shell)
	if i < 0 {
		return "", fmt.Errorf("unknown shell %q: there are scripts for %s", shell, strings.Join(Shells, ", "))
	}
	return [...]string{bash, zsh, fish, powershell}[i], nil
}
