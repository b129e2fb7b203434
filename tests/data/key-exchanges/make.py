#!/usr/bin/env python3
"""Makes vectors.json: some of Wycheproof's vectors, and MODP by Python's own arithmetic.

    python3 make.py WYCHEPROOF [--all] >vectors.json

WYCHEPROOF is the folder testvectors_v1 of github.com/C2SP/wycheproof (Apache-2.0). Of vectors that have the same flags and the same result,
a few are taken; --all takes every one. A row is what one side draws, the Key Exchange Data that come to it, and what is to come of them;
"secret" is null where they are to be refused.
"""

import hashlib
import json
import sys
from pathlib import Path

EACH = 2
# Numbers of the method, with the octets of the field.
CURVES = {"secp256r1": (19, 32), "secp384r1": (20, 48), "secp521r1": (21, 66)}
KEMS = {512: 35, 768: 36, 1024: 37}
# Method, bits, what is added to pi (RFC 7296 appendix B.2, RFC 3526), and the octets of an exponent.
GROUPS = [
    (2, 1024, 129093, 32),
    (5, 1536, 741804, 32),
    (14, 2048, 124476, 40),
    (15, 3072, 1690314, 56),
    (16, 4096, 240904, 64),
    (17, 6144, 929484, 72),
    (18, 8192, 4743158, 80),
]


def pi(bits):
    """The number pi, times 2 to the power of bits, rounded down: Machin's formula with 64 bits to spare."""
    unity = 1 << (bits + 64)

    def arctan_of_inverse(x):
        power = total = unity // x
        divisor = sign = 1
        while power:
            power //= x * x
            divisor += 2
            sign = -sign
            total += sign * (power // divisor)
        return total

    return (4 * (4 * arctan_of_inverse(5) - arctan_of_inverse(239))) >> 64


def modp():
    for method, bits, added, exponent_len in GROUPS:
        prime = 2**bits - 2 ** (bits - 64) - 1 + 2**64 * (pi(bits - 130) + added)
        octets = bits // 8

        def drawn(what, length, method=method):
            return hashlib.shake_256(f"{what} of {method}".encode()).digest(length)

        private = drawn("private", exponent_len)
        public = pow(2, int.from_bytes(private), prime)
        of_generator = pow(2, int.from_bytes(drawn("theirs", exponent_len)), prime)
        # Half of all numbers are outside the subgroup of the generator.
        any_number = int.from_bytes(drawn("any number", octets)) % prime
        for theirs in (of_generator, any_number, prime - 2, 2, 0, 1, prime - 1, prime, prime + 1, 2**bits - 1):
            secret = pow(theirs, int.from_bytes(private), prime).to_bytes(octets) if 1 < theirs < prime - 1 else None
            more = {"public": public.to_bytes(octets)} if theirs == of_generator else {}
            yield row(method, "python", "finish", private, theirs.to_bytes(octets), secret, **more)


def row(method, source, call, random, data, secret, **more):
    fields = {"random": random, "data": data, "secret": secret, **more}
    return {"method": method, "source": source, "call": call, **{name: octets if octets is None else octets.hex() for name, octets in fields.items()}}


def vectors(folder, name, every):
    """Each vector with its kind, not more than a few of a kind."""
    seen = {}
    for group in json.loads((folder / name).read_text())["testGroups"]:
        for vector in group["tests"]:
            kind = (vector["result"], *sorted(vector.get("flags", [])))
            seen[kind] = seen.get(kind, 0) + 1
            if every or seen[kind] <= EACH:
                yield f"wycheproof {name} {vector['tcId']}", vector


def x25519(folder, every):
    for source, vector in vectors(folder, "x25519_test.json", every):
        secret = None if "ZeroSharedSecret" in vector["flags"] else bytes.fromhex(vector["shared"])
        yield row(31, source, "finish", bytes.fromhex(vector["private"]), bytes.fromhex(vector["public"]), secret)


def ecp(folder, every):
    for curve, (method, width) in CURVES.items():
        for source, vector in vectors(folder, f"ecdh_{curve}_ecpoint_test.json", every):
            public = bytes.fromhex(vector["public"])
            # Key Exchange Data have no other form of a point than both coordinates.
            if public[:1] == b"\x04" and len(public) == 1 + 2 * width:
                private = int(vector["private"], 16).to_bytes(width)
                secret = bytes.fromhex(vector["shared"]) if vector["result"] == "valid" else None
                yield row(method, source, "finish", private, public[1:], secret)


def ml_kem(folder, every):
    for size, method in KEMS.items():
        for source, vector in vectors(folder, f"mlkem_{size}_test.json", every):
            octets = {name: bytes.fromhex(vector.get(name, "")) for name in ("seed", "ek", "c", "K")}
            if len(octets["seed"]) == 64:
                valid = vector["result"] == "valid"
                more = {"public": octets["ek"]} if valid else {}
                yield row(method, source, "finish", octets["seed"], octets["c"], octets["K"] if valid else None, **more)
        for source, vector in vectors(folder, f"mlkem_{size}_encaps_test.json", every):
            octets = {name: bytes.fromhex(vector.get(name, "")) for name in ("m", "ek", "c", "K")}
            if len(octets["m"]) == 32:
                valid = vector["result"] == "valid"
                more = {"answer": octets["c"]} if valid else {}
                yield row(method, source, "respond", octets["m"], octets["ek"], octets["K"] if valid else None, **more)


def main():
    folder, every = Path(sys.argv[1]), "--all" in sys.argv
    rows = [*x25519(folder, every), *ecp(folder, every), *modp(), *ml_kem(folder, every)]
    print("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]")


main()
