# fish completion of deployctl: ~/.config/fish/completions/deployctl.fish

function __deployctl_complete
    set -l words (commandline -opc)
    set -e words[1]
    deployctl __complete $words (commandline -ct | string collect --allow-empty) 2>/dev/null
end

complete -c deployctl -k -a '(__deployctl_complete)'
