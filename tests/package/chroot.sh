#!/bin/sh
# chroot.sh FOLDER: install the packages in FOLDER into a fresh Debian 12 (by
# debootstrap, below FOLDER; as root, from the network), run a sweep there,
# compile the example of a plug-in, and remove them again.
set -eu

packages=$(cd "$1" && pwd)
root=$packages/root
mirror=${MIRROR-} # debootstrap's own where it is not given
[ "$(id -u)" = 0 ] || {
	echo "chroot.sh: needs root, for chroot" >&2
	exit 1
}
rm -rf "$root"
# shellcheck disable=SC2086
debootstrap --variant=minbase bookworm "$root" $mirror >"$packages/debootstrap.log" 2>&1 || {
	tail "$packages/debootstrap.log" >&2
	exit 1
}
trap 'rm -rf "$root"' EXIT
cp "$packages"/*.deb "$root/tmp/"
rm -f "$root"/tmp/*-dbgsym_*.deb

# With a /proc of its own, which is gone with the command: nothing of the
# machine's is ever mounted when the folder is removed.
inside() {
	# shellcheck disable=SC2016
	unshare --mount sh -euc 'mount -t proc proc "$1/proc"; exec chroot "$@"' sh \
		"$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive \
		http_proxy="${http_proxy-}" HOME=/root sh -euc "$1"
}
inside 'apt-get update -qq && apt-get install -y -qq --no-install-recommends /tmp/*.deb >/dev/null'
inside 'hdrive version'
inside 'cd /root && cat >sweep.yml && hdrive submit sweep.yml --name one-1 -- echo acc=0.5 &&
	hdrive best one-1' <<'END'
sampling:
  type: random
  parameter_space: [{name: x, expression: uniform, values: [0, 1]}]
primary_metric_name: acc
primary_metric_goal: maximize
max_total_runs: 3
END
inside 'apt-get install -y -qq --no-install-recommends gcc libc6-dev make pkgconf >/dev/null
	cp -R /usr/share/doc/libhdrive-dev/examples/plugin /root/plugin
	make -s -C /root/plugin run'
inside 'dpkg --purge libhdrive-dev libhdrive0 hdrive >/dev/null
	! find /usr /etc /var/lib -name "*hdrive*" -not -path "/var/lib/dpkg/*" | grep .'
echo 'packages install, work and go'
