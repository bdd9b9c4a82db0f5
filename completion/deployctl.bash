# bash completion of deployctl: eval "$(deployctl completion bash)" in ~/.bashrc

_deployctl() {
    local IFS=$'\n'
    COMPREPLY=($(compgen -W "$(deployctl __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f1)" -- "${COMP_WORDS[COMP_CWORD]}"))
}

complete -o bashdefault -o default -F _deployctl deployctl
