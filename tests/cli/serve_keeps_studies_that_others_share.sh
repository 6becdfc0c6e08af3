#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=6
{
	echo '{"op": "create", "file": "sweep.yml", "name": "night", "seed": 5}'
	echo '{"op": "ask", "client": "lines"}'
	echo '{"op": "create", "file": "-"}'
	echo '{"op": "create", "file": "no-such.yml"}'
	echo '{"op": "open", "study": "nobody"}'
} | hdrive serve --stdio >out
same "$(sed -n 1p out)" '{"ok": true, "seed": 5, "name": "night"}'
same "$(grep -c '"code": "HD_ENOENT"' out)" 2
same "$(grep -c '"error"' out)" 3
code 0 hdrive ask night
same "$(cut -d ' ' -f 1 out)" 1
code 0 hdrive tell night 1 0.25
# Another process, and the same client.
{
	echo '{"op": "open", "study": "nig"}'
	echo '{"op": "ask", "client": "lines"}'
	echo '{"op": "tell", "trial": 0, "value": 0.5, "client": "lines", "ask": true}'
	echo '{"op": "best"}'
} | hdrive serve --stdio >out
same "$(sed -n 1p out)" '{"ok": true, "seed": 5, "name": "night"}'
has out '^{"id": 1, "trial": 0, '
has out '^{"id": 3, "trial": 2, '
has out '^{"value": 0.5, "id": 1, "trial": 0, '
code 0 hdrive best night
has out 'acc 0.5  trial 0'

# Elsewhere by --db, and made where there is none yet.
mkdir other
echo '{"op": "create", "space": {"x": ["uniform", [0, 1]]}, "name": "far", "max_total": 2}' |
	hdrive --db other/s.db serve --stdio >out
has out '"name": "far"'
code 0 hdrive --db other/s.db ls
has out '^far '
# What is not kept leaves nothing.
mkdir empty
(cd empty && echo '{"op": "create", "space": {"x": ["uniform", [0, 1]]}}' |
	HDRIVE_DB=./none.db hdrive serve --stdio >../out)
has out '"ok": true'
same "$(ls -A empty)" ''
