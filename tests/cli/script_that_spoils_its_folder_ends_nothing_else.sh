#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

sweep total=2
# spoil NAME PATTERN: stdin is what it does in its folder. Whether its metric
# was read before is left open.
spoil() {
	{ echo '#!/bin/sh'; echo 'echo acc=1; cd "$HDRIVE_DIR" || exit'; cat; } >"$1"
	chmod +x "$1"
	got=0
	hdrive submit sweep.yml --name "$1" -- "./$1" >out 2>err </dev/null || got=$?
	[ "$got" = 0 ] || [ "$got" = 4 ] || fail "$1 gave $got"
	has err ": 2 trials, $2"
	sound
}

spoil removed '0 completed, 2 failed' <<'END'
# Its supervisor writes there first.
while [ ! -e state ]; do sleep 0.01; done
rm -rf "$HDRIVE_DIR"
END
has err 'trial 1 FAILED its exit record could not be written to its folder'
spoil fifos '2 completed' <<'END'
rm -f stdout stderr
mkfifo stdout stderr metrics exit exit.tmp stop
END
has err "note: trial 1: 'stdout' is no readable regular file"
# Nothing is written through a link of the script.
echo mine >precious
spoil links '0 completed, 2 failed' <<'END'
rm -f stdout stderr
ln -s /dev/zero stdout
ln -s /dev/zero stderr
ln -s /dev/zero metrics
for name in exit exit.tmp stop; do ln -sf "$OLDPWD/precious" $name; done
exit 3
END
has err 'trial 0 FAILED exit 3'
same "$(cat precious)" mine
spoil folders '0 completed, 2 failed' <<'END'
mkdir -p exit/full metrics stop
END
spoil locked '2 ' <<'END'
chmod 0 "$HDRIVE_DIR"
END
chmod 755 .hdrive/locked/*
