"""Which texts the daemons themselves take: `ipsec algparse`, `swanctl --load-conns`, `iked -n`, beside what `ike notation` makes of them.

notations.py OUT [--random N] [--seed S] [--ike PROGRAM]    writes OUT/verdicts.jsonl: {"daemon", "protocol", "text", "accepted"}

The daemons are those of strongswan.sh, libreswan.sh and openiked.sh; IKEPEER_ALGPARSE names further calls of algparse, as
"libreswan5=chroot FOLDER /usr/libexec/ipsec/algparse". With --ike, every difference that ALLOWED does not explain is printed, and the
exit status is 1 when there is one.
"""

import argparse
import json
import os
import pathlib
import random
import re
import shlex
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent

STRONGSWAN_IKE = [
    "aes256-sha256-modp2048", "aes256-sha256", "aes256gcm16-prfsha384", "aes256gcm16-prfsha384-ecp384", "aes256gcm16-sha256-ecp256",
    "aes256gcm16-sha256", "default", "aes256-sha256-modp2048, aes128-sha1-modp2048", "aes256 - sha256 - modp2048", "AES256-SHA256-MODP2048",
    "aes256-sha256-x448-ke4_hqc5", "aes256-sha256-none", "aes256-aes256gcm16-sha256-ecp256", "aes256gcm16-prfsha256-ecp256-sha1",
    "aes256-prfsha256-ecp256", "null-sha256-modp2048", "des-md5-modp768", "aes256-sha256-modp2048,", ",aes256-sha256-modp2048",
    "aes256--sha256-modp2048", "aes256-sha256-modp2048-esn", "aes256-sha256-modp1024s160", "aes256-sha256_96-modp2048", "aes-sha-modp2048",
    "aes256-sh2-modp2048", "aes256-sha2_256-modp2048", "aes256-sha265-modp2048", "aes256-sha256-dh14", "aes256-sha256-ecp256bp",
    "camellia256-sha512-x25519", "chacha20poly1305-prfsha256-curve25519", "aes256ctr-aesxcbc-prfaesxcbc-modp4096", "3des-md5-modp1024",
    "aes256-aescmac-prfaescmac-curve448", "aes512-sha256-modp2048", "aes256-sha256-modp2048-modp3072-ecp384", "twofish256-sha1-modp1536",
]
STRONGSWAN_ESP = [
    "aes256gcm16", "aes256-sha256", "aes256", "aes128gcm16-ecp256-esn", "aes128gcm16-esn-noesn", "null-sha1", "aes256gcm16-sha256",
    "aes128-sha1-modp2048,3des-sha1", "sha256", "aes256ccm8-none", "chacha20poly1305-x25519", "aes128-sha1-prfsha1", "aes128-sha3",
    "aes256gmac", "des-md5", "aes256-sha256_96", "default", "aes256gcm16,aes256gcm12,aes256gcm8", "blowfish192-sha1", "cast128-sha1",
]
LIBRESWAN_IKE = [
    "aes256-sha2_256;dh14", "aes256-sha2;dh19,aes128-sha2;dh19", "aes-sha1-modp2048", "aes256-sh2;dh19", "aes_gcm256-sha2_512+sha2_256-dh19+dh14",
    "aes_gcm256-sha2_512;dh31", "aes256-sha2_256-modp2048+dh19", "AES_GCM_16_256-HMAC_SHA2_512-DH20", "aes256-sha2-dh19-dh14", "aes256-",
    "aes256--dh14", "", "aes128-sha256,aes256", "aesgcm256", "aes-256-sha1-modp2048", "camellia256-sha1", "3des", "aes256-sha384",
    "chacha20_poly1305", "chacha20_poly1305_256", "3des192", "aes256-aes_xcbc", "aes256-sha1;none", "aes-sha1, 3des-sha1", "aes256 -sha1",
    "aes256-sha1;dh14!", "aes256-sha2_256-ecp256", "aes256-sha256-curve25519", "aes256-sha256-x25519", "aes256-sha512_256", "aes257", "aes0",
    "null-sha1", "aes_ccm", "aes256-sha2;modp1024", "aes256-sha2;dh22", "aes256-sha2;modp1536", "cast-sha1", "des-md5", "aes+aes_gcm-sha2",
    "aes_gcm-none-sha2", "aes_gcm-sha2-none", "aes-hmac_sha1_96-hmac_sha1", "aes-sha1-hmac_sha1_96", "aes256-sha2;dh99", "aes-ripemd",
    "aes256-sha2;dh14;addke1=ml_kem_768", "aes256-sha2;dh14;sn=yes", "twofish", "serpent", "rc5", "aes_ctr256-sha2", "aes_gcm_b-256-sha2",
]
LIBRESWAN_ESP = [
    "aes256-sha1;dh14", "aes_gcm256", "aes_gcm256-null", "aes_gcm-none;dh14", "aes256-sha1;dh14,aes128-sha1;dh14", "aes256-sha2-dh14", "null",
    "null-sha1", "null256", "aes_ccm_a-256", "aes_ctr256-sha1", "camellia", "chacha20_poly1305-null", "aes256-aes_cmac", "aes_gmac",
    "null_auth_aes_gmac256", "aes256-sha1;none", "aes_gcm128-sha1", "aes128-none", "aes_gcm+aes", "aes-sha2_256_128", "aes-sha512_256",
    "aes-sha3", "aes256-sha1;dh14;esn=yes", "aes256-sha2_256;dh14,aes256-sha2_256;dh15", "aes256-sha1;dh14,aes128-sha1", "aes_gcm128;dh19+dh21",
    "cast", "aes256-md5", "blowfish-sha1", "aes256-hmac_sha2_256_truncbug",
]
OPENIKED = [
    "ikesa enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group modp2048", "ikesa enc aes", "ikesa enc aes-256 auth hmac-sha2",
    "ikesa enc AES-256", "ikesa enc aes-256-gcm auth hmac-sha2-256", "ikesa enc aes-256-gcm enc aes-128", "ikesa enc aes-256 group none",
    "childsa enc aes-256-gcm auth hmac-sha1", "childsa enc aes-256 auth hmac-sha1 group none", "ikesa enc aes-256 esn",
    "childsa enc 3des esn noesn", "childsa prf hmac-sha1", "ikesa group sntrup761x25519", "ikesa group grp", "childsa enc null",
    "childsa enc chacha20-poly1305", "ikesa enc chacha20-poly1305", "childsa enc aes-192-gcm", 'ikesa enc "aes-256"',
    "ikesa enc aes-256, enc aes-128", "childsa enc aes-128 ikesa enc aes-128", "ikelifetime 4h lifetime 3600 bytes 512M", "lifetime 3d",
    "lifetime 1H bytes 1k", "group modp2048", "childsa enc aes-128-gcm-12", "ikesa enc aes-256-gcm-12", "ikesa enc aes-256-gcm-16",
    "childsa auth hmac-md5 enc cast", "childsa enc blowfish auth hmac-ripemd160", "ikesa enc aes-256 grup modp2048", "ikesa enc aes-265",
    "childsa enc aes-256 group ecp384 lifetime 1h", "ikesa enc 3des-cbc auth hmac-md5 group grp2", "childsa enc aes-256-ctr auth hmac-sha1",
    "ikesa enc aes-256 group brainpool256", "ikesa enc aes-256 group modp1024-160", "childsa enc aes-128-gmac", "ikesa prf hmac-sha2-384",
]

EMPTY_BLOCK = re.compile(r"\b(ikesa|childsa)( (ikesa|childsa|ikelifetime|lifetime|bytes)|,|$)")

# Differences that are meant: a pattern of the text, and why.
ALLOWED = [
    ("strongswan", r"(gcm|ccm|poly|gmac).*(sha|md5|xcbc|cmac)|(sha|md5|xcbc|cmac).*(gcm|ccm|poly|gmac)", "charon takes no notice of an integrity algorithm beside AEAD that names no PRF; we say it is an impossible suite"),
    ("libreswan", r"modp1024|modp768|\bdh2\b|dh2[234]|cast|\bdes|idea|serpent|twofish|blowfish|aes128_cmac", "read, and told as not in the build"),
    ("libreswan", r" ", "read with blanks, and told as refused by the daemon"),
    ("libreswan", r";dh14,.*(;dh15|sha1$)", "read, and told as refused by the daemon"),
    ("libreswan5", r"addke1=|sn=", "grammar of 5.3 and later; Debian has 5.2"),
    ("libreswan5", r"-(dh|modp|ecp)\w+-(dh|modp|ecp)", "grammar of 5.3; Debian has 5.2"),
    ("openiked", r"^(ikelifetime|lifetime)", "a policy without proposals is no text of ours"),
]


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, **options)
    return done.returncode, done.stdout + done.stderr


def noise(rng, texts, signs, count):
    """Texts put together of the words of others, one of them misspelt now and then."""
    words = sorted({word for text in texts for word in re.split("[" + re.escape(signs) + ", ]+", text) if word})
    for _ in range(count):
        chosen = [rng.choice(words) for _ in range(rng.randint(1, 5))]
        if rng.random() < 0.1:
            word = rng.choice(chosen)
            at = rng.randrange(len(word))
            chosen[chosen.index(word)] = word[:at] + rng.choice("abc123_") + word[at + 1 :]
        yield "".join(word + rng.choice(signs) for word in chosen[:-1]) + chosen[-1]


class Algparse:
    def __init__(self, name, command):
        self.name, self.command = name, shlex.split(command)

    def takes(self, protocol, text):
        return "ERROR" not in run(*self.command, "-pfs=yes", f"{protocol}={text}")[1]


class Swanctl:
    name = "strongswan"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder) / "strongswan"
        self.env = {**os.environ, "IKEPEER_DIR": str(self.folder), "IKEPEER_PORT": "15900", "IKEPEER_NATT_PORT": "15950"}
        run(str(HERE / "strongswan.sh"), "up", "psk", env=self.env)

    def takes(self, protocol, text):
        ike = text if protocol == "ike" else "aes256-sha256-modp2048"
        esp = text if protocol == "esp" else "aes256-sha256"
        conf = self.folder / "tried.conf"
        conf.write_text(f"connections {{\n x {{\n version = 2\n proposals = {ike}\n children {{\n n {{\n esp_proposals = {esp}\n }}\n }}\n }}\n}}\n")
        uri = f"unix://{self.folder}/run/charon.vici"
        env = {**os.environ, "SWANCTL_DIR": str(self.folder / "run")}
        return "successfully loaded" in run("swanctl", "--load-conns", "--file", str(conf), "--uri", uri, env=env)[1]

    def down(self):
        run(str(HERE / "strongswan.sh"), "down", env=self.env)


class Iked:
    name = "openiked"

    def __init__(self, folder):
        self.conf = pathlib.Path(folder) / "iked.conf"

    def takes(self, _, text):
        self.conf.write_text(f'ikev2 "x" esp from 10.0.0.0/8 to 10.1.0.0/16 peer 192.0.2.1 {text}\n')
        self.conf.chmod(0o600)
        return "configuration OK" in run("iked", "-n", "-f", str(self.conf))[1]


def ours(program, daemon, protocol, text):
    """Whether `ike notation` reads it, in the notation of the daemon."""
    if daemon != "openiked":
        text = {"ike": "proposals", "esp": "esp_proposals"}[protocol] + f" = {text}" if daemon == "strongswan" else f"{protocol}={text}"
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(text + "\n")
        file.flush()
        return run(program, "notation", "--json", "--dialect", daemon, file.name)[0] != 2


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--random", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ike")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rng = random.Random(options.seed)
    swan = Swanctl(options.out)
    root = os.environ.get("IKEPEER_LSW_ROOT", os.path.join(tempfile.gettempdir(), "ikepeer-libreswan", "root"))
    parsers = [Algparse("libreswan", f"{root}/usr/libexec/ipsec/algparse")]
    parsers += [Algparse(*call.split("=", 1)) for call in os.environ.get("IKEPEER_ALGPARSE", "").split(";") if call]
    tried = []
    for daemon, protocol, texts, signs in [
        (swan, "ike", STRONGSWAN_IKE, "-"),
        (swan, "esp", STRONGSWAN_ESP, "-"),
        *((parser, "ike", LIBRESWAN_IKE, "-;+") for parser in parsers),
        *((parser, "esp", LIBRESWAN_ESP, "-;+") for parser in parsers),
        (Iked(options.out), "both", OPENIKED, " "),
    ]:
        # A block of iked.conf that names nothing is not asked about.
        asked = [text for text in [*texts, *noise(rng, texts, signs, options.random)] if not EMPTY_BLOCK.search(text)]
        tried += [(daemon, protocol, text) for text in asked]
    wrong = 0
    with (options.out / "verdicts.jsonl").open("w") as file:
        for daemon, protocol, text in tried:
            accepted = daemon.takes(protocol, text)
            print(json.dumps({"daemon": daemon.name, "protocol": protocol, "text": text, "accepted": accepted}), file=file)
            meant = any(daemon.name.startswith(name) and re.search(pattern, text) for name, pattern, _ in ALLOWED)
            if options.ike and not meant and ours(options.ike, daemon.name, protocol, text) != accepted:
                wrong += 1
                print(f"{daemon.name} {protocol} {text!r}: the daemon {'takes' if accepted else 'refuses'} it", file=sys.stderr)
    swan.down()
    print(f"{len(tried)} texts, {wrong} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
