#!/usr/bin/env python3
"""reference.py BUILD [--check]: pages of docs/reference that come from rows.

docs/reference/commands.md is made whole, from what "hdrive COMMAND --help"
prints of the options' rows. In samplers.md and policies.md the lines between

    <!-- sampler NAME: made by make reference -->
    <!-- made -->

are made from what "hdrive help samplers" prints, in the other "policy NAME",
and "policies" for what all of them take. In targets.md all types stand between
"types" and "made", from "hdrive help targets". --check writes nothing, and fails when
a file would change or a sampler or policy has no place in its page.
"""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGES = os.path.join(ROOT, "docs", "reference")
HEAD = """# Commands

Every command and its options, as `hdrive COMMAND --help` prints them; the manual
pages, `man hdrive-submit`, say more. Made by `make reference` from the rows that
the program itself reads; do not edit.

"""
PLACE = r"<!-- (\w+)(?: (\w+))?: made by make reference -->\n(.*?)<!-- made -->\n"


def hdrive(build, *words):
    """What it prints; it is not to look into a store or to print colours."""
    program = os.path.join(build, "hdrive")
    done = subprocess.run([program, *words], capture_output=True, text=True, check=True)
    return done.stdout


def cell(text):
    """TEXT as the cell of a table: what would be HTML or a column is not."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("_", "\\_").replace("*", "\\*")


def code(text):
    return "`" + text.replace("|", "\\|") + "`"


# --- commands.md --------------------------------------------------------------


def parts(text):
    """The help of a command, cut at its headings."""
    found, name = {"": ""}, ""
    for line in text.split("\n"):
        heading = re.match(r"(Examples|Usage|Commands|Options|Everywhere):(.*)", line)
        if heading:
            name = heading.group(1)
            found[name] = heading.group(2).strip() + "\n" if heading.group(2) else ""
        elif name == "Everywhere" and line == "":
            name = "Notes"
            found[name] = ""
        else:
            found[name] += line + "\n"
    return found


def option_rows(text):
    for line in text.strip("\n").split("\n"):
        # A flag's help stands far to the right of it, an argument close by.
        row = re.match(r"  (?:-(\w),|   ) --([a-z][a-z-]*)( ?[^ ]+)?\s+(.*)", line)
        if not row:
            sys.exit("reference.py: what is this row of options? %s" % line)
        letter, name, argument, summary = row.groups()
        short = code("-" + letter) + ", " if letter else ""
        yield short + code("--" + name + (argument or "")), summary


def options_table(text):
    lines = ["| option | |", "|---|---|"]
    lines += ["| %s | %s |" % (option, cell(summary)) for option, summary in option_rows(text)]
    return "\n".join(lines) + "\n\n"


def command_page(build, words, level):
    found = parts(hdrive(build, *words, "--help"))
    summary = found[""].strip().split(": ", 1)[1]
    usage = "\n".join(
        line.strip() if line.strip().startswith("hdrive") else line
        for line in found["Usage"].strip().split("\n")
    )
    text = "%s %s\n\n%s.\n\n" % ("#" * level, " ".join(words), summary[0].upper() + summary[1:])
    text += "```text\n%s\n```\n\n" % usage
    if found.get("Options"):
        text += options_table(found["Options"])
    if found.get("Notes", "").strip():
        text += "```text\n%s\n```\n\n" % found["Notes"].strip()
    for word in re.findall(r"^  %s ([a-z-]+)" % words[-1], found.get("Commands", ""), re.M):
        text += command_page(build, (*words, word), level + 1)
    return text


def commands_page(build):
    text = hdrive(build, "help").split("\nCommands:\n", 1)[1].split("\n\n", 1)[0]
    rows = re.findall(r"^  ([a-z]+) +(.*)$", text, re.M)
    page = HEAD + "| command | |\n|---|---|\n"
    page += "".join("| [%s](#%s) | %s |\n" % (name, name, cell(summary)) for name, summary in rows)
    everywhere = parts(hdrive(build, "version", "--help"))["Everywhere"]
    page += "\n## Everywhere\n\n" + options_table(everywhere)
    page += "".join(command_page(build, (name,), 2) for name, _ in rows)
    return page.rstrip("\n") + "\n"


# --- samplers.md and policies.md ----------------------------------------------


def table_of(lines):
    """Rows "name  summary (range; default D)" as a table."""
    if not lines:
        return "No options.\n"
    text = "| option | values | default | |\n|---|---|---|---|\n"
    for line in lines:
        name, summary, values, fallback = re.fullmatch(
            r"(\w+) +(.*) \((.*); default (.*)\)", line
        ).groups()
        values = " or ".join(
            code(word) if re.fullmatch("[a-z]+", word) else word for word in values.split(" or ")
        ).replace("`more`", "more")
        fallback = {"required": "must be given", "none": ""}.get(fallback, code(fallback))
        text += "| %s | %s | %s | %s |\n" % (code(name), values, fallback, cell(summary))
    return text


def entries(text):
    """{name: lines below it} of "hdrive help samplers" or policies."""
    found, name = {}, None
    for line in text.rstrip("\n").split("\n"):
        if line.startswith(" "):
            found[name].append(line.strip())
        else:
            name = "every" if line.startswith("Every") else re.match(r"\w+", line).group(0)
            found[name] = []
    return found


def made(page, build, kind, all_of):
    """PAGE with its places filled; what has no place is an error."""
    rows = entries(hdrive(build, "help", all_of))
    left = set(rows)

    def fill(place):
        name = place.group(2) if place.group(1) == kind else "every"
        if name not in rows:
            sys.exit("reference.py: there is no %s '%s'" % (kind, name))
        left.discard(name)
        lines = [line for line in rows[name] if not line.startswith("takes ")]
        head = place.group(0).split("\n", 1)[0]
        return head + "\n" + table_of(lines) + "<!-- made -->\n"

    text = re.sub(PLACE, fill, page, flags=re.S)
    if left:
        sys.exit("docs/reference/%s.md: no place for %s" % (all_of, ", ".join(sorted(left))))
    return text


def made_types(page, build):
    """PAGE, targets.md, with a section for each type there is."""
    rows = entries(hdrive(build, "help", "targets").split("The types:\n", 1)[1])
    heads = re.findall(r"^(\w+): (.*)$", hdrive(build, "help", "targets"), re.M)
    summaries = dict(heads)
    text = "".join(
        "### %s\n\n%s.\n\n%s\n" % (name, summaries[name].capitalize(), table_of(lines))
        for name, lines in rows.items()
    )

    def fill(place):
        return place.group(0).split("\n", 1)[0] + "\n" + text + "<!-- made -->\n"

    return re.sub(PLACE, fill, page, flags=re.S)


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--check"]):
        sys.exit(__doc__)
    build, status = sys.argv[1], 0
    pages = {"commands": None, "samplers": "sampler", "policies": "policy", "targets": "types"}
    for name, kind in pages.items():
        path = os.path.join(PAGES, name + ".md")
        there = open(path).read() if os.path.exists(path) else ""
        if kind == "types":
            text = made_types(there, build)
        else:
            text = made(there, build, kind, name) if kind else commands_page(build)
        if text == there:
            continue
        if len(sys.argv) == 3:
            print("docs/reference/%s.md is out of date: run make reference" % name)
            status = 1
            continue
        with open(path, "w") as file:
            file.write(text)
    sys.exit(status)


if __name__ == "__main__":
    main()
