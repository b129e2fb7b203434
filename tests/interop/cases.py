"""The cases: a matrix of three daemons, and of newer releases of them, in both roles, and what goes beyond it.

`role` is the daemon's. Expectations are checked against our verdict, against the daemon's own log, and against what crossed the path.
"""

import dataclasses
import itertools
import random

import everyday

DAEMONS = ("strongswan", "libreswan", "openiked")
# The same of newer systems (roots.sh), by the names of their dialects.
NEWER = ("strongswan6", "libreswan5", "openiked7.4")
ROLES = ("responder", "initiator")
AUTHS = ("psk", "rsa4096")
SUITES = ("gcm", "cbc")
MTUS = ("576", "1280", "off")
FAMILIES = ("v4", "v6")

# Ours (strongSwan notation), and each daemon's own words for it.
IKE = {
    "gcm": {"us": "aes256gcm16-prfsha384-ecp384", "libreswan": "aes_gcm256-sha2_384;dh20", "openiked": "ikesa enc aes-256-gcm prf hmac-sha2-384 group ecp384"},
    "cbc": {"us": "aes256-sha256-curve25519", "libreswan": "aes256-sha2_256;dh31", "openiked": "ikesa enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group curve25519"},
    "chacha": {"us": "chacha20poly1305-prfsha256-curve25519", "libreswan": "chacha20_poly1305-sha2_256;dh31"},
    "modp2048": {"us": "aes128-sha256-modp2048", "libreswan": "aes128-sha2_256;dh14", "openiked": "ikesa enc aes-128 auth hmac-sha2-256 prf hmac-sha2-256 group modp2048"},
    "mlkem": {"us": "aes256gcm16-prfsha384-x25519-ke1_mlkem768"},
    "two": {"us": "aes256gcm16-prfsha384-x25519-ke1_mlkem768-ke2_ecp384"},
    "sha512": {"us": "aes128-sha512-ecp256", "libreswan": "aes128-sha2_512;dh19", "openiked": "ikesa enc aes-128 auth hmac-sha2-512 prf hmac-sha2-512 group ecp256"},
}
ESP = {
    "gcm": {"us": "aes256gcm16", "libreswan": "aes_gcm256-null"},
    "cbc": {"us": "aes256-sha256", "libreswan": "aes256-sha2_256"},
    "cbc512": {"us": "aes256-sha512", "libreswan": "aes256-sha2_512", "openiked": "childsa enc aes-256 auth hmac-sha2-512"},
    "chacha": {"us": "chacha20poly1305", "libreswan": "chacha20_poly1305"},
    "gcm-mlkem": {"us": "aes256gcm16-x25519-ke1_mlkem768"},
    "gcm-two": {"us": "aes256gcm16-x25519-ke1_mlkem768-ke2_ecp384"},
    "gcm-pfs": {"us": "aes256gcm16-ecp384", "libreswan": "aes_gcm256-null;dh20"},
    "cbc512-pfs": {"us": "aes256-sha512-ecp384", "openiked": "childsa enc aes-256 auth hmac-sha2-512 group ecp384"},
}


def product(daemon):
    """What a daemon is a release of."""
    return DAEMONS[NEWER.index(daemon)] if daemon in NEWER else daemon


def ike(suite, who):
    return IKE[suite].get(product(who), IKE[suite]["us"])


def esp(suite, who):
    return ESP[suite].get(product(who), ESP[suite]["us"])


@dataclasses.dataclass
class Case:
    name: str
    kind: str
    daemon: str
    role: str = "responder"
    auth: str = "psk"
    suite: str = "gcm"
    mtu: str = "1280"
    family: str = "v4"
    # Set by the kind:
    esp: str = ""
    ours: list = dataclasses.field(default_factory=list)  # more options of ours, after the usual ones
    our_ike: str = ""  # instead of the suite's
    our_esp: str = ""
    client: str = ""  # our address as the daemon sees it
    daemon_options: list = dataclasses.field(default_factory=list)
    daemon_env: dict = dataclasses.field(default_factory=dict)
    do: str = "dpd,delete"
    says: tuple = ()  # regular expressions: what our program must have said before its verdict
    peer_steps: tuple = ()  # what our verdict must list besides: what the daemon did
    actions: tuple = ()  # what the daemon is told meanwhile: (seconds after the start, or what we have said by then; command)
    delay: int = 0  # of the path, in either direction, in ms
    remains: bool = False  # whether one IKE SA with one Child SA has to be left on both sides when the daemon is asked
    methods: tuple = ()  # of authentication, of one side and the other
    linger: float = 0  # the daemon as initiator: seconds between the child SA and its delete
    path: list = dataclasses.field(default_factory=list)
    exit: tuple = (0,)
    expect: dict = dataclasses.field(default_factory=dict)  # fields of our verdict
    daemon_saw: tuple = ("ike", "child")  # marks of its log that must be there (see daemons.py)
    daemon_not: tuple = ()
    counters: dict = dataclasses.field(default_factory=dict)  # "a2b.ike_lost": least value
    predict: str = "selected"  # what `ike negotiate` must say about our offer; "" when the offer is not ours
    cannot: str = ""  # why the daemon cannot do it

    def __post_init__(self):
        # OpenIKED on Linux can load neither SHA2-256 nor AES-GCM for ESP into PF_KEY.
        self.esp = self.esp or ("cbc512" if product(self.daemon) == "openiked" else "gcm" if self.suite in ("sha512", "modp2048", "mlkem", "two") else self.suite)
        if self.role == "initiator":
            self.predict = ""


def verdict(kind, **fields):
    return {"verdict": kind, **fields}


def matrix(daemons=DAEMONS):
    for daemon, role, auth, suite, mtu, family in itertools.product(daemons, ROLES, AUTHS, SUITES, MTUS, FAMILIES):
        name = f"{daemon}-{role}-{auth}-{suite}-{mtu}-{family}"
        yield Case(name, "matrix", daemon, role, auth, suite, mtu, family, expect=verdict("established"))


def special(kind, daemon, **fields):
    role = fields.get("role", "responder")
    fields.setdefault("expect", verdict("established"))
    return Case(f"{kind}-{daemon}-{role}", kind, daemon, **fields)


def refusals(daemon):
    yield special("cookie", daemon, daemon_options=["--cookies", "yes"], expect=verdict("established", cookies=1), daemon_saw=("ike", "child", "cookie"),
                  cannot="it asks nobody for cookies, having no such setting" if product(daemon) == "openiked" else "")
    yield special("cookie", daemon, role="initiator", ours=["--cookies", "always"], expect=verdict("established", cookies=1))
    both = {"us": "aes256gcm16-prfsha384-curve25519-ecp384"}
    yield special("invalid-ke", daemon, our_ike=both["us"], ours=["--ke-first", "31"], predict="invalid_ke_payload",
                  expect=verdict("established", ke_retries=1, wanted_group=20, ike=IKE["gcm"]["us"]), daemon_saw=("ike", "child", "invalid_ke"))
    offers = {"strongswan": "aes256gcm16-prfsha384-curve25519-ecp384", "libreswan": "aes_gcm256-sha2_384;dh31+dh20",
              "openiked": "ikesa enc aes-256-gcm prf hmac-sha2-384 group curve25519 group ecp384"}
    yield special("invalid-ke", daemon, role="initiator", daemon_options=["--ike", offers[product(daemon)]], expect=verdict("established", ke_retries=1, ike=IKE["gcm"]["us"]))
    yield special("no-proposal", daemon, our_ike="aes128-sha512-ecp256,aes128-sha256-ecp256", predict="no_proposal_chosen", exit=(1,), do="",
                  expect=verdict("refused", phase="IKE_SA_INIT", notify="NO_PROPOSAL_CHOSEN"), daemon_saw=("no_proposal",), daemon_not=("ike",))
    yield special("no-proposal", daemon, role="initiator", our_ike="aes128-sha512-ecp256", exit=(1,), do="",
                  expect=verdict("refused", phase="IKE_SA_INIT", notify="NO_PROPOSAL_CHOSEN"), daemon_saw=("got_no_proposal",), daemon_not=("ike",))
    yield special("no-proposal-child", daemon, our_esp="aes128-sha384", exit=(1,), do="",
                  expect=verdict("refused", phase="IKE_AUTH", notify="NO_PROPOSAL_CHOSEN"), daemon_saw=("no_proposal_child",), daemon_not=("child",))
    # OpenIKED then forgets the IKE SA without a word, so that only our time limit ends it.
    yield special("no-proposal-child", daemon, role="initiator", our_esp="aes128-sha384", do="", ours=["--seconds", "6"] if product(daemon) == "openiked" else [],
                  expect=verdict("established", notify="NO_PROPOSAL_CHOSEN", esp=None), daemon_saw=("got_no_proposal",), daemon_not=("child",))
    yield special("auth-failed-psk", daemon, ours=["--psk-hex", "ffff"], exit=(1,), do="",
                  expect=verdict("refused", phase="IKE_AUTH", notify="AUTHENTICATION_FAILED"), daemon_saw=("auth_failed",), daemon_not=("child",))
    yield special("auth-failed-psk", daemon, role="initiator", ours=["--psk-hex", "ffff"], exit=(4,), do="",
                  expect=verdict("protocol_error", phase="IKE_AUTH", notify="AUTHENTICATION_FAILED"), daemon_saw=("got_auth_failed",), daemon_not=("child",))
    yield special("auth-failed-cert", daemon, auth="rsa4096", ours=["CERT=other"], exit=(1,), do="",
                  expect=verdict("refused", phase="IKE_AUTH", notify="AUTHENTICATION_FAILED"), daemon_saw=("auth_failed_cert",), daemon_not=("child",))
    yield special("untrusted-peer", daemon, auth="rsa4096", ours=["CA=other"], exit=(4,), do="", expect=verdict("protocol_error", phase="IKE_AUTH"), daemon_saw=())


def life(daemon):
    yield special("rekey-child", daemon, do="rekey-child,dpd,delete", daemon_saw=("ike", "child", "child_rekeyed"))
    yield special("rekey-child-pfs", daemon, do="rekey-child,dpd,delete", esp="cbc512-pfs" if product(daemon) == "openiked" else "gcm-pfs", daemon_options=["--pfs", "yes"] if product(daemon) == "libreswan" else [],
                  daemon_saw=("ike", "child", "child_rekeyed"))
    yield special("rekey-ike", daemon, do="rekey-ike,dpd,delete", daemon_saw=("ike", "child", "ike_rekeyed"))
    yield special("rekey-all-fragmented", daemon, auth="rsa4096", mtu="576", do="rekey-ike,rekey-child,child,delete-child,dpd,delete", daemon_saw=("ike", "child"))
    yield special("delete", daemon, do="delete", daemon_saw=("ike", "child", "delete_received"))
    yield special("delete-child", daemon, do="child,delete-child,dpd,delete", daemon_saw=("ike", "child", "delete_received"))
    for kind in ("child", "ike"):
        fields = {"peer_steps": (f"rekey-{kind}",), "daemon_saw": ("ike", "child", f"{kind}_rekeyed_self")}
        if product(daemon) == "openiked":
            # It rekeys by its clock alone.
            fields["daemon_options"] = ["--lifetimes", "ikelifetime 60 lifetime 6" if kind == "child" else "ikelifetime 6 lifetime 600"]
            yield special(f"rekey-{kind}-theirs", daemon, do="wait=9,dpd,delete", **fields)
            yield special(f"rekey-{kind}-theirs", daemon, role="initiator", linger=9, **fields)
        else:
            fields["actions"] = ((1.0, f"rekey-{kind}"),)
            yield special(f"rekey-{kind}-theirs", daemon, do="wait=3,dpd,delete", **fields)
            yield special(f"rekey-{kind}-theirs", daemon, role="initiator", linger=1, **fields)
    yield special("delete-theirs", daemon, do="wait=5", actions=((1.0, "terminate"),), peer_steps=("deleted",), daemon_saw=("ike", "child", "deleted_self"))
    yield special("childless", daemon, daemon_options=["--childless", "force"] if product(daemon) == "strongswan" else [], ours=["--childless"], do="child,dpd,delete",
                  daemon_saw=("ike", "child"), cannot="it does not announce RFC 6023" if product(daemon) == "openiked" else "")


# Fragments on the path, per direction; the certificate chain makes several in both.
DISORDER = {"lost": "lose=2", "lost-first": "lose=1", "doubled": "double", "reversed": "reverse", "late-first": "late"}
MARK = {"lost": "ike_lost", "lost-first": "ike_lost", "doubled": "ike_doubled", "reversed": "ike_reversed", "late-first": "ike_late"}


def disorder(daemon):
    for kind, rule in DISORDER.items():
        for direction in ("a2b", "b2a"):
            side = "ours" if direction == "a2b" else "theirs"
            yield special(f"fragments-{kind}-{side}", daemon, auth="rsa4096", mtu="576", path=["--ike", f"{direction}:{rule}"], counters={f"{direction}.{MARK[kind]}": 1})
    yield special("fragments-lost-both", daemon, role="initiator", auth="rsa4096", mtu="576", path=["--ike", "lose=2"], counters={"a2b.ike_lost": 1, "b2a.ike_lost": 1})
    yield special("fragments-reversed-both", daemon, role="initiator", auth="rsa4096", mtu="576", path=["--ike", "reverse"],
                  counters={"a2b.ike_reversed": 2, "b2a.ike_reversed": 2})
    yield special("fragments-doubled-both", daemon, role="initiator", auth="rsa4096", mtu="576", path=["--ike", "double"],
                  counters={"a2b.ike_doubled": 2, "b2a.ike_doubled": 2})
    injected = ["--loss", "5", "--reorder", "30", "--duplicate", "20", "--seed", "7"]
    yield special("injected-disorder", daemon, auth="rsa4096", mtu="576", suite="cbc", ours=[*injected, "--timeout", "60"])
    yield special("injected-disorder", daemon, role="initiator", auth="rsa4096", mtu="576", suite="cbc", ours=[*injected, "--timeout", "60"])


def surroundings(daemon):
    yield special("nat", daemon, auth="rsa4096", path=["--nat", "203.0.113.9"], client="203.0.113.9")
    yield special("natt-forced", daemon, ours=["--force-natt"])
    yield special("ip-fragments-dropped", daemon, auth="rsa4096", mtu="off", path=["--fragments", "drop"], ours=["--timeout", "6"], exit=(3,), do="",
                  expect=verdict("no_answer", phase="IKE_AUTH"), daemon_saw=(), daemon_not=("child",), counters={"a2b.dropped_fragment": 1})
    yield special("probe", daemon, auth="rsa4096", mtu="1280", path=["--mtu", "a2b:800"], ours=["--fragmentation", "probe", "--timeout", "60"],
                  counters={"a2b.dropped_oversize": 1},
                  cannot="it keeps the fragments of the first try that arrived and drops those of a smaller size, as their number is another" if product(daemon) == "libreswan" else "")
    for suite in ("chacha", "sha512", "modp2048"):
        lacks = "ChaCha20-Poly1305 is for ESP only there" if product(daemon) == "openiked" and suite == "chacha" else ""
        yield special(f"suite-{suite}", daemon, suite=suite, cannot=lacks)
        yield special(f"suite-{suite}", daemon, suite=suite, role="initiator", cannot=lacks)
    yield special("rsa-pss", daemon, auth="rsa4096", ours=["--signature", "pss"], methods=(14,))
    for family, lacking in (("p256", ()), ("p384", ()), ("ed25519", ("libreswan", "openiked")), ("rsa2048", ())):
        reason = "it has no Ed25519 signatures"
        yield special(f"cert-{family}", daemon, auth=family, methods=(14,), cannot=reason if product(daemon) in lacking else "")
        yield special(f"cert-{family}", daemon, auth=family, role="initiator", methods=(14,), cannot=reason if product(daemon) in lacking else "")


def methods(daemon):
    """Signatures without RFC 7427, and none at all."""
    for role in ROLES:
        if product(daemon) == "strongswan":
            env = {"IKEPEER_EXTRA_CONF": "signature_authentication = no"}
            # By method 1 it signs with SHA-1, and takes nothing else.
            for method, family, ours in ((1, "rsa2048", ["--signature", "sha1"]), (9, "p256", []), (10, "p384", []), (11, "p521", [])):
                yield special(f"method-{method}", daemon, role=role, auth=family, methods=(method,), daemon_env=env, ours=ours)
            for method, family in ((1, "rsa2048"), (11, "p521")):
                yield special(f"method-{method}-theirs", daemon, role=role, auth=family, methods=(method, 2), daemon_env=env, daemon_options=["--remote-auth", "psk"], ours=["PSK"])
        elif product(daemon) == "libreswan":
            yield special("method-1", daemon, role=role, auth="rsa2048", methods=(1,), daemon_options=["--authby", "rsa-sha1"], ours=["--signature", "sha1"])
            yield special("null", daemon, role=role, auth="null", methods=(13,), daemon_options=["--authby", "null"])


def additional(daemon):
    """Additional key exchanges (RFC 9370), which one daemon has."""
    if daemon != "strongswan6":
        return
    fragments = {"a2b.ike_fragments": 2, "b2a.ike_fragments": 2}
    for role in ROLES:
        for mtu in ("576", "1280"):
            # At 1280 octets the KE payload fits.
            yield special(f"mlkem-{mtu}", daemon, role=role, suite="mlkem", mtu=mtu, counters=fragments if mtu == "576" else {}, daemon_saw=("ike", "child", "intermediate"))
        yield special("mlkem-chain", daemon, role=role, suite="mlkem", mtu="576", auth="rsa4096", counters=fragments, daemon_saw=("ike", "child", "intermediate"))
        yield special("two-additional", daemon, role=role, suite="two", mtu="576", counters=fragments, daemon_saw=("ike", "child", "intermediate"))
    for suite in ("mlkem", "two"):
        fields = {"suite": suite, "esp": f"gcm-{suite}", "mtu": "576", "counters": fragments, "expect": verdict("established", ike=ike(suite, "us"), esp=esp(f"gcm-{suite}", "us"))}
        saw = ("ike", "child", "intermediate", "followup")
        yield special(f"followup-{suite}-child", daemon, do="rekey-child,child,dpd,delete", daemon_saw=(*saw, "child_rekeyed"), **fields)
        yield special(f"followup-{suite}-ike", daemon, do="rekey-ike,rekey-child,dpd,delete", daemon_saw=(*saw, "ike_rekeyed"), **fields)
        for kind in ("child", "ike"):
            # The rekey of the IKE SA leaves the Child SA as IKE_AUTH made it.
            more = fields if kind == "child" else {**fields, "expect": verdict("established", ike=ike(suite, "us"))}
            theirs = {"actions": ((1.0, f"rekey-{kind}"),), "peer_steps": (f"rekey-{kind}",), "daemon_saw": (*saw, f"{kind}_rekeyed_self")}
            yield special(f"followup-{suite}-{kind}-theirs", daemon, do="wait=3,dpd,delete", **theirs, **more)
            yield special(f"followup-{suite}-{kind}-theirs", daemon, role="initiator", linger=1, **theirs, **more)


# Further addresses of either side.
OURS_TOO, THEIRS_TOO = "192.0.2.7", "192.0.2.8"


def moves(daemon):
    """MOBIKE (RFC 4555): the initiator goes on from another address, also before a request is answered."""
    if product(daemon) != "strongswan":
        return
    saw = ("ike", "child", "moved")
    ours = {"ours": ["--mobike"], "daemon_options": ["--mobike", "yes"], "path": ["--a-addr", f"{OURS_TOO}/24"], "daemon_saw": saw}
    yield special("mobike", daemon, do=f"dpd,move={OURS_TOO},dpd,rekey-child,rekey-ike,move=192.0.2.1,dpd,delete", **ours)
    for kind in ("child", "ike"):
        # The response goes where nobody is any more.
        yield special(f"mobike-amid-{kind}", daemon, do=f"rekey-{kind}+move={OURS_TOO},dpd,delete", delay=200, **ours)
    # A request in one datagram goes out again in fragments.
    yield special("mobike-mtu", daemon, do=f"rekey-ike+move={OURS_TOO}@256,dpd,rekey-child,delete", delay=200, **{**ours, "counters": {"a2b.ike_fragments": 2}})
    if daemon == "strongswan6":
        # Fragments go out again in more and smaller ones.
        yield special("mobike-mtu-mlkem", daemon, suite="mlkem", mtu="576", do=f"rekey-ike+move={OURS_TOO}@300,dpd,delete", delay=200, **{**ours, "counters": {"a2b.ike_fragments": 4}})
    yield special("mobike", daemon, role="initiator", ours=["--mobike"], daemon_options=["--mobike", "yes", "--any-addr", "yes"], path=["--b-addr", f"{THEIRS_TOO}/25"],
                  actions=((1.0, f"ip addr del {THEIRS_TOO}/25 dev ikm0"),), linger=4, peer_steps=("move",), daemon_saw=("ike", "child", "moves"))


# What a daemon does wrong when rekeys cross, as seen.
LOSES_CHILD = "it leaves the SA that it made with the lowest nonce: two child SAs remain"
LOSES_IKE = "it leaves the IKE SA that it made with the lowest nonce, or has moved the child SA to the one that we have to delete, and loses it"
IGNORES_IKE = "it does not answer the rekey of an IKE SA that it met while it rekeyed a child SA, not even when that has been refused"


def collisions(daemon):
    """Both sides rekey within the round trip of a path that takes half a second each way, or one and a half with OpenIKED."""
    for ours, theirs in (("child", "child"), ("ike", "ike"), ("child", "ike"), ("ike", "child")):
        name = f"collision-{ours}" if ours == theirs else f"collision-{ours}-{theirs}"
        fields = {"delay": 500, "do": f"wait=1,rekey-{ours},wait={4 if ours == theirs else 7},dpd,delete", "remains": True, "cannot": ""}
        # It is told when our request is on its way.
        fields["actions"] = (("-> CREATE_CHILD_SA request", f"rekey-{theirs}"), (7.5 if ours == theirs else 10.0, "sas"))
        if product(daemon) == "openiked":
            # It rekeys by its clock alone, ten or eleven seconds after IKE_AUTH.
            fields |= {"delay": 1500, "do": f"wait=9,rekey-{ours},wait=2,delete", "actions": ((22.0, "sas"),)}
            fields["daemon_options"] = ["--lifetimes", "ikelifetime 600 lifetime 12" if theirs == "child" else "ikelifetime 12 lifetime 600"]
            fields["cannot"] = IGNORES_IKE if name == "collision-ike-child" else ""
        elif product(daemon) == "libreswan":
            fields["cannot"] = {"collision-child": LOSES_CHILD, "collision-ike": LOSES_IKE}.get(name, "")
        yield special(name, daemon, **fields)


def every(daemons=DAEMONS):
    yield from matrix(daemons)
    for daemon in daemons:
        for family in (refusals, life, disorder, surroundings, methods, additional, moves, collisions):
            yield from family(daemon)
        yield from everyday.cases(daemon, product, special, verdict)


# CI: pairs over the matrix, and each kind once, daemons in turn.
SPECIAL_IN_CI = (
    "nat-openiked-responder", "ip-fragments-dropped-strongswan-responder", "cert-ed25519-strongswan-responder", "rekey-ike-theirs-strongswan-initiator",
    "cookie-strongswan-responder", "cookie-openiked-initiator", "invalid-ke-libreswan-responder", "no-proposal-openiked-responder",
    "no-proposal-strongswan-initiator", "auth-failed-psk-libreswan-responder", "rekey-all-fragmented-strongswan-responder",
    "rekey-ike-theirs-libreswan-responder", "delete-theirs-strongswan-responder", "fragments-lost-ours-libreswan-responder",
    "fragments-reversed-both-strongswan-initiator", "fragments-doubled-theirs-openiked-responder",
    "mobike-mtu-strongswan-responder", "mobike-strongswan-initiator",
    "eap-mschapv2-fragments-strongswan-responder", "eap-tls-chain-strongswan-initiator", "eap-only-strongswan-responder", "eap-ppk-strongswan-initiator",
    "eap-mschapv2-wrong-strongswan-initiator", "address-strongswan-responder", "address-missing-strongswan-initiator", "lifetime-eap-strongswan-responder",
    "ppk-another-key-strongswan-responder", "transport-strongswan-responder", "ppk-insist-libreswan-initiator", "address-libreswan-responder",
    "eap-address-openiked-responder",
)

NEWER_IN_CI = (
    "mlkem-576-strongswan6-responder", "two-additional-strongswan6-initiator", "followup-mlkem-child-strongswan6-responder",
    "followup-two-ike-theirs-strongswan6-responder", "collision-child-strongswan6-responder", "rekey-child-theirs-libreswan5-responder",
    "collision-ike-child-libreswan5-responder", "rekey-ike-theirs-openiked7.4-responder", "method-9-strongswan6-responder",
    "eap-tls13-chain-strongswan6-initiator", "eap-tls13-only-strongswan6-responder", "eap-ppk-mlkem-strongswan6-responder", "ppk-mlkem-cert-strongswan6-initiator",
    "lifetime-eap-strongswan6-initiator", "ppk-another-key-libreswan5-initiator", "address-libreswan5-initiator", "eap-mschapv2-fragments-openiked7.4-responder",
    "transport-openiked7.4-responder",
)


def pairwise(daemons=DAEMONS, seed=3):
    """Few matrix cases that hold every pair of values (greedy)."""
    names = ("daemon", "role", "auth", "suite", "mtu", "family")
    cases = list(matrix(daemons))
    pairs_of = lambda case: {((a, getattr(case, a)), (b, getattr(case, b))) for a, b in itertools.combinations(names, 2)}
    left = set().union(*map(pairs_of, cases))
    rng, chosen = random.Random(seed), []
    while left:
        rng.shuffle(cases)
        best = max(cases, key=lambda case: len(pairs_of(case) & left))
        chosen.append(best)
        left -= pairs_of(best)
    return chosen


def ci(daemons=DAEMONS):
    by_name = {case.name: case for case in every(daemons)}
    return pairwise(daemons) + [by_name[name] for name in (NEWER_IN_CI if daemons == NEWER else SPECIAL_IN_CI)]
