"""The peers of every day: EAP, addresses, PPKs and transport mode, where a daemon has them. cases.py has the rest."""

EAP = ["--eap", "mschapv2", "--eap-id", "carol", "--eap-password", "Ar3etTnp"]
PPK = ["--ppk-id", "ppk-1", "--ppk", "one-key-that-no-quantum-computer-has"]
ANY = ["--ts-local", "0.0.0.0/0", "--ts-remote", "0.0.0.0/0"]
HOSTS = ["--ts-local", "192.0.2.1/32", "--ts-remote", "192.0.2.2/32"]


def cases(daemon, product, special, verdict):
    yield from selectors(daemon, product, special, verdict)
    if product(daemon) == "strongswan":
        for family in (eap_asked, eap_wanted, eap_refused, eap_disturbed, tls13, addresses, lifetimes, ppk, transport):
            yield from family(daemon, special, verdict)
    if product(daemon) == "libreswan":
        yield from libreswan(daemon, special, verdict)
    if product(daemon) == "openiked":
        yield from openiked(daemon, special, verdict)
    if product(daemon) in ("strongswan", "libreswan"):
        yield from renewed(daemon, product, special, verdict)
        yield from modes(daemon, product, special, verdict)
    if daemon == "strongswan6":
        yield from with_mlkem(daemon, special, verdict)


def eap_asked(daemon, special, verdict):
    """We initiate, and authenticate ourselves by EAP."""
    by_password, by_certificate = ["--remote-auth", "eap-mschapv2"], ["--remote-auth", "eap-tls"]
    yield special("eap-mschapv2", daemon, daemon_options=by_password, ours=EAP)
    yield special("eap-mschapv2-cert", daemon, auth="rsa2048", daemon_options=by_password, ours=EAP)
    yield special("eap-mschapv2-fragments", daemon, auth="rsa2048", mtu="576", daemon_options=by_password, ours=EAP, do="rekey-ike,rekey-child,dpd,delete", counters={"b2a.ike_fragments": 2})
    for family in ("rsa2048", "p384"):
        yield special(f"eap-tls-{family}", daemon, auth=family, daemon_options=by_certificate, ours=["--eap", "tls"])
    yield special("eap-tls-chain", daemon, auth="rsa4096", mtu="576", daemon_options=by_certificate, ours=["--eap", "tls"])
    yield special("eap-only", daemon, auth="p256", daemon_options=[*by_certificate, "--local-auth", "eap-tls"], ours=["--eap", "tls", "--eap-only"])
    yield special("eap-ppk", daemon, daemon_options=[*by_password, "--ppk", "yes"], ours=[*EAP, *PPK, "--ppk-required"], expect=verdict("established", ppk=True))
    yield special("eap-address", daemon, daemon_options=[*by_password, "--pool", "10.77.2.0/29"], ours=[*EAP, "--ask-address", *ANY],
                  expect=verdict("established", addresses=["10.77.2.1"], dns=["10.77.1.53"]))


def eap_wanted(daemon, special, verdict):
    """The daemon initiates, and we want EAP of it."""
    more = {"role": "initiator"}
    by_password, by_certificate = ["--local-auth", "eap-mschapv2"], ["--local-auth", "eap-tls", "--eap-cert", "client"]
    yield special("eap-mschapv2", daemon, daemon_options=by_password, ours=EAP, **more)
    yield special("eap-mschapv2-cert", daemon, auth="rsa2048", daemon_options=by_password, ours=EAP, **more)
    yield special("eap-mschapv2-fragments", daemon, auth="rsa2048", mtu="576", daemon_options=by_password, ours=EAP, counters={"a2b.ike_fragments": 2}, **more)
    for family in ("rsa2048", "p384"):
        yield special(f"eap-tls-{family}", daemon, auth=family, daemon_options=by_certificate, ours=["--eap", "tls"], **more)
    yield special("eap-tls-chain", daemon, auth="rsa4096", mtu="576", daemon_options=by_certificate, ours=["--eap", "tls"], **more)
    yield special("eap-only", daemon, auth="p256", daemon_options=[*by_certificate, "--remote-auth", "eap-tls"], ours=["--eap", "tls", "--eap-only"], **more)
    yield special("eap-ppk", daemon, daemon_options=[*by_password, "--ppk", "yes"], ours=[*EAP, *PPK, "--ppk-required"], expect=verdict("established", ppk=True), **more)
    yield special("eap-address", daemon, daemon_options=[*by_password, "--vip", "0.0.0.0"], ours=[*EAP, "--pool", "10.77.1.9", "--dns", "10.77.1.53"],
                  expect=verdict("established", addresses=["10.77.1.9"], dns=["10.77.1.53"]), **more)


def eap_refused(daemon, special, verdict):
    """Wrong passwords and certificates, of one side and of the other."""
    refused = {"exit": (1,), "do": "", "expect": verdict("refused", phase="IKE_AUTH", notify=None), "daemon_saw": ("eap_failed",), "daemon_not": ("ike",)}
    yield special("eap-mschapv2-wrong", daemon, daemon_options=["--remote-auth", "eap-mschapv2"], ours=[*EAP[:-1], "another"], **refused)
    yield special("eap-mschapv2-unknown", daemon, daemon_options=["--remote-auth", "eap-mschapv2"], ours=["--eap", "mschapv2", "--eap-id", "nobody", "--eap-password", "Ar3etTnp"], **refused)
    yield special("eap-tls-wrong", daemon, auth="rsa2048", daemon_options=["--remote-auth", "eap-tls"], ours=["--eap", "tls", "CERT=other"], **refused)
    # We are asked by a server of another name than the one that we look for.
    yield special("eap-tls-server-name", daemon, auth="rsa2048", daemon_options=["--remote-auth", "eap-tls"], ours=["--eap", "tls", "--eap-server", "sun.peer.test"], **{**refused, "exit": (4,), "expect": verdict("protocol_error", phase="IKE_AUTH")})
    # The certificate of the daemon is good for IKE and not for the other anchor of TLS: it has one for both, so that IKE_AUTH fails first.
    yield special("eap-tls-untrusted", daemon, auth="rsa2048", daemon_options=["--remote-auth", "eap-tls"], ours=["--eap", "tls", "CA=other"], exit=(4,), do="",
                  expect=verdict("protocol_error", phase="IKE_AUTH"), daemon_saw=(), daemon_not=("ike",))
    # Another method than the other side has, and EAP where the other side has another way to be sure.
    yield special("eap-another-method", daemon, auth="rsa2048", daemon_options=["--remote-auth", "eap-tls"], ours=EAP, **refused)
    yield special("eap-unwanted", daemon, auth="rsa2048", ours=EAP, **{**refused, "expect": verdict("refused", phase="IKE_AUTH", notify="AUTHENTICATION_FAILED"), "daemon_saw": ("auth_failed",)})
    unwanted = {"role": "initiator", "exit": (4,), "do": "", "expect": verdict("protocol_error", phase="IKE_AUTH"), "daemon_saw": ("got_auth_failed",), "daemon_not": ("ike",)}
    yield special("eap-not-begun", daemon, auth="rsa2048", ours=EAP, **unwanted)
    yield special("eap-unwanted", daemon, auth="rsa2048", daemon_options=["--local-auth", "eap-mschapv2"], **unwanted)
    # As an initiator it says so in an INFORMATIONAL exchange when its method has failed.
    distrusted = {"role": "initiator", "exit": (1,), "do": "", "expect": verdict("refused", phase="INFORMATIONAL", notify="AUTHENTICATION_FAILED"), "daemon_saw": ("eap_method_failed",), "daemon_not": ("ike",)}
    yield special("eap-mschapv2-wrong", daemon, daemon_options=["--local-auth", "eap-mschapv2", "--eap-password", "another"], ours=EAP, **distrusted)
    yield special("eap-tls-wrong", daemon, auth="rsa2048", daemon_options=["--local-auth", "eap-tls", "--eap-cert", "client"], ours=["--eap", "tls", "CA=other"], **distrusted)


def eap_disturbed(daemon, special, verdict):
    """Loss, disorder, NAT and IPv6 below EAP."""
    injected = ["--loss", "5", "--reorder", "30", "--duplicate", "20", "--seed", "11", "--timeout", "60"]
    for role, password, certificate in (("responder", ["--remote-auth", "eap-mschapv2"], ["--remote-auth", "eap-tls"]),
                                        ("initiator", ["--local-auth", "eap-mschapv2"], ["--local-auth", "eap-tls", "--eap-cert", "client"])):
        yield special("eap-tls-injected-disorder", daemon, role=role, auth="rsa4096", mtu="576", daemon_options=certificate, ours=["--eap", "tls", *injected])
        yield special("eap-mschapv2-injected-disorder", daemon, role=role, auth="rsa2048", mtu="576", daemon_options=password, ours=[*EAP, *injected])
        yield special("eap-tls-v6", daemon, role=role, auth="rsa2048", family="v6", daemon_options=certificate, ours=["--eap", "tls"])
    yield special("eap-tls-nat", daemon, auth="rsa2048", path=["--nat", "203.0.113.9"], client="203.0.113.9", daemon_options=["--remote-auth", "eap-tls"], ours=["--eap", "tls"])


def renewed(daemon, product, special, verdict):
    """What the daemon renews: with a PPK, an address, and in transport mode."""
    strongswan = product(daemon) == "strongswan"
    wanted = {
        "ppk": ({"daemon_options": ["--ppk", "yes"]} if strongswan else {"daemon_env": lsw("ppk=insist", LSW_SECRET)}, [*PPK, "--ppk-required"], {"ppk": True}),
        "transport": ({"daemon_options": ["--mode", "transport"]} if strongswan else {"daemon_env": lsw("type=transport", left="none", right="none")}, ["--transport", *HOSTS], {}),
        "address": ({"daemon_options": ["--pool", "10.77.2.0/29"]} if strongswan else {"daemon_env": LSW_POOL}, ["--ask-address", *ANY], {"addresses": ["10.77.2.1"]}),
    }
    for name, (settings, ours, fields) in wanted.items():
        for kind in ("child", "ike"):
            theirs = {"actions": ((1.0, f"rekey-{kind}"),), "peer_steps": (f"rekey-{kind}",), "daemon_saw": ("ike", "child", f"{kind}_rekeyed_self"), "expect": verdict("established", **fields)}
            yield special(f"{name}-rekey-{kind}-theirs", daemon, do="wait=3,dpd,delete", ours=ours, **settings, **theirs)
            if name != "address":
                yield special(f"{name}-rekey-{kind}-theirs", daemon, role="initiator", linger=1, ours=ours, **settings, **theirs)


def modes(daemon, product, special, verdict):
    """Transport mode that one side alone wants: then it is tunnel mode, or there is no child SA."""
    strongswan = product(daemon) == "strongswan"
    tunnel = {"daemon_options": ["--mode", "tunnel"]} if strongswan else {"daemon_env": lsw("type=tunnel", left="none", right="none")}
    wanted = {"daemon_options": ["--mode", "transport"]} if strongswan else {"daemon_env": lsw("type=transport", left="none", right="none")}
    for role in ("responder", "initiator"):
        yield special("transport-ours-alone", daemon, role=role, ours=["--transport", *HOSTS], daemon_not=() if strongswan else ("transport",), **tunnel)
        if strongswan:
            yield special("transport-theirs-alone", daemon, role=role, ours=HOSTS, **wanted)
    if not strongswan:
        # It insists.
        yield special("transport-theirs-alone", daemon, ours=HOSTS, exit=(1,), do="", expect=verdict("refused", phase="IKE_AUTH", notify="NO_PROPOSAL_CHOSEN"),
                      daemon_saw=("wants_transport",), daemon_not=("child",), **wanted)
        yield special("transport-theirs-alone", daemon, role="initiator", ours=HOSTS, do="", daemon_saw=("wants_transport",), daemon_not=("child",), **wanted)


def tls13(daemon, special, verdict):
    """EAP-TLS by TLS 1.3 (RFC 9190), which strongSwan 6 does when it is told to."""
    if daemon != "strongswan6":
        return
    env = {"IKEPEER_EXTRA_CONF": "tls { version_max = 1.3 }"}
    saw = ("ike", "child", "tls13")
    for role, options in (("responder", ["--remote-auth", "eap-tls"]), ("initiator", ["--local-auth", "eap-tls", "--eap-cert", "client"])):
        more = {"role": role, "daemon_env": env, "daemon_options": options}
        for family in ("rsa2048", "p384"):
            yield special(f"eap-tls13-{family}", daemon, auth=family, ours=["--eap", "tls"], daemon_saw=saw, **more)
        yield special("eap-tls13-chain", daemon, auth="rsa4096", mtu="576", ours=["--eap", "tls"], daemon_saw=saw, **more)
        only = ["--local-auth", "eap-tls"] if role == "responder" else ["--remote-auth", "eap-tls"]
        yield special("eap-tls13-only", daemon, auth="p256", ours=["--eap", "tls", "--eap-only"], daemon_saw=saw, **{**more, "daemon_options": [*options, *only]})
    yield special("eap-tls13-wrong", daemon, auth="rsa2048", daemon_env=env, daemon_options=["--remote-auth", "eap-tls"], ours=["--eap", "tls", "CERT=other"], exit=(1,), do="",
                  expect=verdict("refused", phase="IKE_AUTH", notify=None), daemon_saw=("eap_failed", "tls13"), daemon_not=("ike",))


def with_mlkem(daemon, special, verdict):
    """ML-KEM in IKE_INTERMEDIATE before EAP and with a PPK."""
    saw = ("ike", "child", "intermediate")
    for role, mine in (("responder", "--remote-auth"), ("initiator", "--local-auth")):
        more = {"role": role, "suite": "mlkem", "mtu": "576", "daemon_saw": saw}
        certificate = [mine, "eap-tls", *(["--eap-cert", "client"] if role == "initiator" else [])]
        yield special("eap-mschapv2-mlkem", daemon, daemon_options=[mine, "eap-mschapv2"], ours=EAP, **more)
        yield special("eap-tls-mlkem", daemon, auth="rsa2048", daemon_options=certificate, ours=["--eap", "tls"], **more)
        yield special("eap-tls13-mlkem", daemon, auth="p384", daemon_options=certificate, ours=["--eap", "tls"], daemon_env={"IKEPEER_EXTRA_CONF": "tls { version_max = 1.3 }"},
                      **{**more, "daemon_saw": (*saw, "tls13")})
        more["expect"] = verdict("established", ppk=True)
        rekeys = {"do": "rekey-ike,rekey-child,dpd,delete"} if role == "responder" else {}
        yield special("ppk-mlkem", daemon, daemon_options=["--ppk", "yes"], ours=[*PPK, "--ppk-required"], **more, **rekeys)
        yield special("ppk-mlkem-cert", daemon, auth="rsa4096", daemon_options=["--ppk", "no"], ours=PPK, **more, **rekeys)
        yield special("eap-ppk-mlkem", daemon, daemon_options=[mine, "eap-mschapv2", "--ppk", "yes"], ours=[*EAP, *PPK, "--ppk-required"], **more)


def selectors(daemon, product, special, verdict):
    """Traffic selectors that have nothing in common."""
    elsewhere = ["--ts-local", "172.30.1.0/24", "--ts-remote", "172.30.2.0/24"]
    if product(daemon) == "openiked":
        # It answers with its own, which were not among the initiator's.
        yield special("ts-unacceptable", daemon, ours=elsewhere, exit=(4,), do="", expect=verdict("protocol_error", phase="IKE_AUTH"), says=("traffic selectors",), daemon_saw=())
    else:
        yield special("ts-unacceptable", daemon, ours=elsewhere, exit=(1,), do="", expect=verdict("refused", phase="IKE_AUTH", notify="TS_UNACCEPTABLE"),
                      daemon_saw=("ts_unacceptable",), daemon_not=("child",))
    yield special("ts-unacceptable", daemon, role="initiator", ours=elsewhere, do="", expect=verdict("established", notify="TS_UNACCEPTABLE", esp=None),
                  daemon_saw=("got_ts_unacceptable",), daemon_not=("child",))


def lifetimes(daemon, special, verdict):
    """AUTH_LIFETIME (RFC 4478), of the responder to the initiator. strongSwan announces what is left of its time less some of it by chance."""
    says = (r"the initiator's authentication counts for 3[0-9]{3} s",)
    # To who can authenticate itself anew without being asked, and has no address of it, it tells nothing.
    yield special("lifetime-address", daemon, daemon_options=["--reauth", "3600s", "--pool", "10.77.2.0/29"], ours=["--ask-address", *ANY], says=says,
                  expect=verdict("established", addresses=["10.77.2.1"]))
    yield special("lifetime-eap", daemon, auth="rsa2048", daemon_options=["--reauth", "3600s", "--remote-auth", "eap-mschapv2"], ours=EAP, says=says)
    saw = ("ike", "child", "auth_lifetime")
    # Then there is a second IKE SA, before the first is deleted (6.1) or after it.
    anew = {"role": "initiator", "linger": 3, "daemon_saw": (*saw, "authenticated_anew")}
    yield special("lifetime-over", daemon, daemon_options=["--over", "7s"], ours=["--auth-lifetime", "8", "--count", "2"], **anew)
    yield special("lifetime-over-eap", daemon, auth="rsa2048", daemon_options=["--over", "7s", "--local-auth", "eap-mschapv2"], ours=[*EAP, "--auth-lifetime", "8", "--count", "2"], **anew)
    yield special("lifetime", daemon, role="initiator", ours=["--auth-lifetime", "3600"], daemon_saw=saw)
    yield special("lifetime-eap", daemon, role="initiator", auth="rsa2048", daemon_options=["--local-auth", "eap-mschapv2"], ours=[*EAP, "--auth-lifetime", "3600"], daemon_saw=saw)


def addresses(daemon, special, verdict):
    given = verdict("established", addresses=["10.77.2.1"], dns=["10.77.1.53"])
    yield special("address", daemon, daemon_options=["--pool", "10.77.2.0/29"], ours=["--ask-address", *ANY], do="rekey-child,child,dpd,delete", expect=given)
    yield special("address-missing", daemon, daemon_options=["--pool", "10.77.2.0/29"], exit=(1,), do="",
                  expect=verdict("refused", phase="IKE_AUTH", notify="FAILED_CP_REQUIRED"), daemon_saw=("ike",), daemon_not=("child",))
    yield special("address-none", daemon, ours=["--ask-address", *ANY], exit=(1,), do="",
                  expect=verdict("refused", phase="IKE_AUTH", notify="INTERNAL_ADDRESS_FAILURE"), daemon_saw=("ike",), daemon_not=("child",))
    given = verdict("established", addresses=["10.77.1.9"], dns=["10.77.1.53"])
    yield special("address", daemon, role="initiator", daemon_options=["--vip", "0.0.0.0"], ours=["--pool", "10.77.1.9", "--dns", "10.77.1.53", "--address-required"], expect=given)
    yield special("address-missing", daemon, role="initiator", ours=["--pool", "10.77.2.9", "--address-required"], do="",
                  expect=verdict("established", notify="FAILED_CP_REQUIRED", esp=None), daemon_saw=("ike", "got_cp_required"), daemon_not=("child",))
    # An address of IPv4 is none for who asks for one of IPv6.
    yield special("address-other-family", daemon, role="initiator", daemon_options=["--vip", "::"], ours=["--pool", "10.77.1.9", "--seconds", "3"], do="",
                  expect=verdict("established", notify="INTERNAL_ADDRESS_FAILURE", esp=None), daemon_saw=("ike",), daemon_not=("child",))


def ppk(daemon, special, verdict):
    for role in ("responder", "initiator"):
        for required in ("yes", "no"):
            yield special(f"ppk-{required}", daemon, role=role, daemon_options=["--ppk", required], ours=PPK, do="rekey-ike,rekey-child,dpd,delete" if role == "responder" else "dpd,delete",
                          expect=verdict("established", ppk=True))
        yield special("ppk-cert", daemon, role=role, auth="p256", daemon_options=["--ppk", "no"], ours=PPK, expect=verdict("established", ppk=True))
        # One side has none, and neither has to.
        yield special("ppk-ours-alone", daemon, role=role, ours=PPK, expect=verdict("established", ppk=False))
        yield special("ppk-theirs-alone", daemon, role=role, daemon_options=["--ppk", "no"], expect=verdict("established", ppk=False))
        cannot = "it takes no other PPK_ID than its own, NO_PPK_AUTH or not" if role == "responder" else ""
        yield special("ppk-another-name", daemon, role=role, daemon_options=["--ppk", "no"], ours=["--ppk-id", "ppk-2", *PPK[2:]], expect=verdict("established", ppk=False), cannot=cannot)
    refused = {"exit": (1,), "do": "", "expect": verdict("refused", phase="IKE_AUTH", notify="AUTHENTICATION_FAILED"), "daemon_saw": ("auth_failed",), "daemon_not": ("ike",)}
    yield special("ppk-another-key", daemon, daemon_options=["--ppk", "yes"], ours=[*PPK[:-1], "another"], **refused)
    yield special("ppk-required-theirs", daemon, daemon_options=["--ppk", "yes"], **refused)
    # The initiator that insists goes no further when USE_PPK was not answered.
    yield special("ppk-required-ours", daemon, ours=[*PPK, "--ppk-required"], exit=(4,), do="", expect=verdict("protocol_error", phase="IKE_SA_INIT"), daemon_saw=(), daemon_not=("ike",))
    yield special("ppk-required-theirs", daemon, role="initiator", daemon_options=["--ppk", "yes"], ours=["--seconds", "4"], exit=(3,), do="",
                  expect=verdict("no_answer", phase="IKE_SA_INIT"), daemon_saw=("wants_ppk",), daemon_not=("ike",))
    failed = {"role": "initiator", "exit": (4,), "do": "", "expect": verdict("protocol_error", phase="IKE_AUTH"), "daemon_saw": ("got_auth_failed",), "daemon_not": ("ike",)}
    yield special("ppk-another-key", daemon, daemon_options=["--ppk", "yes"], ours=[*PPK[:-1], "another"], **failed)
    yield special("ppk-required-ours", daemon, ours=[*PPK, "--ppk-required"], **failed)


def transport(daemon, special, verdict):
    for role in ("responder", "initiator"):
        yield special("transport", daemon, role=role, daemon_options=["--mode", "transport"], ours=["--transport", *HOSTS], daemon_saw=("ike", "child", "transport"))


def lsw(conn="", secrets="", left="", right=""):
    """What pluto is told besides, in its own words."""
    lines = "".join(f"\n    {line}" for line in conn.split(";") if line)
    given = {"IKEPEER_LSW_CONN": lines, "IKEPEER_LSW_SECRETS": secrets, "IKEPEER_LSW_LEFT": left, "IKEPEER_LSW_RIGHT": right}
    return {name: value for name, value in given.items() if value}


LSW_POOL = lsw("rightaddresspool=10.77.2.1-10.77.2.6;leftmodecfgserver=yes;rightmodecfgclient=yes;modecfgpull=yes;modecfgdns=10.77.1.53", right="none")
LSW_SECRET = f': PPKS "{PPK[1]}" "{PPK[3]}"'


def libreswan(daemon, special, verdict):
    for role in ("responder", "initiator"):
        rekeys = {"do": "rekey-ike,rekey-child,dpd,delete"} if role == "responder" else {}
        for word in ("insist", "yes"):
            yield special(f"ppk-{word}", daemon, role=role, daemon_env=lsw(f"ppk={word}", LSW_SECRET), ours=PPK, expect=verdict("established", ppk=True), **rekeys)
        yield special("ppk-required", daemon, role=role, daemon_env=lsw("ppk=insist", LSW_SECRET), ours=[*PPK, "--ppk-required"], expect=verdict("established", ppk=True))
        yield special("ppk-cert", daemon, role=role, auth="rsa2048", daemon_env=lsw("ppk=yes", LSW_SECRET), ours=PPK, expect=verdict("established", ppk=True))
        yield special("ppk-ours-alone", daemon, role=role, daemon_env=lsw("ppk=no"), ours=PPK, expect=verdict("established", ppk=False))
        yield special("ppk-theirs-alone", daemon, role=role, daemon_env=lsw("ppk=yes", LSW_SECRET), expect=verdict("established", ppk=False))
        yield special("ppk-another-name", daemon, role=role, daemon_env=lsw("ppk=yes", LSW_SECRET), ours=["--ppk-id", "ppk-2", *PPK[2:]], expect=verdict("established", ppk=False))
        yield special("transport", daemon, role=role, daemon_env=lsw("type=transport", left="none", right="none"), ours=["--transport", *HOSTS], daemon_saw=("ike", "child", "transport"))
    refused = {"exit": (1,), "do": "", "expect": verdict("refused", phase="IKE_AUTH", notify="AUTHENTICATION_FAILED"), "daemon_saw": ("auth_failed",), "daemon_not": ("ike",)}
    yield special("ppk-another-key", daemon, daemon_env=lsw("ppk=insist", LSW_SECRET), ours=[*PPK[:-1], "another"], **refused)
    if daemon == "libreswan5":
        # RFC 9867: the PPK goes into the keys before IKE_AUTH.
        env, ours = lsw("ppk=yes;intermediate=yes", LSW_SECRET), [*PPK, "--ppk-intermediate", "--ppk-libreswan"]
        for role in ("responder", "initiator"):
            yield special("ppk-intermediate", daemon, role=role, daemon_env=env, ours=ours, do="rekey-ike,rekey-child,dpd,delete" if role == "responder" else "dpd,delete",
                          expect=verdict("established", ppk=True), says=("new keys from the PPK",))
        # It says so to the first request already.
        early = {"expect": verdict("refused", phase="IKE_SA_INIT", notify="NO_PROPOSAL_CHOSEN"), "daemon_saw": ("no_proposal",), "predict": ""}
    else:
        early = {}
    yield special("ppk-required-theirs", daemon, daemon_env=lsw("ppk=insist", LSW_SECRET), **{**refused, **early})
    failed = {"role": "initiator", "exit": (4,), "do": "", "expect": verdict("protocol_error", phase="IKE_AUTH"), "daemon_saw": ("got_auth_failed",), "daemon_not": ("ike",)}
    yield special("ppk-another-key", daemon, daemon_env=lsw("ppk=insist", LSW_SECRET), ours=[*PPK[:-1], "another"], **failed)
    yield special("ppk-required-ours", daemon, daemon_env=lsw("ppk=no"), ours=[*PPK, "--ppk-required"], **failed)
    pool = LSW_POOL
    given = verdict("established", addresses=["10.77.2.1"], dns=["10.77.1.53"])
    yield special("address", daemon, daemon_env=pool, ours=["--ask-address", *ANY], do="rekey-child,dpd,delete", expect=given)
    # The older one looks at the traffic selectors alone.
    notify = "FAILED_CP_REQUIRED" if daemon == "libreswan5" else "TS_UNACCEPTABLE"
    yield special("address-missing", daemon, daemon_env=pool, exit=(1,), do="", expect=verdict("refused", phase="IKE_AUTH", notify=notify), daemon_saw=("ike",), daemon_not=("child",))
    client = lsw("leftmodecfgclient=yes;rightmodecfgserver=yes;modecfgpull=yes;narrowing=yes", left="0.0.0.0/0", right="0.0.0.0/0")
    given = verdict("established", addresses=["10.77.1.9"], dns=["10.77.1.53"])
    yield special("address", daemon, role="initiator", daemon_env=client, ours=["--pool", "10.77.1.9", "--dns", "10.77.1.53", "--address-required"], expect=given)
    # 5.2 then asks by CREATE_CHILD_SA, still for no address: there is to be no child SA by that way either.
    yield special("address-missing", daemon, role="initiator", ours=["--pool", "10.77.2.9", "--address-required"], do="",
                  expect=verdict("established", notify="FAILED_CP_REQUIRED", esp=None), daemon_saw=("got_cp_required",), daemon_not=("child",))
    if daemon == "libreswan5":
        env = lsw("leftauth=rsasig;leftautheap=tls;rightauth=eaponly;rightautheap=tls")
        expects = "it allows EAP by this configuration, then expects an AUTH payload in the request that begins it, and answers nothing (EXPECTATION FAILED)"
        for name, ours in (("eap-tls", []), ("eap-only", ["--eap-only"])):
            yield special(name, daemon, auth="rsa2048", daemon_env=env, daemon_options=["--authby", "none"], ours=["--eap", "tls", *ours, "--timeout", "5"], cannot=expects)
        env = lsw("leftauth=eaponly;rightauth=eaponly;leftautheap=tls;rightautheap=tls")
        yield special("eap-only", daemon, role="initiator", auth="rsa2048", daemon_env=env, daemon_options=["--authby", "none"], ours=["--eap", "tls", "--eap-only"],
                      cannot="as an initiator it authenticates itself by an AUTH payload whatever leftautheap= says")


def openiked(daemon, special, verdict):
    pool = ["--config", "config address 10.77.2.1 config name-server 10.77.1.53", "--to", "dynamic"]
    given = verdict("established", addresses=["10.77.2.1"], dns=["10.77.1.53"])
    yield special("address", daemon, daemon_options=pool, ours=["--ask-address", *ANY], do="dpd,delete", expect=given)
    wanted = ["--config", "request address any request name-server any", "--from"]
    fields = {"role": "initiator", "ours": ["--pool", "10.77.1.9", "--dns", "10.77.1.53", "--address-required"], "expect": verdict("established", addresses=["10.77.1.9"], dns=["10.77.1.53"])}
    yield special("address", daemon, daemon_options=[*wanted, "0.0.0.0/0"], **fields)
    yield special("address-dynamic", daemon, daemon_options=[*wanted, "dynamic"], cannot="its TSi is 0.0.0.0 and nothing else as long as it has no address, so that no address is within it", **fields)
    yield special("address-missing", daemon, role="initiator", ours=["--pool", "10.77.2.9", "--address-required"], do="",
                  expect=verdict("established", notify="FAILED_CP_REQUIRED", esp=None), daemon_saw=("got_cp_required",), daemon_not=("child",))
    by_password = ["--eap", "mschap-v2"]
    yield special("eap-mschapv2", daemon, auth="rsa2048", daemon_options=by_password, ours=EAP)
    yield special("eap-mschapv2-fragments", daemon, auth="rsa2048", mtu="576", daemon_options=by_password, ours=EAP, do="rekey-ike,rekey-child,dpd,delete", counters={"b2a.ike_fragments": 2})
    yield special("eap-address", daemon, auth="rsa2048", daemon_options=[*by_password, *pool], ours=[*EAP, "--ask-address", *ANY],
                  expect=verdict("established", addresses=["10.77.2.1"], dns=["10.77.1.53"]))
    # It forgets the IKE SA without a word.
    yield special("eap-mschapv2-wrong", daemon, auth="rsa2048", daemon_options=by_password, ours=[*EAP[:-1], "another", "--timeout", "3"], exit=(3,), do="",
                  expect=verdict("no_answer", phase="IKE_AUTH"), daemon_saw=("eap_failed",), daemon_not=("child",))
    for role in ("responder", "initiator"):
        hosts = ["--mode", "transport", "--from", "192.0.2.2", "--to", "192.0.2.1"]
        yield special("transport", daemon, role=role, daemon_options=hosts, ours=["--transport", *HOSTS], daemon_saw=("ike", "child", "transport"))
