"""The logs of the daemons of a case of causes.py: cut to what is about IKE, and what `ike diagnose --log` says of them beside the captures of the same failure."""

import json
import pathlib
import re

# Where a daemon begins to end: what follows is none of the case.
ENDS = ("SIGTERM received", "Pluto is shutting down", "parent terminating", "ca exiting, pid", "control exiting, pid", "ikev2 exiting, pid", "config_doreset: flushing")
CHARON = re.compile(
    r"\[NET\] .*\(\d+ bytes\)|\[NET\] ignoring|\[ENC\] (?:parsed|generating) [A-Z_0-9]+ (?:request|response) |\[ENC\] (?:received fragment|splitting|payload type .* (?:could not|is not supported))"
    r"|\[NET\] received packet: from \S+ to \S+$|\[TLS\] |\[JOB\] deleting half open|\[IKE\] (?!queueing|activating|nothing to|reinitiating|keeping|local endpoint|remote endpoint|IKE_SA .* state change|sending end|sending issuer|received end|received issuer|received cert|received \d+ cert|successfully created)"
    r"|\[CFG\] (?:selecting proposal|received proposals|configured proposals|selected proposal|received PPK|PPK required|using PPK|pool |selected peer config .* unacceptable|no matching|no alternative|IKE signature scheme|received supported)"
)
PLUTO = re.compile(r'^\w{3} +\d+ [\d:.]+: (?:"[^"]+"(?:\[\d+\] \S+)? #\d+: |packet from |\| \*received |\| sending \d+ bytes for )')
IKED = re.compile(r"^(?:spi=0x|ikev2_pld_(?!parse: header.*extra)|ikev2_recv: |ikev2_add_error|ikev2_msg_retransmit|ikev2_send_encrypted_fragments: |ikev2_send_create_child_sa: |ikev1_recv|sa_free: |[0-9a-f]{4}$)")
DAEMONS = {"strongswan.sh": CHARON, "libreswan.sh": PLUTO, "openiked.sh": IKED}
FOLDERS = {"a": "initiator", "b": "responder"}


def cut(log, script):
    """The lines of a log that tell something of IKE, without what names the machine."""
    lines = []
    for line in log.splitlines():
        if any(end in line for end in ENDS):
            break
        # What is indented or in hexadecimal is talk of the daemon's insides.
        if DAEMONS[script].search(line) and not re.search(r"\] {2}", line):
            lines.append(line.rstrip())
    if script == "strongswan.sh":
        # The thread that receives says it first; that is of use only where nothing follows.
        kept = []
        for n, line in enumerate(lines):
            follows = lines[n + 1] if n + 1 < len(lines) else ""
            if not re.search(r"received packet: from \S+ to \S+$", line) or "ignoring" in follows:
                kept.append(line)
        lines = kept
    return "\n".join(lines) + "\n" if lines else ""


def capture_of(truths, name, end):
    """The line of truth.jsonl with which the log of an end agrees: one with keys, because a log tells what is inside; else one of the same end."""
    far = "b" if end == "a" else "a"
    for other in (f"{name}-{end}-keys", f"{name}-{far}-keys", f"{name}-{end}", f"{name}-{end}-watched", f"{name}-ab"):
        if other in truths:
            return truths[other]
    return next((line for title, line in truths.items() if re.fullmatch(re.escape(name) + r"-[ab](-keys)?", title)), None)


def exceptions(folder):
    """Where the log or the capture alone can know: by the name of the log."""
    return {line["log"]: line for line in map(json.loads, (pathlib.Path(folder) / "exceptions.jsonl").read_text().splitlines())}


def differs(name, of_log, of_capture, excepted):
    """What a log says otherwise than the capture; each is the last line of `ike diagnose --json`."""
    wanted = excepted.get(name)
    state, codes = (wanted["state"], wanted["codes"]) if wanted else (of_capture["state"], of_capture["codes"])
    out = []
    if of_log["state"] not in state.split("|"):
        out.append(f"{name}: the log says {of_log['state']}, and not {state}")
    if sorted(of_log["codes"]) != sorted(codes):
        out.append(f"{name}: the log says {of_log['codes']}, and not {codes}")
    return out
