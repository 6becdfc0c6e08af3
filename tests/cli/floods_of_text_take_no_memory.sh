#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# The limit is on memory of the engine's own; sanitizers take terabytes.
case $TEST_BUILD in
*/release) limit='ulimit -v 400000' ;;
*) limit=: ;;
esac
sweep total=1 concurrent=1
script prog <<'END'
case $1 in
text) yes 'this is some text without a metric in it' | head -c 60000000 ;;
line) head -c 60000000 /dev/zero | tr '\0' x ;;
nul) head -c 30000000 /dev/zero ;;
names) seq 10000 | sed 's/.*/metric &\/[a b]=1/' ;;
bar) seq 100000 | tr '\n' '\r' ;;
esac
echo
echo acc=1
END
for kind in text line nul names bar; do
	code 0 sh -c "$limit; exec hdrive submit sweep.yml --name $kind -- ./prog $kind"
	has err '1 completed'
	has err 'best acc 1 '
	rm -r ".hdrive/$kind"
done
sound
