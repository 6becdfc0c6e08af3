#!/bin/sh
# docs/how-to/ssh.md happens as it is written.
. "$TEST_ROOT/tests/cluster/frame.sh"
hosts_up
. "$TEST_ROOT/tests/support/docs.sh"
page docs/how-to/ssh.md
cd ssh
nothing_left
