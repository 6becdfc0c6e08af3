#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Against an installation alone, as its README has it.
[ "${TEST_BUILD##*/}" = release ] || exit 77
unset MAKEFLAGS MAKELEVEL PYTHONPATH HDRIVE_LIBRARY
code 0 make -C "$TEST_ROOT" DESTDIR="$PWD/root" PREFIX=/usr install
cp -R "$TEST_ROOT/examples/asktell" asktell
cd asktell
PKG_CONFIG_PATH=$OLDPWD/root/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$OLDPWD/root
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR
code 0 make CFLAGS='-O1 -Wall -Wextra -Wshadow -Wstrict-prototypes -Werror -pedantic'
[ ! -s err ] || fail 'the compiler has something to say'
code 0 env "LD_LIBRARY_PATH=$OLDPWD/root/usr/lib" ./asktell
has out '^best 0\.39[789][0-9] '
cp out first
# Digits are a matter of the processor; on one, Python prints the same.
sed 's/.*): //' first | tr '{}":,' '     ' | xargs >point

# In shell it is one of a study that is kept, which a killed worker goes on with.
mkdir killed
(cd killed && HDRIVE_DB=k.db exec sh ../asktell.sh night) >/dev/null 2>&1 &
worker=$!
within 60 hdrive --db killed/k.db show night 4
kill -KILL $worker
code 0 env HDRIVE_DB=killed/k.db sh asktell.sh night
has out '^branin 0\.[34][0-9]'
code 0 hdrive --db killed/k.db status night
has out 'Completed'
sound killed/k.db
code 0 sh asktell.sh
same "$(sed -n 's/--x \(.*\) --y \(.*\)/x \1 y \2/p' out)" "$(cat point)"

command -v python3 >/dev/null || exit 77
code 0 env "PYTHONPATH=$OLDPWD/root/usr/share/hdrive/python" python3 asktell.py
cmp out first || fail 'Python does not print what C does'
