#!/bin/sh
# In an allocation of Slurm's, with a stand-in of srun: it starts a task for
# each rank on "nodes" of this machine, and ends with the largest status.
. "$TEST_ROOT/tests/support/cli.sh"

mkdir bin trial trial/work
script bin/srun <<'END'
printf '%s\n' "$*" >>srun.words
while [ "${1#--}" != "$1" ]; do
	case $1 in
	--ntasks=*) tasks=${1#*=} ;;
	esac
	shift
done
rank=0 pids=
while [ "$rank" -lt "$tasks" ]; do
	case $SLURM_STEP_TASKS_PER_NODE in
	"1,2(x2)") node=$(((rank + 1) / 2)) local=$((rank ? (rank + 1) % 2 : 0)) ;;
	*) node=$rank local=0 ;;
	esac
	SLURM_PROCID=$rank SLURM_NODEID=$node SLURM_LOCALID=$local \
		SLURMD_NODENAME=n$node SLURM_LAUNCH_NODE_IPADDR=127.0.0.1 "$@" &
	pids="$pids $!"
	rank=$((rank + 1))
done
most=0
for pid in $pids; do
	status=0
	wait "$pid" || status=$?
	[ "$status" -le "$most" ] || most=$status
done
exit "$most"
END
# No name is known here, and the scheduler knows addresses by them.
script bin/getent <<'END'
exit "${RESOLVED:-2}"
END
script bin/scontrol <<'END'
[ "$*" = "-o show node $WANTED" ] || exit 1
IFS=,
for name in $WANTED; do
	echo "NodeName=$name CoresPerSocket=1 NodeAddr=addr-$name NodeHostName=h"
done
END
script trial/work/prog <<'END'
echo "$RANK/$WORLD_SIZE $LOCAL_RANK/$LOCAL_WORLD_SIZE $NODE_RANK" \
	"$MASTER_ADDR:$MASTER_PORT $HDRIVE_METRICS $GLOO_SOCKET_IFNAME$TF_CONFIG"
[ -z "${HDRIVE_RANKS+is set}${HDRIVE_RANKS_HOSTS+is set}" ] || exit 99
case $TF_CONFIG in *'"type":"ps"'*)
	trap 'exit 5' TERM
	while :; do sleep 0.1; done ;;
esac
if [ "${RANK:-x}" = "${BAD:-none}" ]; then exit 7; fi
[ -z "${BAD:-}" ] || { sleep 0.5; exit 143; }
END
PATH=$PWD/bin:$PATH
HDRIVE_DIR=$PWD/trial HDRIVE_ATTEMPT=3 HDRIVE_METRICS=m HDRIVE_RANKS=srun
SLURM_JOB_ID=12345 SLURM_JOB_NODELIST='n[08-09],gpu[1-2]m[5,7]'
export HDRIVE_DIR HDRIVE_ATTEMPT HDRIVE_METRICS HDRIVE_RANKS SLURM_JOB_ID \
	SLURM_JOB_NODELIST WANTED SLURM_STEP_TASKS_PER_NODE

# ranks STATUS KIND NODES WORKERS SERVERS
ranks() {
	want=$1
	shift
	rm -f trial/rank-*
	cd trial/work || fail 'no folder'
	code "$want" "$TEST_BUILD/hdrive-launch" --ranks "$@" ./prog
	cd ../.. || fail 'no folder'
	cp trial/work/out trial/work/err .
	[ ! -e trial/.ranks-3 ] || fail 'the folder of ends is left'
}

# Three machines, of which Slurm gave the first one task and the others two;
# ports are the job's own, 20000 + 12345 mod 10000.
SLURM_STEP_TASKS_PER_NODE='1,2(x2)' WANTED=n08,n09,gpu1m5
ranks 0 pytorch 3 5 0
has out '^0/5 0/1 0 addr-n08:2[23][0-9]* m lo$'
has trial/rank-1.log '^1/5 0/2 1 addr-n08:2[23][0-9]* /dev/null lo$'
has trial/rank-2.log '^2/5 1/2 1 addr'
has trial/rank-4.log '^4/5 1/2 2 addr'
has trial/work/srun.words '--kill-on-bad-exit=1 .*--nodes=3 --ntasks=5 --mpi=none '
has trial/work/srun.words 'hdrive-launch --rank pytorch 3 5 0 ./prog$'

# Names that are known stay.
export RESOLVED=0
ranks 0 pytorch 3 5 0
has out '^0/5 0/1 0 n08:'
unset RESOLVED

# The first that fails counts, not the largest status.
export BAD=2
ranks 7 pytorch 3 5 0
has err 'rank 2 on n1 ended with status 7, its output is in rank-2.log'
unset BAD

# Servers end when the workers have, and their end is none of the trial's.
SLURM_STEP_TASKS_PER_NODE='1(x6)' WANTED=n08,n09,gpu1m5,gpu1m7,gpu2m5,gpu2m7
ranks 0 tensorflow 6 5 1
has trial/rank-5.log '"worker":\["addr-n08:2[0-9]*","addr-n09:2[0-9]*",'
has trial/rank-5.log '"ps":\["addr-gpu2m7:2[0-9]*"\]},"task":{"type":"ps","index":0}}'

# What is no list of nodes.
SLURM_JOB_NODELIST='n[1-'
ranks 126 pytorch 2 2 0
has err "cannot find the job's nodes in 'n\[1-': SLURM_JOB_NODELIST"

# MPI's go through mpirun, unless the site's srun does it.
script bin/mpirun <<'END'
echo "mpirun $* MASTER_ADDR=$MASTER_ADDR"
END
SLURM_JOB_NODELIST='n[08-09]' WANTED=n08,n09
ranks 0 mpi 2 4 0
has out '^mpirun -n 4 .*hdrive-launch --rank mpi 2 4 0 ./prog MASTER_ADDR=addr-n08'
export SLURM_MPI_TYPE=pmix
SLURM_STEP_TASKS_PER_NODE='1(x2)'
ranks 0 mpi 2 2 0
has trial/work/srun.words '--mpi=pmix .*--rank mpi 2 2 0'
