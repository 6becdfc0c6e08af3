# What the scripts of tests/cli/watch_* share; sourced behind cli.sh. A terminal
# of tmux's with a shell in it, and what stands on its screen.
# shellcheck shell=sh
command -v tmux >/dev/null || exit 77
[ "$(LC_ALL=C.UTF-8 locale charmap 2>/dev/null)" = UTF-8 ] || exit 77
unset TMUX NO_COLOR

in_tmux() {
	tmux -S ./terminal -f /dev/null "$@"
}

# A shell that dies with it takes everything below along.
close_terminal() {
	in_tmux kill-server >/dev/null 2>&1 || :
}
trap close_terminal EXIT

# terminal COLUMNS LINES [NAME=VALUE...]: a new one, its shell with these.
terminal() {
	columns=$1 lines=$2
	shift 2
	close_terminal
	echo "PS1='ready> '" >shellrc
	env LC_ALL=C.UTF-8 ENV="$PWD/shellrc" TERM=xterm-256color "$@" \
		tmux -S ./terminal -f /dev/null new-session -d -s t -x "$columns" -y "$lines" sh
	in_tmux set-option -g default-terminal screen-256color
	within 30 on_screen '^ready>'
}

# With the screen that stands for what went wrong.
fail() {
	echo "FAILED: $*" >&2
	screen >&2
	exit 1
}

screen() {
	in_tmux capture-pane -p -t t
}
on_screen() {
	screen | grep -q -- "$1"
}
off_screen() {
	! on_screen "$1"
}
# shows PATTERN; hides PATTERN: in time, or what there is instead is told.
shows() {
	patience=600
	until on_screen "$1"; do
		patience=$((patience - 1))
		[ $patience -gt 0 ] || fail "'$1' is not on the screen"
		sleep 0.05
	done
}
hides() {
	within 30 off_screen "$1"
}

# keys KEY...: as tmux names them. types TEXT: and Enter.
keys() {
	in_tmux send-keys -t t "$@"
}
types() {
	in_tmux send-keys -t t -l "$1"
	in_tmux send-keys -t t Enter
}
resize() {
	in_tmux resize-window -t t -x "$1" -y "$2"
}

# Of the pane: alternate_on, cursor_flag, pane_title.
pane() {
	in_tmux display-message -p -t t "#{$1}"
}

# gone PID: it has ended, though nobody may have asked how.
gone() {
	[ ! -e "/proc/$1" ] || grep -q '^State:.Z' "/proc/$1/status"
}

# The processes of the watch that runs in the terminal: hdrive, and what draws.
guard_pid() {
	pgrep -P "$(pane pane_pid)" -x hdrive
}
drawer_pid() {
	pgrep -P "$(guard_pid)" -x hdrive-watch
}
