"""Random policies of a daemon, and whether two policies take the same: `ike negotiate` is asked about every suite of a universe."""

import dataclasses
import itertools
import json
import random
import struct
import subprocess

ENCR, PRF, INTEG, KE = 1, 2, 3, 4
# Everything that the policies below are drawn from, and more.
CIPHERS = {
    "aes128": (12, 128), "aes192": (12, 192), "aes256": (12, 256), "3des": (3, None), "aes256ctr": (13, 256), "camellia128": (23, 128), "camellia256": (23, 256),
}
AEAD = {
    "aes128gcm16": (20, 128), "aes192gcm16": (20, 192), "aes256gcm16": (20, 256), "aes192gcm12": (19, 192), "aes256gcm12": (19, 256), "aes256gcm8": (18, 256),
    "aes128ccm16": (16, 128), "aes256ccm8": (14, 256), "chacha20poly1305": (28, None),
}
INTEGRITY = {"sha1": 2, "sha256": 12, "sha384": 13, "sha512": 14, "md5": 1, "aesxcbc": 5, "aescmac": 8}
PRFS = {"prfsha1": 2, "prfsha256": 5, "prfsha384": 6, "prfsha512": 7, "prfmd5": 1, "prfaesxcbc": 4, "prfaescmac": 8}
METHODS = {
    "modp1024": 2, "modp1536": 5, "modp2048": 14, "modp3072": 15, "modp4096": 16, "ecp256": 19, "ecp384": 20, "ecp521": 21, "x25519": 31, "ecp256bp": 28, "x448": 32,
}


@dataclasses.dataclass
class Policy:
    """In the daemon's own notation."""

    daemon: str
    text: str


# What administrators write; RARE is how often a word is one of the others all the same.
USUAL = {
    "aes128", "aes256", "aes128gcm16", "aes256gcm16", "chacha20poly1305", "sha1", "sha256", "sha384", "sha512", "prfsha1", "prfsha256", "prfsha384", "prfsha512",
    "modp1024", "modp2048", "modp3072", "modp4096", "ecp256", "ecp384", "ecp521", "x25519",
}
RARE = 0.06


def pick(rng, names):
    return rng.sample(list(names), min(len(names), rng.randint(1, 3)))


def pick_usual(rng, names):
    """The same, with few rare ones among them."""
    chosen = pick(rng, [name for name in names if name in USUAL])
    rare = [name for name in names if name not in USUAL]
    return [rng.choice(rare) if rng.random() < RARE and place == 0 else name for place, name in enumerate(chosen)]


def strongswan(rng, pick=pick_usual):
    proposals = []
    for _ in range(rng.randint(1, 3)):
        aead = rng.random() < 0.4
        words = pick(rng, AEAD if aead else CIPHERS) + ([] if aead else pick(rng, INTEGRITY))
        words += pick(rng, PRFS) if aead or rng.random() < 0.5 else []
        proposals.append("-".join(words + pick(rng, METHODS)))
    return ",".join(proposals).replace("x25519", "curve25519").replace("x448", "curve448")


def strongswan_any(rng):
    """Each algorithm is as likely as any other."""
    return strongswan(rng, pick)


def libreswan(rng):
    ciphers, aead = ("aes128", "aes192", "aes256", "3des"), ("aes_gcm128", "aes_gcm192", "aes_gcm256", "chacha20_poly1305")
    proposals = []
    for _ in range(rng.randint(1, 3)):
        words = [pick(rng, aead if rng.random() < 0.4 else ciphers), pick(rng, ("sha1", "sha2_256", "sha2_384", "sha2_512"))]
        methods = pick(rng, ("dh14", "dh15", "dh16", "dh19", "dh20", "dh21", "dh31", "dh5"))
        proposals.append("-".join("+".join(names) for names in words) + ";" + "+".join(methods))
    return ",".join(proposals)


def openiked(rng):
    ciphers, aead = ("aes-128", "aes-192", "aes-256", "3des"), ("aes-128-gcm", "aes-256-gcm", "aes-256-gcm-12")
    hashes = ("hmac-sha1", "hmac-sha2-256", "hmac-sha2-384", "hmac-sha2-512", "hmac-md5")
    methods = ("modp1024", "modp2048", "modp3072", "ecp256", "ecp384", "ecp521", "curve25519", "brainpool256")
    blocks = []
    for _ in range(rng.randint(1, 3)):
        is_aead = rng.random() < 0.4
        words = [("enc", aead if is_aead else ciphers), *([] if is_aead else [("auth", hashes)]), ("prf", hashes), ("group", methods)]
        blocks.append("ikesa " + " ".join(f"{word} {name}" for word, names in words for name in pick(rng, names)))
    return " ".join(blocks)


def draw(daemon, seed, is_any=False):
    kinds = {"strongswan": strongswan_any if is_any else strongswan, "libreswan": libreswan, "openiked": openiked}
    kind = next(kind for name, kind in kinds.items() if daemon.startswith(name))
    return Policy(daemon, kind(random.Random(f"{kind.__name__}/{seed}")))


def suites():
    """(name, transforms) of every suite of the universe."""
    ciphers = [((cipher, integrity), CIPHERS[cipher], INTEGRITY[integrity]) for cipher, integrity in itertools.product(CIPHERS, INTEGRITY)]
    ciphers += [((cipher,), AEAD[cipher], None) for cipher in AEAD]
    for (words, encr, integ), prf, method in itertools.product(ciphers, PRFS, METHODS):
        transforms = [(ENCR, *encr), *([] if integ is None else [(INTEG, integ, None)]), (PRF, PRFS[prf], None), (KE, METHODS[method], None)]
        yield "-".join((*words, prf, method)), transforms


def offer(transforms):
    """The body of an SA payload."""
    inner = b""
    for place, (ty, ident, bits) in enumerate(transforms, 1):
        attribute = b"" if bits is None else struct.pack("!HH", 0x800E, bits)
        inner += struct.pack("!BBHBBH", 3 if place < len(transforms) else 0, 0, 8 + len(attribute), ty, 0, ident) + attribute
    return struct.pack("!BBHBBBB", 0, 0, 8 + len(inner), 1, 1, 0, len(transforms)) + inner


def taken(ike, dialect, text):
    """The names of the suites that a policy takes; a RuntimeError where `ike negotiate` cannot read it."""
    names, rows = [], []
    for name, transforms in suites():
        names.append(name)
        rows.append({"offer_hex": offer(transforms).hex(), "dialect": dialect, "question": "ike", "ke_method": transforms[-1][1], "local": text, "notifies": []})
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    done = subprocess.run([str(ike), "negotiate", "--json"], input=lines, capture_output=True, text=True, check=False, timeout=300)
    told = [json.loads(line) for line in done.stdout.splitlines()]
    if len(told) != len(rows) or any("error" in each for each in told):
        raise RuntimeError(f"ike negotiate: {next((each['error'] for each in told if 'error' in each), done.stderr)}")
    return {name for name, each in zip(names, told, strict=True) if each["outcome"] == "selected"}


def problems(ike, policy, row):
    """What is wrong with the policy that was found. A part of it may be given where the whole is unknown."""
    if row is None or row["result"] == "unknown" and not row["value"]:
        return []
    if row["result"] not in ("yes", "unknown") or not isinstance(row["value"], list) or not row["value"]:
        return [f"policy: {row['result']}, {row['value']!r}"]
    try:
        found, configured = taken(ike, "strongswan", ",".join(row["value"])), taken(ike, policy.daemon, policy.text)
    except RuntimeError as error:
        return [f"policy {row['value']}: {error}"]
    missing, more = sorted(configured - found) if row["result"] == "yes" else [], sorted(found - configured)
    text = f"policy: {','.join(row['value'])} was found, {policy.text} is configured"
    return ([f"{text}: {len(missing)} suites are missing, as {missing[0]}"] if missing else []) + ([f"{text}: {len(more)} suites too many, as {more[0]}"] if more else [])
