#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

mkdir small
mounted=
if mount -t tmpfs -o size=64k none small 2>/dev/null; then
	mounted=1
	trap 'umount small' EXIT
fi
code 0 hdrive run -p x=1,2,3 -m min:loss --name one -- sh -c 'echo "loss=$HDRIVE_TRIAL"'
for end in svg png txt; do
	format=$end
	[ $end != txt ] || format=text
	echo before >small/kept.$end
	# A disk that is full.
	if [ $mounted ]; then
		! head -c 100000 /dev/zero >small/fill 2>told || fail 'the disk is too large'
		code 1 hdrive plot one -o small/kept.$end
		has err "cannot write 'small/kept.$end': No space left"
		same "$(cat small/kept.$end)" before
		same "$(find small -type f | sort | tr '\n' ' ')" "small/fill small/kept.$end "
		rm small/fill
	fi
	if [ -c /dev/full ]; then
		code 1 hdrive plot one -o /dev/full --format $format
		has err 'No space left'
		got=0
		hdrive plot one --format $format >/dev/full 2>err || got=$?
		same $got 1
		[ -s err ] || fail 'nothing was said'
	fi
	code 3 hdrive plot one -o nowhere/x.$end
	has err "cannot write 'nowhere/x.$end'"
	code 0 hdrive plot one -o small/kept.$end
	hasnt small/kept.$end before
	rm small/kept.$end
done
same "$(find . -name '*.tmp')" ''
