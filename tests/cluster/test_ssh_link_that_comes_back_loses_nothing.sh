#!/bin/sh
# A host that is unplugged for less than the lease goes on as if nothing was; for
# more, others take its trials over and what runs there is ended at its return.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
sweep total=4 concurrent=4 type=grid
sed -i -e '/name: tag/d' -e 's/values: \[1.*/values: [1, 2, 3, 4]}/' sweep.yml

cat >slow.sh <<'END'
for step in 1 2 3 4 5 6 7 8; do
	hdrive log acc=$step
	sleep 1
done
END
code 0 hdrive target add lab ssh hosts='h1 slots=2' hosts='h2 slots=2' folder=/tmp/trials

# run_far NAME: its pid in $engine.
run_far() {
	hdrive submit sweep.yml --backend lab --name "$1" -- sh slow.sh >"$1.out" 2>&1 &
	engine=$!
	within 30 running 4
}
running() {
	[ "$(hdrive show "$(hdrive ls -q 2>/dev/null | head -n 1)" --json 2>/dev/null |
		grep -c '"Running"')" -ge 1 ] || [ "$(ours | wc -l)" -ge "$1" ]
}

run_far short
hosts unplug h1
sleep 5
hosts plug h1
wait $engine || fail "$(cat short.out)"
counted short
same "$(attempts short)" ''
same "$(trials short | cut -d ' ' -f 2 | sort -u)" Completed
nothing_left

code 0 hdrive target add --force lab ssh hosts='h1 slots=2' hosts='h2 slots=2' \
	folder=/tmp/trials lease=5
run_far long
hosts unplug h1
within 60 grep -q "host 'h1' was not heard of for 5 s" long.out
wait $engine || fail "$(cat long.out)"
counted long
same "$(trials long | cut -d ' ' -f 2 | sort -u)" Completed
same "$(attempts long | cut -d ' ' -f 3 | sort -u)" lost
# It was away at the end, so the next sweep there ends what is left.
[ -d .hdrive/.ssh-away/h1 ] || fail 'nothing is remembered of h1'
hosts plug h1
within 60 sh -c 'ssh h1 true'
code 0 hdrive submit sweep.yml --backend lab --name next --set max_total_runs=2 -- \
	sh -c 'hdrive log acc=1; sleep 2'
[ ! -d .hdrive/.ssh-away ] || within 10 test ! -e .hdrive/.ssh-away/h1
nothing_left
