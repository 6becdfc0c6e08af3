#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# What this build made is packaged and unpacked; `make check-deb` builds it as
# Debian would and installs it.
[ "${TEST_BUILD##*/}" = release ] || exit 77
command -v dh >/dev/null || exit 77
unset MAKEFLAGS MAKELEVEL
code 0 "$TEST_ROOT/engine/package/deb.sh" --built "$TEST_BUILD" packages
for package in hdrive libhdrive0 libhdrive-dev; do
	dpkg-deb -x packages/${package}_*.deb root
done
PATH=/usr/local/bin:/usr/bin:/bin
export PATH

# Who needs whom.
version=$(root/usr/bin/hdrive version | sed 's/.* //')
dpkg-deb -f packages/libhdrive-dev_*.deb Depends >out
has out "libhdrive0 (= $version-1)"
dpkg-deb -f packages/hdrive_*.deb >out
has out '^Depends:.*libsqlite3-0'
has out '^Recommends: libgit2-'
dpkg-deb --info packages/libhdrive0_*.deb shlibs >out
has out "^libhdrive 0 libhdrive0"
dpkg-deb --info packages/libhdrive0_*.deb symbols >out
has out '^ hd_version@HDRIVE_0.1 0.1.0$'
dpkg-deb --info packages/libhdrive0_*.deb triggers >out
has out 'ldconfig'

# It works where it was unpacked.
sweep total=2 concurrent=1
code 0 root/usr/bin/hdrive submit sweep.yml --name one-1 -- sh -c 'echo acc=0.5'
code 0 root/usr/bin/hdrive best one-1

# Python has the module, and the module its library.
for folder in share/hdrive/python lib/python3/dist-packages; do
	code 0 env PYTHONPATH="root/usr/$folder" /usr/bin/python3 -c 'if True:
		import hdrive
		study = hdrive.Study({"x": hdrive.uniform(0, 1)}, seed=1)
		trial = study.ask()
		print("x" in trial.params)'
	has out '^True$'
done

# And so does what is compiled against it.
lib=$(dirname "$(find "$PWD/root/usr/lib" -name libhdrive.so)")
PKG_CONFIG_PATH=$lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$PWD/root LD_LIBRARY_PATH=$lib
export PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR LD_LIBRARY_PATH
cp -R root/usr/share/doc/libhdrive-dev/examples/plugin .
code 0 make -C plugin run
has out '40 trials'
