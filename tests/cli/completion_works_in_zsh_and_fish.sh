#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

: >file.yml
mkdir folder
hdrive completion zsh >_hdrive
hdrive completion fish >hdrive.fish
asked=

if command -v zsh >/dev/null; then
	asked=1
	zsh -n _hdrive || fail 'zsh does not read it'
	# What zsh's line editor would do with the answer is said instead.
	cat >ask <<-'END'
	compdef() { print -n "compdef $*;" }
	_describe() { print -rn -- "$1: ${(j:|:)${(P)2}};" }
	_files() { print -n "files $*;" }
	_command_names() { print -n "programs $*;" }
	. ./_hdrive
	words=("$@")
	CURRENT=$#
	_hdrive
	END
	after() {
		zsh -f ask hdrive "$@"
	}
	same "$(after submi)" \
		'compdef _hdrive hdrive;hdrive: submit:run a sweep here, until its end;'
	same "$(after ls -o t)" 'compdef _hdrive hdrive;hdrive: table:|tsv:;'
	same "$(after validate '')" 'compdef _hdrive hdrive;files ;'
	same "$(after -C '')" 'compdef _hdrive hdrive;files -/;'
	same "$(after submit a -- '')" 'compdef _hdrive hdrive;programs -e;'
fi

if command -v fish >/dev/null; then
	asked=1
	fish --no-execute hdrive.fish || fail 'fish does not read it'
	after() {
		fish --no-config -c 'source hdrive.fish; complete -C "$argv"' "$@"
	}
	tab=$(printf '\t')
	same "$(after 'hdrive submi')" "submit${tab}run a sweep here, until its end"
	same "$(after 'hdrive ls -o t')" "$(printf 'table\ntsv')"
	same "$(after 'hdrive ls --output=ta')" '--output=table'
	after 'hdrive validate fi' >out
	has out '^file.yml'
	after 'hdrive -C fo' >out
	has out '^folder/'
	after 'hdrive submit a -- fis' >out
	has out '^fish'
fi
[ -n "$asked" ] || exit 77
