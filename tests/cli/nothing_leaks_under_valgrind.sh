#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Commands that start nothing. A sweep itself is watched by the leak checker
# of the sanitizer build, in every script: valgrind has no pidfd_open yet.
case $TEST_BUILD in
*/release) ;;
*) exit 77 ;;
esac
command -v valgrind >/dev/null 2>&1 || exit 77

tight() {
	want=$1
	shift
	code "$want" valgrind -q --leak-check=full --track-fds=yes --error-exitcode=99 \
		--log-file=valgrind.log hdrive "$@"
	# What it did not open itself was inherited.
	hasnt valgrind.log 'Open file descriptor.*hdrive.db\|Open file descriptor.*yml\|lost'
}

sweep
code 0 hdrive submit sweep.yml --name a -- sh -c 'echo acc=1'
tight 0 sample sweep.yml -n 3
tight 0 show a 0 --json
tight 0 metrics a
sed 's/random/randum/; s/: acc/: [acc/' sweep.yml >bad.yml
tight 2 validate bad.yml sweep.yml
tight 0 target add big local
tight 0 target ls
tight 0 target show big
tight 2 target add big slrum
tight 0 target remove big
