#!/bin/sh
. "$TEST_ROOT/tests/support/cli.sh"

# Whatever comes over the engine's socket, it answers in JSON or hangs up, and
# the sweep goes on. Only its owner may connect.
sweep total=2 concurrent=1
script prog <<'END'
echo acc=0.5
until [ -e "$1/go" ]; do sleep 0.05; done
END
code 0 hdrive submit sweep.yml --name open-1 --detach -- ./prog "$PWD"
socket=.hdrive/open-1/engine.sock
within 60 [ -S $socket ]
same "$(stat -c %a $socket)" 600
/usr/bin/python3 - $socket <<'END' || fail 'the engine did not answer as it should'
import json, random, socket, sys

def connect():
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(sys.argv[1])
    peer.settimeout(30)
    return peer

def ask(line):
    peer = connect()
    peer.sendall(line + b"\n")
    answer = peer.makefile("rb").readline()
    peer.close()
    return json.loads(answer)

assert ask(b'{"op":"ping"}') == {"ok": True}
for line in (b"", b"{", b"[]", b"null", b'{"op":1}', b'{"op":"fly"}', b"\xff\xfe",
             b'{"op":"cancel","trials":["x"]}', b'{"op":"cancel","trials":[-1]}',
             b'{"op":"update","max_concurrent":1e9}', b'{"op":"update","max_total":1.5}',
             b'{"op":"enqueue"}', b'{"op":"enqueue","parameters":[1]}',
             b'{"op":"retry","trials":{}, "trials":[1.5]}', b"[" * 5000):
    answer = ask(line)
    assert answer["ok"] is False and answer["error"] and answer["code"] < 0, line
assert ask(b'{"op":"cancel","trials":[77]}') == {"ok": True, "count": 0}
# Too long a line, half a line, many at once, random bytes.
peer = connect()
try:
    for _ in range(40):
        peer.sendall(b"x" * (1 << 16))
    assert peer.recv(1) == b""
except OSError:
    pass
peer.close()
crowd = []
for _ in range(100):
    try:
        crowd.append(connect())
        crowd[-1].sendall(b'{"op":"pi')
    except OSError:
        pass
for peer in crowd:
    peer.close()
random.seed(2385)
for _ in range(200):
    try:
        peer = connect()
        peer.sendall(bytes(random.randrange(256) for _ in range(random.randrange(400))))
        peer.close()
    except OSError:
        pass
assert ask(b'{"op":"ping"}') == {"ok": True}
END
touch go
code 0 hdrive wait open-1
code 0 hdrive show open-1 --json
hasnt out '"attempt":2'
sound
