#!/usr/bin/env python3
"""tshark as a judge: with our exported keys it must decrypt and reassemble every message of a capture and have nothing to say against one.

    wireshark.py CAPTURE KEYS      prints what it found; exits with 1 when there was something

KEYS holds lines of Wireshark's ikev2_decryption_table, as `ike handshake --keys` writes them.
"""

import subprocess
import sys
import tempfile

SK, SKF, AUTH = 46, 53, 39
IKE_SA_INIT, IKE_AUTH, IKE_INTERMEDIATE = 34, 35, 43
# Wireshark 4.0 has no ChaCha20-Poly1305 for IKEv2.
UNKNOWN = ("chacha20poly1305",)
WARNING = 0x600000
FIELDS = (
    "frame.number _ws.malformed _ws.expert.severity _ws.expert.message isakmp.exchangetype isakmp.flags isakmp.messageid isakmp.typepayload "
    "isakmp.enc.decrypted isakmp.frag.number isakmp.frag.total isakmp.fragment.count isakmp.ispi isakmp.rspi isakmp.auth.method isakmp.delete.spi"
).split()


def rows(capture, keys):
    words = ["tshark", "-r", str(capture), "-T", "fields", "-E", "separator=|", "-E", "aggregator=,", "-Y", "isakmp", "-t", "r"]
    for key in keys:
        words += ["-o", f"uat:ikev2_decryption_table:{key}"]
    for field in FIELDS:
        words += ["-e", field]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        raise RuntimeError(f"tshark: {done.stderr.strip().splitlines()[-1:]}")
    for line in done.stdout.splitlines():
        yield dict(zip(FIELDS, line.split("|")))


def stage(header, count):
    """Which of the keys of an IKE SA protect a message: IKE_INTERMEDIATE changes them, and that with message ID 1 is protected by the first."""
    return min(int.from_bytes(header[20:24]), count) - 1 if header[18] == IKE_INTERMEDIATE else count - 1


def without(capture, spis, keep, count):
    """The capture, with the messages of an IKE SA that other keys protect on the port of RFC 863."""
    octets = capture.read_bytes()
    out, at = octets[:24], 24
    while at < len(octets):
        size = int.from_bytes(octets[at + 8 : at + 12], "little")
        head, packet = octets[at : at + 16], octets[at + 16 : at + 16 + size]
        at += 16 + size
        udp = (packet[0] & 15) * 4 if packet[0] >> 4 == 4 else 40
        header = packet[udp + 8 :].removeprefix(bytes(4))[:28]
        if len(header) == 28 and header[:16] == spis and header[18] != IKE_SA_INIT and stage(header, count) != keep:
            packet = packet[:udp] + b"\0\x09\0\x09" + packet[udp + 4 :]
        out += head + packet
    return out


def all_rows(capture, keys):
    """Every message as the keys of its IKE SA show it. Wireshark 4.0 has one line for an IKE SA, and puts fragments together by message ID alone, whatever
    the SPIs: it is asked with one line at a time, and does not see what other keys of that IKE SA protect."""
    by_spis, frames = {}, {}
    for key in keys:
        by_spis.setdefault(",".join(key.split(",")[:2]), []).append(key)
    for spis, stages in by_spis.items():
        for number, key in enumerate(stages):
            with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
                file.write(capture.read_bytes() if len(stages) == 1 else without(capture, bytes.fromhex(spis.replace(",", "")), number, len(stages)))
                file.flush()
                for row in rows(file.name, [key]):
                    if row["isakmp.enc.decrypted"] or f"{row['isakmp.ispi']},{row['isakmp.rspi']}" == spis:
                        frames[int(row["frame.number"])] = row
                    else:
                        frames.setdefault(int(row["frame.number"]), row)
    return [row for _, row in sorted(frames.items())]


def judge(capture, keys, want_auth=True):
    """(problems, facts)"""
    keys = [line for line in keys.read_text().splitlines() if line.strip() and not line.startswith("#")]
    if not keys:
        return ["no key was exported"], {}
    problems, facts, auth, sets = [], {"messages": 0, "decrypted": 0, "fragments": 0, "reassembled": 0, "methods": [], "deleted": []}, set(), {}
    for row in all_rows(capture, keys):
        frame = f"frame {row['frame.number']}"
        facts["messages"] += 1
        if row["_ws.malformed"]:
            problems.append(f"{frame}: malformed")
        # Frames that IP reassembly completes repeat a field per fragment.
        severities = [int(number) for number in row["_ws.expert.severity"].split(",") if number]
        if any(number >= WARNING for number in severities):
            problems.append(f"{frame}: {row['_ws.expert.message']}")
        payloads = [int(number) for number in row["isakmp.typepayload"].split(",") if number]
        exchange = int(row["isakmp.exchangetype"].split(",")[0] or 0)
        if exchange == IKE_SA_INIT:
            continue
        if not row["isakmp.enc.decrypted"]:
            problems.append(f"{frame}: not decrypted")
            continue
        facts["decrypted"] += 1
        facts["deleted"] += [spi.replace(":", "") for spi in row["isakmp.delete.spi"].split(",") if spi]
        facts["methods"] = sorted({*facts["methods"], *(int(number) for number in row["isakmp.auth.method"].split(",") if number)})
        response = int(row["isakmp.flags"].split(",")[0], 0) & 0x20
        if payloads[:1] == [SKF]:
            facts["fragments"] += 1
            key = (row["isakmp.ispi"], row["isakmp.messageid"], response, exchange)
            sets.setdefault(key, False)
            if row["isakmp.fragment.count"]:
                sets[key] = True
                facts["reassembled"] += 1
        if exchange == IKE_AUTH and AUTH in payloads:
            auth.add("response" if response else "request")
    # A capture that holds nothing to decrypt has nothing wrong with it either.
    if not facts["decrypted"]:
        problems.append(f"none of {facts['messages']} messages was decrypted")
    problems += [f"message {key[1]} of {len(sets)} fragmented ones was not put together" for key, complete in sets.items() if not complete]
    if want_auth and auth != {"request", "response"}:
        problems.append(f"an AUTH payload was seen in {sorted(auth) or 'nothing'}")
    return problems, facts


if __name__ == "__main__":
    import pathlib

    found, counted = judge(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
    print(counted)
    print("\n".join(found) or "tshark has nothing to say against it")
    sys.exit(1 if found else 0)
