#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# One prints more than can be read in this test's time; the other is heard
# meanwhile, and two Ctrl-C end it without reading all of that first.
sweep total=2 concurrent=2
script prog <<'END'
if [ "$HDRIVE_TRIAL" = 0 ]; then
	yes acc=1 | head -c 40000000
	sleep 1000
fi
while ! grep -q acc "$HDRIVE_DIR/../000000/stdout"; do sleep 0.05; done
echo acc=2
sleep 1000
END
hdrive submit sweep.yml -- ./prog >out 2>err &
engine=$!
second_is_heard() {
	hdrive best 2>/dev/null | grep -q 'acc 2 '
}
within 60 second_is_heard
kill -INT $engine
within 60 grep -q 'again = now' err
kill -INT $engine
got=0
wait $engine || got=$?
same $got 130
has err saved
has err 'note: trial 0: what it printed was not read to its end'
sound
