#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# In a bare chroot there may be none to be had.
/usr/bin/python3 -c 'import os; os.openpty()' 2>/dev/null || exit 77

# A session of its own, with a terminal that goes away, or has Ctrl-C typed.
sweep total=6 concurrent=2
script prog <<'END'
echo acc=0.5
exec sleep 100
END
cat >terminal.py <<-'END'
	import os, pty, sys
	name = sys.argv[1]
	pid, master = pty.fork()
	if pid == 0:
	    os.environ["TERM"] = "xterm"
	    os.execvp("hdrive", ["hdrive", "submit", "sweep.yml", "--name", name, "--", "./prog"])
	seen = b""
	while b"leads" not in seen:
	    seen += os.read(master, 4096)
	if name == "closed":
	    os.close(master)
	else:
	    os.write(master, b"\x03")
	try:
	    while name == "typed" and os.read(master, 4096):
	        pass
	except OSError: # how Linux tells the end
	    pass
	print(os.WEXITSTATUS(os.waitpid(pid, 0)[1]))
END
same "$(/usr/bin/python3 terminal.py closed)" 129
same "$(/usr/bin/python3 terminal.py typed)" 130
for name in closed typed; do
	code 0 hdrive status $name
	has out Canceled
done
sound
