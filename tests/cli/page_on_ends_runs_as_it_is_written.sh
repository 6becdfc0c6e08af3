#!/bin/sh
. "$TEST_ROOT/tests/support/docs.sh"
page docs/reference/ends.md
