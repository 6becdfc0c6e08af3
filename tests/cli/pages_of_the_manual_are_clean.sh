#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

command -v mandoc >/dev/null || exit 77
mandoc -Tlint -W warning "$TEST_ROOT"/docs/man/*.[15] >out 2>&1 ||
	fail 'mandoc has something to say'
for command in submit resume cancel wait retry update enqueue \
	validate sample ls status show best logs metrics log \
	gc doctor run experiment job version help; do
	[ -f "$TEST_ROOT/docs/man/hdrive-$command.1" ] || fail "no page for $command"
	# Every option of the help is in the page, of commands below it too.
	{
		hdrive "$command" --help
		hdrive "$command" --help | sed -n '/^Commands:/,/^$/p' |
			sed -n 's/^  [a-z]* \([a-z-]*\) .*/\1/p' >below
		while read -r word; do
			hdrive "$command" "$word" --help
		done <below
	} | sed -n '/^Options:/,/^Everywhere:/p' |
		sed -n 's/.* --\([a-z-]*\).*/\1/p' >options
	while read -r option; do
		sed 's/\\-/-/g' "$TEST_ROOT/docs/man/hdrive-$command.1" |
			grep -q -- "Fl -$option" || fail "$command: --$option is not in its page"
	done <options
done
