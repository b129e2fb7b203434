#!/usr/bin/env python3
"""RSA keys and signatures, right ones and such as nearly are: writes signatures.json beside this file, the same each time.

    python3 tests/data/rsa-made/make.py

The signed octets are those of tests/data/signatures.json. Every signature `s` that is refused for its encoding does fulfil s^e mod n = EM
for an EM with that one flaw, so that nothing but the check in question refuses it. The keys are worthless: they come from a fixed seed.
"""

import hashlib
import json
import math
import random
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
OCTETS = bytes.fromhex(json.loads((HERE.parent / "signatures.json").read_text(encoding="utf-8"))["octets"])
RANDOM = random.Random("rsa-made")
OIDS = {"sha1": "2b0e03021a", "sha256": "608648016503040201", "sha384": "608648016503040202", "sha512": "608648016503040203"}
RSA, RSA_PSS = "2a864886f70d010101", "2a864886f70d01010a"


def tlv(tag: int, *contents: bytes) -> bytes:
    """One element in DER."""
    body = b"".join(contents)
    size = len(body)
    if size < 0x80:
        return bytes([tag, size]) + body
    count = (size.bit_length() + 7) // 8
    return bytes([tag, 0x80 | count]) + size.to_bytes(count, "big") + body


def number(value: int) -> bytes:
    """The contents of an INTEGER."""
    return value.to_bytes(value.bit_length() // 8 + 1, "big")


def spki(key: bytes, oid: str = RSA) -> bytes:
    """A SubjectPublicKeyInfo around an RSAPublicKey."""
    null = tlv(5) if oid == RSA else b""
    return tlv(0x30, tlv(0x30, tlv(6, bytes.fromhex(oid)), null), tlv(3, b"\0" + key))


def is_prime(candidate: int) -> bool:
    """Miller and Rabin."""
    if any(candidate % small == 0 for small in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47)):
        return False
    odd, twos = candidate - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(16):
        power = pow(RANDOM.randrange(2, candidate - 1), odd, candidate)
        if power not in (1, candidate - 1) and not any(pow(power, 2**step, candidate) == candidate - 1 for step in range(1, twos)):
            return False
    return True


def prime(bits: int, residue: int | None = None) -> int:
    """A prime with its two highest bits set; of a residue modulo 4."""
    while True:
        candidate = RANDOM.getrandbits(bits) | 3 << bits - 2 | 1
        if residue in (None, candidate % 4) and is_prime(candidate):
            return candidate


class Key:
    """A private key: the product of primes, a public exponent, and how to find a root."""

    def __init__(self, bits: int, e: int = 65537, primes: int = 2, also: int = 1, residue: int | None = None) -> None:
        while True:
            # All but the last have one size, and the last makes up for the product of the others.
            factors = [prime(bits // primes, residue) for _ in range(primes - 1)]
            low = -(-(2 ** (bits - 1)) // (math.prod(factors) * also))
            last = RANDOM.randrange(low, low + low // 4) | 1
            while not (residue in (None, last % 4) and is_prime(last)):
                last += 2
            self.factors = [*factors, last]
            self.n, self.e = math.prod(self.factors) * also, e
            self.order = math.lcm(*(factor - 1 for factor in self.factors))
            if self.n.bit_length() == bits and (e % 2 == 0 or math.gcd(e, self.order) == 1):
                return

    @property
    def size(self) -> int:
        """Octets of the modulus."""
        return (self.n.bit_length() + 7) // 8

    def public(self) -> bytes:
        """RSAPublicKey."""
        return tlv(0x30, tlv(2, number(self.n)), tlv(2, number(self.e)))

    def root(self, m: int) -> int | None:
        """s with s^e = m modulo n; of a square with e = 2 there is one, of other numbers none."""
        if self.e % 2 == 0:
            parts = [(pow(m, (factor + 1) // 4, factor), factor) for factor in self.factors]
            s = sum(root * (self.n // factor) * pow(self.n // factor, -1, factor) for root, factor in parts) % self.n
        else:
            s = pow(m, pow(self.e, -1, self.order), self.n)
            # An even modulus: of the two numbers with this remainder, the one with the parity of m.
            if self.n % 2 == 0 and s % 2 != m % 2:
                s = (s + self.n // 2) % self.n
        return s if pow(s, self.e, self.n) == m else None

    def sign(self, em: bytes) -> bytes:
        """The signature whose encoded message this is."""
        m = int.from_bytes(em, "big")
        s = self.root(m) if m < self.n else None
        assert s is not None, "an encoded message without a root"
        return s.to_bytes(self.size, "big")


def digest(name: str, octets: bytes = OCTETS) -> bytes:
    """The hash of the signed octets."""
    return hashlib.new(name, octets).digest()


def info(name: str, parameters: bytes = b"\x05\x00", hashed: bytes | None = None) -> bytes:
    """DigestInfo."""
    algorithm = tlv(0x30, tlv(6, bytes.fromhex(OIDS[name])), parameters)
    return tlv(0x30, algorithm, tlv(4, digest(name) if hashed is None else hashed))


def padded(size: int, body: bytes, kind: int = 1, fill: int = 0xFF, first: int = 0) -> bytes:
    """EMSA-PKCS1-v1_5 (RFC 8017 section 9.2)."""
    return bytes([first, kind]) + bytes([fill]) * (size - len(body) - 3) + b"\0" + body


def mgf1(name: str, seed: bytes, size: int) -> bytes:
    """RFC 8017 appendix B.2.1."""
    blocks = (hashlib.new(name, seed + count.to_bytes(4, "big")).digest() for count in range(size // 20 + 1))
    return b"".join(blocks)[:size]


def pss(key: Key, name: str, salt_len: int, mgf: str = "", trailer: int = 0xBC, ps: int = 0, one: int = 1) -> bytes:
    """EMSA-PSS (RFC 8017 section 9.1.1), its parts as they should not be on request."""
    bits = key.n.bit_length() - 1
    size, hashed = (bits + 7) // 8, digest(name)
    salt = RANDOM.randbytes(salt_len)
    h = hashlib.new(name, bytes(8) + hashed + salt).digest()
    zeros = bytearray(size - salt_len - len(h) - 2)
    if ps:
        zeros[-ps] = 1
    db = bytes(zeros) + bytes([one]) + salt
    mask = mgf1(mgf or name, h, len(db))
    masked = bytearray(a ^ b for a, b in zip(db, mask, strict=True))
    masked[0] &= 0xFF >> (8 * size - bits)
    return bytes(masked) + h + bytes([trailer])


def until(made: Callable[[], bytes], fits: Callable[[int], bool]) -> bytes:
    """The first of the encoded messages that fits: salts are random."""
    while True:
        em = made()
        if fits(int.from_bytes(em, "big")):
            return em


class File:
    """What is written."""

    def __init__(self) -> None:
        self.keys: dict[str, str] = {}
        self.rows: list[dict[str, object]] = []

    def key(self, name: str, octets: bytes) -> str:
        """A key by name."""
        self.keys[name] = octets.hex()
        return name

    def row(self, what: str, key: str, scheme: str, name: str, signature: bytes, valid: bool = False) -> None:
        """A signature, and whether it is to be accepted."""
        row = {"what": what, "key": key, "scheme": scheme, "hash": name, "valid": valid, "signature": signature.hex()}
        self.rows.append(row)


def encodings(file: File, key: Key) -> None:
    """RSASSA-PKCS1-v1_5: encoded messages with one flaw each."""
    k = key.size
    null = b"\x05\x00"
    for name in OIDS:
        file.row("right", "2048", "pkcs1", name, key.sign(padded(k, info(name))), True)
        # Appendix A.2.4: "SHALL have a value of type NULL" in a DigestInfo.
        file.row("no NULL", "2048", "pkcs1", name, key.sign(padded(k, info(name, b""))))
        others = [other for other in OIDS if other != name]
        for other in others:
            file.row(f"made with {other}", "2048", "pkcs1", name, key.sign(padded(k, info(other))))
        wrong = info(name, null, digest(name, OCTETS + b"\0"))
        file.row("of other octets", "2048", "pkcs1", name, key.sign(padded(k, wrong)))
    good = info("sha256")
    oid, hashed = tlv(6, bytes.fromhex(OIDS["sha256"])), digest("sha256")
    flaws = {
        "a long length of NULL": padded(k, info("sha256", b"\x05\x81\x00")),
        "NULL with contents": padded(k, info("sha256", b"\x05\x01\x00")),
        "an empty OCTET STRING for NULL": padded(k, info("sha256", b"\x04\x00")),
        "a long length of the DigestInfo": padded(k, b"\x30\x81" + good[1:]),
        "a long length of the digest": padded(k, tlv(0x30, tlv(0x30, oid, null), b"\x04\x81\x20" + hashed)),
        "an indefinite length": padded(k, b"\x30\x80" + good[2:] + b"\0\0"),
        "octets behind the DigestInfo": padded(k, good + b"\0"),
        "octets within the DigestInfo": padded(k, tlv(0x30, good[2:], null)),
        "no DigestInfo": padded(k, hashed),
        "a digest cut short": padded(k, info("sha256", null, hashed[:31])),
        "eight octets of padding, and the rest behind": padded(len(good) + 11, good) + bytes(k - len(good) - 11),
        "random octets behind": padded(len(good) + 11, good) + RANDOM.randbytes(k - len(good) - 11),
        "block type 0": padded(k, good, kind=0, fill=0),
        "block type 2": padded(k, good, kind=2),
        "padding of 0xfe": padded(k, good, fill=0xFE),
        "a first octet of 1": padded(k, good, first=1)[:1] + b"\0" + padded(k, good)[2:],
        "a zero in the padding": padded(k, good)[:100] + b"\0" + padded(k, good)[101:],
        "no zero before the DigestInfo": padded(k, good)[: k - len(good) - 1] + b"\xff" + good,
        "no padding": bytes(k - len(good)) + good,
    }
    for what, em in flaws.items():
        file.row(what, "2048", "pkcs1", "sha256", key.sign(em))


def numbers(file: File, key: Key) -> None:
    """Signatures that are not the number they should be, or not in their length (RFC 8017 sections 5.2.2 and 8.2.2)."""
    k = key.size
    right = key.sign(padded(k, info("sha256")))
    for what, value in (("0", 0), ("1", 1), ("n - 1", key.n - 1), ("n", key.n), ("the largest number", 256**k - 1)):
        file.row(f"the signature is {what}", "2048", "pkcs1", "sha256", value.to_bytes(k, "big"))
        file.row(f"the signature is {what}", "2048", "pss", "sha256", value.to_bytes(k, "big"))
    file.row("the negative number", "2048", "pkcs1", "sha256", (key.n - int.from_bytes(right, "big")).to_bytes(k, "big"))
    file.row("a zero before it", "2048", "pkcs1", "sha256", b"\0" + right)
    file.row("a zero behind it", "2048", "pkcs1", "sha256", right + b"\0")
    file.row("no signature", "2048", "pkcs1", "sha256", b"")
    file.row("the last octet is gone", "2048", "pkcs1", "sha256", right[:-1])
    # One that begins with zero, with the zero and without; and one to which the modulus can be added.
    made = (key.sign(pss(key, "sha256", 32)) for _ in range(10_000))
    zero = next(signature for signature in made if signature[0] == 0)
    file.row("it begins with zero", "2048", "pss", "sha256", zero, True)
    file.row("without the zero it begins with", "2048", "pss", "sha256", zero[1:])
    small = next(signature for signature in made if int.from_bytes(signature, "big") + key.n < 256**k)
    file.row("less than what follows by n", "2048", "pss", "sha256", small, True)
    file.row("n too large", "2048", "pss", "sha256", (int.from_bytes(small, "big") + key.n).to_bytes(k, "big"))


def salts(file: File, key: Key) -> None:
    """RSASSA-PSS: encoded messages with one flaw each."""
    for name, size in (("sha256", 32), ("sha384", 48), ("sha512", 64)):
        for kind in ("2048", "2048-pss"):
            file.row("right", kind, "pss", name, key.sign(pss(key, name, size)), True)
        for salt in (0, 20, size - 1, size + 1, key.size - size - 2):
            file.row(f"a salt of {salt} octets", "2048", "pss", name, key.sign(pss(key, name, salt)))
        for other in OIDS:
            if other != name:
                file.row(f"MGF1 with {other}", "2048", "pss", name, key.sign(pss(key, name, size, mgf=other)))
        file.row("another trailer", "2048", "pss", name, key.sign(pss(key, name, size, trailer=0xCC)))
        file.row("a one in the zeros", "2048", "pss", name, key.sign(pss(key, name, size, ps=7)))
        file.row("the first of the zeros is one", "2048", "pss", name, key.sign(pss(key, name, size, ps=key.size - 2 * size - 2)))
        file.row("2 before the salt", "2048", "pss", name, key.sign(pss(key, name, size, one=2)))
        file.row("0 before the salt", "2048", "pss", name, key.sign(pss(key, name, size, one=0)))
        em = bytearray(pss(key, name, size))
        em[-2] ^= 1
        file.row("another H", "2048", "pss", name, key.sign(bytes(em)))
        file.row("PKCS #1 v1.5", "2048", "pss", name, key.sign(padded(key.size, info(name))))
        if size < 64:
            file.row("made with sha512", "2048", "pss", name, key.sign(pss(key, "sha512", size)))
    file.row("PSS", "2048", "pkcs1", "sha256", key.sign(pss(key, "sha256", 32)))


def sizes(file: File) -> None:
    """Moduli of every size about an octet, and of the largest; the bits of PSS that must be zero."""
    for bits in (2040, 2041, 2047, 2049, 2050, 2055, 2056, 3072, 4096, 8191, 8192, 8193):
        key = Key(bits, primes=max(2, bits // 1024))
        name = file.key(str(bits), spki(key.public()))
        valid = 2048 <= bits <= 8192
        file.row(f"{bits} bits", name, "pkcs1", "sha256", key.sign(padded(key.size, info("sha256"))), valid)
        em = pss(key, "sha512", 64)
        file.row(f"{bits} bits", name, "pss", "sha512", key.sign(em.rjust(key.size, b"\0")), valid)
        if bits in (2049, 2050):
            # RFC 8017 section 8.1.2 step 2c, and section 9.1.2 step 6: the one bit above emBits.
            top = 2 ** (bits - 1)
            em = until(lambda key=key: pss(key, "sha512", 64), lambda m, key=key, top=top: m + top < key.n)
            high = (int.from_bytes(em, "big") + top).to_bytes(key.size, "big")
            file.row("a bit above emBits", name, "pss", "sha512", key.sign(high))


def exponents(file: File) -> None:
    """Public exponents within 3 and 2^33 - 1, at the bounds and outside, and moduli that are none."""
    for e, valid in ((3, True), (2**32 + 1, True), (2**33 - 1, True), (2**33 + 1, False), (2**64 + 13, False), (2**128 + 51, False)):
        key = Key(2048, e)
        name = file.key(f"2048, e = {e}", spki(key.public()))
        file.row(f"e = {e}", name, "pkcs1", "sha256", key.sign(padded(key.size, info("sha256"))), valid)
    one = Key(2048, 1)
    name = file.key("2048, e = 1", spki(one.public()))
    file.row("e = 1: the signature is the encoded message", name, "pkcs1", "sha256", padded(one.size, info("sha256")))
    square = Key(2048, 2, residue=3)
    name = file.key("2048, e = 2", spki(square.public()))
    em = until(lambda: pss(square, "sha256", 32), lambda m: square.root(m) is not None)
    file.row("e = 2", name, "pss", "sha256", square.sign(em))
    even = Key(2048, also=2)
    name = file.key("2048, even", spki(even.public()))
    file.row("an even modulus", name, "pkcs1", "sha256", even.sign(padded(even.size, info("sha256"))))


def forms(file: File, key: Key) -> None:
    """RSAPublicKey not in DER (RFC 8017 appendix A.1.1), or with what does not belong there."""
    n, e = number(key.n), number(key.e)
    right = tlv(2, n) + tlv(2, e)
    keys = {
        "a zero too many before the modulus": tlv(0x30, tlv(2, b"\0" + n), tlv(2, e)),
        "a negative modulus": tlv(0x30, tlv(2, n[1:]), tlv(2, e)),
        "a zero before the exponent": tlv(0x30, tlv(2, n), tlv(2, b"\0" + e)),
        "an empty exponent": tlv(0x30, tlv(2, n), tlv(2)),
        "no exponent": tlv(0x30, tlv(2, n)),
        "the exponent first": tlv(0x30, tlv(2, e), tlv(2, n)),
        "a third number": tlv(0x30, right, tlv(2, b"\1")),
        "NULL behind the exponent": tlv(0x30, right, tlv(5)),
        "octets behind the SEQUENCE": tlv(0x30, right) + b"\0\0",
        "a SET": tlv(0x31, right),
        "an ENUMERATED modulus": tlv(0x30, tlv(10, n), tlv(2, e)),
        "an ENUMERATED exponent": tlv(0x30, tlv(2, n), tlv(10, e)),
        "a long length of the exponent": tlv(0x30, tlv(2, n), b"\x02\x81\x03" + e),
        "a long length of the modulus": tlv(0x30, b"\x02\x83\x00\x01\x01" + n, tlv(2, e)),
        "an indefinite length": b"\x30\x80" + right + b"\0\0",
        "no octets": b"",
    }
    signature = key.sign(padded(key.size, info("sha256")))
    for what, octets in keys.items():
        file.row(what, file.key(what, spki(octets)), "pkcs1", "sha256", signature)


def main() -> None:
    """Makes all of them."""
    file = File()
    key = Key(2048)
    file.key("2048", spki(key.public()))
    file.key("2048-pss", spki(key.public(), RSA_PSS))
    for part in (encodings, numbers, salts, forms):
        part(file, key)
    sizes(file)
    exponents(file)
    note = "Made by make.py: the signed octets are those of ../signatures.json."
    rows = ",\n".join(json.dumps(row) for row in file.rows)
    keys = ",\n".join(f"{json.dumps(name)}: {json.dumps(octets)}" for name, octets in file.keys.items())
    text = f'{{"note": {json.dumps(note)}, "keys": {{\n{keys}\n}}, "signatures": [\n{rows}\n]}}\n'
    (HERE / "signatures.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
