"""Many clients of a stream of "hdrive ui", in one process: what a room full of
browsers is.

    watchers.py COUNT PATH [TEXT]

The address that the server printed is in the environment as "address". Prints
"watching" when all have their first event, and at the end a JSON object of what
they got: when all have had TEXT, without one when standard input ends. The status is 1
if one of them was closed.
"""

import json
import os
import selectors
import socket
import sys
import urllib.parse

at = urllib.parse.urlsplit(os.environ["address"])
token = at.query.partition("=")[2]
count = int(sys.argv[1])
text = sys.argv[3].encode() if len(sys.argv) > 3 else None
request = ("GET /api/v1/%s HTTP/1.1\r\nHost: %s:%d\r\nAuthorization: Bearer %s\r\n\r\n"
           % (sys.argv[2], at.hostname, at.port, token)).encode()

selector = selectors.DefaultSelector()
links = []
for i in range(count):
    link = socket.create_connection((at.hostname, at.port))
    link.sendall(request)
    link.setblocking(False)
    selector.register(link, selectors.EVENT_READ, i)
    links.append(link)
if text is None:
    selector.register(sys.stdin, selectors.EVENT_READ, None)

received = [0] * count
events = [0] * count
rests = [b""] * count
knowing = set()
closed = set()
told = False
over = False
while not over:
    for key, _ in selector.select():
        if key.data is None:
            over = not os.read(0, 4096)
            continue
        try:
            block = key.fileobj.recv(1 << 20)
        except OSError:
            block = b""
        if not block:
            closed.add(key.data)
            selector.unregister(key.fileobj)
            continue
        received[key.data] += len(block)
        events[key.data] += block.count(b"event: ")
        if text:
            rest = rests[key.data] + block
            if text in rest:
                knowing.add(key.data)
            rests[key.data] = rest[-len(text):]
    if not told and all(events):
        told = True
        print("watching", flush=True)
    over = over or len(knowing | closed) == count
print(json.dumps({"bytes": sum(received), "events": sum(events),
                  "closed": len(closed)}))
sys.exit(bool(closed))
