#!/usr/bin/env python3
"""make.py [--judge] - makes the certificates of the tests of path validation, and asks openssl about each path.

Without an option everything is made anew, with new keys; with --judge only the opinions of openssl in cases.json are. README.md
says what is in the files.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).parent
NOW = 1_800_000_000
SEQUENCE, SET = 0x30, 0x31


def tlv(tag, *parts):
    contents = b"".join(parts)
    if len(contents) < 0x80:
        return bytes([tag, len(contents)]) + contents
    length = len(contents).to_bytes((len(contents).bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + contents


def oid(text):
    first, second, *rest = (int(arc) for arc in text.split("."))
    out = b""
    for arc in [first * 40 + second, *rest]:
        groups = [arc & 0x7F]
        while arc := arc >> 7:
            groups.insert(0, arc & 0x7F | 0x80)
        out += bytes(groups)
    return tlv(6, out)


def attribute(kind, text, tag=0x0C):
    kinds = {"CN": "2.5.4.3", "O": "2.5.4.10", "OU": "2.5.4.11", "mail": "1.2.840.113549.1.9.1"}
    return tlv(SET, tlv(SEQUENCE, oid(kinds[kind]), tlv(tag, text if isinstance(text, bytes) else text.encode())))


def name(*attributes):
    return tlv(SEQUENCE, *attributes)


def cn(text):
    return name(attribute("CN", text))


def extension(kind, value, critical=False):
    return tlv(SEQUENCE, oid(kind), tlv(1, b"\xff") if critical else b"", tlv(4, value))


def ca(path_len=None):
    length = b"" if path_len is None else tlv(2, bytes([path_len]))
    return extension("2.5.29.19", tlv(SEQUENCE, tlv(1, b"\xff"), length), critical=True)


def usage(*bits):
    octet = sum(0x80 >> bit for bit in bits)
    return extension("2.5.29.15", tlv(3, bytes([7 - max(bits), octet])), critical=True)


SIGNS, CERTIFIES = usage(0), usage(5, 6)
NOT_A_CA = extension("2.5.29.19", tlv(SEQUENCE), critical=True)
IKE, ANY, SERVER, CLIENT, CODE = "1.3.6.1.5.5.7.3.17", "2.5.29.37.0", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.3"
IKE_INTERMEDIATE = "1.3.6.1.5.5.8.2.2"


def eku(*purposes, critical=False):
    return extension("2.5.29.37", tlv(SEQUENCE, *map(oid, purposes)), critical)


def unknown(critical):
    return extension("1.3.6.1.4.1.32473.1", b"\x05\x00", critical)


def dns(text):
    return tlv(0x82, text.encode())


def mail(text):
    return tlv(0x81, text.encode())


def uri(text):
    return tlv(0x86, text.encode())


def ip(text):
    return tlv(0x87, bytes.fromhex(text))


def directory(*attributes):
    return tlv(0xA4, name(*attributes))


def other_name(text):
    return tlv(0xA0, oid("1.3.6.1.4.1.311.20.2.3"), tlv(0xA0, tlv(0x0C, text.encode())))


def san(*names):
    return extension("2.5.29.17", tlv(SEQUENCE, *names))


def constraints(permitted=(), excluded=(), critical=True, bounds=b""):
    lists = [tlv(tag, *(tlv(SEQUENCE, base, bounds) for base in bases)) for tag, bases in [(0xA0, permitted), (0xA1, excluded)] if bases]
    return extension("2.5.29.30", tlv(SEQUENCE, *lists), critical)


def key_identifier(own=None, issuer=None):
    parts = [extension("2.5.29.14", tlv(4, own))] if own else []
    return b"".join(parts + ([extension("2.5.29.35", tlv(SEQUENCE, tlv(0x80, issuer)))] if issuer else []))


def moment(year):
    return tlv(0x18, f"{year}0101000000Z".encode()) if year >= 2050 else tlv(0x17, f"{year % 100:02}0101000000Z".encode())


class Maker:
    def __init__(self, work):
        self.work = pathlib.Path(work)
        self.made = {}
        self.serial = 0x1000

    def key(self, of):
        path = self.work / f"{of}.key"
        if not path.exists():
            subprocess.run(["openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", path], check=True)
        return path

    def spki(self, of):
        return subprocess.run(["openssl", "pkey", "-in", self.key(of), "-pubout", "-outform", "DER"], check=True, capture_output=True).stdout

    def issue(self, file, subject, issuer, key=None, by=None, extensions=(), years=(2026, 2126), version=3, digest="sha256", flaw=None):
        """A certificate FILE for a subject (text: its common name) by an issuer, whose key is of that name unless `by` says another."""
        by = by or (issuer if isinstance(issuer, str) else file)
        key = key or (subject if isinstance(subject, str) else file)
        subject, issuer = (cn(text) if isinstance(text, str) else text for text in (subject, issuer))
        self.serial += 1
        algorithm = tlv(SEQUENCE, oid({"sha256": "1.2.840.10045.4.3.2", "sha1": "1.2.840.10045.4.1"}[digest]))
        tbs = tlv(
            SEQUENCE,
            tlv(0xA0, tlv(2, bytes([version - 1]))) if version > 1 else b"",
            tlv(2, self.serial.to_bytes(2, "big")),
            algorithm,
            issuer,
            tlv(SEQUENCE, *map(moment, years)),
            subject,
            self.spki(key),
            tlv(0xA3, tlv(SEQUENCE, *extensions)) if extensions else b"",
        )
        (self.work / "tbs").write_bytes(tbs)
        command = ["openssl", "dgst", f"-{digest}", "-sign", self.key(by), self.work / "tbs"]
        signature = subprocess.run(command, check=True, capture_output=True).stdout
        if flaw == "signature":
            signature = signature[:-1] + bytes([signature[-1] ^ 1])
        outer = tlv(SEQUENCE, oid("1.2.840.10045.4.3.3")) if flaw == "algorithm" else algorithm
        self.made[file] = tlv(SEQUENCE, tbs, outer, tlv(3, b"\0", signature))

    def ca(self, file, issuer, *extensions, path_len=None, **more):
        more.setdefault("subject", file)
        self.issue(file, issuer=issuer, extensions=[ca(path_len), CERTIFIES, *extensions], **more)

    def leaf(self, file, issuer, *extensions, signs=SIGNS, **more):
        more.setdefault("subject", file)
        self.issue(file, issuer=issuer, extensions=[extension for extension in [signs, *extensions] if extension], **more)


CASES = []


def case(leaf, others, anchors, ours, why=None, **settings):
    """A path to judge; `why` is the reason where openssl does not judge as we do."""
    row = {"leaf": leaf, "others": others.split(), "anchors": anchors.split(), "ours": ours}
    CASES.append(row | ({"why": why} if why else {}) | settings)


def outside(who, authority, fault):
    return f"{who} NameConstraints {{ authority: {authority}, fault: {fault}("


BACK = "openssl goes by names and key identifiers, and does not go back from an issuer it has taken"
PURPOSE = "openssl verify looks at extended key usage only with -purpose, and has none for IKE"


def plain(m):
    m.ca("root", "root")
    m.ca("int", "root")
    m.ca("stranger", "stranger")
    m.leaf("leaf", "int")
    m.leaf("direct", "root")
    case("leaf", "int", "root", "ok 3")
    case("direct", "", "root", "ok 2")
    case("leaf", "stranger direct int root", "stranger root", "ok 3")
    case("leaf", "int int leaf leaf root root", "root root", "ok 3")
    case("leaf", "int", "leaf", "ok 1")
    case("leaf", "", "int", "ok 2")
    case("leaf", "int root", "stranger", "Other(1) NobodyVouches")
    case("leaf", "int", "stranger", "Other(0) NobodyVouches")
    case("leaf", "", "root", "Leaf NobodyVouches")
    case("leaf", "int", "", "Other(0) NobodyVouches")
    m.leaf("alone", "alone")
    case("alone", "", "root", "Leaf NobodyVouches")
    case("alone", "", "alone", "ok 1")
    m.leaf("forged", "root", flaw="signature")
    case("forged", "", "root", "Leaf Signature(Failed")
    m.leaf("algorithms", "root", flaw="algorithm")
    case("algorithms", "", "root", "Leaf Signature(Malformed")
    m.ca("forged-ca", "root", by="stranger")
    m.leaf("by-forged-ca", "forged-ca")
    case("by-forged-ca", "forged-ca", "root", "Other(0) Signature(Failed")
    m.leaf("sha1", "root", digest="sha1")
    case("sha1", "", "root", "Leaf Signature(HashNotAccepted", "openssl verify at its default -auth_level takes SHA-1")
    case("sha1", "", "root", "Leaf Signature(Unsupported", "the provider of ring has no ECDSA with SHA-1", sha1=True)
    case("leaf", "int", "root", "Leaf TooManyCertificates", "a limit of ours", repeat=17)


def dates(m):
    m.leaf("expired", "root", years=(2025, 2026))
    m.leaf("early", "root", years=(2030, 2126))
    case("expired", "", "root", "Leaf Expired")
    case("expired", "", "expired", "Leaf Expired")
    case("early", "", "root", "Leaf NotYetValid")
    m.ca("expired-ca", "root", years=(2025, 2026))
    m.ca("early-ca", "root", years=(2030, 2126))
    m.ca("expired-root", "expired-root", years=(2025, 2026))
    for authority, others, anchors, ours in [
        ("expired-ca", "expired-ca", "root", "Other(0) Expired"),
        ("early-ca", "early-ca", "root", "Other(0) NotYetValid"),
        ("expired-root", "", "expired-root", "Anchor(0) Expired"),
    ]:
        m.leaf(f"by-{authority}", authority)
        case(f"by-{authority}", others, anchors, ours)
    m.ca("renewed-ca", "root", subject="expired-ca")
    case("by-expired-ca", "expired-ca renewed-ca", "root", "ok 3")
    m.ca("renewed-root", "expired-root", subject="expired-root")
    case("by-expired-root", "", "expired-root renewed-root", "ok 2")
    case("by-expired-root", "renewed-root", "expired-root", "Anchor(0) Expired")


def usages(m):
    m.leaf("enciphers", "root", signs=usage(2))
    case("enciphers", "", "root", "Leaf KeyUsage", "openssl verify looks at the usage of the leaf only with -purpose")
    m.leaf("commits", "root", signs=usage(1))
    case("commits", "", "root", "ok 2")
    m.leaf("no-usage", "root", signs=None)
    case("no-usage", "", "root", "ok 2")
    for authority, extensions, ours, why in [
        ("no-cert-sign", [ca(), usage(0, 6)], "KeyUsage", None),
        ("no-constraints", [CERTIFIES], "NotAnAuthority", "openssl takes a root's keyCertSign for the mark unless -x509_strict"),
        ("no-mark", [unknown(False)], "NotAnAuthority", None),
        ("not-a-ca", [NOT_A_CA, CERTIFIES], "NotAnAuthority", None),
        ("ca-no-usage", [ca()], None, None),
        ("bad-usage", [ca(), extension("2.5.29.15", b"\x04\x01\x06", critical=True)], "Extension", None),
        ("twice-usage", [ca(), CERTIFIES, usage(5)], "DuplicateExtension", None),
    ]:
        m.issue(authority, authority, "root", extensions=extensions)
        m.leaf(f"by-{authority}", authority)
        case(f"by-{authority}", authority, "root", f"Other(0) {ours}" if ours else "ok 3")
        m.issue(f"{authority}-root", authority, authority, extensions=extensions)
        case(f"by-{authority}", "", f"{authority}-root", f"Anchor(0) {ours}" if ours else "ok 2", why)
    m.leaf("by-leaf", "leaf")
    case("by-leaf", "leaf int", "root", "Other(0) NotAnAuthority")
    m.issue("old-root", "old-root", "old-root", version=1)
    m.leaf("by-old-root", "old-root")
    case("by-old-root", "", "old-root", "Anchor(0) NotAnAuthority", "openssl takes a root of version 1")
    m.issue("old-leaf", "old-leaf", "root", version=1)
    case("old-leaf", "", "root", "ok 2")


def lengths(m):
    m.ca("zero", "root", key_identifier(own=b"zero"), path_len=0)
    m.leaf("by-zero", "zero")
    m.ca("below-zero", "zero")
    m.leaf("by-below-zero", "below-zero")
    m.ca("zero-again", "zero", key_identifier(own=b"again", issuer=b"zero"), subject="zero", key="zero-again")
    m.leaf("by-zero-again", "zero", key_identifier(issuer=b"again"), by="zero-again")
    case("by-zero", "zero", "root", "ok 3")
    case("by-below-zero", "below-zero zero", "root", "Other(1) PathLength { count: 1, limit: 0")
    case("by-below-zero", "below-zero", "zero", "Anchor(0) PathLength { count: 1, limit: 0")
    case("by-zero-again", "zero zero-again", "root", "ok 4")
    case("by-zero-again", "zero-again", "zero", "ok 3")
    above = "root"
    for n in range(1, 9):
        m.ca(f"step{n}", above)
        above = f"step{n}"
    m.leaf("by-step7", "step7")
    m.leaf("by-step8", "step8")
    case("by-step7", "step1 step2 step3 step4 step5 step6 step7", "root", "ok 9")
    steps = "step1 step2 step3 step4 step5 step6 step7 step8"
    case("by-step8", steps, "root", "Other(0) PathTooLong { limit: 8", "a limit of ours")


def extensions(m):
    m.leaf("critical", "root", unknown(True))
    case("critical", "", "root", "Leaf CriticalExtension")
    case("critical", "", "critical", "Leaf CriticalExtension")
    m.leaf("uncritical", "root", unknown(False))
    case("uncritical", "", "root", "ok 2")
    crl = extension("2.5.29.31", tlv(SEQUENCE, tlv(SEQUENCE, tlv(0xA0, tlv(0xA0, uri("http://a.example/c"))))), critical=True)
    policies = extension("2.5.29.32", tlv(SEQUENCE, tlv(SEQUENCE, oid("2.5.29.32.0"))), critical=True)
    m.leaf("critical-crl", "root", crl)
    case("critical-crl", "", "root", "Leaf CriticalExtension", "openssl could fetch the list; nobody here looks at it")
    m.leaf("policies", "root", policies)
    case("policies", "", "root", "ok 2")
    m.leaf("twice", "root", unknown(False), unknown(False))
    case("twice", "", "root", "Leaf DuplicateExtension", "openssl sees it twice only for those that it knows")
    m.leaf("twice-san", "root", san(dns("a.example")), san(dns("b.example")))
    case("twice-san", "", "root", "Leaf Unreadable")
    explicit = extension("2.5.29.36", tlv(SEQUENCE, tlv(0x80, b"\0")), critical=True)
    for authority, more, ours, why in [
        ("critical-ca", [unknown(True)], "CriticalExtension", None),
        ("uncritical-ca", [unknown(False)], None, None),
        ("explicit-ca", [explicit], "CriticalExtension", "openssl looks at policies only with -policy_check"),
        ("inhibit-ca", [extension("2.5.29.54", tlv(2, b"\0"), critical=True)], None, None),
    ]:
        m.ca(authority, "root", *more)
        m.leaf(f"by-{authority}", authority)
        case(f"by-{authority}", authority, "root", f"Other(0) {ours}" if ours else "ok 3", why)
        case(f"by-{authority}", "", authority, f"Anchor(0) {ours}" if ours else "ok 2", why)


def purposes(m):
    for file, extension, ours, loose in [
        ("eku-ike", eku(IKE), "ok 2", "ok 2"),
        ("eku-ike-critical", eku(SERVER, IKE, critical=True), "ok 2", "ok 2"),
        ("eku-any", eku(ANY, critical=True), "ok 2", "ok 2"),
        ("eku-intermediate", eku(IKE_INTERMEDIATE), "ok 2", "ok 2"),
        ("eku-server", eku(SERVER), "Leaf ExtendedKeyUsage", "ok 2"),
        ("eku-client", eku(CLIENT), "Leaf ExtendedKeyUsage", "ok 2"),
        ("eku-code", eku(CODE), "Leaf ExtendedKeyUsage", "Leaf ExtendedKeyUsage"),
        ("eku-code-critical", eku(CODE, critical=True), "Leaf ExtendedKeyUsage", "Leaf ExtendedKeyUsage"),
    ]:
        m.leaf(file, "root", extension)
        case(file, "", "root", ours, PURPOSE if ours != "ok 2" else None)
        case(file, "", "root", loose, PURPOSE if loose != "ok 2" else None, purposes="tls")
        case(file, "", "root", "ok 2", purposes="unrestricted")
    # What openssl does with a purpose of its own: on authorities it restricts as well.
    for file, extension, purposes, ours, why in [
        ("ca-ike", eku(IKE), None, "ok 3", None),
        ("ca-any", eku(ANY), None, "ok 3", None),
        ("ca-code", eku(CODE), None, "Other(0) ExtendedKeyUsage", PURPOSE),
        ("ca-code", eku(CODE), "tls", "Other(0) ExtendedKeyUsage", None),
        ("ca-code-critical", eku(CODE, critical=True), "tls", "Other(0) ExtendedKeyUsage", None),
        ("ca-server", eku(SERVER), "tls", "ok 3", None),
    ]:
        if file not in m.made:
            m.ca(file, "root", extension)
            m.leaf(f"by-{file}", file)
        settings = {"purposes": purposes, "options": ["-purpose", "sslserver"]} if purposes else {}
        case(f"by-{file}", file, "root", ours, why, **settings)
    m.leaf("client-by-server", "ca-server", eku(CLIENT))
    case("client-by-server", "ca-server", "root", "Other(0) ExtendedKeyUsage", PURPOSE, purposes="tls")
    case("by-ca-code", "", "ca-code", "Anchor(0) ExtendedKeyUsage", PURPOSE)
    m.ca("eku-root", "eku-root", eku(CODE))
    m.leaf("by-eku-root", "eku-root")
    case("by-eku-root", "", "eku-root", "Anchor(0) ExtendedKeyUsage", PURPOSE)
    case("by-eku-root", "", "eku-root", "ok 2", purposes="unrestricted")


def names(m):
    o = "Example"
    subtrees = {
        "dns": {"permitted": [dns("a.example")], "excluded": [dns("bad.a.example")]},
        "dot": {"permitted": [dns(".a.example")]},
        "no-dns": {"excluded": [dns("")]},
        "mail": {"permitted": [mail("a.example"), mail(".b.example"), mail("me@c.example")], "excluded": [mail("bad@a.example")]},
        "ip": {"permitted": [ip("c0000200ffffff00")], "excluded": [ip("c0000280ffffff80")]},
        "ip6": {"permitted": [ip("20010db8" + "00" * 12 + "ffffffff" + "00" * 12)]},
        "no-ip": {"excluded": [ip("00" * 8), ip("00" * 32)]},
        "dir": {"permitted": [directory(attribute("O", o))], "excluded": [directory(attribute("O", o), attribute("OU", "Bad  one"))]},
        "uri": {"permitted": [uri("a.example")]},
        "other": {"permitted": [other_name("x")]},
        "both": {"permitted": [dns("a.example"), mail("a.example")]},
        "holes": {"permitted": [ip("c0000200ff00ff00")]},
        "bounds": {"permitted": [dns("a.example")], "bounds": tlv(0x80, b"\x01")},
        "zero-bounds": {"permitted": [dns("a.example")], "bounds": tlv(0x80, b"\x00")},
    }
    for kind, lists in subtrees.items():
        subject = {"subject": name(attribute("O", o), attribute("CN", f"nc-{kind}")), "key": f"nc-{kind}"}
        m.ca(f"nc-{kind}", "root", constraints(**lists), **subject)
        m.ca(f"nc-{kind}-mild", "root", constraints(critical=False, **lists), **subject)
    example = [attribute("O", o)]
    rows = [
        ("dns", [], [dns("a.example")], None, None),
        ("dns", [], [dns("x.A.example"), mail("any@where.example")], None, None),
        ("dns", [], [dns("a.example"), dns("b.example")], "NotPermitted", None),
        ("dns", [], [dns("xa.example")], "NotPermitted", None),
        ("dns", [], [dns("x.bad.a.example")], "Excluded", None),
        ("dns", [], [dns("bad.a.example")], "Excluded", None),
        ("dns", [], [dns("a.example.")], "Malformed", None),
        ("dns", [], [dns("*.a.example")], None, None),
        ("dns", [attribute("CN", "b.example")], [], None, "openssl takes a common name that looks like a domain for one; we never do"),
        ("dns", [attribute("CN", "b.example")], [dns("a.example")], None, None),
        ("dot", [], [dns("x.a.example")], None, None),
        ("dot", [], [dns("a.example")], "NotPermitted", None),
        ("no-dns", [], [dns("a.example")], "Excluded", None),
        ("no-dns", [], [mail("a@a.example")], None, None),
        ("mail", [], [mail("x@A.example")], None, None),
        ("mail", [], [mail("x@x.a.example")], "NotPermitted", None),
        ("mail", [], [mail("x@x.b.example")], None, None),
        ("mail", [], [mail("x@b.example")], "NotPermitted", None),
        ("mail", [], [mail("me@c.example")], None, None),
        ("mail", [], [mail("you@c.example")], "NotPermitted", None),
        ("mail", [], [mail("bad@a.example")], "Excluded", None),
        ("mail", [], [mail("a.example")], "Malformed", None),
        ("mail", [attribute("mail", "x@d.example", 0x16)], [], "NotPermitted", None),
        ("mail", [attribute("mail", "x@a.example", 0x16)], [], None, None),
        ("ip", [], [ip("c0000201")], None, None),
        ("ip", [], [ip("c0000301")], "NotPermitted", None),
        ("ip", [], [ip("c0000281")], "Excluded", None),
        ("ip", [], [ip("20010db8" + "00" * 12)], "NotPermitted", None),
        ("ip", [], [ip("c00002")], "Malformed", None),
        ("ip6", [], [ip("20010db8" + "00" * 12)], None, None),
        ("ip6", [], [ip("20010db9" + "00" * 12)], "NotPermitted", None),
        ("ip6", [], [ip("c0000201")], "NotPermitted", None),
        ("no-ip", [], [ip("c0000201")], "Excluded", None),
        ("no-ip", [], [dns("a.example")], None, None),
        ("dir", example, [], None, None),
        ("dir", [attribute("O", " EXAMPLE ", 0x13)], [], None, None),
        ("dir", [attribute("O", b"\0E\0x\0a\0m\0p\0l\0e", 0x1E)], [], None, None),
        ("dir", [attribute("O", "Elsewhere")], [], "NotPermitted", None),
        ("dir", [attribute("CN", "x"), *example], [], "NotPermitted", None),
        ("dir", [*example, attribute("OU", "bad one"), attribute("CN", "x")], [], "Excluded", None),
        ("dir", example, [directory(attribute("O", "Elsewhere"))], "NotPermitted", None),
        ("dir", [], [dns("a.example")], None, None),
        ("dir", [attribute("O", b"\xff\xfe")], [], "Malformed", None),
        ("uri", [], [uri("http://a.example/x")], "NotUnderstood", "openssl compares the host of a URI; no peer is named by one here"),
        ("uri", [], [dns("a.example")], None, None),
        ("other", [], [other_name("x")], "NotUnderstood", None),
        ("other", [], [dns("a.example")], None, None),
        ("both", [], [dns("a.example"), mail("x@a.example"), ip("c0000201")], None, None),
        ("both", [], [dns("a.example"), mail("x@b.example")], "NotPermitted", None),
        ("holes", [], [ip("c0000201")], "Malformed", "openssl takes masks with holes, which RFC 4632 does not have"),
        ("bounds", [], [dns("a.example")], "NotUnderstood", None),
        ("bounds", [], [mail("x@a.example")], None, None),
        ("zero-bounds", [], [dns("a.example")], None, None),
    ]
    for leaf, (kind, subject, alternatives, fault, why) in enumerate(rows, 1):
        file = f"named{leaf:02}"
        issuer = name(attribute("O", o), attribute("CN", f"nc-{kind}"))
        m.issue(file, name(*subject), issuer, by=f"nc-{kind}", extensions=[SIGNS, *([san(*alternatives)] if alternatives else [])])
        for suffix in ["", "-mild"]:
            authority = f"nc-{kind}{suffix}"
            case(file, authority, "root", outside("Leaf", "Other(0)", fault) if fault else "ok 3", why)
            case(file, "", authority, outside("Leaf", "Anchor(0)", fault) if fault else "ok 2", why)


def nested_names(m):
    empty = extension("2.5.29.30", tlv(SEQUENCE), critical=True)
    m.ca("nc-empty", "root", empty)
    m.leaf("by-nc-empty", "nc-empty")
    case("by-nc-empty", "nc-empty", "root", "Other(0) Extension", "RFC 5280 has no empty constraints; openssl takes them for none")
    # Two authorities constrain: what is left is in both.
    m.ca("nc-wide", "root", constraints(permitted=[dns("example")]))
    m.ca("nc-narrow", "nc-wide", constraints(permitted=[dns("a.example"), dns("b.test")]))
    for file, domain, ours in [
        ("in-both", "a.example", "ok 4"),
        ("in-wide", "b.example", outside("Leaf", "Other(0)", "NotPermitted")),
        ("in-narrow", "b.test", outside("Leaf", "Other(1)", "NotPermitted")),
    ]:
        m.leaf(file, "nc-narrow", san(dns(domain)))
        case(file, "nc-narrow nc-wide", "root", ours)
    # The subject of an authority below is held to them, but not where it is self-issued.
    m.ca("nc-top", "root", key_identifier(own=b"top"), constraints(permitted=[directory(attribute("O", "Example"))]))
    m.ca("nc-sub", "nc-top")
    m.issue("in-sub", name(attribute("O", "Example")), "nc-sub", extensions=[SIGNS])
    case("in-sub", "nc-sub nc-top", "root", outside("Other(0)", "Other(1)", "NotPermitted"))
    m.ca("nc-top-again", "nc-top", key_identifier(own=b"again", issuer=b"top"), subject="nc-top", key="nc-top-again")
    hint = key_identifier(issuer=b"again")
    m.issue("in-again", name(attribute("O", "Example")), "nc-top", by="nc-top-again", extensions=[SIGNS, hint])
    case("in-again", "nc-top nc-top-again", "root", "ok 4")
    # The leaf is held to them, be it self-issued or not.
    m.issue("self-leaf", "nc-top", "nc-top", key="self-leaf", by="nc-top", extensions=[SIGNS])
    case("self-leaf", "nc-top", "root", outside("Leaf", "Other(0)", "NotPermitted"))
    many = range(300)
    m.ca("nc-many", "root", constraints(permitted=[dns(f"{n:x}.e") for n in many]))
    m.leaf("many", "nc-many", san(*(dns(f"a.{n:x}.e") for n in many)))
    case("many", "nc-many", "root", "Leaf TooManyNames { limit: 65536", "a limit of ours; that of openssl is 1048576")
    case("many", "nc-many", "root", "ok 3", comparisons=1 << 20)


def searches(m):
    # Two authorities of one name.
    m.ca("twin1", "root", key="twin1", subject="twin")
    m.ca("twin2", "root", key="twin2", subject="twin")
    for n in "12":
        m.leaf(f"by-twin{n}", "twin", by=f"twin{n}")
        case(f"by-twin{n}", "twin1 twin2", "root", "ok 3", BACK if n == "2" else None)
        case(f"by-twin{n}", "twin2 twin1", "root", "ok 3", BACK if n == "1" else None)
        case(f"by-twin{n}", "", "twin1 twin2", "ok 2", BACK if n == "2" else None)
    case("by-twin2", "twin1", "root", "Leaf Signature(Failed")
    m.leaf("by-twin1-named", "twin", key_identifier(issuer=b"twin 1"), by="twin1")
    m.ca("twin1-named", "root", key_identifier(own=b"twin 1"), key="twin1", subject="twin")
    m.ca("twin2-named", "root", key_identifier(own=b"twin 2"), key="twin2", subject="twin")
    case("by-twin1-named", "twin2-named twin1-named", "root", "ok 3", verifications=2)
    # The identifier of the issuer's key is a hint: RFC 5280 section 4.2.1.1 does not have it compared.
    m.ca("twin1-misnamed", "root", key_identifier(own=b"twin 9"), key="twin1", subject="twin")
    case("by-twin1-named", "twin1-misnamed", "root", "ok 3", "openssl takes no issuer whose key has another identifier")
    # One key certified by two authorities, of which the first leads nowhere, or out of date.
    m.ca("cross-stranger", "stranger", subject="cross", key="cross")
    m.ca("cross-root", "root", subject="cross", key="cross")
    m.ca("cross-expired", "expired-ca", subject="cross", key="cross")
    m.leaf("by-cross", "cross")
    case("by-cross", "cross-stranger cross-root", "root", "ok 3", BACK)
    case("by-cross", "cross-root cross-stranger", "stranger", "ok 3", BACK)
    case("by-cross", "cross-stranger stranger cross-root", "root", "ok 3", BACK)
    case("by-cross", "cross-expired expired-ca cross-stranger", "root", "Other(1) Expired")
    case("by-cross", "cross-expired expired-ca cross-root", "root", "ok 3", BACK)
    # Circles.
    m.ca("loop-a", "loop-b")
    m.ca("loop-b", "loop-a")
    m.leaf("by-loop", "loop-a")
    case("by-loop", "loop-a loop-b", "root", "Other(1) NobodyVouches")
    m.ca("loop-out", "root", subject="loop-b", key="loop-b")
    case("by-loop", "loop-a loop-b loop-out", "root", "ok 4", BACK)
    # Every one of four keys of one name certifies every other: many paths, none to an anchor.
    for one in range(4):
        for other in range(4):
            if one != other:
                m.ca(f"maze{one}{other}", "maze", subject="maze", key=f"maze{one}", by=f"maze{other}")
    m.leaf("by-maze", "maze", by="maze0")
    maze = " ".join(file for file in m.made if file.startswith("maze"))
    case("by-maze", maze, "root", "TooManyVerifications { limit: 32", verifications=32)
    case("by-maze", maze, "root", "Signature(Failed", verifications=100_000)
    m.ca("maze-out", "root", subject="maze", key="maze3")
    case("by-maze", f"{maze} maze-out", "root", "ok", BACK, verifications=100_000)


def opinion(row, work):
    """What openssl says: `ok`, or the number and the text of its error."""
    paths = {}
    for what in ("others", "anchors"):
        paths[what] = work / what
        ders = [HERE / f"{file}.der" for file in row[what]]
        pems = [subprocess.run(["openssl", "x509", "-inform", "DER", "-in", der], check=False, capture_output=True).stdout for der in ders]
        paths[what].write_bytes(b"".join(pems))
    command = ["openssl", "verify", "-attime", str(NOW), "-partial_chain", "-no-CApath", "-no-CAstore", *row.get("options", [])]
    command += ["-CAfile", paths["anchors"]] if row["anchors"] else ["-no-CAfile"]
    command += ["-untrusted", paths["others"]] if row["others"] else []
    done = subprocess.run([*command, HERE / f"{row['leaf']}.der"], check=False, capture_output=True, text=True)
    if done.returncode == 0:
        return "ok"
    told = [line for line in done.stderr.splitlines() if line.startswith("error ") and " lookup: " in line]
    return told[0].split()[1] + " " + told[0].split(" lookup: ")[1] if told else "no certificate"


def main():
    cases = HERE / "cases.json"
    with tempfile.TemporaryDirectory() as work:
        work = pathlib.Path(work)
        if sys.argv[1:] == ["--judge"]:
            rows = json.loads(cases.read_text())["cases"]
        else:
            maker = Maker(work)
            for part in (plain, dates, usages, lengths, extensions, purposes, names, nested_names, searches):
                part(maker)
            for old in HERE.glob("*.der"):
                old.unlink()
            for file, der in maker.made.items():
                (HERE / f"{file}.der").write_bytes(der)
            rows = CASES
        for row in rows:
            row["openssl"] = opinion(row, work)
    version = subprocess.run(["openssl", "version"], check=True, capture_output=True, text=True).stdout.split(" (")[0].strip()
    head = json.dumps({"now": NOW, "openssl": version})[1:-1]
    cases.write_text("{" + head + ', "cases": [\n' + ",\n".join(map(json.dumps, rows)) + "\n]}\n")
    for row in rows:
        same = (row["openssl"] == "ok") == row["ours"].startswith("ok")
        if same == ("why" in row):
            print("different" if not same else "no reason is needed:", json.dumps(row))


main()
