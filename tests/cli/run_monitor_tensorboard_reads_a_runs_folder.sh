#!/bin/sh
# What TensorBoard is started with, in the place of the program itself.
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=1
code 0 hdrive submit sweep.yml --name board-1 -- sh -c 'echo acc=1'
code 1 env PATH="$TEST_BUILD" hdrive run monitor-tensorboard -r board-1
has err "there is no 'tensorboard' in PATH"
mkdir bin
script bin/tensorboard <<'END'
echo "$@"
END
code 0 env PATH="$PWD/bin:$PATH" hdrive run monitor-tensorboard -r board-1_0 \
	--local-directory here
same "$(cat out)" "--logdir $PWD/.hdrive/board-1/000000"
code 0 env PATH="$PWD/bin:$PATH" hdrive run monitor-tensorboard -r board-1
same "$(cat out)" "--logdir $PWD/.hdrive/board-1"
# A sweep's own metrics, whatever its script has written.
for time in first second; do
	code 0 env PATH="$PWD/bin:$PATH" hdrive run monitor-tensorboard -r board-1 \
		--local-directory there
	same "$(cat out)" '--logdir there'
	[ -d there/000000 ] || fail "no run of trial 0, the $time time"
done
mkdir other
echo mine >other/file
code 2 env PATH="$PWD/bin:$PATH" hdrive run monitor-tensorboard -r board-1 \
	--local-directory other
same "$(cat out)" ''
code 2 hdrive run monitor-tensorboard
code 3 hdrive run monitor-tensorboard -r nobody
