#!/usr/bin/env python3
"""docs.py run PAGE | docs.py words PAGE...: pages of documentation as tests.

run: everything in PAGE's fenced blocks happens, in its order, in one shell and
the current folder, as a reader would have it happen on a terminal.

  ```console       "$ " begins a command, "> " goes on with it; what follows is
                   what it prints, as far as it is shown. A line "..." stands
                   for any number of lines, "..." within a line for anything,
                   any number for any other, and one sweep's name for another's.
  ```sh            all of it is one command
  ```yaml FILE     any other language with a second word: it is that file
  ```console norun and ```sh norun are not run: what the reader's machine, an
                   hour or another tool is needed for
  <!-- test        what only the test does, up to "-->": commands

Every command must end with 0, but where the next one is "echo $?".

words: no command of hdrive that PAGE names, in a block or in the text, may be
unknown to it, nor any option of one.
"""

import os
import pty
import re
import select
import shlex
import subprocess
import sys

SECONDS = 100
NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"


# --- reading ------------------------------------------------------------------


def blocks(path):
    """(line, language, second word, text) of each block, tests' included."""
    found, start, info = [], None, None
    with open(path) as file:
        lines = file.read().split("\n")
    for number, line in enumerate(lines, 1):
        if start is None and re.match(r"\s*(```|<!-- test)", line):
            start, info = number, line.strip()
        elif start is not None and line.strip() == ("-->" if info[0] == "<" else "```"):
            words = ["test"] if info[0] == "<" else info[3:].split()
            words += [""] * (2 - len(words))
            found.append((start + 1, words[0], words[1], lines[start : number - 1]))
            start = None
    if start is not None:
        sys.exit("%s:%d: this block has no end" % (path, start))
    return found


def console(line, text):
    """(line, command, expected lines) of a console block."""
    found = []
    for number, words in enumerate(text, line):
        if words.startswith("$ "):
            found.append((number, words[2:], []))
        elif words.startswith("> ") and found and not found[-1][2]:
            at, command, _ = found[-1]
            found[-1] = (at, command + "\n" + words[2:], [])
        elif found:
            found[-1][2].append(words)
        else:
            raise ValueError("%d: what prints this?" % number)
    return found


def commands(path):
    found = []
    for line, language, word, text in blocks(path):
        if word == "norun":
            continue
        if language == "console":
            found += console(line, text)
        elif language in ("sh", "test"):
            found.append((line, "\n".join(text), []))
        elif word:
            body = "\n".join(text) + "\n"
            found.append((line, "printf %%s %s >%s" % (shlex.quote(body), shlex.quote(word)), []))
    return found


# --- running ------------------------------------------------------------------


def script(found):
    """One script whose output tells where each command begins and ends."""
    lines = ["last=0"]
    for index, (_, command, _) in enumerate(found):
        with open(".docs/%d" % index, "w") as file:
            file.write(command + "\n")
        lines += [
            "printf '\\001%d\\002'" % index,
            "(exit $last)",
            '. "$DOCS/%d"' % index,
            "last=$?",
            "printf '\\003%d\\004' $last",
        ]
    return "\n".join(lines)


def run(found):
    """Of each command that came to its end (status, lines)."""
    os.makedirs(".docs", exist_ok=True)
    master, terminal = pty.openpty()
    environment = dict(os.environ, TERM="dumb", NO_COLOR="1", COLUMNS="100")
    environment["DOCS"] = os.path.abspath(".docs")
    shell = subprocess.Popen(
        ["sh", "-c", script(found)],
        stdin=subprocess.DEVNULL,
        stdout=terminal,
        stderr=terminal,
        env=environment,
    )
    os.close(terminal)
    text = b""
    while select.select([master], [], [], SECONDS)[0]:
        try:
            got = os.read(master, 65536)
        except OSError:  # nobody holds the other end any more
            break
        if not got:
            break
        text += got
    else:
        shell.kill()
    os.close(master)
    shell.wait()
    results = re.findall(r"\001\d+\002(.*?)\003(\d+)\004", clean(text), re.S)
    return [(int(status), output.split("\n")) for output, status in results], clean(text)


def clean(text):
    return text.decode(errors="replace").replace("\r\n", "\n").replace("\r", "\n")


# --- comparing ----------------------------------------------------------------


def pattern(line):
    """A line of a page as an expression that its like must match."""
    parts = []
    for part in re.split(r"(\.\.\.|\b[a-z]+-[a-z]+-\d+\b|%s)" % NUMBER, line.strip()):
        if part == "...":
            parts.append(".*")
        elif re.fullmatch(r"[a-z]+-[a-z]+-\d+", part):
            parts.append(r"[a-z]+-[a-z]+-\d+")
        elif re.fullmatch(NUMBER, part):
            parts.append(NUMBER)
        else:
            parts.append(r"\s+".join(map(re.escape, re.split(r"\s+", part))))
    return re.compile(r"\s*" + "".join(parts) + r"\s*")


def alike(expected, got):
    """Whether lines GOT are what EXPECTED says; else the first that nobody has."""
    places = {0}
    for line in expected:
        if line.strip() == "...":
            places = set(range(min(places), len(got) + 1))
            continue
        match = pattern(line)
        places = {at + 1 for at in places if at < len(got) and match.fullmatch(got[at])}
        if not places:
            return line
    return None if len(got) in places else "(its end)"


def trim(lines):
    return [line for line in lines if line.strip()]


def run_page(path):
    found = commands(path)
    if not found:
        print("%s: nothing in it can be run" % path)
        sys.exit(77)
    results, text = run(found)
    failed = len(results) < len(found)
    for index, (status, got) in enumerate(results):
        line, command, expected = found[index]
        told = found[index + 1][1] if index + 1 < len(found) else ""
        if status and told.strip() != "echo $?":
            print("%s:%d: '%s' ended with %d:" % (path, line, command, status))
        elif expected and (missing := alike(trim(expected), trim(got))):
            print("%s:%d: '%s' printed no '%s' there:" % (path, line, command, missing))
        else:
            continue
        print("\n".join(got))
        failed = True
    if len(results) < len(found):
        print("%s:%d: did not come to its end:" % (path, found[len(results)][0]))
        print(text[-2000:])
    sys.exit(1 if failed else 0)


# --- words --------------------------------------------------------------------


def help_text(words):
    got = subprocess.run(["hdrive", *words, "--help"], capture_output=True, text=True)
    return got.stdout if got.returncode == 0 else None


class Words:
    """What hdrive knows, asked once each."""

    def __init__(self):
        listed = subprocess.run(["hdrive", "help"], capture_output=True, text=True).stdout
        commands, topics = listed.split("\nTopics")
        self.commands = set(re.findall(r"^  ([a-z]+) {2,}", commands, re.M))
        self.topics = set(re.findall(r"^  ([a-z-]+) {2,}", topics, re.M)) | self.commands
        self.texts = {}

    def text(self, words):
        if words not in self.texts:
            self.texts[words] = help_text(words)
        return self.texts[words]

    def options(self, words):
        listed = self.text(words).split("\nOptions:\n", 1)[-1]
        return set(re.findall(r"(?<![\w-])(--?[a-z][a-z-]*)", listed))

    def group(self, word):
        part = re.search(r"\nCommands:\n(.*?)\n\n", self.text((word,)), re.S)
        return set(re.findall(r"^ +%s ([a-z-]+)" % word, part.group(1), re.M)) if part else set()

    def wrong(self, line):
        """What hdrive does not know of the command LINE, behind its name."""
        words = re.split(r"\s+", line.strip())
        while words and words[0].startswith("-"):
            words = words[2 if words[0] in ("-C", "--db", "--chdir") else 1 :]
        if not words or not re.fullmatch(r"[a-z]+", words[0]):
            return None
        if words[0] not in self.commands:
            return words[0]
        if words[0] == "help":
            known = len(words) < 2 or not re.fullmatch(r"[a-z-]+", words[1])
            return None if known or words[1] in self.topics else words[1]
        command = (words[0],)
        if len(words) > 1 and words[1] in self.group(words[0]):
            command += (words[1],)
        for word in words[1:]:
            if word == "--":
                break
            option = re.match(r"--?[a-z][a-z-]*", word)
            name = option and option.group(0)
            if name and len(name) > 2 and name[1] != "-":
                name = name[:2]
            if name and name not in self.options(command):
                return word
        return None


# Where a command of a block begins.
BEGINS = re.compile(r"(?:^(?:\$ )?|[|;&(]\s*|@|^\t+)(?=(hdrive .*))", re.M)
# What ends a command: a pipe, a list, a comment, the text's own marks.
STOP = re.compile(r"[|;&><`#)]|\s\.\.\.|\$\(")


def mentions(path):
    """(line, what stands behind "hdrive") of each command in PAGE."""
    with open(path) as file:
        text = file.read()
    text = re.sub(r"\\\n\s*(>\s)?", lambda gap: " " * len(gap.group(0).rstrip("\n ")), text)
    spans = [(m.start(2), m.group(2)) for m in re.finditer(r"(`)(hdrive [^`]+)`", text)]
    for block in re.finditer(r"^```(?:console|sh|make)\b.*?\n(.*?)^```", text, re.M | re.S):
        for match in BEGINS.finditer(block.group(1)):
            spans.append((block.start(1) + match.start(1), match.group(1)))
    for start, span in spans:
        words = re.sub(r"\s+", " ", span[len("hdrive ") :])
        yield text.count("\n", 0, start) + 1, STOP.split(words)[0]


def check_words(paths):
    words, failed = Words(), False
    for path in paths:
        for line, command in mentions(path):
            wrong = words.wrong(command)
            if wrong:
                print("%s:%d: hdrive %s: no '%s'" % (path, line, command.strip(), wrong))
                failed = True
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"] and len(sys.argv) == 3:
        run_page(sys.argv[2])
    if sys.argv[1:2] == ["words"] and len(sys.argv) > 2:
        check_words(sys.argv[2:])
    sys.exit(__doc__)
