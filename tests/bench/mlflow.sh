#!/bin/sh
# mlflow.sh BUILD: a trial that sends 1000 values a second to its MLflow server,
# and one that sends as fast as it can, with a second sweep running beside: what
# the server bears, how long a request takes, and whether each value is stored.
#
#   BENCH_SECONDS  of each (10)
set -eu

build=$(cd "$1" && pwd)
seconds=${BENCH_SECONDS:-10}
dir=$(mktemp -d "${build%/*}/bench.XXXXXX")
trap 'rm -rf "$dir"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$dir"
PATH=$build:$PATH

for name in load beside; do
	cat >$name.yml <<-END
	sampling:
	  type: random
	  parameter_space:
	  - {name: --x, expression: uniform, values: [0, 1]}
	primary_metric_name: acc
	primary_metric_goal: maximize
	max_total_runs: $([ $name = load ] && echo 1 || echo 100000)
	max_concurrent_runs: 1
	END
done
cat >load.py <<'END'
import http.client
import json
import os
import sys
import time

rate, seconds = float(sys.argv[1]), float(sys.argv[2])
link = http.client.HTTPConnection(
    os.environ["MLFLOW_TRACKING_URI"].split("//")[1])
heads = {"Authorization": "Bearer " + os.environ["MLFLOW_TRACKING_TOKEN"],
         "Content-Type": "application/json"}
taken, begun, sent = [], time.monotonic(), 0
while time.monotonic() - begun < seconds:
    if rate:
        time.sleep(max(0, begun + sent / rate - time.monotonic()))
    body = json.dumps({"run_id": os.environ["MLFLOW_RUN_ID"], "key": "acc",
                       "value": sent / 7, "timestamp": 1, "step": sent})
    start = time.monotonic()
    link.request("POST", "/api/2.0/mlflow/runs/log-metric", body, heads)
    reply = link.getresponse()
    assert reply.status == 200 and reply.read() == b"{}", reply.status
    taken.append(time.monotonic() - start)
    sent += 1
spent = time.monotonic() - begun
taken.sort()
with open(os.environ["BENCH_OUT"], "w") as file:
    file.write("%d requests, %.0f a second; a request takes %.0f us (median), "
               "%.0f (99 in 100), %.1f ms (all)\n" % (
                   sent, sent / spent, taken[len(taken) // 2] * 1e6,
                   taken[len(taken) * 99 // 100] * 1e6, taken[-1] * 1e3))
END

hdrive --db beside/h.db submit beside.yml -q --no-smoke --name beside-1 -- \
	sh -c 'echo acc=1' >/dev/null 2>&1 &
beside=$!
for rate in 1000 0; do
	BENCH_OUT=$dir/out
	export BENCH_OUT
	hdrive --db load/h.db submit load.yml -q --name "load-$rate" -- \
		/usr/bin/python3 "$dir/load.py" $rate "$seconds" >/dev/null
	sent=$(cut -d' ' -f1 out)
	stored=$(hdrive --db load/h.db show "load-$rate" 0 --json |
		grep -o '"intervals":[0-9]*' | cut -d: -f2)
	echo "$([ $rate = 0 ] && echo 'as fast as can be' || echo "$rate a second"): $(cat out)"
	echo "  stored $stored of $sent"
done
kill -INT $beside
wait $beside || :
hdrive --db beside/h.db status beside-1 | grep -o '[0-9]* completed' | head -n 1 |
	sed 's/^/the sweep beside: /'
