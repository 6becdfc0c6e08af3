#!/bin/sh
# throughput.sh BUILD: trials per second of `hdrive submit` with a child that
# does nothing, beside the least such a loop can cost, xargs and Optuna. All in
# one run, taking turns, so that a busy machine is busy for all: read ratios.
#
#   BENCH_TRIALS   trials a round (2000; 10000 for the long form)
#   BENCH_ROUNDS   rounds, of which the median counts (3)
set -eu

build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
trials=${BENCH_TRIALS:-2000} rounds=${BENCH_ROUNDS:-3}
python=/usr/bin/python3

# Beside the build, not in /tmp: a file system in memory would flatter. Nothing
# is deleted before the end: ext4 steps over inodes that were freed in the last
# minutes, one by one, and so a round would pay for the clearing of the last.
dir=$(mktemp -d "${build%/*}/bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
for tool in child floor measure; do
	${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -O2 -o "$dir/$tool" "$here/$tool.c"
done

cat >"$dir/sweep.yml" <<END
sampling:
  type: random
  parameter_space:
  - {name: --x, expression: uniform, values: [0, 1]}
primary_metric_name: loss
primary_metric_goal: minimize
max_total_runs: $trials
max_concurrent_runs: 2
END

# measured NAME COMMAND...: one more line in NAME.log: wall, CPU, memory.
measured() {
	log=$1.log
	shift
	"$dir/measure" "$@" 3>>"$dir/$log"
}

run_floor() {
	mkdir "$dir/files$round"
	measured floor "$dir/floor" "$trials" 2 "$dir/files$round" "$dir/child"
}
run_xargs() {
	seq "$trials" >"$dir/numbers"
	measured xargs xargs -a "$dir/numbers" -P 2 -I {} "$dir/child" --x 0.{} \
		>"$dir/xargs.out"
}
run_hdrive() {
	mkdir "$dir/work$round"
	(cd "$dir/work$round" && measured hdrive "$build/hdrive" submit --seed 1 -q -j 2 \
		"$dir/sweep.yml" -- "$dir/child") >"$dir/hdrive.out" 2>"$dir/hdrive.err" || {
		tail -n 20 "$dir/hdrive.err" >&2
		exit 1
	}
	# A fast run that lost something is not fast.
	kept=$(cd "$dir/work$round" && "$build/hdrive" metrics @ --json | grep -o '"loss"' | wc -l)
	[ "$kept" = "$trials" ] || {
		echo "throughput: $kept of $trials trials have their metric" >&2
		exit 1
	}
}
# A twentieth of the trials: it is slow, and its rate does not depend on it.
run_optuna() {
	"$dir/measure" "$python" "$here/optuna_sqlite.py" $((trials / 20)) \
		"$dir/optuna$round.db" "$dir/child" 3>"$dir/measured" >"$dir/seconds"
	# Its wall time is that of optimize() alone.
	echo "$(cat "$dir/seconds") $(cut -d ' ' -f 2- "$dir/measured")" >>"$dir/optuna.log"
}

optuna=
if version=$("$python" -c 'import optuna; print(optuna.__version__)' 2>/dev/null); then
	optuna="optuna $version, SQLite"
fi
round=0
while [ "$round" -lt "$rounds" ]; do
	run_floor
	run_hdrive
	run_xargs
	[ -z "$optuna" ] || run_optuna
	round=$((round + 1))
done

# median NAME COLUMN
median() {
	cut -d ' ' -f "$2" "$dir/$1.log" | sort -g |
		sed -n "$(((rounds + 1) / 2))p"
}
# ratios NAME COLUMN TRIALS: what a trial took by what its round's floor took
# for one: the least, the median and the most of the rounds
ratios() {
	paste -d ' ' "$dir/$1.log" "$dir/floor.log" |
		awk -v i="$2" -v n="$3" -v all="$trials" \
			'{ print $i / n / ($(NF / 2 + i) / all) }' | sort -g |
		sed -n "1p;$(((rounds + 1) / 2))p;\$p" | tr '\n' ' '
}
# row NAME LABEL TRIALS
row() {
	awk -v label="$2" -v n="$3" -v wall="$(median "$1" 1)" -v cpu="$(median "$1" 2)" \
		-v walls="$(ratios "$1" 1 "$3")" -v cpus="$(ratios "$1" 2 "$3")" \
		'BEGIN {
		split(walls, w)
		split(cpus, c)
		printf "%-24s %8.1f %7.2f (%.2f-%.2f) %9.3f %7.2f (%.2f-%.2f)\n",
			label, n / wall, 1 / w[2], 1 / w[3], 1 / w[1],
			1000 * cpu / n, c[2], c[1], c[3]
	}'
}
echo "$trials trials of a child that does nothing, 2 at a time, median (and least to most)"
echo "of $rounds rounds"
printf '%-24s %8s %19s %9s %19s\n' '' 'trials/s' 'of floor' 'CPU ms' 'of floor'
row floor 'posix_spawn and 2 files' "$trials"
row hdrive 'hdrive submit' "$trials"
printf '%-24s %8s %19s %9s %19s\n' '  hold' '' '>= 0.5' '' '<= 2.5'
row xargs 'xargs -P 2, 1 file' "$trials"
if [ -n "$optuna" ]; then
	row optuna "$optuna" $((trials / 20))
	awk -v n="$trials" -v wall="$(median hdrive 1)" -v m=$((trials / 20)) \
		-v theirs="$(median optuna 1)" \
		'BEGIN { printf "hdrive is %.0f times as fast as Optuna (hold: 50)\n",
			n / wall / (m / theirs) }'
else
	echo "optuna: not installed (apt-get install -y python3-optuna)"
fi
tail -n 1 "$dir/hdrive.log" | awk '{
	printf "hdrive, resident: %.1f MB in the first tenth of a round, ", $3 / 1024
	printf "%.1f MB in the last\n", $4 / 1024
}'
