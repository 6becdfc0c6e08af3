#!/bin/sh
# Who cancels a job behind the engine's back means it, be it running or waiting: that
# trial is canceled, the others go on.
. "$TEST_ROOT/tests/cluster/frame.sh"
slurm_up NODES=1 CPUS=2
lab_target

sweep total=4 concurrent=4
learner 1
engine submit sweep.yml --name s --seed 3 --no-smoke --backend lab -- ./learner
within 30 logged 2 s
running=$(squeue -h -r -t R -o '%i' | head -n 1)
waiting=$(squeue -h -r -t PD -o '%i' | head -n 1)
scancel "$running" "$waiting"
done_well
same "$(trials s | grep -c ' Canceled ')" 2
same "$(trials s | grep -c ' Completed ')" 2
same "$(attempts s)" ''
counted s
nothing_left
