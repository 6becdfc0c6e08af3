#!/bin/sh
# asktell.sh BUILD: trials asked for and told of a second, by the random sampler
# over three parameters: in memory through C and from Python, over lines of JSON with a round
# trip each, and beside them Optuna's study in memory; all in one run.
#
#   BENCH_ASKTELL_PAIRS   in memory (1000000); a tenth of it over pipes
set -eu

build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
pairs=${BENCH_ASKTELL_PAIRS:-1000000}
bench=$build/tests/bench/bench_asktell

# Optuna's in-memory study grows slower with each trial: few are kinder to it.
optuna=$(/usr/bin/python3 "$here/optuna_asktell.py" $((pairs / 500)) 2>/dev/null) || optuna=
memory=$("$bench" memory "$pairs")
python=$(/usr/bin/python3 "$here/python_asktell.py" "$build" --rate)
pipe=$("$bench" pipe $((pairs / 10)))
lines=$("$bench" lines $((pairs / 10)) "$build/hdrive")

# row LABEL FIGURE HOLD: beside Optuna and, over pipes, beside pipes alone
row() {
	awk -v label="$1" -v figure="$2" -v hold="$3" -v optuna="${optuna:-0}" \
		-v pipe="$pipe" 'BEGIN {
		printf "%-38s %10.0f %8s %9s %8s\n", label, figure, hold,
			(optuna + 0 ? sprintf("%.1fx", figure / optuna) : "-"),
			sprintf("%.2fx", figure / pipe)
	}'
}

printf '%-38s %10s %8s %9s %8s\n' 'ask and tell, pairs a second' measured hold optuna pipe
row 'in memory, C' "$memory" 200000
row 'serve --stdio, a round trip each' "$lines" 20000
row 'in memory, Python' "$python" 20000
row 'a bare pipe, the same bytes' "$pipe" ''
if [ -n "$optuna" ]; then
	row "Optuna's study in memory" "$optuna" ''
else
	echo 'Optuna is not here: apt-get install python3-optuna'
fi
