#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

command -v mandoc >/dev/null || exit 77
man=$TEST_ROOT/docs/man
mandoc -Tlint -W warning "$man"/*.[1-8] >out 2>&1 || fail 'mandoc has something to say'
hdrive completion --words -- '' | cut -f 1 >commands
[ "$(wc -l <commands)" -gt 25 ] || fail 'those are not all commands'
while read -r command; do
	[ -f "$man/hdrive-$command.1" ] || fail "no page for $command"
	grep -q "^\.Xr hdrive-$command 1" "$man/hdrive.1" || fail "hdrive.1 does not name $command"
	grep -qE "^\.It Cm (.* )?$command( |\$)" "$man/hdrive.1" ||
		fail "hdrive.1 does not list $command"
	# Every option of the help is in the page, of commands below it too.
	{
		hdrive "$command" --help
		hdrive "$command" --help | sed -n '/^Commands:/,/^$/p' |
			sed -n 's/^  [a-z]* \([a-z-]*\) .*/\1/p' >below
		while read -r word; do
			hdrive "$command" "$word" --help
		done <below
	} </dev/null | sed -n '/^Options:/,/^Everywhere:/p' |
		sed -n 's/.* --\([a-z-]*\).*/\1/p' >options
	while read -r option; do
		sed 's/\\-/-/g' "$man/hdrive-$command.1" |
			grep -q -- "Fl -$option" || fail "$command: --$option is not in its page"
	done <options
done <commands
