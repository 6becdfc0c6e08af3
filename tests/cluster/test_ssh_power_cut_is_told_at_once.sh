#!/bin/sh
# A host that loses its power and comes back: its trials are a node's failure at once, and
# run again. Its disk, full or not, keeps nothing of them at the end.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
sweep total=3 concurrent=3 type=grid
sed -i -e '/name: tag/d' -e 's/values: \[1.*/values: [1, 2, 3]}/' sweep.yml
code 0 hdrive target add lab ssh hosts='h1 slots=2' hosts='h2 slots=2' folder=/tmp/trials

cat >slow.sh <<'END'
for step in 1 2 3 4 5 6 7 8; do
	hdrive log acc=$step
	sleep 1
done
END
hdrive submit sweep.yml --backend lab --name cut -- sh slow.sh >cut.out 2>&1 &
engine=$!
in_three() {
	[ "$(ours | wc -l)" -ge 3 ]
}
within 30 in_three
hosts off h1
hosts on h1
within 40 grep -q "host 'h1' was started anew while it ran" cut.out
wait $engine || fail "$(cat cut.out)"
counted cut
same "$(trials cut | cut -d ' ' -f 2 | sort -u)" Completed
same "$(attempts cut | cut -d ' ' -f 3 | sort -u)" lost
nothing_left
same "$(ls "$LAB_DIR/hosts/h1/tmp/trials")" "$(printf 'parts\nstage')"
