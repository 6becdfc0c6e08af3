#!/bin/sh
# Slurm kills a job that has more memory than it asked for: said as such, and only of
# the trial that did it.
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up NODES=1
lab_target

sweep total=3 concurrent=3
script prog <<'END'
echo acc=0.5
[ "$HDRIVE_TRIAL" = 1 ] || exit 0
exec /usr/bin/python3 -c 'import time; held = bytearray(300 << 20); time.sleep(30)'
END
engine submit sweep.yml --name s --seed 3 --no-smoke --backend lab -- ./prog
done_well
same "$(ended 1 s)" 'Failed memory'
same "$(ended 0 s)" 'Completed exit'
code 0 hdrive show s 1 --why
has out memory
nothing_left
