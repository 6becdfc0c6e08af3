"""The JSON API of a running "hdrive ui" for tests: the address that it printed
is in the environment as "address"."""

import http.client
import json
import os
import urllib.parse

AT = urllib.parse.urlsplit(os.environ["address"])
TOKEN = AT.query.partition("=")[2]
COOKIE = "hdrive-%d=%s" % (AT.port, TOKEN)
ORIGIN = "http://%s:%d" % (AT.hostname, AT.port)


def connect(timeout=20):
    return http.client.HTTPConnection(AT.hostname, AT.port, timeout=timeout)


def ask(path, method="GET", body=None, token=TOKEN, **headers):
    """The answer, and its body's bytes. A header's name has _ for -."""
    link = connect()
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    if token:
        named["Authorization"] = "Bearer " + token
    link.request(method, path, body, named)
    reply = link.getresponse()
    text = reply.read()
    link.close()
    return reply, text


def get(path):
    """A GET that must be answered; its JSON."""
    reply, text = ask("/api/v1/" + path)
    assert reply.status == 200, (path, reply.status, text)
    return json.loads(text)


def refused(path, method="GET", **more):
    """The status and the error's code of what must not be answered."""
    reply, text = ask("/api/v1/" + path, method, **more)
    assert reply.status >= 400, (path, reply.status, text)
    return reply.status, json.loads(text)["error"]["code"]


def post(path, body, **more):
    """The status and the JSON of a POST by who has the token."""
    more.setdefault("Content_Type", "application/json")
    text = body if isinstance(body, (str, bytes)) else json.dumps(body)
    reply, said = ask("/api/v1/" + path, "POST", text, **more)
    return reply.status, json.loads(said)


class Stream:
    """Server-sent events, one at a time."""

    def __init__(self, path, **headers):
        self.link = connect()
        self.link.request("GET", "/api/v1/" + path, headers={
            "Authorization": "Bearer " + TOKEN,
            **{k.replace("_", "-"): v for k, v in headers.items()}})
        self.reply = self.link.getresponse()
        self.last = None

    def next(self):
        """The name and the data of the next; None when it has ended."""
        name, data = "", []
        while True:
            line = self.reply.readline().decode()
            if not line:
                return None
            line = line.rstrip("\n")
            if not line and name:
                return name, json.loads("\n".join(data))
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif field == "id":
                self.last = value

    def until(self, name, holds=lambda data: True):
        """The data of the next event NAME that is so."""
        while True:
            event = self.next()
            assert event is not None, "the stream has ended"
            if event[0] == name and holds(event[1]):
                return event[1]

    def close(self):
        self.link.close()
