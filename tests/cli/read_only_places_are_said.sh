#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# As nobody in particular: root may write everywhere.
plain() {
	"$@"
}
if [ "$(id -u)" = 0 ]; then
	command -v setpriv >/dev/null 2>&1 || exit 77
	plain() {
		setpriv --reuid 65534 --regid 65534 --clear-groups "$@"
	}
fi
chmod 755 .. .
plain test -x "$TEST_BUILD/hdrive" || exit 77
plain ls . >/dev/null 2>&1 || exit 77
sweep
mkdir here
chmod 555 here
cp sweep.yml here/
code 1 plain hdrive -C here submit sweep.yml -- true
has err "cannot make folder '.*here/.hdrive': Permission denied"
mkdir here/.hdrive
chmod 555 here/.hdrive
code 1 plain hdrive -C here submit sweep.yml -- true
has err "store '.*hdrive.db'"
same "$(find here/.hdrive -type f)" ''
