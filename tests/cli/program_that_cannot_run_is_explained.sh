#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2
mkdir folder
echo 'echo acc=1' >plain
printf '#!/no/such/interpreter\n' >lost
: >empty
chmod +x lost empty

# cannot PROGRAM WHY
cannot() {
	code 4 hdrive submit sweep.yml -- "$1"
	has err "trial 1 FAILED cannot run '$1': $2"
	has err '2 failed'
}
cannot ./nowhere 'No such file'
cannot no-such-program 'no such program in PATH'
cannot ./folder 'it is a folder'
cannot ./lost 'the interpreter that it names is not there'
[ "$(id -u)" = 0 ] || cannot ./plain 'it is not executable'
code 4 hdrive submit sweep.yml -- ./empty
has err 'it logged no metric at all'
has err '2 completed'
sound
