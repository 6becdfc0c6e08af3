#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
script prog <<'END'
printf '\033]0;owned\007\033[2Jbad\tend\n' >&2
exit 1
END
code 4 hdrive submit sweep.yml -- ./prog
has err 'trial 0 FAILED'
hasnt err "$(printf '[\033\007\r]')"
code 0 hdrive show @
hasnt out "$(printf '[\033\007]')"
code 0 hdrive show @ 0 --why
hasnt out "$(printf '[\033\007]')"
