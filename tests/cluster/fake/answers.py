"""answers.py: Slurm's commands, as hdrive and its tests use them.

answer(cluster, name, words, ...) is what such a command would print and end with.
An option that is not known here is an error, as a fake that swallows what the real
one would refuse proves nothing.
"""

import dataclasses
import re
import time

from jobs import SHORT, TIERS, Job

VERSION = "slurm 22.05.8"
SIGNALS = {"TERM": 15, "KILL": 9, "USR1": 10, "USR2": 12, "CONT": 18, "HUP": 1, "INT": 2}


class Refused(Exception):
    """What goes to stderr; the status is 1."""


class Options:
    """The words of a command. SPEC: "name" takes a value, "name!" takes none;
    "x=name": the letter x is another way to say it."""

    def __init__(self, command, spec, words):
        self.values, self.rest, self.command = {}, [], command
        letters = dict(word.split("=") for word in spec.split() if "=" in word)
        names = {word.rstrip("!"): word.endswith("!") for word in spec.split() if "=" not in word}
        words = list(words)
        while words:
            word = words.pop(0)
            if word == "--" or word == "-" or not word.startswith("-"):
                self.rest.append(word)
                if command == "sbatch":  # the script, and its own words
                    self.rest += words
                    words = []
                continue
            name, sep, value = word[2:].partition("=")
            if not word.startswith("--"):
                name, value = letters.get(word[1]), word[2:]
                sep = value
                if name and names[name] and value:  # several letters in one
                    words.insert(0, "-" + value)
                    sep = value = ""
            if name not in names:
                raise Refused(f"{command}: unrecognized option '{word}'\n")
            if not names[name] and not sep:
                value = words.pop(0)
            self.values.setdefault(name, []).append(value)

    def get(self, name, default=""):
        return self.values.get(name, [default])[-1]

    def has(self, name):
        return name in self.values

    def list(self, name):
        return [word for word in self.get(name).split(",") if word]


# --- small words -----------------------------------------------------------------


def minutes(text):
    """Slurm's ways to say a time, in seconds."""
    days, _, rest = text.partition("-") if "-" in text else ("0", "", text)
    parts = [int(part) for part in rest.split(":")]
    if "-" in text:
        parts += [0] * (3 - len(parts))
    elif len(parts) == 1:
        parts = [0, parts[0], 0]
    elif len(parts) == 2:
        parts = [0] + parts
    return int(days) * 86400 + parts[0] * 3600 + parts[1] * 60 + parts[2]


def span(seconds):
    if not seconds:
        return "UNLIMITED"
    hours, rest = divmod(int(seconds), 3600)
    text = f"{rest // 60}:{rest % 60:02d}"
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else text


def megabytes(text):
    unit = {"K": 1 / 1024, "M": 1, "G": 1024, "T": 1024 ** 2}.get(text[-1:].upper())
    return int(float(text[:-1]) * unit) if unit else int(text)


def moment(at):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.localtime(at)) if at else "Unknown"


def hosts(text):
    """The names of "n1,n[3-5]"."""
    found = []
    for head, body in re.findall(r"([^,\[]+)(?:\[([^]]*)\])?", text):
        for part in body.split(",") if body else [""]:
            low, _, high = part.partition("-")
            numbers = range(int(low), int(high or low) + 1) if part else [""]
            found += [f"{head}{number}" for number in numbers]
    return found


def tasks_of(text):
    """"0-9%4": the tasks, and how many at once."""
    body, _, throttle = text.partition("%")
    found = []
    for part in body.split(","):
        low, _, high = part.partition("-")
        found += range(int(low), int(high or low) + 1)
    return found, int(throttle or 0)


# --- sbatch ------------------------------------------------------------------------

SBATCH = """parsable! no-requeue! requeue! job-name comment chdir output error open-mode export
 signal array partition account qos time mem constraint exclude nodelist cpus-per-task gres
 nodes ntasks ntasks-per-node exclusive! hold! wrap version!
 J=job-name D=chdir o=output e=error p=partition A=account q=qos t=time C=constraint
 x=exclude w=nodelist c=cpus-per-task N=nodes n=ntasks a=array H=hold V=version"""
MOST_SCRIPT = 4 << 20


def batch_environment(options, environment):
    kept = {}
    for word in options.list("export") or ["ALL"]:
        name, sep, value = word.partition("=")
        if word == "ALL":
            kept.update(environment)
        elif word != "NONE" and (sep or name in environment):
            kept[name] = value if sep else environment[name]
    for name in ("PATH", "HOME", "SLURM_CONF"):
        if name in environment:
            kept.setdefault(name, environment[name])
    kept["SLURM_EXPORT_ENV"] = options.get("export", "ALL")
    return kept


def warning(text):
    """--signal=[B:]NAME[@SECONDS]"""
    batch, text = text.startswith("B:"), text[2:] if text.startswith("B:") else text
    name, _, seconds = text.partition("@")
    return [SIGNALS.get(name) or int(name), int(seconds or 60), batch]


def submitted(options, script, folder, environment):
    where = options.get("chdir") or folder
    out = options.get("output") or "slurm-%j.out"
    per_node = int(options.get("ntasks-per-node", "1"))
    nodes = int(options.get("nodes", "1").split("-")[0])
    tasks = int(options.get("ntasks", "0")) or nodes * per_node
    job = Job(
        id=0, name=options.get("job-name") or (options.rest or ["sbatch"])[0].split("/")[-1],
        partition=options.get("partition", "main"), comment=options.get("comment"),
        script=script, words=options.rest[1:],
        environment=batch_environment(options, environment), folder=where,
        out=out, err=options.get("error") or out, append=options.get("open-mode") == "append",
        want_nodes=nodes, tasks=tasks,
        cpus=int(options.get("cpus-per-task", "1")) * -(-tasks // nodes),
        exclusive=options.has("exclusive"), only=hosts(options.get("nodelist")),
        exclude=hosts(options.get("exclude")), requeue=not options.has("no-requeue"))
    job.memory = megabytes(options.get("mem")) if options.get("mem") else 500 * job.cpus
    if options.get("time"):
        job.limit = minutes(options.get("time"))
    if options.get("signal"):
        job.warn = warning(options.get("signal"))
    if options.get("gres"):
        job.gpus = int(options.get("gres").split(":")[-1])
    if options.has("hold"):
        job.reason = "JobHeldUser"
    return job


def sbatch(cluster, words, call):
    options = Options("sbatch", SBATCH, words)
    if options.get("partition", "main") not in TIERS:
        raise Refused("sbatch: error: invalid partition specified: "
                      f"{options.get('partition')}\nsbatch: error: Batch job submission failed: "
                      "Invalid partition name specified\n")
    script = call.script(options)
    if len(script) > MOST_SCRIPT:
        raise Refused("sbatch: error: Batch job submission failed: "
                      "Pathname of a file, directory or other parameter too long\n")
    if not script.startswith("#!"):
        raise Refused("sbatch: error: This does not look like a batch script.\n")
    job = submitted(options, script, call.folder, call.environment)
    most = max(node.memory for node in cluster.nodes.values())
    if job.memory > most or job.cpus > max(node.cpus for node in cluster.nodes.values()):
        raise Refused("sbatch: error: Batch job submission failed: Requested node "
                      "configuration is not available\n")
    tasks = None
    if options.get("array"):
        tasks, job.throttle = tasks_of(options.get("array"))
        if max(tasks) >= cluster.settings["max_array"]:
            raise Refused("sbatch: error: Batch job submission failed: Invalid job array "
                          "specification\n")
    number = cluster.add(job, tasks, call.now)
    return f"{number}\n" if options.has("parsable") else f"Submitted batch job {number}\n"


# --- squeue, sacct -------------------------------------------------------------------

SQUEUE = """noheader! array! all! states name jobs job user format version! partition
 h=noheader r=array a=all t=states n=name j=jobs u=user o=format V=version p=partition"""


FIELDS = {
    "i": lambda job: job.label, "A": lambda job: job.id, "F": lambda job: job.array or job.id,
    "K": lambda job: job.task if job.array else "N/A", "j": lambda job: job.name,
    "T": lambda job: job.state, "t": lambda job: SHORT[job.state],
    "r": lambda job: job.reason, "N": lambda job: ",".join(job.nodes),
    "P": lambda job: job.partition, "l": lambda job: span(job.limit),
    "R": lambda job: ",".join(job.nodes) if job.state != "PENDING" else f"({job.reason})",
    "u": lambda job: "root", "U": lambda job: "0", "k": lambda job: job.comment or "(null)",
    "D": lambda job: job.want_nodes, "V": lambda job: moment(job.submitted),
    "S": lambda job: moment(job.started), "e": lambda job: moment(job.ended),
}


def form(text):
    """A function that makes a job's line."""
    parts = re.split(r"%\.?(\d*)([A-Za-z])", text)
    for letter in parts[2::3]:
        if letter not in FIELDS:
            raise Refused(f"squeue: error: Invalid job format specification: {letter}\n")
    rows = [(FIELDS[letter], int(width or 0), after)
            for width, letter, after in zip(parts[1::3], parts[2::3], parts[3::3])]

    def line(job):
        found = [parts[0]]
        for field, width, after in rows:
            value = str(field(job))
            found += [value[:width].ljust(width) if width else value, after]
        return "".join(found)

    return line


def squeue(cluster, words, _call):
    options = Options("squeue", SQUEUE, words)
    asked = options.list("jobs") or options.list("job")
    found = list(cluster.jobs.values())
    if asked:
        found = [job for text in asked for job in cluster.find(text)]
        if len(asked) == 1 and not found:
            raise Refused("slurm_load_jobs error: Invalid job id specified\n")
    states = {word.upper() for word in options.list("states")}
    if "ALL" not in states:
        states = states or {"PENDING", "RUNNING", "COMPLETING"}
        found = [job for job in found if job.state in states or SHORT[job.state] in states]
    if options.has("name"):
        names = set(options.list("name"))
        found = [job for job in found if job.name in names]
    text = options.get("format", "%i %P %j %u %t %l %D %R")
    lines = [] if options.has("noheader") else [text.replace("%", "")]
    return "".join(f"{line}\n" for line in lines + list(map(form(text), found)))


SACCT = """noheader! allocations! parsable2! duplicates! starttime name format jobs version! user
 n=noheader X=allocations P=parsable2 D=duplicates S=starttime o=format j=jobs V=version u=user"""


def sacct(cluster, words, _call):
    options = Options("sacct", SACCT, words)
    if not cluster.settings["accounting"]:
        raise Refused("Slurm accounting storage is disabled\n")
    rows = cluster.accounts + [
        {"JobID": job.label, "JobName": job.name, "State": job.state, "ExitCode": "0:0",
         "NodeList": ",".join(job.nodes) or "None assigned", "Submit": job.submitted,
         "Start": job.started, "End": 0, "Timelimit": job.limit}
        for job in cluster.live.values()]
    names, asked = set(options.list("name")), options.list("jobs")
    if options.has("name"):
        rows = [row for row in rows if row["JobName"] in names]
    if asked:
        rows = [row for row in rows if row["JobID"] in asked]
    if not options.has("duplicates"):
        rows = list({row["JobID"]: row for row in rows}.values())
    lines = []
    for row in rows:
        row = dict(row, Timelimit=span(row["Timelimit"]),
                   **{name: moment(row[name]) for name in ("Submit", "Start", "End")})
        if row["State"] == "CANCELLED":
            row["State"] = "CANCELLED by 0"
        lines.append("|".join(str(row[name.split("%")[0]]) for name in options.list("format")))
    return "".join(f"{line}\n" for line in lines)


# --- scancel, scontrol, sinfo ----------------------------------------------------------

SCANCEL = """signal batch! full! name user state quiet! version! partition
 s=signal b=batch f=full n=name u=user t=state Q=quiet V=version p=partition"""


def scancel(cluster, words, call):
    options = Options("scancel", SCANCEL, words)
    found = [job for text in options.rest for job in cluster.find(text)]
    if not options.rest:
        found = [job for job in list(cluster.live.values())
                 if not options.has("name") or job.name in options.list("name")]
    sent = options.get("signal")
    for job in found:
        if job.is_over:
            continue
        if not sent:
            cluster.cancel(job, call.now)
        elif job.state in ("RUNNING", "COMPLETING"):
            whom = "batch" if options.has("batch") else "all" if options.has("full") else "steps"
            cluster.runner.signal(job, SIGNALS.get(sent.removeprefix("SIG")) or int(sent), whom)
    return ""


def show_job(job):
    words = {
        "JobId": job.id, "ArrayJobId": job.array or None,
        "ArrayTaskId": job.task if job.array else None, "JobName": job.name,
        "UserId": "root(0)", "Requeue": int(job.requeue), "Restarts": job.restarts,
        "JobState": job.state, "Reason": job.reason.replace(" ", "_"),
        "ExitCode": f"{job.code}:{job.signal}",
        "TimeLimit": span(job.limit), "SubmitTime": moment(job.submitted),
        "StartTime": moment(job.started), "EndTime": moment(job.ended),
        "Partition": job.partition, "NodeList": ",".join(job.nodes) or "(null)",
        "NumNodes": job.want_nodes, "Comment": job.comment, "WorkDir": job.folder,
        "StdOut": job.out,
    }
    return " ".join(f"{name}={value}" for name, value in words.items() if value is not None)


def scontrol(cluster, words, _call):
    words = [word for word in words if word not in ("-o", "--oneliner", "-a", "--all")]
    if words[:1] == ["ping"]:
        return "Slurmctld(primary) at localhost is UP\n"
    if words[:2] == ["show", "config"]:
        s = cluster.settings
        return ("Configuration data as of now\n"
                f"KillWait                = {s['kill_wait']:g} sec\n"
                f"MaxArraySize            = {s['max_array']}\n"
                f"MinJobAge               = {s['min_job_age']:g} sec\n"
                f"SlurmdTimeout           = {s['node_timeout']:g} sec\n")
    if words[:2] == ["show", "hostnames"]:
        return "".join(f"{name}\n" for name in hosts(words[2]))
    if words[:2] in (["show", "job"], ["show", "jobs"]):
        found = cluster.find(words[2]) if words[2:] else list(cluster.jobs.values())
        if not found and words[2:]:
            raise Refused("slurm_load_jobs error: Invalid job id specified\n")
        return "".join(f"{show_job(job)}\n" for job in found) or \
            "No jobs in the system\n"
    if words[:2] in (["show", "node"], ["show", "nodes"]):
        names = hosts(words[2]) if words[2:] else list(cluster.nodes)
        if not set(names) <= set(cluster.nodes):
            raise Refused(f"scontrol: error: Node {words[2]} not found\n")
        return "".join(f"NodeName={name} NodeAddr=127.0.0.1 NodeHostName=localhost "
                       f"CPUTot={cluster.nodes[name].cpus}\n" for name in names)
    if words[:1] in (["hold"], ["release"]):
        for job in cluster.find(words[1]):
            job.reason = "JobHeldUser" if words[0] == "hold" else "None"
        return ""
    raise Refused(f"scontrol: error: invalid request: {' '.join(words)}\n")


SINFO = "noheader! Node! states format partition version! h=noheader N=Node t=states o=format" \
        " p=partition V=version"


def sinfo(cluster, words, _call):
    options = Options("sinfo", SINFO, words)
    lines = []
    for node in cluster.nodes.values():
        used = node.free_cpus < node.cpus
        state = "down" if not node.is_up else "mixed" if used and node.free_cpus else \
            "allocated" if used else "idle"
        if not options.has("states") or state in options.list("states"):
            text = options.get("format", "%N %T")
            for letter, value in (("N", node.name), ("T", state), ("t", state), ("c", node.cpus),
                                  ("m", node.memory), ("P", "main*"), ("D", 1)):
                text = text.replace(f"%{letter}", str(value))
            lines.append(text)
    return "".join(f"{line}\n" for line in lines)


COMMANDS = {command.__name__: command
            for command in (sbatch, squeue, sacct, scancel, scontrol, sinfo)}


@dataclasses.dataclass
class Call:
    """How a command was called."""

    folder: str
    environment: dict
    now: float
    input: str = ""

    def script(self, options):
        if options.has("wrap"):
            return f"#!/bin/sh\n{options.get('wrap')}\n"
        if not options.rest:
            return self.input
        path = options.rest[0]
        try:
            with open(path if path.startswith("/") else f"{self.folder}/{path}") as file:
                return file.read()
        except OSError:
            raise Refused(f"sbatch: error: Unable to open file {path}\n") from None


def wants_input(name, words):
    return name == "sbatch" and "--version" not in words and \
        not Options(name, SBATCH, words).rest and \
        not any(word.startswith("--wrap") for word in words)


def answer(cluster, name, words, call):
    """(status, stdout, stderr)"""
    if words[:1] in (["--version"], ["-V"]):
        return 0, VERSION + "\n", ""
    try:
        return 0, COMMANDS[name](cluster, words, call), ""
    except Refused as refused:
        return 1, "", str(refused)
    except (ValueError, IndexError) as error:
        return 1, "", f"{name}: error: {error}\n"
