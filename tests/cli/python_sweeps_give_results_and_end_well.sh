#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

unittests sweep
sound
[ ! -e made ] || fail 'a sweep that was refused made a folder'
