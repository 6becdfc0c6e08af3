#!/bin/sh
# world.sh COMMAND...: COMMAND in a world of its own: network, processes, mounts
# and names that nobody else sees. Addresses, ports, links and pids clash with
# nobody's, and whatever is left of it ends with it. /root is $HOME there, so
# that ssh, which does not ask $HOME, finds its files. "world.sh sh" is a shell to
# try things in, with slurm.sh and hosts.sh.
#
# It ends with COMMAND's status, or with 78 where the machine does not allow it.
set -u

spaces='--net --mount --uts --ipc --pid --fork --kill-child'
if [ "${LAB_WORLD-}" != own ]; then
	# shellcheck disable=SC2086
	unshare $spaces --mount-proc true 2>/dev/null || exit 78
	LAB_WORLD=own
	export LAB_WORLD
	# shellcheck disable=SC2086
	exec unshare $spaces --mount-proc sh "$0" "$@"
fi

# The world's first process: it waits for COMMAND, and for orphans.
PATH=$PATH:/usr/sbin:/sbin
ip link set lo up
# Who looks up addresses is told of none before there is one beside loopback's.
ip link add lab type bridge
ip addr add 10.251.77.1/24 dev lab
ip link set lab up
[ ! -d "${HOME-}" ] || [ "$HOME" = /root ] || mount --bind "$HOME" /root
"$@"
exit $?
