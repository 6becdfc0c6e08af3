#!/bin/sh
# hosts.sh up | down | VERB HOST: machines to reach by ssh, each a world of its own
# on this one: address, processes, name, /root, /tmp and /mnt, on the bridge
# of world.sh. Only what the system has installed is the same everywhere.
# They stand in a world of world.sh, where /root/.ssh says who they are:
# "ssh h1 hostname" works.
#
#   up           start them
#   down         end them and all that runs on them
#   unplug HOST  its packets get lost     plug HOST
#   off HOST     its power is gone        on HOST: other processes, the same disk
#   deaf HOST    no sshd, what runs stays hear HOST
#
# LAB_DIR    where all of it lies (./lab); HOST's disk is LAB_DIR/hosts/HOST
# LAB_HOSTS  how many, h1, h2... (3)
set -eu

here=$(cd "$(dirname "$0")" && pwd)
hosts=${LAB_DIR:-$PWD/lab}/hosts
count=${LAB_HOSTS:-3}
net=10.251.77
PATH=$PATH:/usr/sbin:/sbin

. "$here/shared.sh"

# lives HOST: $pid is its first process, seen from here.
lives() {
	pid=$(cat "$hosts/$1.pid" 2>/dev/null) || return 1
	grep -qzx "LAB_HOST=$1" "/proc/$pid/environ" 2>/dev/null
}

# --- one host ----------------------------------------------------------------------

sshd_config() {
	cat <<-END
	ListenAddress $net.$((10 + ${1#h}))
	HostKey /root/.lab/host_key
	AuthorizedKeysFile /root/.lab/authorized_keys
	PidFile /run/sshd.pid
	StrictModes no
	UsePAM no
	UseDNS no
	PasswordAuthentication no
	KbdInteractiveAuthentication no
	MaxStartups 100
	MaxSessions 100
	PrintMotd no
	Subsystem sftp internal-sftp
	END
}

host_disk() {
	[ ! -d "$hosts/$1" ] || return 0
	mkdir -p "$hosts/$1/root/.lab" "$hosts/$1/tmp"
	ssh-keygen -q -t ed25519 -N '' -f "$hosts/$1/root/.lab/host_key" -C "$1"
	cp /root/.ssh/id.pub "$hosts/$1/root/.lab/authorized_keys"
	sshd_config "$1" >"$hosts/$1/root/.lab/sshd_config"
}

# Its first process: what a machine does as it comes up.
host_init() {
	hostname "$1"
	mount -t tmpfs tmpfs /run
	mkdir /run/sshd
	mount -t tmpfs -o size=2m tmpfs /mnt
	mount --bind "$hosts/$1/root" /root
	mount --bind "$hosts/$1/tmp" /tmp
	cd /
	# The link is there when the other side has made it.
	within 10 ip link show eth0
	ip addr add "$net.$((10 + ${1#h}))/24" dev eth0
	ip link set lo up
	ip link set eth0 up
	"$(command -v sshd)" -f /root/.lab/sshd_config -E /root/.lab/log
	trap : TERM
	while :; do
		sleep 3600 &
		wait $! || :
	done
}

host_on() {
	host_disk "$1"
	# The environment is the mark, as of all that starts there.
	setsid env -i PATH="$PATH" LAB_DIR="${hosts%/hosts}" LAB_HOST="$1" LAB_WORLD=own \
		HOME=/root HDRIVE_TEST_MARK="${HDRIVE_TEST_MARK-}" \
		unshare --net --uts --ipc --mount --pid --fork --kill-child --mount-proc \
		sh "$here/hosts.sh" init "$1" </dev/null >"$hosts/$1.log" 2>&1 &
	echo $! >"$hosts/$1.pid"
	within 5 lives "$1" || die "$1 does not start: $(cat "$hosts/$1.log")"
	within 5 inner "$1" || die "$1 does not start: $(cat "$hosts/$1.log")"
	ip link add "v$1" type veth peer name eth0 netns "$(inner "$1")"
	ip link set "v$1" master lab
	ip link set "v$1" up
	# Its card has another address than before.
	ip neigh flush dev lab
	within 10 ssh -o ConnectTimeout=1 "$1" true ||
		die "$1 does not answer: $(cat "$hosts/$1.log")"
}

# The pid, seen from here, of its first process, once that has its own network.
inner() {
	first=$(cat "/proc/$(cat "$hosts/$1.pid")/task/"*/children 2>/dev/null) || return 1
	[ -n "$first" ] || return 1
	[ "$(readlink "/proc/${first% }/ns/net")" != "$(readlink /proc/self/ns/net)" ] || return 1
	echo "${first% }"
}

# With the first process all of its world ends.
host_off() {
	lives "$1" || return 0
	kill -KILL "$(inner "$1")" 2>/dev/null || :
	within 5 sh -c "! [ -d /proc/$pid ] || grep -q ') Z' /proc/$pid/stat" ||
		kill -KILL "$pid"
	rm -f "$hosts/$1.pid"
	ip link del "v$1" 2>/dev/null || :
}

# --- all ---------------------------------------------------------------------------

client() {
	mkdir -p /root/.ssh
	chmod 700 /root/.ssh
	[ -f /root/.ssh/id ] || ssh-keygen -q -t ed25519 -N '' -f /root/.ssh/id -C lab
	cat >/root/.ssh/config <<-END
	Host h*
	  User root
	  IdentityFile /root/.ssh/id
	  IdentitiesOnly yes
	  GlobalKnownHostsFile /dev/null
	  LogLevel ERROR
	END
	for host in $(seq -f h%g "$count"); do
		printf 'Host %s\n  HostName %s\n' "$host" "$net.$((10 + ${host#h}))"
	done >>/root/.ssh/config
}

know() {
	echo "$net.$((10 + ${1#h})) $(cut -d ' ' -f 1,2 "$hosts/$1/root/.lab/host_key.pub")"
}

hosts_up() {
	[ "${LAB_WORLD-}" = own ] || die 'they stand in a world of world.sh alone'
	for program in sshd ssh ssh-keygen ip unshare; do
		command -v $program >/dev/null || die "no $program: make deps-cluster"
	done
	mkdir -p "$hosts"
	client
	for host in $(seq -f h%g "$count"); do
		host_disk "$host"
		know "$host"
	done >/root/.ssh/known_hosts
	for host in $(seq -f h%g "$count"); do
		lives "$host" || host_on "$host"
	done
}

hosts_down() {
	for file in "$hosts"/h*.pid; do
		[ ! -e "$file" ] || host_off "$(basename "$file" .pid)"
	done
	rm -rf "$hosts"
	rmdir "${hosts%/hosts}" 2>/dev/null || :
}

case ${1-} in
up) hosts_up ;;
down) hosts_down ;;
init) host_init "$2" ;;
on) host_on "$2" ;;
off) host_off "$2" ;;
unplug) ip link set "v$2" down ;;
plug) ip link set "v$2" up ;;
deaf)
	nsenter --target "$(inner "$2")" --mount --pid \
		sh -c 'kill "$(cat /run/sshd.pid)"'
	;;
hear)
	nsenter --target "$(inner "$2")" --net --uts --mount --pid \
		"$(command -v sshd)" -f /root/.lab/sshd_config -E /root/.lab/log
	;;
*) die 'up, down, or on, off, unplug, plug, deaf, hear HOST' ;;
esac
