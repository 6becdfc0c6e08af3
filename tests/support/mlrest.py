"""MLflow's REST interface by hand, for tests: what goes over the wire, with
nothing that a client library would make right."""

import json
import os
import socket
import urllib.error
import urllib.request

URI = os.environ.get("MLFLOW_TRACKING_URI", "")
TOKEN = os.environ.get("MLFLOW_TRACKING_TOKEN", "")
RUN = os.environ.get("MLFLOW_RUN_ID", "")
PORT = int(URI.rsplit(":", 1)[1]) if URI else 0


def ask(method, path, body=None, headers=(), token=TOKEN):
    """The status and the body's bytes."""
    data = body if isinstance(body, (bytes, type(None))) else \
        json.dumps(body).encode()
    request = urllib.request.Request(URI + path, data=data, method=method)
    if token:
        request.add_header("Authorization", "Bearer " + token)
    for name, value in headers:
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def api(method, path, body=None):
    """A call that must be taken; its JSON."""
    status, text = ask(method, "/api/2.0/mlflow/" + path, body)
    assert status == 200, (path, status, text)
    return json.loads(text)


def post(path, **body):
    body.setdefault("run_id", RUN)
    return api("POST", path, body)


def refused(method, path, body=None, **more):
    """The status and the error code of a call that must not be taken."""
    status, text = ask(method, path, body, **more)
    assert status >= 400, (path, status, text)
    return status, json.loads(text)["error_code"]


def raw(text, wait=5):
    """Bytes as they are; the bytes that come back until the other side
    closes, or WAIT seconds have passed."""
    with socket.create_connection(("127.0.0.1", PORT), timeout=wait) as link:
        back = b""
        try:
            link.sendall(text)
            while True:
                block = link.recv(65536)
                if not block:
                    break
                back += block
        except OSError:
            pass
        return back
