#!/usr/bin/python3
"""abi.py check|record [--break] [--cc CC] RECORD INCLUDE LIBRARY

The binary interface of libhdrive: which functions it shows, with their
versions and types, and the layout of every public struct, enum and callback.
The compiler describes the headers (DWARF, read with readelf), so nothing here
reads C. "check" compares that with RECORD, "record" writes it there: additions
at once, what breaks programs built before only with --break.

A struct may grow at its end where that harms nobody: it begins with its own
size (size_t size), or programs only ever read it through a const pointer that
the library hands them.
"""
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent.parent
EXPORTS = HERE / "engine" / "package" / "exports.sh"
HEAD = """\
# The binary interface of libhdrive as it was last agreed on.
# "make check-abi" compares it with the build, "make abi" writes it anew.
# symbol NAME VERSION TYPE; struct NAME SIZE, then OFFSET SIZE FIELD TYPE;
# enum NAME, then VALUE NAME; type NAME TYPE. Offsets of x86-64, in bytes.
"""


class Dies:
    """The debug information of one object as a tree, as readelf prints it."""

    LINE = re.compile(r"^ *<(\w+)><(\w+)>: Abbrev Number: \d+ \(DW_TAG_(\w+)\)")
    FIELD = re.compile(r"^ *<\w+> +DW_AT_(\w+) *: (.*)$")

    def __init__(self, text):
        self.by_place, self.all, path = {}, [], []
        for line in text.splitlines():
            found = self.LINE.match(line)
            if found:
                depth = int(found[1], 16)
                die = {"tag": found[3], "below": []}
                self.by_place[int(found[2], 16)] = die
                self.all.append(die)
                del path[depth:]
                if path:
                    path[-1]["below"].append(die)
                path.append(die)
                continue
            found = self.FIELD.match(line)
            if found and path:
                path[-1].setdefault(found[1], self.value(found[2]))

    @staticmethod
    def value(text):
        # "(strp) (offset: 0x1d): size_t", "(indirect string, offset: 0x1d): size_t",
        # "(ref4) <0x29>, char", "(data1) 8\t(unsigned)" and their older forms.
        text = re.sub(r"^(\([^)]*\):? *)+", "", text.strip()).split("\t")[0]
        found = re.match(r"<0x(\w+)>", text)
        if found:
            return int(found[1], 16)
        if re.fullmatch(r"-?\d+|0x[0-9a-f]+", text):
            return int(text, 0)
        return text

    def type_of(self, die):
        return self.by_place[die["type"]] if "type" in die else None

    def spell(self, die):
        """The type as C would have it, abstract declarator aside."""
        if die is None:
            return "void"
        tag, to = die["tag"], self.type_of(die)
        if tag in ("base_type", "typedef"):
            return die["name"]
        if tag == "pointer_type":
            if to and to["tag"] == "subroutine_type":
                return self.spell_function(to, "(*)")
            text = self.spell(to)
            return text + ("*" if text.endswith("*") else " *")
        if tag in ("const_type", "volatile_type", "restrict_type"):
            word = tag[:-5]
            text = self.spell(to)
            return f"{text} {word}" if text.endswith("*") else f"{word} {text}"
        if tag == "array_type":
            sizes = "".join(f"[{die_count(each)}]" for each in die["below"]
                            if each["tag"] == "subrange_type")
            return self.spell(to) + " " + sizes
        if tag == "subroutine_type":
            return self.spell_function(die, "")
        word = {"enumeration_type": "enum", "structure_type": "struct"}.get(tag, "union")
        return f"{word} {die.get('name', '{...}')}"

    def spell_function(self, die, star):
        words = [self.spell(self.type_of(each)) for each in die["below"]
                 if each["tag"] == "formal_parameter"]
        if any(each["tag"] == "unspecified_parameters" for each in die["below"]):
            words.append("...")
        if not words:
            words = ["void"]
        return f"{self.spell(self.type_of(die))} {star}({', '.join(words)})"

    def size(self, die):
        while die["tag"] in ("typedef", "const_type", "volatile_type"):
            die = self.type_of(die)
        if die["tag"] == "array_type":
            size = self.size(self.type_of(die))
            for each in die["below"]:
                if each["tag"] == "subrange_type":
                    size *= die_count(each)
            return size
        return die.get("byte_size", 8)


def die_count(die):
    return die["upper_bound"] + 1 if "upper_bound" in die else die.get("count", 0)


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"abi: {' '.join(map(str, words))}\n{done.stderr}")
    return done.stdout


def read_headers(cc, include):
    """What the headers declare: {("symbol", name): [type], ...}"""
    headers = sorted(Path(include).glob("hdrive/*.h"))
    names = run(EXPORTS, *headers).split()
    with tempfile.TemporaryDirectory() as folder:
        source, unit = Path(folder, "abi.c"), Path(folder, "abi.o")
        source.write_text("#include <hdrive.h>\n" + "".join(
            f"extern __typeof__({name}) *abi_{name};\n__typeof__({name}) *abi_{name};\n"
            for name in names))
        run(*cc.split(), "-std=c17", "-gdwarf-4", "-gstrict-dwarf", "-O0",
            "-fno-eliminate-unused-debug-types", f"-I{include}", "-c", source, "-o", unit)
        dies = Dies(run("readelf", "-W", "--debug-dump=info", unit))
    found = {}
    for die in dies.all:
        name = str(die.get("name", ""))
        if die["tag"] == "variable" and name.startswith("abi_hd_"):
            function = dies.type_of(dies.type_of(die))
            found["symbol", name[4:]] = [dies.spell_function(function, "").replace(" (", " (", 1)]
        elif name.startswith("hd_") and "byte_size" in die and die["tag"] in (
                "structure_type", "union_type"):
            fields = [(each["data_member_location"] if "data_member_location" in each else 0,
                       dies.size(dies.type_of(each)), each.get("name", "-"),
                       dies.spell(dies.type_of(each)))
                      for each in die["below"] if each["tag"] == "member"]
            found["struct", name] = [str(die["byte_size"])] + [
                "%d %d %s %s" % field for field in fields]
        elif name.startswith("hd_") and die["tag"] == "enumeration_type" and die["below"]:
            found["enum", name] = [""] + [f"{each['const_value']} {each['name']}"
                                          for each in die["below"]]
        elif name.startswith("hd_") and die["tag"] == "typedef":
            found["type", name] = [dies.spell(dies.type_of(die))]
    return found


def read_library(path):
    """{name: version} of the functions that the built library shows."""
    found = {}
    for line in run("readelf", "-W", "--dyn-syms", path).splitlines():
        part = line.split()
        # Absolute symbols are the versions themselves.
        if len(part) < 8 or part[4] not in ("GLOBAL", "WEAK") or part[6] in ("UND", "ABS"):
            continue
        name, _, version = part[7].partition("@")
        found[name] = version.lstrip("@") or "unversioned"
    return found


def read_record(path):
    found, last = {}, None
    for line in Path(path).read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("\t"):
            found[last].append(line[1:])
            continue
        kind, name, *rest = line.split(" ", 2)
        last = (kind, name)
        found[last] = [rest[0] if rest else ""]
    return found


def write_record(path, found):
    order = {"symbol": 0, "struct": 1, "enum": 2, "type": 3}
    text = HEAD
    for kind, name in sorted(found, key=lambda key: (order[key[0]], key[1])):
        first, *rest = found[kind, name]
        text += f"{kind} {name} {first}".rstrip() + "\n"
        text += "".join(f"\t{line}\n" for line in rest)
    Path(path).write_text(text)


def handed_out(found):
    """Structs that programs only read, in what the library gives them."""
    seen, owned = set(), set()
    for (kind, name), lines in found.items():
        for line in lines[1:] if kind == "struct" else lines:
            if kind == "type" or kind == "symbol":
                result, _, rest = line.partition("(")
            else:
                result, rest = "", line
            for each in re.findall(r"(const )?struct (hd_\w+)( \*)?", rest):
                (seen if kind == "type" and each[0] and each[2] else owned).add(each[1])
            for each in re.findall(r"(const )?struct (hd_\w+)( \*)?", result):
                (seen if each[0] and each[2] else owned).add(each[1])
    return seen - owned


def fields(lines):
    table = {}
    for line in lines[1:]:
        offset, size, name, kind = line.split(" ", 3)
        table[name] = (int(offset), int(size), kind)
    return table


def compare_struct(name, old, new, may_grow, breaks, news):
    was, now, end = fields(old), fields(new), int(old[0])
    where = f"struct {name}"
    for field, (offset, size, kind) in was.items():
        if field not in now:
            breaks.append(f"{where}: field '{field}' was removed")
        elif now[field][0] != offset:
            breaks.append(f"{where}: field '{field}' moved from offset {offset} to {now[field][0]}")
        elif now[field][1:] != (size, kind):
            breaks.append(f"{where}: field '{field}' was '{kind}' of {size} bytes, "
                          f"is '{now[field][2]}' of {now[field][1]}")
    last = max((offset for offset, _, _ in was.values()), default=-1)
    sized = was.get("size", (1, 0, ""))[0] == 0
    for field in (each for each in now if each not in was):
        if now[field][0] <= last:
            breaks.append(f"{where}: new field '{field}' stands between old ones, not at the end")
        elif sized and now[field][0] < end:
            breaks.append(f"{where}: new field '{field}' lies in what was padding, "
                          "where 'size' does not tell whether it was set")
        elif not may_grow:
            breaks.append(f"{where}: new field '{field}' makes it grow, and it has no 'size' first")
        else:
            news.append(f"{where}: new field '{field}' at its end")
    if int(new[0]) != end and set(was) == set(now):
        breaks.append(f"{where}: was {end} bytes, is {new[0]}")


def compare(old, new):
    """What breaks programs that were built before, and what is merely new."""
    breaks, news = [], []
    can_grow = handed_out(new)
    for key in sorted(set(old) | set(new)):
        kind, name = key
        if key not in new:
            breaks.append(f"{kind} {name} was removed")
        elif key not in old:
            news.append(f"{kind} {name} is new")
        elif kind == "struct":
            sized = fields(old[key]).get("size", (1, 0, ""))[0] == 0
            compare_struct(name, old[key], new[key], sized or name in can_grow, breaks, news)
        elif kind == "enum":
            was = dict(reversed(line.split(" ")) for line in old[key][1:])
            now = dict(reversed(line.split(" ")) for line in new[key][1:])
            for word in was:
                if word not in now:
                    breaks.append(f"enum {name}: {word} was removed")
                elif now[word] != was[word]:
                    breaks.append(f"enum {name}: {word} was {was[word]}, is {now[word]}")
            news += [f"enum {name}: {word} is new" for word in now if word not in was]
        elif old[key] != new[key]:
            breaks.append(f"{kind} {name} was '{old[key][0]}', is '{new[key][0]}'")
    return breaks, news


def main(words):
    force = "--break" in words
    words = [word for word in words if word != "--break"]
    cc = words.pop(words.index("--cc") + 1) if "--cc" in words else "cc"
    words = [word for word in words if word != "--cc"]
    if len(words) != 4 or words[0] not in ("check", "record"):
        sys.exit(__doc__)
    action, record, include, library = words
    new = read_headers(cc, include)
    shown = read_library(library)
    problems = []
    for kind, name in sorted(new):
        if kind != "symbol":
            continue
        if name not in shown:
            problems.append(f"{name} is declared, but the library does not define it")
        version = shown.pop(name, "?")
        new[kind, name] = [f"{version} {new[kind, name][0]}"]
    problems += [f"{name} is shown by the library, but no header has it" for name in shown]
    breaks, news = compare(read_record(record) if Path(record).exists() else {}, new)
    for text in problems + breaks + news:
        print("abi:", text)
    if problems:
        return 1
    if action == "record":
        if breaks and not force:
            print("abi: not recorded: that breaks programs which were built before.\n"
                  "abi: if it is meant, 'make abi ABI_BREAK=1'; once a release has the old form,\n"
                  "abi: it also takes a new soname (SONAME in the Makefile)")
            return 1
        write_record(record, new)
        return 0
    if breaks:
        print("abi: that breaks programs which were built before; 'make abi' has more")
    elif news:
        print("abi: additions, which 'make abi' records in", record)
    return 1 if breaks or news else 0


sys.exit(main(sys.argv[1:]))
