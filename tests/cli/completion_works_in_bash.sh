#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

command -v bash >/dev/null || exit 77
mkdir "dir with blanks" && : >file.yml && : >"file two.yml"
sweep total=1
code 0 hdrive submit sweep.yml --name my-otter-1 -- sh -c 'echo acc=0.5'
rm sweep.yml
hdrive completion bash >script
[ "$(hdrive completion bash | bash -n 2>&1)" = '' ] || fail 'bash does not read it'

# A real bash, asked as its line editor asks: COMP_WORDS, then the function.
cat >ask <<'END'
. ./script
[[ $(complete -p hdrive) == 'complete -F _hdrive hdrive' ]] || exit 1
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_hdrive hdrive "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
printf '<%s>' "${COMPREPLY[@]}"
END
after() {
	bash ask hdrive "$@"
}
same "$(after sub)" '<submit>'
same "$(after status '')" '<@><my-otter-1>'
same "$(after ls --output = t)" '<table><tsv>'
same "$(after ls --output =)" '<json><table><tsv>'
same "$(after submit file)" '<file two.yml><file.yml>'
same "$(after -C d)" '<dir with blanks>'
after submit file.yml -- bas | grep -q '<bash>' || fail 'no programs'
same "$(after nonsense '')" '<>'
# The program that was typed is asked, not the one in PATH.
same "$(PATH=/usr/bin:/bin bash ask "$TEST_BUILD/hdrive" sub)" '<submit>'
