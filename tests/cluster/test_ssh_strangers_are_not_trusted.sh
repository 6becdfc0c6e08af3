#!/bin/sh
# A host whose key is another's, and one that does not let us in, get nothing; ssh's own
# words say why, once, and others do the work. A sweep whose engine is dead ends by cancel.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
sweep total=4 concurrent=4 type=grid
sed -i -e '/name: tag/d' -e 's/values: \[1.*/values: [1, 2, 3, 4]}/' sweep.yml
code 0 hdrive target add lab ssh hosts=h1 hosts=h2 hosts='h3 slots=2' folder=/tmp/trials

cp /root/.ssh/known_hosts known
sed -i "s|^\(10.251.77.11\) .*|\1 $(ssh-keygen -y -f /root/.ssh/id | cut -d ' ' -f 1,2)|" \
	/root/.ssh/known_hosts
: >"$LAB_DIR/hosts/h2/root/.lab/authorized_keys"
code 0 hdrive submit sweep.yml --backend lab --name few -- sh -c 'hdrive log acc=1; sleep 1'
counted few
has err "host 'h1': Host key verification failed"
has err "host 'h2': .*Permission denied (publickey)"
same "$(grep -c 'Host key verification' err)" 1
same "$(cat .hdrive/few/*/place-1 | grep -c '"h3"')" 4
[ ! -e "$LAB_DIR/hosts/h1/tmp/trials" ] || fail 'something was sent to a stranger'

cp known /root/.ssh/known_hosts
hdrive submit sweep.yml --backend lab --name dead -- sh -c 'hdrive log acc=1; sleep 100' \
	>dead.out 2>&1 &
engine=$!
two() {
	[ "$(ours | wc -l)" -ge 2 ]
}
within 30 two
kill -KILL $engine
killed $engine
two || fail 'trials ended with the engine'
code 0 hdrive cancel dead
nothing_left
same "$(trials dead | cut -d ' ' -f 2 | sort -u)" Canceled
