#!/usr/bin/env python3
"""Asks three builds of `ike` the same questions: this system's, the static one, and that of Windows under wine. Answers are equal to the
octet.

run.py --native FILE --static FILE --windows FILE --root FOLDER

It runs in the repository's folder, in a process namespace of its own: what wine leaves behind ends with it. FOLDER is a root with wine
(tests/interop/roots.sh), in which this folder is /src. `.ci/windows` calls it.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import questions
from questions import Question

PATIENCE = 120
WINE = "/usr/lib/wine/wine64"
SERVER = "/usr/lib/wine/wineserver64"
# Paths of /src are UTF-8 only where the locale says so.
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/bin", "HOME": "/root", "LC_ALL": "C.UTF-8", "WINEPREFIX": "/wine", "WINEDEBUG": "-all"}
SYSTEM_WORDS = re.compile(r": [^:]*\(os error \d+\)$", re.MULTILINE)


@dataclass(frozen=True)
class Answer:
    status: int
    out: str
    err: str
    page: str | None


class Native:
    def __init__(self, name: str, program: Path) -> None:
        self.name = name
        self.command = [str(program.resolve())]

    def args(self, question: Question) -> list[str]:
        return list(question.args)

    def ask(self, question: Question, page: str) -> Answer:
        args = [page if arg == questions.PAGE else arg for arg in self.args(question)]
        stdin = question.stdin.open("rb") if question.stdin else subprocess.DEVNULL
        done = subprocess.run([*self.command, *args], stdin=stdin, capture_output=True, timeout=PATIENCE, check=False, env=ENVIRONMENT)
        out, err = (self.spelled(text.decode(), question, page) for text in (done.stdout, done.stderr))
        return Answer(done.returncode, out, err, taken(Path(page)))

    def spelled(self, text: str, question: Question, page: str) -> str:
        return text

    def start(self, *args: str) -> subprocess.Popen[str]:
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen([*self.command, *args], **streams, text=True, env=ENVIRONMENT)


def taken(path: Path) -> str | None:
    """The page that was written, or of a folder every file with its checksum; then it is gone."""
    if path.is_dir():
        rows = [f"{file.name} {hashlib.sha256(file.read_bytes()).hexdigest()}" for file in sorted(path.iterdir())]
        shutil.rmtree(path)
        return "\n".join(rows)
    text = path.read_text() if path.exists() else None
    path.unlink(missing_ok=True)
    return text


class Windows(Native):
    """Under wine: the first process of a session takes the words that wine has for itself."""

    def __init__(self, name: str, program: Path, root: Path) -> None:
        super().__init__(name, program)
        inside = ["chroot", str(root), "env", "-C", "/src"]
        self.command = [*inside, WINE, f"/src/{program}"]
        for first in ([SERVER, "-p"], [WINE, "cmd", "/c", "exit"]):
            # What stays behind would keep a pipe open.
            said = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            subprocess.run([*inside, *first], env=ENVIRONMENT, check=True, timeout=PATIENCE, **said)

    def args(self, question: Question) -> list[str]:
        spelled = dict(question.spelled) if question.like is None else {}
        return [spelled.get(arg, arg) for arg in question.args]

    def spelled(self, text: str, question: Question, page: str) -> str:
        for ours, theirs in question.spelled if question.like is None else ():
            ours, theirs = ours.replace(questions.PAGE, page), theirs.replace(questions.PAGE, page)
            text = text.replace(theirs, ours).replace(json.dumps(theirs)[1:-1], ours)
        return text


def told(answer: Answer, question: Question) -> Answer:
    """An answer without what is each system's own."""
    err = SYSTEM_WORDS.sub(": (the system's words)", answer.err) if question.system_words else answer.err
    return Answer(answer.status, answer.out, err, answer.page)


def difference(what: str, ours: str | None, theirs: str | None) -> str:
    if ours is None or theirs is None:
        return f"{what}: one has none"
    pairs = zip(ours.splitlines(), theirs.splitlines(), strict=False)
    first = next((pair for pair in pairs if pair[0] != pair[1]), ("(its end)", "(its end)"))
    return f"{what}:\n    {first[0][:400]}\n    {first[1][:400]}"


def unlike(right: Answer, other: Answer) -> list[str]:
    found = [] if right.status == other.status else [f"exit status {right.status} and {other.status}"]
    for what in ("out", "err", "page"):
        ours, theirs = getattr(right, what), getattr(other, what)
        if ours != theirs:
            found.append(difference(what, ours, theirs))
    return found


def wrong(question: Question, answer: Answer) -> list[str]:
    """What is wrong with an answer that all agree on."""
    found = []
    if question.status is not None and answer.status != question.status:
        found.append(f"exit status {answer.status}, right is {question.status}: {answer.err}")
    if question.status is None and answer.status not in (0, 1, 2, 3):
        found.append(f"exit status {answer.status}")
    if question.says not in answer.out + answer.err:
        found.append(f"nothing says {question.says!r}: {answer.out[:400]}{answer.err[:400]}")
    if question.page() and not (answer.page or "").startswith(question.begins):
        found.append("no page was written")
    return found


def judge(number: int, question: Question, programs: list[Native]) -> list[str]:
    page = f"target/windows/page-{number}.html"
    answers = [told(program.ask(question, page), question) for program in programs]
    right = answers[0]
    problems = wrong(question, right)
    for program, answer in zip(programs[1:], answers[1:], strict=True):
        problems += [f"{programs[0].name} and {program.name}: {problem}" for problem in unlike(right, answer)]
    if question.like is not None:
        out = right.out
        for ours, theirs in question.spelled:
            out = out.replace(ours, theirs)
        other = programs[0].ask(question.like, page)
        if (right.status, out) != (other.status, other.out):
            problems.append(f"unlike {question.like}: {difference('out', other.out, out)}")
    return [f"{question}: {problem}" for problem in problems]


def free_ports() -> list[str]:
    """Two that nobody has."""
    sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [str(each.getsockname()[1]) for each in sockets]
    for each in sockets:
        each.close()
    return ports


def probe(asker: Native, gateway: Native) -> list[str]:
    """One asks whether the way to the other is fit, over loopback."""
    ports = free_ports()
    common = ("--port", ports[0], "--natt-port", ports[1])
    limits = ("--count", "100000", "--seconds", "90")
    serving = gateway.start("handshake", "respond", "--local", "127.0.0.1", *common, "--marker", "natt", "--psk", "secret", "--id", "moon.example.org", *limits)
    assert serving.stdout is not None
    serving.stdout.readline()
    asking = asker.start("probe", "127.0.0.1", *common, "--json")
    try:
        said = asking.communicate(timeout=PATIENCE)[0]
    except subprocess.TimeoutExpired:
        asking.kill()
        said = asking.communicate()[0]
    serving.kill()
    serving.communicate()
    rows = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    results = {row["question"]: row["result"] for row in rows if row["kind"] == "answer"}
    due = dict.fromkeys(("udp500", "udp4500", "same_server", "fragmentation"), "yes")
    # wine sets no DF.
    due["mtu"] = "unknown" if isinstance(asker, Windows) else "yes"
    wrong = {name: results.get(name) for name, result in due.items() if results.get(name) != result}
    if wrong or asking.returncode != 0 or rows[-1]["state"] != "fit":
        return [f"probe of {gateway.name} by {asker.name}: ends with {asking.returncode}, {wrong}: {said[-1500:]}"]
    return []


def handshake(initiator: Native, responder: Native) -> list[str]:
    """One connects to the other over loopback."""
    ports = free_ports()
    common = ("--port", ports[0], "--natt-port", ports[1], "--psk", "secret", "--timeout", "20")
    waiting = responder.start("handshake", "respond", "--local", "127.0.0.1", *common, "--id", "moon.example.org", "--seconds", "60")
    assert waiting.stdout is not None
    first = waiting.stdout.readline()
    steps = ("--do", "dpd,rekey-ike,rekey-child,delete")
    going = initiator.start("handshake", "initiate", "127.0.0.1", *common, "--id", "carol.example.org", *steps)
    found = []
    for name, process, before in ((initiator.name, going, ""), (responder.name, waiting, first)):
        try:
            said = before + process.communicate(timeout=PATIENCE)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            said = before + process.communicate()[0]
        if process.returncode != 0 or '"verdict":"established"' not in said:
            found.append(f"handshake of {initiator.name} with {responder.name}: {name} ends with {process.returncode}: {said[-800:]}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser()
    for name in ("native", "static", "windows", "root"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    line = parser.parse_args()
    questions.make()
    programs = [Native("native", line.native), Native("static", line.static), Windows("Windows", line.windows, line.root)]
    problems: list[str] = []
    count = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for kind, asked in questions.all_questions():
            if not asked:
                raise SystemExit(f"{kind}: no question")
            numbers = range(count, count + len(asked))
            for found in pool.map(judge, numbers, asked, [programs] * len(asked)):
                problems += found
            count += len(asked)
            print(f"{kind}: {len(asked)} questions", flush=True)
    native, _, windows = programs
    for pair in ((windows, native), (native, windows)):
        problems += handshake(*pair)
    print("handshakes: 2")
    for pair in ((windows, native), (native, windows)):
        problems += probe(*pair)
    print("probes: 2")
    for problem in problems[:40]:
        print(problem)
    print(f"{count} questions to each of {len(programs)} programs, {len(problems)} differences")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
