/**
 * The script for bash: it needs nothing that a bash since 3.2 lacks (most such scripts need the package bash-completion, and fail without), and runs nothing of what is typed. bash takes words apart at
 * `=` and `:`; they are put together again. Where Sluice knows nothing, bash offers files.
 */
export const BASH_SCRIPT = `# bash completion for sluice
_sluice() {
    local cur=\${COMP_WORDS[COMP_CWORD]} words=() word glue='' i line
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=\${COMP_WORDS[i]}
        if [[ \${#words[@]} -gt 0 && ( -n $glue || $word == [=:]* ) ]]; then
            words[\${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        if [[ $word == *[=:] ]]; then glue=1; else glue=''; fi
    done
    if [[ $cur == [=:] ]]; then cur=''; fi
    COMPREPLY=()
    while IFS= read -r line; do
        line=\${line%%$'\\t'*}
        if [[ $line != :* && $line == "$cur"* ]]; then COMPREPLY+=("$line"); fi
    done < <("$1" complete -- "\${words[@]}" 2>/dev/null)
}
complete -o default -F _sluice sluice`;
