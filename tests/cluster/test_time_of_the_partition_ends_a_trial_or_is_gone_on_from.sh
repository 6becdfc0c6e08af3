#!/bin/sh
# The time that a job gets: a trial with a checkpoint goes on in another attempt as
# often as it takes, one without has used it up. Real limits are whole minutes: with
# SLURM=real this takes one or two of them.
[ "${SLURM-}" = real ] || export SLURM=fake
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up
limit=0:20 pause=2
# A warning comes half a minute before the end or sooner: a step is shorter.
[ $SLURM = fake ] || limit=1 pause=7
lab_target time=$limit

sweep total=2 concurrent=2
cat >prog <<END
#!/bin/sh
from=\$(cat "\$HDRIVE_CHECKPOINTS/step" 2>/dev/null || echo 0)
for step in \$(seq \$((from + 1)) 5); do
	sleep $pause
	[ \$HDRIVE_TRIAL = 1 ] || sleep $pause
	[ \$HDRIVE_TRIAL = 1 ] || echo \$step >"\$HDRIVE_CHECKPOINTS/step"
	echo acc=0.\$step
done
[ \$HDRIVE_TRIAL = 0 ] || sleep 300
END
chmod +x prog
engine submit sweep.yml --name s --seed 3 --no-smoke --backend lab -- ./prog
done_well
same "$(ended 0 s)" 'Completed exit'
same "$(ended 1 s)" 'Failed timeout'
attempts s >again
[ "$(grep -c '^0 ' again)" -ge 1 ] || fail 'it never went on'
[ "$(grep -c '^1 ' again)" = 0 ] || fail "$(cat again)"
counted s
nothing_left
