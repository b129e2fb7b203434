"""What a case must have left: our verdict, the daemon's log, the counters of the path, the prediction of `ike negotiate`, tshark's word."""

import json
import re
import struct
import subprocess

import cases
import wireshark
from answer import outcome, unchain

COOKIE = 16390


def judge(case, daemon, folder, facts, ike):
    problems = []
    lines = [line for line in (folder / "ours.txt").read_text(errors="replace").splitlines() if line.startswith("{")]
    try:
        said = json.loads(lines[-1])
    except (IndexError, ValueError):
        return [f"no verdict, exit status {facts['exit']}"]
    counters = json.loads((folder / "counters.json").read_text())
    facts.update(verdict=said, counters=counters)
    if facts["exit"] not in case.exit:
        problems.append(f"exit status {facts['exit']}, expected {case.exit}")
    problems += ours(case, said)
    problems += [f"we did not say: {pattern}" for pattern in case.says if not re.search(pattern, (folder / "ours.txt").read_text())]
    if case.kind == "childless" and re.search(r"-> IKE_AUTH request .*\bSA\b", (folder / "ours.txt").read_text()):
        problems.append("there is an SA payload in our IKE_AUTH request")
    problems += theirs(case, daemon, said)
    problems += child_keys(daemon, folder)
    problems += path(case, said, counters)
    problems += prediction(case, folder, ike)
    if case.expect.get("verdict") == "established" and not any(name in (said.get("ike") or "") for name in wireshark.UNKNOWN):
        # Wireshark 4.0 puts fragments together in any order, but looks inside only when the last one comes last.
        in_order = "--reorder" not in case.ours and "--ike" not in case.path
        if not (folder / "keys.txt").exists():
            return [*problems, "no keys were exported"]
        found, facts["tshark"] = wireshark.judge(folder / "ours.pcap", folder / "keys.txt", in_order)
        problems += [f"tshark: {problem}" for problem in found[:5]]
        seen = facts["tshark"]
        if case.methods and seen.get("methods") != sorted(case.methods):
            problems.append(f"methods of authentication {seen.get('methods')}, expected {case.methods}")
        if case.remains:
            problems += remains(daemon, folder, seen)
    return problems


def ours(case, said):
    problems = [f"{key}: {said.get(key)!r}, expected {value!r}" for key, value in case.expect.items() if said.get(key) != value]
    if said.get("verdict") == "established" == case.expect.get("verdict") and "esp" not in case.expect:
        suites = {"ike": case.expect.get("ike", cases.ike(case.suite, "us")), "esp": cases.esp(case.esp, "us")}
        for key, suite in suites.items():
            # The groups of a child proposal are not part of the first child SA.
            if not same_suite(suite, said.get(key) or "", key == "esp"):
                problems.append(f"{key}: {said.get(key)!r}, expected {suite!r}")
        if case.role == "initiator":
            problems += [f"steps: {said.get('steps')}, expected {step}" for step in case.peer_steps if step not in said.get("steps", [])]
        else:
            steps = [step for step in case.do.split(",") if step and not step.startswith("wait")]
            done = [step for step in said.get("steps", []) if not step.startswith("wait")]
            if case.remains:
                # The daemon's are among them, in whatever order.
                among = iter(done)
                if not all(step in among for step in steps):
                    problems.append(f"steps: {done}, expected {steps} among them")
            elif case.peer_steps:
                missing = [step for step in case.peer_steps if step not in done]
                if missing or done[len(done) - len(steps) :] != steps:
                    problems.append(f"steps: {done}, expected {[*case.peer_steps, *steps]}")
            elif done != steps:
                problems.append(f"steps: {done}, expected {steps}")
    return problems


GROUPS = ("ecp", "x25519", "curve", "modp", "ke1_", "ke2_")


def same_suite(wanted, said, child):
    """Whether two strings of strongSwan's notation name the same algorithms, a prf being implied by its integrity algorithm."""
    words = [{word.replace("curve25519", "x25519") for word in text.split("-")} - {"noesn"} for text in (wanted, said)]
    if child:
        words = [{word for word in each if not word.startswith(GROUPS)} for each in words]
    missing, more = words[0] - words[1], words[1] - words[0]
    return not missing and all(word.startswith("prf") and word[3:] in words[0] for word in more)


def theirs(case, daemon, said):
    problems = []
    for mark in case.daemon_saw:
        if daemon.seen(mark) == 0:
            problems.append(f"the daemon's log does not show: {mark}")
    for mark in case.daemon_not:
        if daemon.seen(mark):
            problems.append(f"the daemon's log shows: {mark}")
    if chain(case):
        seen = daemon.seen("fragments")
        if case.mtu == "off" and seen:
            problems.append(f"the daemon saw {seen} IKE fragments with fragmentation off")
        if case.mtu != "off" and said.get("verdict") == "established" and not seen:
            problems.append("the daemon saw no IKE fragment")
    return problems


CHILD = re.compile(r"child SA ([0-9a-f]{8}) in, ([0-9a-f]{8}) out, fingerprint of the keys ([0-9a-f]{8})")

CROSSED = re.compile(r"-> CREATE_CHILD_SA request (?:(?!<- CREATE_CHILD_SA response).|\n)*<- CREATE_CHILD_SA request")


def child_keys(daemon, folder):
    """Every Child SA of ours has keys that the daemon's log has as well."""
    theirs = daemon.fingerprints()
    if theirs is None:
        return []
    return [f"the daemon has no child SA with the keys {keys}" for _, _, keys in CHILD.findall((folder / "ours.txt").read_text()) if keys not in theirs]


def remains(daemon, folder, seen):
    """One IKE SA with one Child SA is left: by the daemon's word, and by what was deleted on the path."""
    said, problems = (folder / "ours.txt").read_text(), []
    if not CROSSED.search(said):
        problems.append("no request of the daemon crossed ours")
    if daemon.remaining() != (1, 1):
        problems.append("the daemon was left with {} IKE SAs and {} child SAs".format(*daemon.remaining()))
    left = [spi for spi, other, _ in CHILD.findall(said) if not {spi, other} & set(seen["deleted"])]
    if len(left) != 1:
        problems.append(f"we were left with {len(left)} child SAs: {left}")
    return problems


def chain(case):
    return case.auth == "rsa4096"


def path(case, said, counters):
    problems = []
    for key, least in case.counters.items():
        side, name = key.split(".")
        if counters[side].get(name, 0) < least:
            problems.append(f"path {key}: {counters[side].get(name, 0)}, expected at least {least}")
    for side, direction in (("ours", "a2b"), ("theirs", "b2a")):
        for name in ("dropped_oversize", "dropped_fragment"):
            if counters[direction].get(name) and f"{direction}.{name}" not in case.counters and not ("--fragments" in case.path and name == "dropped_fragment"):
                problems.append(f"{counters[direction][name]} of {side} packets: {name}")
        if chain(case) and said.get("verdict") == "established":
            if case.mtu == "off":
                if counters[direction]["ike_fragments"]:
                    problems.append(f"{side}: IKE fragments with fragmentation off")
                if not counters[direction]["ip_fragments"]:
                    problems.append(f"{side}: no IP fragment, so nothing was large")
            elif not counters[direction]["ike_fragments"]:
                problems.append(f"{side}: no IKE fragment on the path")
    if case.mtu == "off" and (said.get("fragments_sent") or said.get("fragments_received")):
        problems.append("our verdict counts fragments with fragmentation off")
    if chain(case) and case.mtu != "off" and said.get("verdict") == "established":
        for key in ("fragments_sent", "fragments_received"):
            if not said.get(key):
                problems.append(f"{key} is {said.get(key)!r}")
    return problems


# IKE_SA_INIT in the capture, against the matcher


def written(ike, text, question, notation):
    """A policy in the daemon's own notation, which its dialect reads."""
    words = [str(ike), "notation", "--from", "strongswan", "--question", question, "--to", notation, text]
    return subprocess.run(words, capture_output=True, text=True, check=False, timeout=20).stdout


def prediction(case, folder, ike):
    if not case.predict:
        return []
    dialect = case.daemon
    openiked = cases.product(dialect) == "openiked"
    local = cases.ike(case.suite, "us" if openiked else dialect)
    if openiked:
        local = written(ike, local, "ike", cases.product(dialect))
    problems, kinds = [], []
    for offer, group, notifies, answer in exchanges(folder / "ours.pcap"):
        row = {"offer_hex": offer.hex(), "dialect": dialect, "question": "ike", "ke_method": group, "local": local, "notifies": notifies}
        done = subprocess.run([str(ike), "negotiate", "--json"], input=json.dumps(row) + "\n", capture_output=True, text=True, check=False, timeout=20)
        predicted = json.loads(done.stdout.splitlines()[0])
        if "error" in predicted:
            return [f"ike negotiate: {predicted['error']}"]
        kinds.append(predicted["outcome"])
        answer.pop("sa_hex", None)
        seen = {key: predicted.get(key) for key in answer}
        if "transforms" in answer:
            transforms = ((t["type"], t["id"], t["key_bits"]) for t in predicted.get("transforms") or [])
            seen["transforms"] = sorted(transforms, key=lambda t: (t[0], t[1], t[2] or 0))
        if seen != answer:
            problems.append(f"the daemon answered {answer}, the matcher predicts {seen}")
    if case.predict not in kinds:
        problems.append(f"the matcher predicts {kinds}, the case is about {case.predict}")
    # The first child SA has no group of its own: the offer goes without one.
    offer = "-".join(word for word in (case.our_esp or cases.esp(case.esp, "us")).split("-") if not word.startswith(GROUPS))
    local = cases.esp(case.esp, "us")
    if cases.product(dialect) != "strongswan":
        local = written(ike, local, "auth_child", cases.product(dialect))
    question = ["--offer", offer, "--local", local, "--dialect", dialect, "--question", "auth_child"]
    agrees = subprocess.run([str(ike), "negotiate", *question], capture_output=True, text=True, check=False, timeout=20).returncode
    if agrees != (1 if case.our_esp else 0):
        problems.append(f"the matcher's exit status for the child SA is {agrees}")
    return problems


def exchanges(name):
    """(SA payload body, KE group, notifies, answer) of every IKE_SA_INIT of the capture that got an answer other than COOKIE."""
    requests = {}
    for message in messages(name):
        if message[18] != 34:
            continue
        payloads = unchain(message[16], message[28:])
        if not message[19] & 0x20:
            requests[message[:8]] = payloads
            continue
        asked = requests.get(message[:8])
        if asked is None or any(ty == 41 and struct.unpack("!H", body[2:4])[0] == COOKIE for ty, body in payloads):
            continue
        sa = next(body for ty, body in asked if ty == 33)
        group = next((struct.unpack("!H", body[:2])[0] for ty, body in asked if ty == 34), None)
        notifies = [struct.unpack("!H", body[2:4])[0] for ty, body in asked if ty == 41]
        yield sa, group, notifies, outcome(payloads)
        # A retransmitted answer is no second one.
        del requests[message[:8]]


def messages(name):
    octets = name.read_bytes()[24:]
    while octets:
        size = struct.unpack("<I", octets[8:12])[0]
        packet, octets = octets[16 : 16 + size], octets[16 + size :]
        version = packet[0] >> 4
        at, protocol = ((packet[0] & 15) * 4, packet[9]) if version == 4 else (40, packet[6])
        if protocol != 17 or version == 4 and struct.unpack("!H", packet[6:8])[0] & 0x3FFF:
            continue
        data = packet[at + 8 :]
        if data[:4] == bytes(4):
            data = data[4:]
        if len(data) >= 28 and data[17] >> 4 == 2:
            yield data
