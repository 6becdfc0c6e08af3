#!/bin/sh
# many.sh BUILD: a store of 100,000 trials and 10 million values: what commands
# take, and a resume until its first new trial runs; then 32 sweeps at once on
# one store beside one alone for each core.
#
#   BENCH_MANY_TRIALS, BENCH_MANY_VALUES   the store's size (100000, and 100 each)
#   BENCH_MANY_SWEEP   trials of each of the 32 sweeps (50)
set -eu

build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
trials=${BENCH_MANY_TRIALS:-100000} values=${BENCH_MANY_VALUES:-100}
each=${BENCH_MANY_SWEEP:-50}
PATH=$build:$PATH

# Beside the build, not in /tmp: a file system in memory would flatter.
dir=$(mktemp -d "${build%/*}/bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
for tool in child measure; do
	${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -O2 -o "$dir/$tool" "$here/$tool.c"
done
cd "$dir"

# sweep POLICY TRIALS CONCURRENT
sweep() {
	cat <<-END2
	sampling:
	  type: random
	  parameter_space:
	  - {name: --x, expression: uniform, values: [0, 1]}
	policy: {type: $1}
	primary_metric_name: loss
	primary_metric_goal: minimize
	max_total_runs: $2
	max_concurrent_runs: $3
	END2
}

# row LABEL FIGURE HOLD UNIT
row() {
	awk -v label="$1" -v figure="$2" -v hold="$3" -v unit="$4" 'BEGIN {
		printf "%-34s %9.1f %9.1f %-4s %8.2f\n", label, figure, hold, unit, figure / hold
	}'
}

# asked LABEL COMMAND...: the median of five, in milliseconds of wall time
asked() {
	label=$1
	shift
	rm -f asked.log
	for _ in 1 2 3 4 5; do
		./measure "$@" 3>>asked.log >/dev/null
	done
	row "$label" "$(sort -g asked.log | sed -n 3p | awk '{ print 1000 * $1 }')" 50 ms
}

# resumed LABEL TOTAL OPTION...: until the first new trial's program runs
resumed() {
	label=$1 total=$2
	shift 2
	rm -f started
	start=$(date +%s%N)
	./measure hdrive resume many -q --max-trials "$total" "$@" 3>resumed.log >/dev/null
	row "$label" $((($(cat started) - start) / 1000000)) 1000 ms
	row '  its memory at the most' "$(awk '{ print $5 / 1024 }' resumed.log)" 64 MB
}

sweep NoTerminationPolicy 1 1 >none.yml
sweep 'BanditPolicy, slack_factor: 0.5' 1 1 >bandit.yml
cat >train <<'END2'
#!/bin/sh
date +%s%N >"$1"
echo loss=0.5
END2
chmod +x train
hdrive submit none.yml --name many -q -- ./train "$dir/started" >/dev/null
start=$(date +%s)
"$build/tests/bench/fill_many" .hdrive/hdrive.db "$trials" "$values"
echo "$trials trials with $values values each, written in $(($(date +%s) - start)) s," \
	"$(($(stat -c %s .hdrive/hdrive.db) >> 20)) MB"
printf '%-34s %9s %9s %-4s %8s\n' '' figure 'hold <=' '' 'of hold'
asked 'hdrive status' hdrive status many
asked 'hdrive best' hdrive best many
asked 'hdrive ls' hdrive ls
asked 'hdrive show, the sweep' hdrive show many
asked 'hdrive show, a trial' hdrive show many $((trials / 2))
resumed 'resume, random and no policy' $((trials + 1))
resumed 'resume, random and bandit' $((trials + 2)) --file bandit.yml

# crowd STORE COUNT: seconds that COUNT sweeps at once on one store take
crowd() {
	start=$(date +%s%N)
	for i in $(seq "$2"); do
		hdrive --db "$1/a.db" submit crowd.yml --no-smoke --name "s$i" -q -- ./child \
			>/dev/null &
	done
	wait
	echo $((($(date +%s%N) - start) / 1000000))
}
sweep NoTerminationPolicy "$each" 2 >crowd.yml
cores=$(nproc)
alone=$(crowd alone "$cores")
crowd=$(crowd crowd 32)
echo "$each trials each: $cores sweeps on $cores cores took $alone ms, 32 at once $crowd ms"
# Their work is 32 / cores times as much.
row '32 at once, for each trial' \
	"$(echo "$crowd $alone $cores" | awk '{ print $1 / $2 * $3 / 32 }')" 3 times
