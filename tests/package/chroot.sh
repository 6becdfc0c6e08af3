#!/bin/sh
# chroot.sh FOLDER: install the packages in FOLDER into a fresh Debian 12 (by
# debootstrap, below FOLDER; as root, from the network), run a sweep there, see it
# in each way there is, compile the example of a plug-in, and remove them again.
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

# With a /proc and terminals of its own, which are gone with the command: nothing
# of the machine's is ever mounted when the folder is removed.
inside() {
	# shellcheck disable=SC2016
	unshare --mount sh -euc 'mount -t proc proc "$1/proc"
		mount -t devpts -o newinstance,ptmxmode=0666 devpts "$1/dev/pts"
		exec chroot "$@"' sh "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=xterm \
		DEBIAN_FRONTEND=noninteractive http_proxy="${http_proxy-}" HOME=/root \
		bash -euo pipefail -c "$1"
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
# It is seen: as pictures, as a page in a file, on a screen, from a server, and by
# programs of others. hdrive finds the programs that draw where they were put.
inside 'cd /root
	hdrive plot one-1 -o plot.svg && grep -q "^<svg" plot.svg
	hdrive plot one-1 -o plot.png && head -c 4 plot.png | grep -q PNG
	hdrive plot one-1 >plot.txt && grep -q acc plot.txt
	hdrive -q export one-1 --html page.html && grep -q hdrive-data page.html
	hdrive -q export one-1 --tensorboard board && ls board/000000 | grep -q tfevents'
# A key may come before there is anybody to read it.
inside 'cd /root
	while sleep 0.2; do printf q; done | {
		timeout 60 script -qec "hdrive watch one-1" seen >/dev/null; } || [ $? = 141 ]
	grep -q "one-1" seen'
# shellcheck disable=SC2016
inside 'cd /root
	hdrive ui >address & server=$!
	trap "kill $server; wait $server || :" EXIT
	for i in {1..100}; do grep -q token= address && break; sleep 0.1; done
	[[ $(cat address) =~ http://127.0.0.1:([0-9]+)/\?token=([^[:space:]]+) ]]
	exec 3<>"/dev/tcp/127.0.0.1/${BASH_REMATCH[1]}"
	printf "%s\r\n" "GET /api/v1/sweeps HTTP/1.1" "Host: 127.0.0.1:${BASH_REMATCH[1]}" \
		"Authorization: Bearer ${BASH_REMATCH[2]}" "Connection: close" "" >&3
	grep -q one-1 <&3'
inside 'apt-get install -y -qq --no-install-recommends gcc libc6-dev make pkgconf >/dev/null
	cp -R /usr/share/doc/libhdrive-dev/examples/plugin /root/plugin
	make -s -C /root/plugin run'
inside 'dpkg --purge libhdrive-dev libhdrive0 hdrive >/dev/null
	! find /usr /etc /var/lib -name "*hdrive*" -not -path "/var/lib/dpkg/*" | grep .'
echo 'packages install, work and go'
