"""Records of $HDRIVE_METRICS: one JSON object a line, one write() each.

The file is opened with O_APPEND for each record, so that threads, forked
workers and other programs of the trial may all write to it: a record stays
whole, and no lock or descriptor has to survive a fork.
"""

import os
import time

# The reader looks at the first 64 KiB of a line.
LONGEST = 60000


def encode(record):
    """One line. Bytes that are no text (lone surrogates) become '?'."""
    import json

    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "replace") + b"\n"


def append(path, record, when=None):
    """Append RECORD, stamped with the time (or WHEN), to the file at PATH."""
    record["ts"] = time.time() if when is None else when
    line = encode(record)
    fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        if os.write(fd, line) != len(line):
            raise OSError("no space was left for a whole record in " + path)
    finally:
        os.close(fd)


def name_of(name):
    """NAME as the reader takes it: printable, at most 255 bytes."""
    text = "".join(c if c >= " " and c != "\x7f" else " " for c in str(name))
    short = text.encode("utf-8", "replace")[:255].decode("utf-8", "ignore")
    if not short:
        raise ValueError("a metric needs a name")
    return short


def plain(value):
    """A scalar as an int, a float or a text.

    numpy's and torch's scalars have item(); decimals and fractions become
    floats. A bool is a text, as it is no measurement.
    """
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, (str, int, float)):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    for convert in (lambda: plain(value.item()), lambda: float(value)):
        try:
            return convert()
        except (AttributeError, TypeError, ValueError, RuntimeError,
                OverflowError):
            pass
    return str(value)


def tree(value):
    """A row or table: dicts, lists and scalars that JSON can hold."""
    if isinstance(value, dict):
        return {str(key): tree(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple, set, frozenset, range)):
        return [tree(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    return plain(value)
