#!/bin/sh
# What a trial is given as arguments and variables is in nobody's command line, no batch
# script and no variable but its own: neither here nor there, over Slurm nor over ssh.
. "$TEST_ROOT/tests/cluster/frame.sh"

cat >secret.runconfig <<'END'
script: prog.py
environment:
  environmentVariables: {TOKEN: s3cret-of-a-variable}
END
cat >prog.py <<'END'
import os, time
assert os.environ["TOKEN"] == "s3cret-of-a-variable"
assert "OWN" not in os.environ
for step in range(1, 6):
    print(f"acc=0.{step}", flush=True)
    time.sleep(0.5)
END
sweep total=2 concurrent=2

# Every command line; variables of ssh and of Slurm's own, as those of the program and
# its launcher have them rightly.
cat >look.sh <<'END'
for place in /proc/[0-9]*; do
	tr '\0' ' ' <"$place/cmdline"
	case $(cat "$place/comm") in
	ssh | sbatch | slurm* | sshd | srun) tr '\0' '\n' <"$place/environ" ;;
	esac
	echo
done 2>/dev/null
:
END

# looked SWEEP: while it runs, at all these and at what Slurm shows.
looked() {
	while kill -0 "$engine" 2>/dev/null; do
		sh look.sh >>seen
		[ "$1" = ssh ] || timeout 5 scontrol -o show job >>seen 2>&1 || :
		sleep 0.2
	done
	done_well
	! grep -q 's3cret-of-a-variable' seen || fail "it is seen: $(grep s3cret seen | head -n 3)"
	has seen hdrive-launch
	rm seen
}
OWN=own-of-the-engine
export OWN
for kind in ssh slurm; do
	if [ $kind = ssh ]; then
		hosts_up
		ssh_target
	else
		hosts down
		slurm_up
		lab_target
	fi
	engine submit sweep.yml -c secret.runconfig --name $kind --seed 3 --no-smoke \
		--backend lab
	looked $kind
	completed 2 $kind
	! grep -rq 's3cret-of-a-variable' .hdrive/$kind --include='*.log' --include='job*' ||
		fail "it is in a file: $(grep -rl s3cret .hdrive/$kind)"
	nothing_left
done
