"""Which malformed IKE_SA_INIT requests do daemons answer with an SA? Whatever anybody accepts, a lenient reader has to show whole.

lenient.py OUT                            every change to one place of three requests that strongSwan made
lenient.py OUT --seed N --count N         N random ones of each, of one to three places, none of which is in tests/data/lenient

OUT/accepted.jsonl gets what at least one of six daemons accepted, and accepted again when it was asked again; tests/data/lenient/README.md says what
is in a line. OUT/run.json says who was asked, how often, and with what result. Needs root; the daemons are those of strongswan.sh, libreswan.sh and
openiked.sh, and the newer ones of roots.sh (trixie and sid). lenient_judge.py holds `ike inspect` to the result.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import shutil
import sys
import tempfile

from framing import reading
from lenient_ask import DAEMONS, Asked
from mutants import Base, apply, randomly, single

DATA = pathlib.Path(__file__).resolve().parents[1] / "data/lenient"
PLACE = {"c": "charon", "p": "pluto", "i": "iked"}
# Requests that a worker is given at a time. When a daemon has ended, those of them that it did not answer are left out.
CHUNK = 256


def policy(base, name):
    told = base["policy"]
    return told.get("charon6", told["charon"]) if name == "c6" else told[PLACE[name[0]]]


def rows(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def drawn(base, options, known):
    """(family, name, edit) of everything that is to be asked about one base; first itself, as it was made."""
    yield "base", "as it was", []
    if options.seed is None:
        found = ((change.family, change.name, base.edit([change])) for change in single(base))
    else:
        found = randomly(random.Random(f"{options.seed} {base.name}"), base, single(base))
    asked, seen = 0, {(base.name, "[]")} | known
    for family, name, edit in found:
        key = (base.name, json.dumps(edit))
        if not edit or key in seen:
            continue
        seen.add(key)
        yield family, name, edit
        asked += 1
        if options.seed is not None and asked == options.count:
            return


class Daemon:
    """One of the six, what it said to each request, and which requests it ended at."""

    def __init__(self, name, state):
        self.name, self.asked = name, Asked(name, state)
        self.ends = 0

    def start(self, text):
        self.version, self.suspects = self.asked.tell(policy=text)["version"], set()

    def ask(self, messages):
        """{place: what was said}."""
        told, places = {}, list(messages)
        for first in range(0, len(places), CHUNK):
            chunk = places[first : first + CHUNK]
            answer = self.asked.tell(ask=[messages[place].hex() for place in chunk])
            told.update(zip(chunk, answer["said"], strict=True))
            if answer["ended"]:
                self.ends += 1
                self.suspects |= {place for place in chunk if told[place] == "silent"}
        return told


def each(daemons, work):
    """{name: what `work` gives}, all at the same time."""
    with concurrent.futures.ThreadPoolExecutor(len(daemons)) as pool:
        return dict(zip((daemon.name for daemon in daemons), pool.map(work, daemons), strict=True))


def took(word):
    return isinstance(word, list)


def line(base, told, row, spi, message):
    """A row of accepted.jsonl from (family, name, edit) and what each daemon said."""
    by, others = {}, {}
    for name, word in told.items():
        kept = by.setdefault(str(word[1]), []) if took(word) else others.setdefault(str(word), [])
        kept.append(name)
    family, name, edit = row
    out = {"base": base["name"], "family": family, "name": name, "spi": spi.hex(), "edit": edit}
    out["by"] = {number: " ".join(names) for number, names in by.items()}
    if others:
        out["not"] = {word: " ".join(names) for word, names in others.items()}
    payloads, offers = reading(message, any(name[0] == "c" for names in by.values() for name in names))
    own = base["sa"]
    offers = [[own.index(text) if text in own else text for text in offer] for offer in offers]
    if payloads != base["payloads"]:
        out["payloads"] = payloads
    if offers != [list(range(len(own)))]:
        out["sa"] = offers
    return out


def agreed(first, second):
    """What each daemon said both times it was asked; who has accepted only once is not said to have, nor to have refused."""
    return {name: word for name, word in second.items() if took(word) == took(first[name])}


class Run:
    def __init__(self, options):
        self.options, self.found, self.asked, self.left_out, self.refused = options, [], 0, 0, []
        kept = [row for file in sorted(DATA.glob("*.jsonl")) for row in rows(file)] if options.seed is not None else []
        self.known = {(row["base"], json.dumps(row["edit"])) for row in kept}
        # The path of a control socket ends at 107 octets.
        self.state = pathlib.Path(tempfile.mkdtemp(prefix="ikl", dir="/tmp"))
        self.daemons = [Daemon(name, self.state) for name in options.daemons.split(",")]

    def one(self, base):
        """Everything about one base."""
        each(self.daemons, lambda daemon: daemon.start(policy(base, daemon.name)))
        taken = Base(base["name"], bytes.fromhex(base["hex"]))
        todo = list(drawn(taken, self.options, self.known))
        # The worker gives every request that it sends an SPI of its own; this one is that of the row.
        spis = [os.urandom(8) for _ in todo]
        messages = {place: apply(taken.octets, spis[place], edit) for place, (_, _, edit) in enumerate(todo)}
        first = each(self.daemons, lambda daemon: daemon.ask(messages))
        again = {place: message for place, message in messages.items() if any(took(said[place]) for said in first.values())}
        second = each(self.daemons, lambda daemon: daemon.ask(again))
        bad = set().union(*(daemon.suspects for daemon in self.daemons))
        if bad:
            print(f"{base['name']}: a daemon ended at one of: {', '.join(todo[place][1] for place in sorted(bad))}", file=sys.stderr)
        before = len(self.found)
        for place in sorted(set(again) - bad):
            told = agreed(*({name: said[place] for name, said in asked.items()} for asked in (first, second)))
            if any(took(word) for word in told.values()):
                self.found.append(line(base, told, todo[place], spis[place], messages[place]))
        # The first is the base as it was made.
        self.refused += [f"{name} does not take {base['name']} as it was made" for name, said in second.items() if not took(said.get(0))]
        self.asked, self.left_out = self.asked + len(todo), self.left_out + len(bad)
        print(f"{base['name']}: {len(todo)} asked, {len(self.found) - before} accepted", file=sys.stderr, flush=True)

    def close(self):
        for daemon in self.daemons:
            daemon.asked.close()
        shutil.rmtree(self.state, ignore_errors=True)

    def write(self, out):
        out.mkdir(parents=True, exist_ok=True)
        (out / "accepted.jsonl").write_text("".join(json.dumps(row, separators=(",", ":")) + "\n" for row in self.found))
        about = {
            "daemons": {daemon.name: daemon.version for daemon in self.daemons}, "seed": self.options.seed,
            "asked": self.asked, "accepted": len(self.found),
            "ended": {daemon.name: daemon.ends for daemon in self.daemons if daemon.ends}, "left_out": self.left_out,
        }
        (out / "run.json").write_text(json.dumps(about, indent=1) + "\n")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("out", type=pathlib.Path)
    options.add_argument("--seed")
    options.add_argument("--count", type=int, default=1000)
    options.add_argument("--daemons", default=",".join(DAEMONS))
    options.add_argument("--bases", default="one,many,addke")
    options = options.parse_args()
    bases = json.loads((DATA / "bases.json").read_text())["bases"]
    run = Run(options)
    try:
        for name in options.bases.split(","):
            run.one({"name": name, **bases[name]})
            run.write(options.out)
    finally:
        run.close()
    for text in run.refused:
        print(text)
    print(f"lenient: {run.asked} requests to {len(run.daemons)} daemons, {len(run.found)} accepted, {run.left_out} left out because a daemon ended")
    # A daemon that answers nothing proves nothing.
    sys.exit(1 if run.refused else 0)


if __name__ == "__main__":
    main()
