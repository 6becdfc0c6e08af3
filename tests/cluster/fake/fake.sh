# shellcheck shell=sh disable=SC2154
# The made-up Slurm of slurm.sh, sourced by it: the controller ctld.py, and its
# commands in slurm/bin, to come first in PATH.
#
# FAKE_SETTINGS     more of ctld.py's settings, 'name: value, ...' as JSON has them
# FAKE_SLURM_WAIT   milliseconds until a command gives up a controller (1000)
FAKE_SLURM_WAIT=${FAKE_SLURM_WAIT:-1000}
export FAKE_SLURM_WAIT
PATH=$slurm/bin:$PATH

fake_start() {
	case $1 in
	ctl)
		/usr/bin/python3 "$here/fake/ctld.py" "$slurm" </dev/null \
			>>"$slurm/log/ctl" 2>&1 &
		within 10 timeout 2 scontrol ping || die "no ctld.py: $(cat "$slurm/log/ctl")"
		;;
	*) rm "$slurm/run/dead-$1" ;;
	esac
}

fake_kill() {
	[ "$1" != ctl ] || return 1
	: >"$slurm/run/dead-$1"
}

fake_up() {
	client=${TEST_BUILD:?}/tests/cluster/slurm-client
	mkdir -p "$slurm/bin"
	for name in sbatch squeue sacct scancel scontrol sinfo; do
		ln -sf "$client" "$slurm/bin/$name"
	done
	# A name to be known by in /proc.
	cp "$client" "$slurm/bin/step"
	ln -sf "$here/fake/srun.py" "$slurm/bin/srun"
	cat >"$slurm/fake.json" <<-END
	{"nodes": $nodes, "cpus": $cpus, "min_job_age": ${LAB_MIN_JOB_AGE:-300}
	${FAKE_SETTINGS:+, $FAKE_SETTINGS}}
	END
	: >"$SLURM_CONF"
	lives ctl || fake_start ctl
}

fake_env() {
	echo "export PATH='$slurm/bin':\"\$PATH\" FAKE_SLURM_WAIT=$FAKE_SLURM_WAIT"
}

fake_down() {
	daemons_end
}
