"""A daemon's answer to an offer, in the terms of `ike negotiate --json`. Nothing but Python itself is needed."""

import struct

NOTIFY = {7: "invalid_syntax", 14: "no_proposal_chosen", 17: "invalid_ke_payload"}


def unchain(first, octets):
    payloads = []
    while first and len(octets) >= 4:
        following, _, length = struct.unpack("!BBH", octets[:4])
        if length < 4:
            break
        payloads.append((first, octets[4:length]))
        first, octets = following, octets[length:]
    return payloads


def read_sa(body):
    """(number, [(type, id, key bits or None)]) of an answer; None when there is no proposal."""
    if not body:
        return None
    number, spi_size, count = body[4], body[6], body[7]
    at, transforms = 8 + spi_size, []
    for _ in range(count):
        length = struct.unpack("!H", body[at + 2 : at + 4])[0]
        ident = struct.unpack("!H", body[at + 6 : at + 8])[0]
        bits = None
        if length >= 12 and body[at + 8 : at + 10] == b"\x80\x0e":
            bits = struct.unpack("!H", body[at + 10 : at + 12])[0]
        transforms.append((body[at + 4], ident, bits))
        at += length
    return number, sorted(transforms, key=lambda t: (t[0], t[1], t[2] or 0))


def outcome(payloads):
    """The answer in the terms of `ike negotiate --json`."""
    for ty, body in payloads:
        if ty == 33:
            answer = read_sa(body)
            if answer is None:
                return {"outcome": "empty_sa_payload"}
            return {"outcome": "selected", "number": answer[0], "transforms": answer[1], "sa_hex": body.hex()}
    for ty, body in payloads:
        if ty == 41:
            kind = struct.unpack("!H", body[2:4])[0]
            if kind == 17:
                return {"outcome": "invalid_ke_payload", "ke_method": struct.unpack("!H", body[-2:])[0]}
            if kind in NOTIFY:
                return {"outcome": NOTIFY[kind]}
            if kind < 16384:
                return {"outcome": f"notify {kind}"}
    return {"outcome": "nothing"}
