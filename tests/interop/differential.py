"""Random offers and policies: a running daemon and `ike negotiate` must say the same.

    cargo build --release -p ikev2-tools
    IKEV2_PEERS=... unshare -n -m sh -c 'ip link set lo up; exec python3 tests/interop/differential.py strongswan --count 200'

Prints every disagreement as a JSON line, and a summary; exits with 1 when there was one, or nothing was asked. With --record FILE every answer is
written there as tests/data/oracles has them; --peer names the daemon and its version in it.
"""

import argparse
import json
import pathlib
import random
import struct
import subprocess
import sys

from ike import IkeSa, ask_init
from peers import Libreswan, Libreswan5, OpenIked, OpenIked74, StrongSwan, StrongSwan6

ENCR, PRF, INTEG, KE, SN = 1, 2, 3, 4, 5
ROOT = pathlib.Path(__file__).resolve().parents[2]

STRONGSWAN = {
    "encr": {
        "aes128": (12, 128), "aes192": (12, 192), "aes256": (12, 256), "3des": (3, None), "aes256ctr": (13, 256),
        "camellia128": (23, 128), "camellia256": (23, 256),
    },
    "aead": {
        "aes128gcm16": (20, 128), "aes256gcm16": (20, 256), "aes192gcm12": (19, 192), "aes256gcm8": (18, 256),
        "aes128ccm16": (16, 128), "aes256ccm8": (14, 256), "chacha20poly1305": (28, None),
    },
    "integ": {"sha1": 2, "sha256": 12, "sha384": 13, "sha512": 14, "md5": 1, "aesxcbc": 5, "aescmac": 8},
    "prf": {"prfsha1": 2, "prfsha256": 5, "prfsha384": 6, "prfsha512": 7, "prfaesxcbc": 4, "prfaescmac": 8, "prfmd5": 1},
    "ke": {
        "modp1024": 2, "modp1536": 5, "modp2048": 14, "modp3072": 15, "ecp256": 19, "ecp384": 20, "ecp521": 21, "curve25519": 31,
        "ecp256bp": 28, "curve448": 32,
    },
}
INTEG_PRF = {2: 2, 12: 5, 13: 6, 14: 7, 1: 1, 5: 4, 8: 8}
BASE = {"protocol": 1, "transforms": [(1, 12, 256), (3, 12, None), (2, 5, None), (4, 31, None)]}


def pick(rng, table, low, high):
    names = list(table)
    rng.shuffle(names)
    return names[: rng.randint(low, high)]


def transforms_of(ty, table, names):
    return [(ty, *value) if isinstance(value := table[name], tuple) else (ty, value, None) for name in names]


def no_more(_):
    return [], []


# What strongSwan 6 does on top: RFC 9370, with ML-KEM, as the main method too.
KEM = {"mlkem512": 35, "mlkem768": 36, "mlkem1024": 37}
MORE = {**KEM, "none": 0, "modp2048": 14, "ecp384": 20, "curve25519": 31}


def additional(rng):
    """Additional key exchanges of a policy: their words and transforms."""
    words, transforms = [], []
    if rng.random() < 0.35:
        return words, transforms
    for number in sorted(rng.sample([1, 1, 1, 2, 2, 3, 5, 7], rng.choice([1, 1, 2, 3]))):
        if transforms and transforms[-1][0] == 5 + number:
            continue
        names = pick(rng, MORE, 1, 3)
        words += [f"ke{number}_{name}" for name in names]
        transforms += [(5 + number, MORE[name], None) for name in names]
    return words, transforms


def strongswan_ike(rng, t=STRONGSWAN, more=no_more):
    strings, policy = [], []
    for _ in range(rng.choice([1, 1, 2, 2, 3])):
        aead = rng.random() < 0.4
        encr = pick(rng, t["aead" if aead else "encr"], 1, 3)
        integ = [] if aead else pick(rng, t["integ"], 1, 3)
        prf = pick(rng, t["prf"], 1, 3) if aead or rng.random() < 0.5 else []
        ke = pick(rng, t["ke"], 1, 3)
        words, transforms = more(rng)
        strings.append("-".join(encr + integ + prf + ke + words))
        prfs = transforms_of(PRF, t["prf"], prf) or [(PRF, INTEG_PRF[t["integ"][i]], None) for i in integ]
        policy.append({
            "protocol": 1,
            "transforms": transforms_of(ENCR, t["aead" if aead else "encr"], encr)
            + transforms_of(INTEG, t["integ"], integ) + prfs + transforms_of(KE, t["ke"], ke) + transforms,
        })
    return ",".join(strings), policy


def strongswan_esp(rng, t=STRONGSWAN, more=no_more):
    strings, policy = [], []
    for _ in range(rng.choice([1, 1, 2, 2, 3])):
        aead = rng.random() < 0.4
        encr = pick(rng, t["aead" if aead else "encr"], 1, 3)
        integ = [] if aead else pick(rng, {k: v for k, v in t["integ"].items() if k != "md5"}, 0 if rng.random() < 0.1 else 1, 3)
        ke = pick(rng, t["ke"], 1, 2) if rng.random() < 0.4 else []
        if ke and rng.random() < 0.3:
            ke.insert(rng.randint(0, len(ke)), "modpnone")
        sn = rng.choice([[], [], ["esn"], ["noesn"], ["esn", "noesn"], ["noesn", "esn"]])
        words, transforms = more(rng) if ke else ([], [])
        strings.append("-".join(encr + integ + ke + words + sn))
        policy.append({
            "protocol": 3,
            "transforms": transforms_of(ENCR, t["aead" if aead else "encr"], encr) + transforms_of(INTEG, t["integ"], integ)
            + transforms_of(KE, {**t["ke"], "modpnone": 0}, ke) + transforms + [(SN, {"esn": 1, "noesn": 0}[s], None) for s in sn or ["noesn"]],
        })
    return ",".join(strings), policy


STRONGSWAN6 = {**STRONGSWAN, "ke": {**STRONGSWAN["ke"], **KEM}}


def strongswan6_ike(rng):
    return strongswan_ike(rng, STRONGSWAN6, additional)


def strongswan6_esp(rng):
    return strongswan_esp(rng, STRONGSWAN6, additional)


LIBRESWAN = {
    "encr": {"aes128": (12, 128), "aes192": (12, 192), "aes256": (12, 256), "3des": (3, None)},
    "aead": {"aes_gcm128": (20, 128), "aes_gcm256": (20, 256), "aes_gcm192": (20, 192)},
    "hash": {"sha1": (2, 2), "sha2_256": (12, 5), "sha2_384": (13, 6), "sha2_512": (14, 7)},
    "ke": {"dh14": 14, "dh15": 15, "dh16": 16, "dh19": 19, "dh20": 20, "dh21": 21, "dh31": 31, "dh5": 5},
}


def libreswan_ike(rng):
    t, strings, policy = LIBRESWAN, [], []
    for _ in range(rng.choice([1, 1, 2, 2, 3])):
        aead = rng.random() < 0.4
        encr = pick(rng, t["aead" if aead else "encr"], 1, 2)
        hashes = pick(rng, t["hash"], 1, 2)
        ke = pick(rng, t["ke"], 1, 2)
        strings.append("+".join(encr) + "-" + "+".join(hashes) + ";" + "+".join(ke))
        policy.append({
            "protocol": 1,
            "transforms": transforms_of(ENCR, t["aead" if aead else "encr"], encr) + [(PRF, t["hash"][h][1], None) for h in hashes]
            + ([] if aead else [(INTEG, t["hash"][h][0], None) for h in hashes]) + transforms_of(KE, t["ke"], ke),
        })
    return ",".join(strings), policy


def libreswan_esp(rng):
    """With groups, pfs=yes is meant; pluto wants the same groups in every proposal."""
    t, strings, policy = LIBRESWAN, [], []
    ke = pick(rng, t["ke"], 1, 2) if rng.random() < 0.5 else []
    if ke and rng.random() < 0.3:
        ke.insert(rng.randint(0, len(ke)), "none")
    for _ in range(rng.choice([1, 1, 2, 2, 3])):
        aead = rng.random() < 0.4
        encr = pick(rng, t["aead" if aead else "encr"], 1, 2)
        hashes = pick(rng, t["hash"], 1, 2)
        strings.append("+".join(encr) + "-" + ("null" if aead else "+".join(hashes)) + (";" + "+".join(ke) if ke else ""))
        policy.append({
            "protocol": 3,
            "transforms": transforms_of(ENCR, t["aead" if aead else "encr"], encr)
            + ([] if aead else [(INTEG, t["hash"][h][0], None) for h in hashes])
            + transforms_of(KE, {**t["ke"], "none": 0}, ke) + [(SN, 1, None), (SN, 0, None)],
        })
    return ",".join(strings), policy


OPENIKED = {
    "encr": {"aes-128": (12, 128), "aes-192": (12, 192), "aes-256": (12, 256), "3des": (3, None)},
    "aead": {"aes-128-gcm": (20, 128), "aes-256-gcm": (20, 256), "aes-256-gcm-12": (19, 256)},
    "integ": {"hmac-sha1": 2, "hmac-sha2-256": 12, "hmac-sha2-384": 13, "hmac-sha2-512": 14, "hmac-md5": 1},
    "prf": {"hmac-sha1": 2, "hmac-sha2-256": 5, "hmac-sha2-384": 6, "hmac-sha2-512": 7, "hmac-md5": 1},
    "ke": {"modp1024": 2, "modp2048": 14, "modp3072": 15, "ecp256": 19, "ecp384": 20, "ecp521": 21, "curve25519": 31, "brainpool256": 28},
}


def openiked_ike(rng):
    t, strings, policy = OPENIKED, [], []
    for _ in range(rng.choice([1, 1, 2, 2, 3])):
        aead = rng.random() < 0.4
        encr = pick(rng, t["aead" if aead else "encr"], 1, 3)
        integ = [] if aead else pick(rng, t["integ"], 1, 3)
        prf, ke = pick(rng, t["prf"], 1, 3), pick(rng, t["ke"], 1, 3)
        words = [f"enc {e}" for e in encr] + [f"auth {i}" for i in integ] + [f"prf {p}" for p in prf] + [f"group {k}" for k in ke]
        strings.append("ikesa " + " ".join(words))
        policy.append({
            "protocol": 1,
            "transforms": transforms_of(ENCR, t["aead" if aead else "encr"], encr) + transforms_of(PRF, t["prf"], prf)
            + transforms_of(INTEG, t["integ"], integ) + transforms_of(KE, t["ke"], ke),
        })
    return " ".join(strings), policy


def openiked_esp(rng):
    t, strings, policy = OPENIKED, [], []
    for _ in range(rng.choice([1, 1, 2, 2, 3])):
        aead = rng.random() < 0.15
        # AES-GCM-12 has no name among the ciphers of a child SA.
        encr = pick(rng, {k: v for k, v in t["aead"].items() if v[0] != 19} if aead else t["encr"], 1, 3)
        # hmac-sha2-256 cannot be loaded by the Linux port.
        integ = [] if aead else pick(rng, {k: v for k, v in t["integ"].items() if v in (2, 14, 13)}, 1, 3)
        ke = pick(rng, t["ke"], 1, 2) if rng.random() < 0.4 else []
        words = [f"enc {e}" for e in encr] + [f"auth {i}" for i in integ] + [f"group {k}" for k in ke]
        strings.append("childsa " + " ".join(words))
        policy.append({
            "protocol": 3,
            "transforms": transforms_of(ENCR, t["aead" if aead else "encr"], encr) + transforms_of(INTEG, t["integ"], integ)
            + transforms_of(KE, t["ke"], ke) + [(SN, 0, None)],
        })
    return " ".join(strings), policy


class Side:
    """A daemon, how to draw policies for it, and the texts that any of its IKE SAs is set up with."""

    def __init__(self, kind, daemon, ike, esp):
        self.kind, self.daemon, self.ike, self.esp = kind, daemon, ike, esp
        self.base_ike, self.base_esp = BASES[kind]


BASES = {
    "strongswan": ("aes256-sha256-prfsha256-curve25519", "aes256-sha1"),
    "libreswan": ("aes256-sha2_256;dh31", "aes256-sha1"),
    "openiked": ("ikesa enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group curve25519", "childsa enc aes-256 auth hmac-sha1"),
}
# The newer ones are where roots.sh put them; they go by the names of their dialects.
SIDES = {
    "strongswan": lambda: Side("strongswan", StrongSwan(), strongswan_ike, strongswan_esp),
    "strongswan6": lambda: Side("strongswan", StrongSwan6(), strongswan6_ike, strongswan6_esp),
    "libreswan": lambda: Side("libreswan", Libreswan(), libreswan_ike, libreswan_esp),
    "libreswan5": lambda: Side("libreswan", Libreswan5(), libreswan_ike, libreswan_esp),
    "openiked": lambda: Side("openiked", OpenIked(), openiked_ike, openiked_esp),
    "openiked7.4": lambda: Side("openiked", OpenIked74(), openiked_ike, openiked_esp),
}
BASE_ESP = {"protocol": 3, "transforms": [(1, 12, 256), (3, 2, None), (5, 0, None)]}
POOL = {
    ENCR: [(12, 128), (12, 192), (12, 256), (3, None), (20, 128), (20, 256), (19, 256), (18, 256), (28, None), (16, 128), (13, 256), (23, 256), (11, None), (21, 256)],
    PRF: [(2, None), (5, None), (6, None), (7, None), (4, None), (1, None)],
    INTEG: [(2, None), (12, None), (13, None), (14, None), (1, None), (5, None), (0, None)],
    KE: [(2, None), (5, None), (14, None), (15, None), (19, None), (20, None), (21, None), (31, None), (28, None), (0, None)],
    SN: [(0, None), (1, None), (2, None)],
    **{ty: [(0, None), (14, None), (19, None), (20, None), (31, None), (35, None), (36, None), (37, None)] for ty in range(6, 13)},
}


def attribute(rng, bits, odd):
    """Attributes of a transform whose key length is `bits`."""
    plain = b"" if bits is None else struct.pack("!HH", 0x800E, bits)
    if rng.random() >= odd:
        return plain
    other = struct.pack("!HH", 0x8063, 1)
    return rng.choice([
        b"",
        struct.pack("!HH", 0x800E, rng.choice([0, 64, 128, 192, 256, 512])),
        plain + other,
        other + plain,
        plain + struct.pack("!HHI", 0x0063, 4, 7),
        plain + struct.pack("!HHI", 0x0063, 8, 7),
        struct.pack("!HHH", 14, 2, bits or 128),
        struct.pack("!HHI", 14, 4, bits or 128),
        struct.pack("!HHH", 14, 6, bits or 128),
        plain + struct.pack("!HH", 0x800E, 128),
        struct.pack("!HH", 0x800E, 128) + plain,
        plain + b"\x80",
    ])


def offer_proposal(rng, policy, ike, odd):
    local = rng.choice(policy)
    wanted = [ENCR, PRF, INTEG, KE] if ike else [ENCR, INTEG, SN]
    if not ike and rng.random() < 0.35:
        wanted.append(KE)
    # Of the additional key exchanges those that the policy has, nearly always, and now and then another.
    more = sorted({t[0] for t in local["transforms"] if t[0] > SN})
    wanted += [ty for ty in more if rng.random() < 0.9]
    if any(t[0] > SN for p in policy for t in p["transforms"]) and rng.random() < 0.1:
        wanted.append(rng.choice([ty for ty in range(6, 13) if ty not in wanted]))
    transforms = []
    for ty in wanted:
        own = [t[1:] for t in local["transforms"] if t[0] == ty]
        style = rng.random()
        if own and style < 0.75:
            chosen = rng.sample(own, rng.randint(1, len(own)))
            if rng.random() < 0.4:
                chosen += rng.sample(POOL[ty], rng.randint(1, 2))
        elif not own and ty in (INTEG, KE, SN, *more) and style < 0.8:
            chosen = []
        else:
            chosen = rng.sample(POOL[ty], rng.randint(1, min(3, len(POOL[ty]))))
        rng.shuffle(chosen)
        transforms += [(ty, *c) for c in chosen]
    if rng.random() < odd:
        change = rng.random()
        if change < 0.3 and transforms:
            drop = rng.choice(transforms)[0]
            transforms = [t for t in transforms if t[0] != drop]
        elif change < 0.5:
            ty = rng.choice([SN, PRF, INTEG, KE])
            transforms += [(ty, *c) for c in rng.sample(POOL[ty], 1)]
        elif change < 0.65:
            transforms.append((rng.choice([0, 6, 7, 12, 13, 14, 99, 241, 255]), rng.choice([0, 1, 36, 1024]), None))
        elif change < 0.75:
            transforms.append((rng.choice([ENCR, PRF, INTEG, KE]), rng.choice([0, 1023, 1024, 1025, 65535]), None))
        elif change < 0.9:
            transforms += rng.sample(transforms, min(len(transforms), 2))
    if rng.random() < 0.3:
        rng.shuffle(transforms)
    return transforms


def encode(rng, proposals, ike, rekey, odd):
    body = b""
    numbers = list(range(1, len(proposals) + 1))
    if rng.random() < odd:
        numbers = rng.choice([
            [n + 1 for n in numbers],
            [n * 2 - 1 for n in numbers],
            list(reversed(numbers)),
            [1 for _ in numbers],
            [rng.choice([0, 1, 2, 3, 255]) for _ in numbers],
            [min(n, 2) for n in numbers],
        ])
    for place, transforms in enumerate(proposals):
        protocol = 1 if ike else 3
        spi_size = 8 if rekey else 0 if ike else 4
        if rng.random() < odd / 2:
            protocol = rng.choice([0, 1, 2, 3, 4, 5, 6, 99])
            if rng.random() < 0.7:
                spi_size = {1: 0, 2: 4, 3: 4}.get(protocol, rng.choice([0, 2, 4, 8]))
        if rng.random() < odd / 2:
            spi_size = rng.choice([0, 1, 2, 4, 8, 12])
        inner = b""
        for n, (ty, ident, bits) in enumerate(transforms):
            attributes = attribute(rng, bits, odd / 6)
            last = 3 if n + 1 < len(transforms) else 0
            if rng.random() < odd / 60:
                last = rng.choice([0, 1, 2, 3, 5])
            length = 8 + len(attributes)
            if rng.random() < odd / 80:
                length += rng.choice([-1, 1, 4, -8, 100])
            inner += struct.pack("!BBHBBH", last, 0, max(0, length), ty, 0, ident) + attributes
        count = len(transforms)
        if rng.random() < odd / 10:
            count = max(0, count + rng.choice([-1, 1]))
        spi = bytes(rng.randrange(256) for _ in range(spi_size))
        if spi_size == 4 and spi[:2] == b"\0\0":
            spi = b"\xc0" + spi[1:]
        last = 2 if place + 1 < len(proposals) else 0
        if rng.random() < odd / 15:
            last = rng.choice([0, 1, 2, 3])
        length = 8 + spi_size + len(inner)
        if rng.random() < odd / 20:
            length += rng.choice([-1, 1, 4, -8, -4, 400])
        body += struct.pack("!BBHBBBB", last, 0, max(0, length), numbers[place], protocol, spi_size, count) + spi + inner
    return body


def random_offer(rng, policy, question, odd):
    ike = question in ("ike", "ike_rekey")
    proposals = [offer_proposal(rng, policy, ike, odd) for _ in range(rng.choice([1, 1, 2, 2, 3, 4, 6]))]
    return encode(rng, proposals, ike, question == "ike_rekey", odd if rng.random() < 0.4 else 0), proposals


def random_group(rng, proposals, policy, optional):
    groups = [t[1] for p in proposals for t in p if t[0] == KE] + [t[1] for p in policy for t in p["transforms"] if t[0] == KE]
    groups = [g for g in groups if g]
    if optional and (not groups or rng.random() < 0.4):
        return None
    if not optional and rng.random() < 0.03:
        return None
    if rng.random() < 0.08 or not groups:
        return rng.choice([0, 1, 2, 5, 6, 14, 19, 22, 25, 31, 33, 36, 999, 65535])
    return rng.choice(groups)


class Negotiate:
    def __init__(self, path):
        self.process = subprocess.Popen([path, "negotiate", "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, row):
        self.process.stdin.write(json.dumps(row) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


def normal(answer):
    kept = {"outcome": answer["outcome"]}
    if kept["outcome"] == "selected":
        kept["number"] = answer["number"]
        key = lambda t: (t[0], t[1], t[2] or 0)
        kept["transforms"] = sorted((tuple(t) if isinstance(t, (list, tuple)) else (t["type"], t["id"], t["key_bits"]) for t in answer["transforms"]), key=key)
    if kept["outcome"] == "invalid_ke_payload":
        kept["ke_method"] = answer["ke_method"]
    return kept


def main():
    options = argparse.ArgumentParser()
    options.add_argument("daemon", choices=SIDES)
    options.add_argument("--count", type=int, default=200)
    options.add_argument("--per-policy", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--odd", type=float, default=0.3)
    options.add_argument("--questions", default="ike,auth_child,child,ike_rekey")
    options.add_argument("--ike", default=str(ROOT / "target/release/ike"))
    options.add_argument("--record", type=argparse.FileType("w"))
    options.add_argument("--peer", default="")
    options = options.parse_args()
    rng, side, tally, wrong, unasked, restarts = random.Random(options.seed), SIDES[options.daemon](), {}, 0, 0, 0
    negotiate = Negotiate(options.ike)
    side.daemon.start()
    try:
        for question in options.questions.split(","):
            sa = None
            for place in range(options.count):
                if place % options.per_policy == 0:
                    prefer = rng.choice(["configured", "supplied"]) if side.kind == "strongswan" else "configured"
                    if sa:
                        # pluto 5.2 may die of a connection that is deleted with IKE SAs on it.
                        sa.close()
                    sa = None
                    drawn = rng.getstate()
                    try:
                        string, policy = configured(rng, side, question, prefer)
                    except RuntimeError:
                        restarts += 1
                        side.daemon.down()
                        side.daemon.start()
                        rng.setstate(drawn)
                        string, policy = configured(rng, side, question, prefer)
                offer, proposals = random_offer(rng, policy, question, options.odd)
                group = None if question == "auth_child" else random_group(rng, proposals, policy, question == "child")
                notifies = rng.choice([[16430], [16430, 16438], [16438, 16406]]) if question == "ike" else []
                row = {
                    **({"notifies": notifies} if question == "ike" else {}),
                    "offer_hex": offer.hex(), "dialect": side.daemon.dialect, "prefer": prefer, "question": question, "ke_method": group,
                    "local_proposals": [{"num": n + 1, "protocol": p["protocol"], "transforms": [
                        {"type": t[0], "id": t[1], **({"attrs": [{"type": 14, "format": "TV", "value": t[2]}]} if t[2] else {})}
                        for t in p["transforms"]]} for n, p in enumerate(policy)],
                }
                ours = negotiate.ask(row)
                if side.daemon.dialect == "libreswan5" and question == "child" and group is None and ours.get("outcome") == "invalid_ke_payload":
                    # A Child SA that needs a KE payload, and no payload: that is not asked of libreswan 5.
                    unasked += 1
                    continue
                # iked now and then leaves a request unanswered, whatever is in it, and answers by the old policy for a while.
                for _ in range(4 if side.kind == "openiked" else 1):
                    theirs, sa = ask(side, question, offer, group, notifies, sa)
                    if "error" not in ours and normal(ours) == normal(theirs):
                        break
                if options.record and not theirs["outcome"].startswith(("harness", "nothing")):
                    case = f"{question}-{options.seed}-{place:03}"
                    options.record.write(json.dumps(observation(case, options.peer, row, string, policy, theirs)) + "\n")
                tally[(question, theirs["outcome"])] = tally.get((question, theirs["outcome"]), 0) + 1
                if "error" in ours or normal(ours) != normal(theirs):
                    wrong += 1
                    print(json.dumps({"policy": string, "theirs": normal(theirs), "ours": ours.get("error") or normal(ours), **row}), flush=True)
    finally:
        side.daemon.down()
    for (question, kind), count in sorted(tally.items()):
        print(f"# {question}: {kind} {count}")
    if unasked or restarts:
        print(f"# {options.daemon}: {unasked} not asked; started anew {restarts} times")
    print(f"# {options.daemon} {side.daemon.info['VERSION']}: {sum(tally.values())} asked, {wrong} differ")
    sys.exit(1 if wrong or not tally else 0)


def configured(rng, side, question, prefer):
    """Gives the daemon a random policy, which is returned as its text and as proposals."""
    string, policy = (side.ike if question in ("ike", "ike_rekey") else side.esp)(rng)
    if question in ("ike", "ike_rekey"):
        if question == "ike_rekey":
            string, policy = string + (" " if side.kind == "openiked" else ",") + side.base_ike, policy + [BASE]
        side.daemon.configure(string, side.base_esp, prefer)
    else:
        if side.kind == "openiked" and question == "child":
            # iked gives the IKE SA up when the first child is refused.
            string, policy = string + " " + side.base_esp, policy + [BASE_ESP]
        side.daemon.pfs = "yes" if ";" in string else "no"
        side.daemon.configure(side.base_ike, string, prefer)
    return string, policy


def observation(case, peer, row, config, policy, theirs):
    """A row of tests/data/oracles."""
    kinds = {"selected": "chosen", "dropped": "no_response", "invalid_ke_payload": "INVALID_KE_PAYLOAD"}
    outcome = {"kind": kinds.get(theirs["outcome"], theirs["outcome"].upper())}
    if theirs["outcome"] == "selected":
        outcome["sa_hex"] = theirs["sa_hex"]
    elif theirs["outcome"] == "invalid_ke_payload":
        outcome["group"] = theirs["ke_method"]
    elif theirs["outcome"] == "invalid_syntax":
        outcome = {"kind": "notify", "name": "INVALID_SYNTAX"}
    elif theirs["outcome"] == "empty_sa_payload":
        outcome["kind"] = theirs["outcome"]
    responder = [
        {"protocol": p["protocol"], "transforms": [[t[0], t[1], *([t[2]] if t[2] else [])] for t in p["transforms"]]} for p in policy
    ]
    return {
        "case": case, "peer": peer, "question": row["question"], "offer": row["offer_hex"], "ke_group": row["ke_method"], "prefer": row["prefer"], "config": config,
        **({"notifies": row["notifies"]} if "notifies" in row else {}),
        "responder": responder, "outcome": outcome,
    }


def ask(side, question, offer, group, notifies, sa):
    """The outcome, and the IKE SA to ask on; it is set up when there is none."""
    if question == "ike":
        return ask_init(side.daemon.peer, offer, group, notifies), None
    try:
        if question == "auth_child":
            sa = IkeSa(side.daemon.peer)
            theirs, _ = sa.auth(offer)
            sa.close()
            return theirs, None
        sa = sa or established(side)
        theirs = sa.create_child(offer, group) if question == "child" else sa.rekey(offer, group)
        # An exchange that additional ones are to follow is not finished.
        goes_on = any(t[0] > SN for t in theirs.get("transforms", []))
        if theirs["outcome"] in ("dropped", "invalid_syntax", "nothing") or question == "ike_rekey" or goes_on:
            sa.close()
            sa = None
        return theirs, sa
    except RuntimeError as error:
        return {"outcome": f"harness: {error}"}, None


def established(side):
    sa = IkeSa(side.daemon.peer)
    offer = struct.pack("!BBHBBBBI", 0, 0, 40, 1, 3, 4, 3, 0xC0FFEE01) + struct.pack(
        "!BBHBBHHH BBHBBH BBHBBH", 3, 0, 12, 1, 0, 12, 0x800E, 256, 3, 0, 8, 3, 0, 2, 0, 0, 8, 5, 0, 0)
    _, stands = sa.auth(offer)
    if not stands:
        raise RuntimeError("no IKE SA")
    return sa


if __name__ == "__main__":
    main()
