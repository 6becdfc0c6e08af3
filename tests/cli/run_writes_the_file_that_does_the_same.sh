#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"
script prog <<'END'
echo "loss=$2"
END
line() {
	hdrive run -p x=0.1..0.9 -p 'opt="a, b",it'"'"'s' -m min:loss -n 3 -j 2 --max-failures 50% \
		--timeout 1h --trial-timeout 5m --policy bandit:slack_factor=0.2 --no-smoke \
		--metric-pattern 'loss=(?<value>\S+)' --seed 5 "$@" -- ./prog
}
code 0 line --write sub/sweep.yml --name 'same-1' --require 'best<1'
has err "^next: hdrive submit sub/sweep.yml --seed 5 --name same-1 --require 'best<1' -- ./prog$"
[ ! -e .hdrive ] || fail '--write ran something'
eval "$(sed -n 's/^next: //p' err)" >out 2>err </dev/null || fail 'the next step failed'
code 0 line --name same-2
hdrive show same-1 --json | grep -o '"parameters":{[^}]*}' >one
hdrive show same-2 --json | grep -o '"parameters":{[^}]*}' >two
[ -s one ] || fail 'no parameters'
same "$(cat one)" "$(cat two)"
code 0 hdrive validate sub/sweep.yml
# What is there is not replaced; '-' is standard output.
code 2 line --write sub/sweep.yml
has err "'sub/sweep.yml' is there already"
code 0 line --write -
same "$(cat out)" "$(cat sub/sweep.yml)"
has out '^max_failures: "50%"$'
has out '^trial_timeout: '
