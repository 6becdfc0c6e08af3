#!/bin/sh
# Launchers on "machines" of this one, each with an address of its own, as the
# engine starts them where nothing else starts ranks.
. "$TEST_ROOT/tests/support/cli.sh"

script prog <<'END'
echo "$RANK/$WORLD_SIZE $LOCAL_RANK/$LOCAL_WORLD_SIZE $NODE_RANK" \
	"$MASTER_ADDR:$MASTER_PORT $TF_CONFIG"
[ -z "${HDRIVE_RANKS+is set}" ] || exit 99
case $TF_CONFIG in *'"type":"ps"'*) exec sleep 100 ;; esac
if [ "${RANK:-x}" = "${BAD:-none}" ]; then exit 7; fi
[ -z "${WAIT:-}" ] || { : >"$HDRIVE_DIR/waits-$RANK"; exec sleep 100; }
END

# group NODES KIND WORKERS SERVERS: the launchers' pids in $pids, the first last.
group() {
	nodes=$1 kind=$2
	shift 2
	rm -rf node-*
	port=$((20000 + $$ % 9000)) hosts=127.0.0.1 pids='' node=$nodes
	for i in $(seq 2 "$nodes"); do
		hosts=$hosts,127.0.0.$i
	done
	# The first comes last: the others look for it until it is there.
	while [ "$node" -gt 0 ]; do
		node=$((node - 1))
		mkdir "node-$node"
		HDRIVE_DIR=$PWD/node-$node HDRIVE_RANKS="nodes $node $port secret $hosts" \
			"$TEST_BUILD/hdrive-launch" --ranks "$kind" "$nodes" "$@" ./prog \
			>"node-$node/out" 2>"node-$node/err" &
		pids="$pids $!"
	done
	leader=$!
}

# ended STATUS: the first machine's; the others always end.
ended() {
	status=0
	for pid in $pids; do
		status=0
		wait "$pid" || status=$?
	done
	same "$status" "$1"
}

group 3 pytorch 5 0
ended 0
has node-0/out '^0/5 0/2 0 127.0.0.1:[0-9]'
has node-0/rank-1.log '^1/5 1/2 0'
has node-1/rank-2.log '^2/5 0/2 1'
has node-2/rank-4.log '^4/5 0/1 2'

# Ports are those that each machine found free; servers end with the workers.
group 3 tensorflow 3 1
ended 0
has node-0/out '"worker":\["127.0.0.1:[0-9]*","127.0.0.1:[0-9]*","127.0.0.2:[0-9]*"\]'
has node-2/rank-3.log '"ps":\["127.0.0.3:[0-9]*"\]},"task":{"type":"ps","index":0}}'

# The first that fails is the trial's end, wherever it was.
export WAIT=1 BAD=4
group 3 pytorch 5 0
ended 7
has node-0/err 'rank 4 on 127.0.0.3 ended with status 7, its output is in rank-4.log'
unset BAD

# TERM for the first machine reaches all ranks.
group 2 pytorch 2 0
within 10 test -e node-1/waits-1 -a -e node-0/waits-0
kill "$leader"
ended 143

# A machine that is gone is no failure of a rank's.
group 2 pytorch 2 0
within 10 test -e node-1/waits-1 -a -e node-0/waits-0
kill -9 "${pids%" "*}"
ended 79
has node-0/err "lost the machine '127.0.0.2'"

# And without the first one nothing goes on.
group 2 pytorch 2 0
within 10 test -e node-1/waits-1 -a -e node-0/waits-0
kill -9 "$leader"
ended 137
unset WAIT

# mpirun's daemon comes to the other machine without a login there.
command -v mpirun >/dev/null 2>&1 || exit 0
group 2 mpi 4 0
ended 0
has node-0/out '^0/4 0/2 0 127.0.0.1:[0-9]'
has node-1/rank-3.log '^3/4 1/2 1 127.0.0.1:[0-9]'
export BAD=3
group 2 mpi 4 0
ended 7
