#compdef deployctl
# zsh completion of deployctl: a file _deployctl in a folder of $fpath, or
# eval "$(deployctl completion zsh)" in ~/.zshrc behind compinit

_deployctl() {
    local -a found
    local line
    deployctl __complete "${(@)words[2,CURRENT]}" 2>/dev/null | while IFS= read -r line; do
        line=${line//:/\\:}
        found+=("${line/$'\t'/:}")
    done
    if (( $#found )); then
        _describe deployctl found
    else
        _files
    fi
}

if [[ "$funcstack[1]" == _deployctl ]]; then
    _deployctl "$@"
else
    compdef _deployctl deployctl
fi
