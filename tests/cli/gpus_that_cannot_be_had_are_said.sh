#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

made_up_gpus
sweep total=1
refused() {
	text=$1
	shift
	code 2 "$@" -- sh -c 'echo acc=1'
	has err "$text"
	code 0 hdrive ls
	same "$(cat out)" ''
}
refused "'gpus' is 'auto', but no GPU was found in /dev/nvidia" \
	hdrive submit sweep.yml --gpus auto
refused "'gpus' is 'auto', but no GPU was found in /dev/nvidia" \
	hdrive submit sweep.yml --gpus-per-trial 1
refused "'gpus_per_trial' must be at most 2, the GPUs that there are, got 3" \
	hdrive submit sweep.yml --gpus 0:4,7 --gpus-per-trial 3
refused "'CUDA_VISIBLE_DEVICES' in the environment leaves no GPU" \
	env CUDA_VISIBLE_DEVICES= hdrive submit sweep.yml --gpus auto
refused "'gpus': '0' is not among the GPUs of this process" \
	env CUDA_VISIBLE_DEVICES=4,5 hdrive submit sweep.yml --gpus 0
refused "'gpus': '0' is given twice; '0:2' lets two trials share it" \
	hdrive submit sweep.yml --gpus 0,0
refused "'gpus': an id must be at least 0, got '-1'" \
	hdrive submit sweep.yml --gpus=-1
refused "must be 'auto', 'none' or a list of ids such as 0,2" \
	hdrive submit sweep.yml --gpus all
refused "from 1 to 1000, got '0:0'" hdrive submit sweep.yml --gpus 0:0

echo 'gpus: 0-3' >>sweep.yml
code 2 hdrive submit sweep.yml -- true
has err "sweep.yml:[0-9]*:7: 'gpus' must be 'auto', 'none' or a list of ids"
