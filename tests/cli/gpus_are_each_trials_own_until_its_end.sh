#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

made_up_gpus
mkdir held
# A device is held by a folder, which only one can make.
script prog <<'END'
device=$CUDA_VISIBLE_DEVICES
mkdir "$1/held/$device" || exit 9
echo "$device $CUDA_DEVICE_ORDER slot $HDRIVE_SLOT"
sleep 0.1
rmdir "$1/held/$device"
echo acc=1
END
seen() {
	cat ".hdrive/$1"/*/stdout | grep slot | sort | uniq -c |
		sed 's/^ *//' | tr '\n' ';'
}

sweep total=8 concurrent=4
code 0 hdrive submit sweep.yml --name list --gpus 0,2 -- ./prog "$PWD"
has err 'note: 2 at a time: 2 GPUs, 1 for each trial; max_concurrent_runs asks for 4'
has err ', 0 failed'
seen list | grep -q '^[1-7] 0 PCI_BUS_ID slot 0;[1-7] 2 PCI_BUS_ID slot 1;$' ||
	fail "$(seen list)"
same "$(cat .hdrive/list/*/stdout | grep -c slot)" 8

# What the environment gives is chosen from, UUIDs too, in its own order.
export CUDA_VISIBLE_DEVICES=GPU-8f6d,4
echo 'gpus: auto' >>sweep.yml
code 0 hdrive submit sweep.yml --name auto -- ./prog "$PWD"
has err ', 0 failed'
seen auto | grep -q '^[1-7] 4  slot 1;[1-7] GPU-8f6d  slot 0;$' ||
	fail "$(seen auto)"
code 0 hdrive submit sweep.yml --name one --gpus 4 -j 1 -- ./prog "$PWD"
hasnt err 'at a time:'
same "$(seen one)" '8 4  slot 0;'

# Several each, and none, instead of what the file says.
code 0 hdrive submit sweep.yml --name both --gpus-per-trial 2 -- ./prog "$PWD"
has err '1 at a time: 2 GPUs, 2 for each trial'
same "$(seen both)" '8 GPU-8f6d,4  slot 0;'
code 0 hdrive submit sweep.yml --name none -j 1 --gpus none -- ./prog "$PWD"
same "$(seen none)" '8 GPU-8f6d,4  slot 0;'
sound
