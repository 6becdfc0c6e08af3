#!/bin/sh
# clients.sh BUILD: what those who watch a running sweep cost its engine: trials
# per second with nobody, and with 200 clients of the stream of one "hdrive ui".
# In turns, so that a busy machine is busy for both: read the ratio.
#
#   BENCH_TRIALS    trials a round (2000)
#   BENCH_ROUNDS    rounds, of which the median counts (3)
#   BENCH_CLIENTS   how many watch (200)
set -eu

build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
trials=${BENCH_TRIALS:-2000} rounds=${BENCH_ROUNDS:-3} clients=${BENCH_CLIENTS:-200}
python=/usr/bin/python3
PATH=$build:$PATH

# Beside the build, not in /tmp: a file system in memory would flatter.
dir=$(mktemp -d "${build%/*}/bench.XXXXXX")
ui=
trap '[ -z "$ui" ] || kill $ui; rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
${CC:-cc} -std=c17 -D_POSIX_C_SOURCE=200809L -O2 -o "$dir/child" "$here/child.c"
cd "$dir"
cat >sweep.yml <<END
sampling:
  type: random
  parameter_space:
  - {name: --x, expression: uniform, values: [0, 1]}
primary_metric_name: loss
primary_metric_goal: minimize
max_total_runs: 1
max_concurrent_runs: 2
END

# round NAME SWEEP: seconds of the sweep's trials into NAME.seconds
round() {
	$python - "$build/hdrive" "$2" "$trials" >>"$1.seconds" <<-'PY'
		import subprocess
		import sys
		import time
		began = time.monotonic()
		subprocess.run([sys.argv[1], "resume", sys.argv[2], "--max-trials", sys.argv[3],
		                "-q", "-j", "2"], check=True,
		               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
		print(time.monotonic() - began)
	PY
}
# made NAME: a sweep that is there, to go on with.
made() {
	hdrive submit --seed 1 -q --name "$1" sweep.yml -- "$dir/child" >/dev/null 2>&1
}

watched() {
	made "seen-$1"
	mkfifo "stop$1"
	hdrive ui >told 2>/dev/null &
	ui=$!
	until grep -q TOKEN told; do sleep 0.1; done
	address=$(head -n 1 told) $python "$here/../support/watchers.py" "$clients" \
		"stream?sweep=seen-$1" >"said$1" <"stop$1" &
	watchers=$!
	exec 9>"stop$1"
	until grep -q watching "said$1"; do sleep 0.1; done
	round with "seen-$1"
	ls -l .hdrive/hdrive.db-wal | awk '{ print $5 }' >>wal
	exec 9>&-
	wait $watchers
	kill $ui
	wait $ui || :
	ui=
}

for i in $(seq "$rounds"); do
	made "alone-$i"
	round without "alone-$i"
	watched "$i"
done
$python - "$trials" "$clients" <<-'PY'
	import statistics
	import sys
	def median(name):
	    return statistics.median(float(line) for line in open(name + ".seconds"))
	trials, clients = int(sys.argv[1]), sys.argv[2]
	alone, seen = median("without"), median("with")
	print("trials/s: %.0f with nobody, %.0f with %s who watch: %.2f of it"
	      % (trials / alone, trials / seen, clients, alone / seen))
	print("write-ahead log at the end: at most %.1f MB"
	      % (max(int(line) for line in open("wal")) / 1e6))
PY
