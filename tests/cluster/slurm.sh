#!/bin/sh
# slurm.sh up | down | env | kill WHO | start WHO: a Slurm of virtual nodes on this
# machine, each with a slurmd of its own. No systemd, no control groups; the
# machine's own Slurm and munge, if any, are neither used nor touched.
#
#   up      start it; what runs already stays
#   env     for eval: what its commands need
#   down    end it, its jobs and all that up or start has started; remove it
#   kill    KILL WHO, "ctl" or a node's name: no farewell to anybody
#   start   WHO again
#
# LAB_DIR    where all of it lies (./lab), made and removed
# LAB_PORT   first of its ports (17000)
# LAB_NODES  how many, n1, n2... (3)
# LAB_CPUS   that each claims to have (4)
# SLURM      fake: one made up in fake/, for which nothing need be installed; what it
#            is told besides: fake/fake.sh
#
# Partitions: main; low, whose jobs are requeued when "high" wants their place, and
# lowk, whose are then ended.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
lab=${LAB_DIR:-$PWD/lab}
slurm=$lab/slurm
port=${LAB_PORT:-17000}
nodes=${LAB_NODES:-3}
cpus=${LAB_CPUS:-4}
PATH=$PATH:/usr/sbin:/sbin
SLURM_CONF=$slurm/slurm.conf
export PATH SLURM_CONF

. "$here/shared.sh"

# lives NAME: the process of run/NAME.pid, which has the lab in its environment.
lives() {
	pid=$(cat "$slurm/run/$1.pid" 2>/dev/null) || return 1
	grep -qzFx "SLURM_CONF=$SLURM_CONF" "/proc/$pid/environ" 2>/dev/null
}

# --- the real one ---------------------------------------------------------------

configuration() {
	# KillWait is how long a job has between TERM and KILL; SlurmdTimeout, how
	# long a node may be silent. Memory is looked at each two seconds.
	cat <<-END
	ClusterName=lab
	SlurmctldHost=localhost
	SlurmctldPort=$port
	SlurmUser=root
	SlurmdUser=root
	AuthType=auth/munge
	AuthInfo=socket=$slurm/run/munge.sock,cred_expire=5
	CredType=cred/munge
	StateSaveLocation=$slurm/state
	SlurmdSpoolDir=$slurm/spool/%n
	SlurmctldPidFile=$slurm/run/ctl.pid
	SlurmdPidFile=$slurm/run/%n.pid
	SlurmctldLogFile=$slurm/log/ctl
	SlurmdLogFile=$slurm/log/%n
	ProctrackType=proctrack/linuxproc
	TaskPlugin=task/none
	MpiDefault=none
	SwitchType=switch/none
	PropagateResourceLimits=NONE
	SlurmdParameters=config_overrides
	SelectType=select/cons_tres
	SelectTypeParameters=CR_CPU_Memory
	DefMemPerCPU=500
	GresTypes=gpu
	JobAcctGatherType=jobacct_gather/linux
	JobAcctGatherFrequency=task=2
	JobAcctGatherParams=OverMemoryKill
	AccountingStorageType=accounting_storage/none
	JobCompType=jobcomp/none
	SlurmctldTimeout=10
	SlurmdTimeout=${LAB_NODE_TIMEOUT:-8}
	KillWait=5
	InactiveLimit=0
	MinJobAge=${LAB_MIN_JOB_AGE:-300}
	MaxArraySize=10001
	MaxJobCount=20000
	ReturnToService=2
	JobRequeue=1
	SchedulerType=sched/backfill
	SchedulerParameters=sched_min_interval=20000,batch_sched_delay=0,bf_interval=1
	PreemptType=preempt/partition_prio
	PreemptMode=REQUEUE
	NodeName=n[1-$nodes] NodeHostname=localhost NodeAddr=127.0.0.1 \\
	  Port=[$((port + 1))-$((port + nodes))] CPUs=$cpus RealMemory=4000 Gres=gpu:2 \\
	  State=UNKNOWN
	PartitionName=DEFAULT Nodes=ALL GraceTime=0 State=UP
	PartitionName=main Default=YES PriorityTier=10 PreemptMode=OFF
	PartitionName=low PriorityTier=1 PreemptMode=REQUEUE
	PartitionName=lowk PriorityTier=1 PreemptMode=CANCEL
	PartitionName=high PriorityTier=20 PreemptMode=OFF
	END
}

munge_start() {
	[ -s "$slurm/run/munge.key" ] ||
		(umask 077 && head -c 1024 /dev/urandom >"$slurm/run/munge.key")
	munged --force --key-file="$slurm/run/munge.key" --socket="$slurm/run/munge.sock" \
		--pid-file="$slurm/run/munge.pid" --log-file="$slurm/log/munge" \
		--seed-file="$slurm/run/munge.seed" --num-threads=2
	within 5 munge -n -S "$slurm/run/munge.sock" || die "no munge: $slurm/log/munge"
}

real_start() {
	case $1 in
	ctl)
		slurmctld -i
		within 100 timeout 1 scontrol ping || die "no slurmctld: $slurm/log/ctl"
		;;
	*) slurmd -N "$1" ;;
	esac
}

all_idle() {
	up=$(timeout 2 sinfo -h -N -p main -t idle,mixed,allocated -o %N | sort -u | wc -l)
	[ "$up" -ge "$nodes" ]
}

real_up() {
	for file in $(seq "$nodes"); do
		mkdir -p "$slurm/spool/n$file"
	done
	configuration >"$SLURM_CONF"
	# Files that are on every machine stand for the devices.
	printf 'Name=gpu File=/dev/%s\n' null zero >"$slurm/gres.conf"
	lives munge || munge_start
	lives ctl || real_start ctl
	for node in $(seq -f n%g "$nodes"); do
		lives "$node" || real_start "$node"
	done
	within 100 all_idle || die "nodes are not up: $(sinfo -h)"
}

# Pids below PID, the lowest first.
below() {
	for child in $(cat /proc/"$1"/task/*/children 2>/dev/null); do
		below "$child"
		echo "$child"
	done
}

# Steps, whose slurmd may be gone: those that have the lab in their environment.
steps_end() {
	for pid in $(pgrep -x slurmstepd); do
		grep -qzFx "SLURM_CONF=$SLURM_CONF" "/proc/$pid/environ" 2>/dev/null ||
			continue
		# shellcheck disable=SC2046
		kill -KILL $(below "$pid") "$pid" 2>/dev/null || :
	done
}

jobs_none() {
	[ -z "$(timeout 5 squeue -h -a -o %A)" ]
}

real_down() {
	if lives ctl; then
		# shellcheck disable=SC2046
		timeout 5 scancel --full --signal=KILL \
			$(timeout 5 squeue -h -a -t R -o %A) 2>/dev/null || :
		timeout 5 scancel -u root 2>/dev/null || :
		within 3 jobs_none || :
	fi
	steps_end
	daemons_end
	steps_end
}

# --- either ----------------------------------------------------------------------

# What has a file in run/: TERM, and KILL to what is there after three seconds.
daemons_end() {
	gone=
	for file in "$slurm"/run/*.pid; do
		name=$(basename "$file" .pid)
		! lives "$name" || gone="$gone $pid"
	done
	[ -n "$gone" ] || return 0
	# shellcheck disable=SC2086
	kill $gone 2>/dev/null || :
	# shellcheck disable=SC2086
	within 3 sh -c 'for pid; do [ ! -d /proc/$pid ] || exit 1; done' sh $gone ||
		kill -KILL $gone 2>/dev/null || :
}

kind=real
[ "${SLURM-}" != fake ] || kind=fake
# shellcheck source=tests/cluster/fake/fake.sh
[ $kind = real ] || . "$here/fake/fake.sh"

case ${1-} in
up)
	if [ $kind = real ]; then
		[ "$(id -u)" = 0 ] || die 'root alone can start jobs as who submits them'
		for program in slurmctld slurmd sbatch munged; do
			command -v $program >/dev/null || die "no $program: make deps-cluster"
		done
	fi
	for folder in run log state spool; do
		mkdir -p "$slurm/$folder"
	done
	${kind}_up
	;;
env)
	echo "export SLURM_CONF='$SLURM_CONF'"
	[ $kind = real ] || fake_env
	;;
kill)
	[ $kind = real ] || ! fake_kill "$2" || exit 0
	lives "$2" || die "no $2 runs"
	kill -KILL "$pid"
	within 3 sh -c "[ ! -d /proc/$pid ] || grep -q ') Z' /proc/$pid/stat" || :
	;;
start) ${kind}_start "$2" ;;
down)
	[ -d "$slurm/run" ] || exit 0
	${kind}_down
	rm -rf "$slurm"
	rmdir "$lab" 2>/dev/null || :
	;;
*) die 'up, down, env, kill WHO or start WHO' ;;
esac
