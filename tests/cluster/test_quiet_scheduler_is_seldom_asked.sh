#!/bin/sh
# While nothing is submitted or ends, the scheduler is asked ever less often, by one
# question at a time, up to one in thirty seconds (TEST_SECONDS=400
# QUIET_SECONDS=200 to see that); values are seen as ever.
SLURM=fake
export SLURM
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up
lab_target

sweep total=3 concurrent=3
learner $((${QUIET_SECONDS:-50} / 5))
engine submit sweep.yml --name s --seed 3 --no-smoke --backend lab -- ./learner
done_well
completed 3 s
/usr/bin/python3 - "$LAB_DIR/slurm/log/calls" "${QUIET_SECONDS:-50}" <<'END' ||
import json, sys
calls = []
for line in open(sys.argv[1]):
    began, took, _, words = line.split(" ", 3)
    words = json.loads(words)
    if words[0] == "squeue" and "-u" in words:
        calls.append((float(began), float(took)))
gaps = [b[0] - a[0] for a, b in zip(calls, calls[1:])]
print(" ".join(f"{gap:.1f}" for gap in gaps))
assert all(a[0] + a[1] <= b[0] for a, b in zip(calls, calls[1:])), "two at once"
assert min(gaps) > 1.75, "sooner than two seconds"
quiet = [gap for call, gap in zip(calls, gaps) if 32 < call[0] - calls[0][0]]
# The last of them is cut short by the ends.
assert max(quiet) > 5, "no slower where all is quiet"
if float(sys.argv[2]) >= 200:
    assert max(quiet) > 28, "not up to thirty seconds"
END
	fail 'asked too often'
nothing_left
