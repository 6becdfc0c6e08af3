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
command -v python3 >/dev/null || exit 77
code 0 env "PYTHONPATH=$OLDPWD/root/usr/share/hdrive/python" python3 asktell.py
cmp out first || fail 'Python does not print what C does'
