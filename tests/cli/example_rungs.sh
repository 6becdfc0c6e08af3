#!/bin/sh
# The example of rungs: few trials go to their end, and a script that was stopped
# goes on behind its checkpoint.
set -eu
cp -R "$TEST_ROOT/examples/rungs" work
cd work
mkdir kept
python3 train.py --hidden 2 >whole
# It is ended in the middle by itself: from outside, an epoch is too short to meet.
HDRIVE_CHECKPOINTS=kept python3 - --hidden 2 >first <<'END' || :
import os, signal, sys
sys.path.insert(0, ".")
import train

def said(text, **how):
    print(text, **how)
    if text.startswith("epoch 3:"):
        os.kill(os.getpid(), signal.SIGTERM)

train.print = said
train.main()
END
HDRIVE_CHECKPOINTS=kept python3 train.py --hidden 2 >second
grep -q '^going on behind epoch 3$' second
# Together they are the whole run: no epoch twice, none left out.
grep loss= second | cat first - | cmp - whole

# One at a time, so that the same trials are among the best each time.
hdrive submit --seed 2 --name rings --set max_total_runs=12 --set max_concurrent_runs=1 \
	sweep.yml -- python3 train.py >said 2>&1
hdrive best rings --format args |
	grep -q -e '--rate [0-9.e-]* --momentum 0\.[0-9]* --hidden [2468]'
hdrive show rings | grep -q 'Paused'
grep -q 'epoch 27: ' .hdrive/rings/[0-9]*/stdout
# Who was promoted went on behind its checkpoint. How far a trial comes before it
# is told to stop is open, so its rung is the first or the second.
grep -q ' goes on behind interval [0-9]*: place [1-4] of [0-9]* at rung [39],' said
grep -q '^going on behind epoch [0-9]*$' .hdrive/rings/[0-9]*/stdout
hdrive replay rings | grep -q ' [1-9] promotions: all the same$'
# Among Azure's tags the policy stands by its own name, as it has none of theirs.
hdrive show rings --json | grep -q '_aml_system_policy_config.*ASHA.*reduction_factor.*:3,'
