"""Ways to a gateway, and gateways, of which it is known what `ike probe` has to find."""

import dataclasses
import random

import probe_policy
from probe_judge import Truth

DAEMONS = ("strongswan", "strongswan6", "libreswan", "libreswan5", "openiked", "openiked7.4")
NAT, ELSEWHERE, SECOND = "198.51.100.1", "192.0.2.77", "192.0.2.3"
# Of a way and a gateway where all is well.
WELL = {
    "udp500": "yes", "udp4500": "yes", "tcp4500": "no", "tcp443": "no", "fragments_to": "yes", "fragments_from": "yes", "mtu": "yes", "fragmentation": "yes",
    "same_server": "yes", "nat": "no", "loss": "no", "post_quantum": "no",
    "login_path": "yes",
}
DUE = ("udp500", "udp4500", "fragments_to", "mtu", "fragmentation", "same_server", "nat")
PORTS = ("udp500", "udp4500")
BLOCKED, OPEN = "PortBlocked", "fit|undetermined"


@dataclasses.dataclass
class Case:
    name: str
    daemon: str
    truth: Truth
    path: tuple = ()
    # Options of `up`, and of `ike probe`.
    options: tuple = ()
    args: tuple = ()
    profile: str = "psk"
    is_v6: bool = False
    # Whom the daemon knows; None: the client.
    client: str | None = None
    # UDP goes to two daemons.
    is_split: bool = False
    # A name with two addresses, at the second of which there is nobody.
    has_second: bool = False
    # TCP ports that take connections.
    tcp: tuple = ()
    # What it is configured with, where the policy is to be found.
    policy: probe_policy.Policy | None = None

    def addresses(self):
        return (["2001:db8:2::2"] if self.is_v6 else ["192.0.2.2"]) + ([SECOND] if self.has_second else [])


def product(daemon):
    return next((name for name in ("strongswan", "libreswan", "openiked") if daemon.startswith(name)), "")


def truth(daemon, due=DUE, mtu=1500, **fields):
    """As where all is well, but for what is given: names of questions and fields of the truth."""
    answers = {**WELL, **{name: fields.pop(name) for name in list(fields) if name in WELL}}
    if product(daemon) == "openiked":
        # It leaves a request unanswered now and then.
        answers["loss"] = "yes|no"
    if daemon == "libreswan":
        # 4.10 announces PPKs whatever its configuration says.
        answers["post_quantum"] = "yes|no"
    return Truth(answers=answers, due=due, mtu=mtu, product=product(daemon), **fields)


def unfit(daemon, code, due=(), **fields):
    return truth(daemon, due=due, state="unfit", codes=(code,), windows_errors=(809,), **fields)


def ports(daemon):
    """UDP ports that are blocked or refused."""
    yield "500-blocked", ("--block-udp", "500"), unfit(daemon, BLOCKED, ("udp500",), udp500="no")
    yield "4500-blocked", ("--block-udp", "4500"), unfit(daemon, BLOCKED, ("udp500", "udp4500", "mtu", "fragments_to"), udp4500="no")
    yield "500-refused", ("--refuse-udp", "a2b:500"), unfit(daemon, BLOCKED, ("udp500",), udp500="no")
    yield "4500-refused", ("--refuse-udp", "a2b:4500"), unfit(daemon, BLOCKED, ("udp4500",), udp4500="no")
    yield "both-blocked", ("--block-udp", "500,4500"), unfit(daemon, BLOCKED, ("udp500",), udp500="no", udp4500="no")
    yield "elsewhere", ("--source", f"b2a:{ELSEWHERE}"), unfit(daemon, "AnsweredElsewhere", udp500="yes|no", udp4500="yes|no", loss="yes|no")
    yield "another-port", ("--source", "b2a:192.0.2.2:264"), unfit(daemon, "AnsweredElsewhere", udp500="yes|no", udp4500="yes|no", loss="yes|no")


def fragments(daemon):
    """IP fragments that are dropped, where IKE fragmentation is announced."""
    yield "fragments-dropped-to", ("--fragments", "a2b:drop"), truth(daemon, fragments_to="no")
    yield "fragments-dropped-from", ("--fragments", "b2a:drop"), truth(daemon, fragments_from="no")
    yield "fragments-dropped", ("--fragments", "drop"), truth(daemon, fragments_to="no", fragments_from="no")
    yield "fragments-first-only", ("--fragments", "a2b:first"), truth(daemon, fragments_to="no")


def sizes(daemon):
    """Links in the middle. Where whatever is too large is dropped, so are the IP fragments that this system makes."""
    for mtu in (1400, 1373, 1280):
        yield f"mtu-{mtu}-silent", ("--mtu", f"{mtu}"), truth(daemon, mtu=mtu, fragments_to="no")
        yield f"mtu-{mtu}-cuts", ("--mtu", f"{mtu}", "--oversize", "fragment"), truth(daemon, mtu=mtu)
        yield f"mtu-{mtu}-icmp", ("--mtu", f"{mtu}", "--oversize", "icmp"), truth(daemon, mtu=mtu)
    yield "mtu-1431-to", ("--mtu", "a2b:1431", "--oversize", "fragment"), truth(daemon, mtu=1431)
    yield "mtu-1006-to", ("--mtu", "a2b:1006", "--oversize", "icmp"), truth(daemon, mtu=1006)
    yield "mtu-1300-from", ("--mtu", "b2a:1300", "--oversize", "icmp"), truth(daemon)
    yield "mtu-1400-fragments-dropped", ("--mtu", "1400", "--oversize", "fragment", "--fragments", "drop"), truth(daemon, mtu=1400, fragments_to="no", fragments_from="no")
    yield "icmp-lies", ("--mtu", "a2b:1300", "--oversize", "a2b:lie"), truth(daemon)


def disorder(daemon):
    """Loss, limits, and answers that are late: no wrong answer, whatever is left open."""
    loose = {"state": OPEN, "due": (), "loss": "yes"}
    for seed in (1, 2, 3):
        yield f"loss-20-{seed}", ("--loss", "20", "--seed", f"{seed}"), truth(daemon, **loose)
    yield "loss-20-mtu-1400", ("--loss", "20", "--mtu", "1400", "--oversize", "fragment"), truth(daemon, mtu=1400, **loose)
    yield "loss-20-fragments-dropped-to", ("--loss", "20", "--fragments", "a2b:drop"), truth(daemon, fragments_to="no", **loose)
    yield "limit-5", ("--limit", "a2b:5"), truth(daemon, **loose)
    yield "limit-5-silence", ("--limit", "a2b:5,1000"), truth(daemon, **loose)
    yield "limit-8-silence", ("--limit", "a2b:8,1000"), truth(daemon, **loose)
    yield "limit-2-silence-3", ("--limit", "a2b:2,3"), truth(daemon, **loose)
    yield "every-third", ("--every", "a2b:3"), truth(daemon, **loose)
    yield "far", ("--delay", "350"), truth(daemon)
    yield "jitter", ("--delay", "40", "--jitter", "120"), truth(daemon)
    yield "disorder", ("--duplicate", "30", "--reorder", "20,60"), truth(daemon)


def ways(daemon):
    yield Case("well", daemon, truth(daemon, due=(*DUE, "product", "capabilities")))
    for family in (ports, fragments, sizes, disorder):
        for name, path, true in family(daemon):
            yield Case(name, daemon, true, path)
    yield Case("nat", daemon, truth(daemon, nat="yes", sides=("client",)), ("--nat", NAT), client=NAT)
    yield Case("nat-mtu-1400-icmp", daemon, truth(daemon, nat="yes", sides=("client",), mtu=1400), ("--nat", NAT, "--mtu", "1400", "--oversize", "icmp"), client=NAT)
    yield Case("split", daemon, unfit(daemon, "SpiUnknownOnNatPort", ("udp500", "udp4500", "same_server"), same_server="no"), is_split=True)
    yield Case("split-by-source", daemon, truth(daemon, due=PORTS, state=OPEN), ("--c-takes", "odd"), is_split=True)
    yield Case("two-addresses", daemon, two_addresses(daemon), has_second=True)
    yield from v6(daemon)


def v6(daemon):
    yield Case("v6-well", daemon, truth(daemon), is_v6=True)
    yield Case("v6-mtu-1400-silent", daemon, truth(daemon, ("mtu",), mtu=1400, fragments_to="no"), ("--mtu", "1400"), is_v6=True)
    yield Case("v6-mtu-1373-icmp", daemon, truth(daemon, ("mtu",), mtu=1373), ("--mtu", "1373", "--oversize", "icmp"), is_v6=True)
    yield Case("v6-mtu-1280-icmp", daemon, truth(daemon, ("mtu",), mtu=1280), ("--mtu", "1280", "--oversize", "icmp"), is_v6=True)
    yield Case("v6-fragments-dropped-to", daemon, truth(daemon, fragments_to="no"), ("--fragments", "a2b:drop"), is_v6=True)


def two_addresses(daemon):
    """A client that takes the second one finds nobody."""
    nobody = Truth(answers=dict.fromkeys(WELL, "no") | {"loss": "yes|no"}, due=("udp500",))
    return truth(daemon, state="unfit|undetermined", may=(BLOCKED,), windows_errors=(None, 809), others={SECOND: nobody})


def settings(daemon):
    """Gateways that are set up otherwise."""
    off, without = ("--fragmentation", "no"), {"fragmentation": "no", "may": ("FragmentationNotOffered",)}
    lost, lost_to = ("IpFragmentLost",), ("--fragments", "a2b:drop")
    yield Case("no-fragmentation", daemon, truth(daemon, state=OPEN, **without), options=off)
    unfit_to = truth(daemon, state="unfit", codes=lost, windows_errors=(809,), fragments_to="no", **without)
    yield Case("no-fragmentation-dropped-to", daemon, unfit_to, lost_to, off)
    # Nothing large comes from this gateway, so that it can be left open.
    open_from = truth(daemon, state="unfit|undetermined", windows_errors=(None, 809), fragments_from="no", fragmentation="no", may=(*lost, "FragmentationNotOffered"))
    yield Case("no-fragmentation-dropped-from", daemon, open_from, ("--fragments", "b2a:drop"), off)
    small = truth(daemon, state="unfit", codes=lost, windows_errors=(809,), mtu=1400, fragments_to="no", **without)
    yield Case("no-fragmentation-mtu-1400", daemon, small, ("--mtu", "1400", "--oversize", "fragment", *lost_to), off)
    if product(daemon) == "strongswan":
        yield Case("cookies", daemon, truth(daemon), profile="cookie-required")
        yield Case("cookies-loss-10", daemon, truth(daemon, due=(), state=OPEN, loss="yes"), ("--loss", "10"), profile="cookie-required")
    if product(daemon) == "libreswan":
        yield Case("cookies", daemon, truth(daemon), options=("--cookies", "yes"))
    yield Case("offer-taken", daemon, truth(daemon, due=("offer",)), args=("--offer", "aes256-sha256-x25519"))
    refused = truth(daemon, due=("offer",), state="unfit", codes=("NoProposalChosen",), windows_errors=(800, 13868))
    yield Case("offer-refused", daemon, refused, args=("--offer", "3des-md5-modp1024"))
    yield Case("tcp", daemon, truth(daemon, due=("tcp4500", "tcp443"), tcp4500="yes", tcp443="yes"), tcp=(443, 4500))
    blocked = unfit(daemon, BLOCKED, ("udp500", "tcp4500"), udp500="no", udp4500="no", tcp4500="yes")
    yield Case("both-blocked-tcp", daemon, blocked, ("--block-udp", "500,4500"), tcp=(4500,))
    # What nothing is offered to proves nothing of what it announces.
    unknown = strangers(daemon)
    yield Case("another-client", daemon, unknown, client="192.0.2.200")
    none = dataclasses.replace(unknown, answers={**unknown.answers, "policy": "unknown"})
    yield Case("another-client-policy", daemon, none, args=("--policy",), client="192.0.2.200")
    if product(daemon) == "strongswan":
        login = ("--login-path", "nobody@example.org")
        yield Case("login-path", daemon, truth(daemon, due=(*DUE, "login_path"), login_path="yes"), args=login, profile="eap-mschapv2")
        lost = truth(daemon, due=("login_path",), fragments_to="no", login_path="yes")
        yield Case("login-path-fragments-dropped-to", daemon, lost, lost_to, args=login, profile="eap-mschapv2")
        yield Case("ports-moved", daemon, truth(daemon), options=("--natt-port", "15450"), args=("--natt-port", "15450"))
        marked = ("--port", "15500", "--natt-port", "15450")
        yield Case("ports-marked", daemon, truth(daemon), options=marked, args=(*marked, "--marker", "always"))


def strangers(daemon):
    """To an address that it does not know, OpenIKED says nothing at all: from there it is as good as blocked."""
    if product(daemon) == "openiked":
        return Truth(state="unfit|undetermined", may=(BLOCKED,), windows_errors=(None, 809), answers={"udp500": "no", "udp4500": "no"})
    return Truth(state="undetermined", answers={name: WELL[name] for name in ("udp500", "udp4500", "fragments_to", "mtu")}, due=("udp500", "udp4500", "mtu"), mtu=1500)


OFFERS = {"offer-taken": "yes", "offer-refused": "no"}


def post_quantum():
    """strongSwan 6 with ML-KEM, whose answer of 1568 octets and more comes in IP fragments."""
    options = ("--ike", "aes256-sha256-mlkem1024-mlkem768-x25519")
    for name, path, changes in (
        ("mlkem", (), {}),
        ("mlkem-dropped-to", ("--fragments", "a2b:drop"), {"fragments_to": "no"}),
        ("mlkem-dropped-from", ("--fragments", "b2a:drop"), {"fragments_from": "no"}),
        ("mlkem-dropped", ("--fragments", "drop"), {"fragments_to": "no", "fragments_from": "no"}),
    ):
        due = (*DUE, "post_quantum", *(["fragments_from"] if changes.get("fragments_to") is None else []))
        yield Case(name, "strongswan6", truth("strongswan6", due=due, post_quantum="yes", **changes), path, options)
    off = ("--fragmentation", "no")
    without = {"fragmentation": "no", "post_quantum": "yes"}
    yield Case("mlkem-no-fragmentation", "strongswan6", truth("strongswan6", may=("FragmentationNotOffered",), **without), options=(*options, *off))
    lost = unfit("strongswan6", "IpFragmentLost", fragments_from="no", may=("FragmentationNotOffered",), **without)
    yield Case("mlkem-no-fragmentation-dropped-from", "strongswan6", lost, ("--fragments", "b2a:drop"), (*options, *off))


def nobody():
    """The host is there, and no daemon; its kernel refuses the ports, or a firewall sees to it that it does not."""
    none = {name: "no" for name in ("udp500", "udp4500", "tcp4500", "tcp443")}
    true = Truth(state="unfit", codes=(BLOCKED,), windows_errors=(809,), answers=none, due=("udp500",))
    yield Case("nobody", "", dataclasses.replace(true, due=PORTS))
    yield Case("nobody-silent", "", true, ("--block-icmp", "yes"))
    yield Case("nobody-v6", "", dataclasses.replace(true, due=PORTS), is_v6=True)


def policies(daemon, count, seed):
    """Random ones; the way there is well, or loses some."""
    for number in range(1, count + 1):
        drawn = probe_policy.draw(daemon, f"{seed}/{number}")
        if number <= 5 and product(daemon) == "strongswan":
            # Rare algorithms among them, which 60 datagrams may not be enough for.
            odd = probe_policy.draw(daemon, f"{seed}/{number}", is_any=True)
            yield Case(f"policy-any-{number}", daemon, policy_truth(daemon), options=("--ike", odd.text), args=("--policy",), policy=odd)
        found = policy_truth(daemon, due=("policy",))
        yield Case(f"policy-{number}", daemon, found, options=("--ike", drawn.text), args=("--policy",), policy=drawn)
        if number <= 2:
            yield Case(f"policy-{number}-loss-10", daemon, policy_truth(daemon), ("--loss", "10"), ("--ike", drawn.text), ("--policy",), policy=drawn)


def policy_truth(daemon, due=()):
    """What a random policy takes of the usual offer is left open."""
    answers = {name: WELL[name] for name in WELL if name not in ("loss", "post_quantum")}
    return Truth(state=OPEN, due=due, mtu=1500, product=product(daemon), answers=answers)


def drawn(seed, number):
    """Several defects at once."""
    rng = random.Random(f"{seed}/{number}")
    daemon, loss, mtu = DAEMONS[number % len(DAEMONS)], rng.choice((0, 0, 5, 10, 20, 30)), rng.choice((1500, 1500, rng.randint(600, 1499)))
    oversize, dropped = rng.choice(("drop", "fragment", "icmp")), [side for side in ("a2b", "b2a") if rng.random() < 0.3]
    is_off, is_split, is_behind_nat = rng.random() < 0.3, rng.random() < 0.15, rng.random() < 0.2
    path = ["--loss", f"{loss}", "--mtu", f"{mtu}", "--oversize", oversize, "--delay", f"{rng.choice((0, 0, 20, 150))}", "--jitter", f"{rng.choice((0, 0, 60))}"]
    path += ["--duplicate", f"{rng.choice((0, 0, 10))}", "--reorder", rng.choice(("0", "0", "10,30")), "--seed", f"{number}", *(["--nat", NAT] if is_behind_nat else [])]
    for side in dropped:
        path += ["--fragments", f"{side}:drop"]
    answers = {"fragments_to": "no" if "a2b" in dropped or oversize == "drop" and mtu < 1500 else "yes", "fragments_from": "no" if "b2a" in dropped else "yes"}
    answers |= {"fragmentation": "no" if is_off else "yes", "same_server": "no" if is_split else "yes", "nat": "yes" if is_behind_nat else "no", "loss": "yes" if loss else "yes|no"}
    is_unfit = is_split or is_off and "no" in (answers["fragments_to"], answers["fragments_from"])
    true = truth(daemon, due=() if loss else ("udp500", "mtu"), mtu=mtu, sides=("client",) if is_behind_nat else (), state="unfit|undetermined" if is_unfit else OPEN, **answers)
    if is_unfit:
        true = dataclasses.replace(true, windows_errors=(None, 809), may=(*(["SpiUnknownOnNatPort"] if is_split else []), *(["IpFragmentLost", "FragmentationNotOffered"] if is_off else [])))
    elif is_off:
        true = dataclasses.replace(true, may=("FragmentationNotOffered",))
    options = ("--fragmentation", "no") if is_off else ()
    return Case(f"random-{number}", daemon, true, tuple(path), options, is_split=is_split, client=NAT if is_behind_nat else None)


def every(seed=1):
    yield from nobody()
    for daemon in DAEMONS:
        for case in (*ways(daemon), *settings(daemon), *policies(daemon, 10 if daemon == "strongswan" else 3, seed)):
            if case.name in OFFERS:
                case.truth.answers["offer"] = OFFERS[case.name]
            case.name = f"{daemon}-{case.name}"
            yield case
    for case in post_quantum():
        case.name = f"strongswan6-{case.name}"
        yield case
