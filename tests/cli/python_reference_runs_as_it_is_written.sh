#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

command -v python3 >/dev/null || exit 77
awk '/^```/ { on = $0 == "```python"; next } on' "$TEST_ROOT/docs/reference/python.md" \
	>test_page.py
[ "$(wc -l <test_page.py)" -gt 60 ]
library_python test_page.py >out
has out "^Completed .*'opt'"
has out '[1-9][0-9]* were stopped$'
sound_but_open() {
	hdrive show night --json | grep -q '"state":"Running"'
}
sound_but_open
