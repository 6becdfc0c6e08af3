#!/bin/sh
# peers.sh BUILD: our samplers in the shared benchmark, beside its recorded
# runs of other tuners and, where python3-optuna is installed, beside it live.
#   BENCH_SHARED=../shared/bench  BENCH_SEEDS=5
#   BENCH_PEERS=core             problems: names, A, B, core, all; empty: none
#   BENCH_PEER_SAMPLERS=tpe      ours; the default one when empty
# The benchmark is copied, its own folder stays as it is.
set -eu

build=$1
shared=${BENCH_SHARED:-../shared/bench}
problems=${BENCH_PEERS-core}
last=$((${BENCH_SEEDS:-5} - 1))
python=/usr/bin/python3

[ -n "$problems" ] || exit 0
if ! [ -e "$shared/asktell.py" ] || ! "$python" -c 'import numpy, sklearn' 2>/dev/null; then
	echo "peers: no $shared here, or no python3-sklearn"
	exit 0
fi
case $build in
/*) ;;
*) build=$PWD/$build ;;
esac
mkdir -p "$build/peers"
cp -R "$shared/." "$build/peers/"
chmod -R u+w "$build/peers"
cd "$build/peers"
OMP_NUM_THREADS=1
export OMP_NUM_THREADS

for sampler in ${BENCH_PEER_SAMPLERS:-default}; do
	command="$build/hdrive serve --stdio"
	[ "$sampler" = default ] || command="$command --sampler $sampler"
	rm -f "results/hdrive_${sampler}__q1.csv"
	"$python" asktell.py --name "hdrive_$sampler" --cmd "$command" \
		--problems "$problems" --seeds "0-$last" >/dev/null
done
if "$python" -c 'import optuna' 2>/dev/null; then
	rm -f results/optuna_live__q1.csv
	"$python" -W ignore asktell.py --name optuna_live --opt optuna31_tpe \
		--problems "$problems" --seeds "0-$last" >/dev/null 2>&1 ||
		echo 'peers: optuna does not run here'
fi
"$python" -W ignore score.py >/dev/null
cat RESULTS.md 2>/dev/null || cat results/RESULTS.md
