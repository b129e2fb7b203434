"""Does `ike inspect --json` show whole what daemons accepted?

lenient_judge.py --ike IKE [FILE..]    what a run of lenient.py accepted, and after it what is in tests/data/lenient; in place of the part of a
                                       recording that is there, the whole, where IKEV2_SHARED names its folder

Every message is written into one capture, a UDP datagram each, and found again by its initiator SPI. It is shown whole when the payload types begin
with those wanted, in this order, and every SA payload among them has the proposals wanted: number, protocol, transforms, every key length. The exit
status is 1 when one is not.
"""

import argparse
import collections
import json
import os
import pathlib
import struct
import subprocess
import sys
import tempfile

from framing import KEY_LENGTH, SA
from mutants import apply

DATA = pathlib.Path(__file__).resolve().parents[1] / "data/lenient"
RAW_IP, EXAMPLES = 101, 20
US, THEM = bytes([192, 0, 2, 1]), bytes([192, 0, 2, 2])


def files():
    """Those that are committed; of what others recorded, the whole."""
    here = {path.name: path for path in sorted(DATA.glob("*.jsonl"))}
    whole = pathlib.Path(os.environ.get("IKEV2_SHARED", "/nonexistent")) / "cases/lenient/accepted.jsonl"
    if whole.exists():
        here["accepted.jsonl"] = whole
    return list(here.values())


def packet(message):
    udp = struct.pack("!HHHH", 500, 500, 8 + len(message), 0) + message
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, US, THEM) + udp


def capture(messages, path):
    with path.open("wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, RAW_IP))
        for place, message in enumerate(messages):
            octets = packet(message)
            out.write(struct.pack("<IIII", place, 0, len(octets), len(octets)) + octets)


def inspected(ike, path):
    """{initiator SPI: the message} as ike shows them."""
    done = subprocess.run([ike, "inspect", "--json", str(path)], capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["spi_i"]: line for line in lines if line["kind"] == "message"}


def transform(shown):
    """(type, id, key lengths) as ike shows a transform."""
    further = [int(attribute["value"] or "0", 16) for attribute in shown["attributes"] if attribute["type"] == KEY_LENGTH]
    bits = [] if shown["key_bits"] is None else [shown["key_bits"]]
    return shown["type"], shown["id"], bits + further


def same_transform(shown, text):
    """Every key length is there, however often it is wanted, and none that is not. One in TLV form may be named as an attribute as well."""
    kind, ident, *bits = (int(part) for part in text.split("."))
    lengths = transform(shown)[2]
    return transform(shown)[:2] == (kind, ident) and not collections.Counter(bits) - collections.Counter(lengths) and set(lengths) == set(bits)


def same_proposal(shown, text):
    number, protocol, *transforms = text.split(" ")
    if (str(shown["number"]), str(shown["protocol"]), len(shown["transforms"])) != (number, protocol, len(transforms)):
        return False
    return all(map(same_transform, shown["transforms"], transforms))


def words(proposal):
    """A proposal as it is shown, in the words of the rows."""
    transforms = [".".join(map(str, (kind, ident, *bits))) for kind, ident, bits in map(transform, proposal["transforms"])]
    return " ".join([str(proposal["number"]), str(proposal["protocol"]), *transforms])


def lacks(wanted, offers, message):
    """What is not shown of a message; None when it is shown whole."""
    if message is None:
        return "no message"
    payloads = message["payloads"][: len(wanted)]
    types = [payload["type"] for payload in payloads]
    if types != wanted:
        return f"payloads {types}, wanted {wanted}"
    for payload, offer in zip((payload for payload in payloads if payload["type"] == SA), offers, strict=True):
        shown = payload.get("proposals", [])
        if len(shown) != len(offer) or not all(map(same_proposal, shown, offer)):
            return f"SA {[words(proposal) for proposal in shown]}, wanted {offer}"
    return None


def wanted(row, base):
    """The payload types, and the proposals of every SA payload."""
    offers = row.get("sa", [list(range(len(base["sa"])))])
    return row.get("payloads", base["payloads"]), [[base["sa"][text] if isinstance(text, int) else text for text in offer] for offer in offers]


def message_of(row, base):
    return apply(bytes.fromhex(base["hex"]), bytes.fromhex(row["spi"]), row["edit"])


def judge(ike, path, bases):
    """(rows, [(row, what it lacks)]) of one file."""
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    with tempfile.TemporaryDirectory() as folder:
        pcap = pathlib.Path(folder) / "lenient.pcap"
        capture((message_of(row, bases[row["base"]]) for row in rows), pcap)
        shown = inspected(ike, pcap)
    told = ((row, lacks(*wanted(row, bases[row["base"]]), shown.get(row["spi"]))) for row in rows)
    return rows, [(row, why) for row, why in told if why]


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--ike", required=True)
    options.add_argument("files", nargs="*", type=pathlib.Path)
    options = options.parse_args()
    bases = json.loads((DATA / "bases.json").read_text())["bases"]
    total = bad = 0
    for path in options.files + files():
        rows, wrong = judge(options.ike, path, bases)
        total, bad = total + len(rows), bad + len(wrong)
        for row, why in wrong[:EXAMPLES]:
            print(f"{row['base']}, {row['name']}, edit {json.dumps(row['edit'])}: {why}")
        families = collections.Counter(row["family"] for row, _ in wrong)
        print(f"{path.name}: {len(rows) - len(wrong)} of {len(rows)} shown whole" + "".join(f"; {family} {count} not" for family, count in families.most_common()))
    print(f"lenient: {total - bad} of {total} accepted messages shown whole")
    # Nothing to judge is no good sign.
    sys.exit(1 if bad or not total else 0)


if __name__ == "__main__":
    main()
