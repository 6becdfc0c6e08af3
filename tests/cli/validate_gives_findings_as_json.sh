#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep
sed 's/maximize/upwards/' sweep.yml >bad.yml
code 2 hdrive validate --json bad.yml sweep.yml
/usr/bin/python3 - <<-'END'
	import json
	bad, good = json.load(open("out"))
	assert bad["file"] == "bad.yml" and not bad["ok"] and bad["findings"]
	assert good["ok"]
END
