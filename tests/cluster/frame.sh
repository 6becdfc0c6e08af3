# What the scripts of tests/cluster share; sourced first. Each runs in a world of
# its own (world.sh) and starts there what it needs:
#
#   slurm_up [KEY=VALUE...]   a Slurm, real or as good (slurm.sh); lab_target adds
#                             it as the target "lab"
#   hosts_up                  three hosts h1, h2, h3 (hosts.sh), also as "lab"
#
# At the script's end nothing may be left of what ran there: nothing_left.
# shellcheck shell=sh
cluster=$TEST_ROOT/tests/cluster

if [ -z "${LAB_WORLD-}" ]; then
	status=0
	sh "$cluster/world.sh" sh "$0" || status=$?
	[ $status = 78 ] || exit $status
	# Without one: ports that nobody is likely to have, and no hosts.
	LAB_WORLD=shared
	LAB_PORT=$((13000 + $$ % 600 * 20))
	export LAB_WORLD LAB_PORT
fi

. "$TEST_ROOT/tests/support/cli.sh"

PATH=$PATH:/usr/sbin:/sbin
LAB_DIR=$PWD/lab
# A folder of a target's, beside the source and not in it.
SHARED=$PWD/shared
export PATH LAB_DIR SHARED
mkdir place "$SHARED"
cd place || exit 1

skip() {
	echo "skipped: $*"
	exit 77
}

# --- what there is ------------------------------------------------------------

# has_programs NAME...
has_programs() {
	for program in "$@"; do
		command -v "$program" >/dev/null || return 1
	done
}

real_slurm() {
	[ "$(id -u)" = 0 ] && has_programs slurmctld slurmd sbatch munged
}

# slurm_up [KEY=VALUE...], of slurm.sh without the LAB_.
slurm_up() {
	for word in "$@"; do
		export "LAB_$word"
	done
	case ${SLURM-} in
	real) real_slurm || skip 'no Slurm that can be started (root, make deps-cluster)' ;;
	fake) ;;
	*) SLURM=real && real_slurm || SLURM=fake ;;
	esac
	export SLURM
	trap slurm_end EXIT
	slurm up || fail 'no Slurm'
	eval "$(slurm env)"
}

slurm() {
	"$cluster/slurm.sh" "$@"
}

slurm_end() {
	status=$?
	trap - EXIT
	[ $status = 0 ] || slurm_told
	slurm down || status=1
	exit $status
}

# What helps to see why a script failed.
slurm_told() {
	[ $status != 77 ] || return 0
	echo '--- squeue'
	timeout 5 squeue -t all -o '%i %j %T %r %N' || :
	echo '--- the controller'
	tail -n 15 "$LAB_DIR/slurm/log/ctl"
} 2>&1

# lab_target [KEY=VALUE...]: the Slurm as the target "lab", quicker than a site's.
lab_target() {
	code 0 hdrive target add --force lab slurm partition=main submit_rate=50 \
		requeue_delay=1 memory=100M "$@"
}

hosts_up() {
	[ "$LAB_WORLD" = own ] || skip 'no worlds of their own for hosts (root, namespaces)'
	has_programs sshd ssh ssh-keygen || skip 'no sshd (make deps-cluster)'
	trap hosts_end EXIT
	hosts up || fail 'no hosts'
}

hosts() {
	"$cluster/hosts.sh" "$@"
}

hosts_end() {
	status=$?
	trap - EXIT
	hosts down || status=1
	exit $status
}

# --- claims -------------------------------------------------------------------

# trials SWEEP: number, state, parameters and last value of each trial, to compare.
trials() {
	/usr/bin/python3 "$cluster/look.py" trials "$1"
}

# attempts SWEEP: "NUMBER ATTEMPT END" of each attempt that was not a trial's last.
attempts() {
	/usr/bin/python3 "$cluster/look.py" attempts "$1"
}

# counted SWEEP: each trial is there once, ended, with every value once.
counted() {
	/usr/bin/python3 "$cluster/look.py" counted "$1" || fail "trials of $1"
}

# ours: pids of trials in this world, or in a shared one of this script's.
ours() {
	mine='^HDRIVE_TRIAL='
	[ "$LAB_WORLD" = own ] || mine="^HDRIVE_DIR=$PWD/"
	for place in /proc/[0-9]*; do
		{ tr '\0' '\n' <"$place/environ"; } 2>/dev/null | grep -q "$mine" || continue
		grep -q ') Z' "$place/stat" 2>/dev/null || echo "${place#/proc/}"
	done
}

none_ours() {
	[ -z "$(ours)" ]
}

# none_queued: Slurm has nothing that waits or runs.
none_queued() {
	[ -z "$(timeout 5 squeue -h -a -o %A)" ]
}

# nothing_left: of ended sweeps no process, job, order or draft.
nothing_left() {
	within 30 none_ours
	[ ! -d "$LAB_DIR/slurm" ] || within 30 none_queued
	left=$(find . "$SHARED" "$LAB_DIR"/hosts/*/root "$LAB_DIR"/hosts/*/tmp \
		\( -name 'ticket-*' -o -name 'order-*' -o -name 'ctl-*' -o -name '*.tmp' \
		-o -name '*.part' \) 2>/dev/null || :)
	same "$left" ''
	sound
}

# --- engines, and what befalls them ----------------------------------------------

# shim NAME <SCRIPT: NAME is that from now on; $REAL in it is what it was.
shim() {
	mkdir -p shims
	{
		echo '#!/bin/sh'
		echo "REAL=$(command -v "$1")"
		cat
	} >"shims/$1"
	chmod +x "shims/$1"
	case $PATH in
	"$PWD/shims":*) ;;
	*) PATH=$PWD/shims:$PATH ;;
	esac
}

# engine WORD...: hdrive in the background, $engine, with what it says in ./said.
engine() {
	hdrive "$@" </dev/null >said 2>&1 &
	engine=$!
}

# died: the engine is gone, by KILL, which came from elsewhere; asked once more, it is
# still so.
died() {
	status=0
	wait "$engine" || status=$?
	case $status in
	137 | 127) ;;
	*) fail "the engine ended with $status: $(cat said)" ;;
	esac
}

# done_well: the engine came to its end, and all is well.
done_well() {
	status=0
	wait "$engine" || status=$?
	[ $status = 0 ] || fail "the engine ended with $status: $(cat said)"
}

# completed NUMBER SWEEP: so many trials, each with five values.
completed() {
	trials "$2" | awk -v want="$1" '
		$2 == "Completed" && $(NF - 1) == 5 { have++ }
		END { exit have != want }' || fail "$2: $(trials "$2")"
}

# ended NUMBER SWEEP: "STATE REASON" of a trial.
ended() {
	/usr/bin/python3 "$cluster/look.py" ends "$2" | sed -n "s/^$1 //p"
}

# logged COUNT SWEEP: its trials have logged so many values in all.
logged() {
	[ "$(cat .hdrive/"$2"/*/stdout 2>/dev/null | grep -c acc=)" -ge "$1" ]
}

# began COUNT SWEEP: so many of its trials run, or have.
began() {
	[ "$(find .hdrive/"$2" -name state 2>/dev/null | wc -l)" -ge "$1" ]
}

# ssh_target [KEY=VALUE...]: the hosts as the target "lab", two trials at a time each.
ssh_target() {
	code 0 hdrive target add --force lab ssh hosts=h1,h2,h3 slots=2 "$@"
}
