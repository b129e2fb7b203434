"""The failures of causes.py, and what goes well beside them: what is done between the ends, what a daemon's log has to say, and what diagnose has to find."""

import dataclasses
import os
import re
import time

from cause_bench import THEM, US, Truth, merged
from diagnose_cases import IKE, NAT, PSK

SID = os.environ.get("IKEPEER_SID")
GCM = "aes128gcm16-prfsha256-ecp256"
OTHER, THIRD, SECOND = "192.0.2.3", "192.0.2.5", "203.0.113.1"
FAULT, HEALTHY, OPEN = "fault", "healthy", "fault|undetermined"
# How long a capture goes on when silence is what it shows.
WATCH = 40


@dataclasses.dataclass
class Case:
    act: object
    # (folder of the daemon, what its log has to say)
    proof: tuple
    truths: list
    path: list = dataclasses.field(default_factory=list)
    pcapng: bool = False
    why: str = ""
    keys: str = "initiator"
    needs_sid: bool = False


CASES = {}


def case(name, proof, truths, why, path=(), **settings):
    """The function below it is what happens between the ends."""

    def put(act):
        CASES[name] = Case(act, proof, truths, ["--hops", "2", *path], why=why, **settings)
        return act

    return put


def child(**settings):
    return {"children": {"net": settings}}


def another(ident, addr, **over):
    """A connection of another client in the same daemon."""
    name = f"net-{ident.split('.', maxsplit=1)[0]}"
    net = {"local_ts": "10.77.2.0/24", "remote_ts": "10.77.1.0/24", "esp_proposals": "aes128gcm16", **over.pop("net", {})}
    return {"local_addrs": addr, "local": {"id": ident}, "children": {"net": None, name: net}, **over}


def certificate(bench, family, end):
    return {"auth": "pubkey", "certs": f"{bench.certs}/{family}-{end}.cert.pem"}


def root(bench, family):
    return {"auth": "pubkey", "cacerts": f"{bench.certs}/{family}-root.cert.pem"}


def simple(over=None, there=None, **both):
    """One charon asks another for a child SA. Settings: initiator_.., responder_.. of Bench.charon; `wait` seconds afterwards."""
    wait = both.pop("wait", 0.5)
    ours = {key[10:]: value for key, value in both.items() if key.startswith("initiator_")}
    theirs = {key[10:]: value for key, value in both.items() if key.startswith("responder_")}

    def act(bench):
        bench.charon(there, **theirs)
        bench.connect(bench.charon(over, initiator=True, **ours))
        time.sleep(wait)

    return act


# IKE_SA_INIT went well, and nothing follows.

STOPS = Truth("a", FAULT, ["StoppedAfterInit"], ["AuthNeverSeen", "PortBlocked"], also={"says_not": ["nothing is wrong", "open UDP 4500"], "windows_error_not": [809]})


@case("stops-no-certificate", ("initiator", r"no private key found"), [STOPS, Truth("b", FAULT, ["AuthNeverSeen"], ["StoppedAfterInit"])], "The initiator has no usable certificate and never sends IKE_AUTH.", pcapng=True)
def _(bench):
    bench.charon()
    bench.connect(bench.charon({"local": {"auth": "pubkey"}}, initiator=True))
    time.sleep(WATCH)


@case("stops-three-tries", ("initiator", r"no private key found"), [STOPS], "The same three times, as somebody does who tries again.")
def _(bench):
    bench.charon({"proposals": GCM})
    run = bench.charon({"proposals": GCM, "local": {"auth": "pubkey"}}, initiator=True)
    for _ in range(3):
        bench.connect(run)
        time.sleep(11)


@case("init-only", ("initiator", r"no private key found"), [
    Truth("a", "undetermined", ["Unfinished"], ["AuthNeverSeen", "StoppedAfterInit"]), Truth("a", FAULT, ["StoppedAfterInit"], ["AuthNeverSeen", "PortBlocked"], args=("--watched", "45"))], "The same, and the capture ends at once: too little is seen, unless somebody says that nothing more came.")
def _(bench):
    bench.charon()
    bench.connect(bench.charon({"local": {"auth": "pubkey"}}, initiator=True))


@case("auth-never-seen", ("responder", r"deleting half open IKE_SA with 192.0.2.1 after timeout"), [Truth("b", FAULT, ["AuthNeverSeen"], ["StoppedAfterInit"])],
      "UDP 4500 is dropped before the responder; the initiator goes there after IKE_SA_INIT (MOBIKE).", path=["--block-udp", "4500"], pcapng=True)
def _(bench):
    bench.charon({"mobike": "yes"})
    bench.connect(bench.charon({"mobike": "yes"}, initiator=True))
    time.sleep(WATCH - 14)


@case("auth-never-seen-traffic", ("responder", r"deleting half open IKE_SA with 192.0.2.1 after timeout"), [Truth("b", FAULT, ["AuthNeverSeen"], ["StoppedAfterInit"])],
      "The same, and what tells that the capture went on is another client, which stays on port 500 and is well.", path=["--block-udp", "4500", "--a-addr", f"{OTHER}/24"])
def _(bench):
    bench.charon({"mobike": "yes"})
    run = bench.charon({"mobike": "yes"}, initiator=True, connections={"second": {**another("dave.peer.test", OTHER), "dpd_delay": "7s"}})
    bench.swanctl(run, "--initiate", "--child", "net-dave", "--timeout", "10")
    bench.connect(run)
    time.sleep(WATCH - 14)


# Post-quantum pre-shared keys (RFC 8784).


def ppk(ident, secret="0x11223344556677889900aabbccddeeff11223344556677889900aabbccddeeff"):
    return {"ppk-one": {"id": ident, "secret": secret}}


@case("ppk-not-answered", ("initiator", r"PPK required but (?:peer does not support|no)|PPK.*required"), [Truth("a", FAULT, ["PpkMismatch"], ["PortBlocked", "AuthNeverSeen"])],
      "The initiator's PPK is mandatory and the responder has none: USE_PPK is not answered.", pcapng=True)
def _(bench):
    bench.charon()
    bench.connect(bench.charon({"ppk_id": "quantum", "ppk_required": "yes"}, initiator=True, secrets=ppk("quantum")))
    time.sleep(WATCH)


@case("ppk-not-answered-libreswan", ("initiator", r"failed to receive PPK confirmation"), [Truth("a", f"{OPEN}|healthy", ["PpkMismatch"], ["PortBlocked", "AuthNeverSeen"])],
      "libreswan insists on a PPK, goes on to IKE_AUTH all the same, throws the good answer away for want of a PPK, and begins anew again and again. Each IKE SA by itself looks like one whose PPK is optional.", pcapng=True)
def _(bench):
    bench.charon({"proposals": "aes256-sha256-modp2048", **child(esp_proposals="aes256-sha256")})
    bench.libreswan("--ike", "aes256-sha2_256;dh14", "--esp", "aes256-sha2_256", folder="initiator", initiator=True, conn="    ppk=insist", secrets='@carol.peer.test @moon.peer.test : PPKS "quantum" "0123456789012345678901234567890123456789"')
    bench.daemon("libreswan.sh", "initiator", "initiate", "5")
    time.sleep(WATCH)


@case("ppk-differs", ("responder", r"received PPK_ID 'quantum', but require 'other'"), [Truth("a", FAULT, ["AuthenticationFailed|PpkMismatch"]), Truth("a", FAULT, ["AuthenticationFailed|PpkMismatch"], keys=True)],
      "Both want a PPK, and the responder does not have the initiator's.")
def _(bench):
    bench.charon({"ppk_id": "other", "ppk_required": "yes"}, secrets=ppk("other"))
    bench.connect(bench.charon({"ppk_id": "quantum", "ppk_required": "yes"}, initiator=True, secrets=ppk("quantum")))


@case("ppk-wanted-by-responder", ("responder", r"connection requires a valid PPK"), [Truth("a", FAULT, ["AuthenticationFailed|PpkMismatch"])], "libreswan insists on a PPK, and the initiator has none.")
def _(bench):
    bench.libreswan(conn="    ppk=insist", secrets='@moon.peer.test @carol.peer.test : PPKS "quantum" "0123456789012345678901234567890123456789"')
    bench.connect(bench.charon({"proposals": "aes256-sha256-modp2048", "children": {"net": {"esp_proposals": "aes256-sha1"}}}, initiator=True))


@case("ppk-both", ("responder", r"using PPK for PPK_ID"), [Truth("a", HEALTHY, [], ["PpkMismatch"]), Truth("b", HEALTHY, [], ["PpkMismatch"])], "Both use the same PPK.")
def _(bench):
    bench.charon({"ppk_id": "quantum", "ppk_required": "yes"}, secrets=ppk("quantum"))
    run = bench.charon({"ppk_id": "quantum", "ppk_required": "yes"}, initiator=True, secrets=ppk("quantum"))
    bench.connect(run)
    time.sleep(4)
    bench.swanctl(run, "--terminate", "--ike", "peer")


@case("ppk-optional", ("initiator", r"IKE_SA peer\[1\] established"), [Truth("a", HEALTHY, [], ["PpkMismatch:error"])], "The initiator's PPK is optional, and the responder has none.")
def _(bench):
    bench.charon()
    run = bench.charon({"ppk_id": "quantum"}, initiator=True, secrets=ppk("quantum"))
    bench.connect(run)
    time.sleep(4)
    bench.swanctl(run, "--terminate", "--ike", "peer")


# EAP.


# Without AUTH nothing was proved that could be refused.
NO_PROOF = {"says": [r"\bEAP\b"], "windows_error_not": [13801]}


def eap(method="eap-mschapv2"):
    return {"auth": method, "eap_id": "carol", "id": "carol.peer.test"}


def eap_server(bench, method="eap-mschapv2", family="rsa2048"):
    return bench.charon({"local": certificate(bench, family, "server"), "remote": {"auth": method, "eap_id": "%any"}})


def eap_client(bench, method="eap-mschapv2", family="rsa2048", secrets=None, **over):
    return bench.charon(merged({"local": eap(method), "remote": root(bench, family)}, over), initiator=True, secrets=secrets)


@case("eap-wanted-by-client", ("responder", r"peer requested EAP, config unacceptable"), [
    Truth("a", FAULT, [], ["EapFailed", "ChildSaRefused"]), Truth("a", FAULT, ["EapMismatch"], ["EapFailed", "ChildSaRefused", "AuthenticationFailed"], keys=True, also=NO_PROOF),
    Truth("b", FAULT, ["EapMismatch"], ["EapFailed", "ChildSaRefused", "AuthenticationFailed"], keys=True, also=NO_PROOF)],
    "The client sends no AUTH, which asks for EAP; the server wants a pre-shared key.")
def _(bench):
    bench.charon()
    bench.connect(eap_client(bench))


@case("eap-wanted-by-client-certificates", ("responder", r"peer requested EAP, config unacceptable"), [
    Truth("a", FAULT, [], ["EapFailed", "ChildSaRefused"]), Truth("a", FAULT, ["EapMismatch"], ["EapFailed", "ChildSaRefused", "AuthenticationFailed"], keys=True, also=NO_PROOF)],
    "The client asks for EAP; the server wants a certificate. AES-GCM.")
def _(bench):
    bench.charon({"proposals": GCM, "local": certificate(bench, "rsa2048", "server"), "remote": root(bench, "rsa2048")})
    bench.connect(eap_client(bench, proposals=GCM))


@case("eap-wanted-by-client-libreswan", ("responder", r"Peer attempted EAP authentication, but"), [Truth("a", FAULT, [], ["EapFailed", "ChildSaRefused"]), Truth("a", FAULT, ["EapMismatch"], ["EapFailed", "ChildSaRefused", "AuthenticationFailed"], keys=True, also=NO_PROOF)],
      "The client asks for EAP; libreswan 4.10 does none.")
def _(bench):
    bench.libreswan()
    bench.connect(eap_client(bench, children={"net": {"esp_proposals": "aes256-sha1"}}))


@case("eap-wanted-by-client-openiked", ("responder", r"ikev2_ike_auth_recv: missing auth payload"), [Truth("a", FAULT, [], ["EapFailed", "ChildSaRefused"])],
      "The client asks for EAP; OpenIKED wants a pre-shared key.")
def _(bench):
    bench.openiked()
    bench.connect(eap_client(bench, children={"net": {"esp_proposals": "aes256-sha1"}}))


@case("eap-wanted-by-server", ("responder", r"non-matching authentication done|constraint requires|no matching"), [Truth("a", FAULT, ["AuthenticationFailed|EapMismatch"], ["EapFailed", "ChildSaRefused"], keys=True), Truth("a", FAULT, [], ["EapFailed"])],
      "The server wants EAP; the client proves itself by a certificate, which the server takes and refuses all the same.")
def _(bench):
    bench.charon({"local": certificate(bench, "rsa2048", "server"), "remote": {"auth": "eap-mschapv2", "eap_id": "%any", "cacerts": f"{bench.certs}/rsa2048-root.cert.pem"}},
                       more={"authorities": {"root": {"cacert": f"{bench.certs}/rsa2048-root.cert.pem"}}})
    bench.connect(bench.charon({"local": certificate(bench, "rsa2048", "client"), "remote": root(bench, "rsa2048")}, initiator=True))


@case("eap-password-wrong", ("responder", r"EAP-MS-CHAPv2 verification failed"), [Truth("a", FAULT, ["EapFailed"], ["EapAlert"]), Truth("a", FAULT, ["EapFailed"], ["EapAlert", "EapMismatch"], keys=True), Truth("b", FAULT, ["EapFailed"], ["EapAlert"])],
      "The password is wrong.")
def _(bench):
    eap_server(bench)
    bench.connect(eap_client(bench, secrets={"eap-carol": {"secret": "wrong"}}))


@case("eap-good", ("responder", r"EAP method EAP_MSCHAPV2 succeeded"), [Truth("a", HEALTHY, [], ["EapFailed", "EapMismatch"]), Truth("a", HEALTHY, [], ["EapFailed", "EapMismatch"], keys=True), Truth("b", HEALTHY, [], ["EapFailed", "EapMismatch"])],
      "EAP-MSCHAPv2 goes well.")
def _(bench):
    eap_server(bench)
    bench.connect(eap_client(bench))


def eap_tls(client="rsa2048", server_trusts="rsa2048", server_extra="", client_extra=""):
    def act(bench):
        bench.charon({"local": certificate(bench, "rsa2048", "server"), "remote": {"auth": "eap-tls", "eap_id": "%any"}}, extra=server_extra,
                           more={"authorities": {"root": {"cacert": f"{bench.certs}/{server_trusts}-root.cert.pem"}}})
        local = {"auth": "eap-tls", "id": "carol.peer.test", "eap_id": "carol.peer.test", "certs": f"{bench.certs}/{client}-client.cert.pem"}
        bench.connect(bench.charon({"local": local, "remote": root(bench, "rsa2048")}, initiator=True, extra=client_extra))
        time.sleep(1)

    return act


@case("eap-no-connection", ("responder", r"no matching peer config found"), [Truth("a", FAULT, [], ["EapFailed", "ChildSaRefused"]), Truth("a", FAULT, [], ["EapFailed", "ChildSaRefused"], keys=True, also=NO_PROOF)],
      "The client asks for EAP and for a server's name that no connection there has.")
def _(bench):
    eap_server(bench)
    bench.connect(eap_client(bench, remote={"id": "sun.peer.test"}))


@case("eap-server-has-no-key", ("responder", r"no private key found for 'moon.peer.test'"), [Truth("a", FAULT, [], ["EapFailed", "ChildSaRefused"]), Truth("a", FAULT, [], ["EapFailed", "ChildSaRefused"], keys=True, also=NO_PROOF)],
      "The client asks for EAP; the server has no private key for its own certificate and cannot prove itself.")
def _(bench):
    bench.charon({"remote": {"auth": "eap-mschapv2", "eap_id": "%any"}, "local": {"auth": "pubkey"}})
    bench.connect(eap_client(bench))


case("eap-tls-alert-by-server", ("responder", r"sending fatal TLS alert|no trusted certificate found.*TLS|TLS alert"), [Truth("a", FAULT, ["EapAlert|EapFailed"]), Truth("a", FAULT, ["EapAlert"], keys=True), Truth("b", FAULT, ["EapAlert"], keys=True)],
     "EAP-TLS: the client's certificate is of a CA that the server does not trust.")(eap_tls(client="p256"))
case("eap-tls-version", ("responder", r"sending fatal TLS alert|TLS version|received fatal TLS alert"), [Truth("a", FAULT, ["EapAlert"], keys=True), Truth("b", FAULT, ["EapAlert"], keys=True)],
     "EAP-TLS: the server does TLS 1.3 only, the client at most 1.2.")(eap_tls(server_extra="tls {\n version_min = 1.3\n version_max = 1.3\n}", client_extra="tls {\n version_max = 1.2\n}"))


@case("eap-stalls", ("responder", r"retransmit 1 of RADIUS Access-Request"), [Truth("a", FAULT, ["RequestUnanswered"], ["PortBlocked", "EapFailed"]), Truth("a", FAULT, ["RequestUnanswered"], ["PortBlocked", "EapFailed"], keys=True)],
      "The RADIUS server behind the responder does not answer, and so the client's EAP identity is not.")
def _(bench):
    radius = "plugins {\n eap-radius {\n  secret = radius\n  server = 192.0.2.99\n  retransmit_timeout = 8.0\n }\n}"
    bench.charon({"local": certificate(bench, "rsa2048", "server"), "remote": {"auth": "eap-radius", "eap_id": "%any"}}, extra=radius)
    bench.connect(eap_client(bench))


case("eap-tls-good", ("responder", r"EAP method EAP_TLS succeeded"), [Truth("a", HEALTHY, [], ["EapFailed", "EapAlert"]), Truth("a", HEALTHY, [], ["EapFailed", "EapAlert"], keys=True)], "EAP-TLS goes well.")(eap_tls())


# Refusals of the child SA.


def pool(addrs):
    return {"pools": {"clients": {"addrs": addrs}}}


@case("pool-empty", ("responder", r"pool 'clients' is full|no virtual IP found"), [Truth("a", FAULT, ["ChildSaRefused|AddressPoolEmpty"], ["AuthenticationFailed"]), Truth("a", FAULT, ["AddressPoolEmpty"], ["AuthenticationFailed"], keys=True), Truth("b", FAULT, ["AddressPoolEmpty"], ["AuthenticationFailed"], keys=True)],
      "A pool of one address; the second client gets none.", keys="responder")
def _(bench):
    bench.charon({"pools": "clients", **child(remote_ts="dynamic")}, more=pool("10.77.9.1/32"))
    vips = {"vips": "0.0.0.0", **child(local_ts="dynamic")}
    run = bench.charon(vips, initiator=True, connections={"second": another("dave.peer.test", US, vips="0.0.0.0", net={"local_ts": "dynamic"})})
    bench.connect(run)
    bench.swanctl(run, "--initiate", "--child", "net-dave", "--timeout", "10")


@case("address-required", ("responder", r"expected a virtual IP request, sending FAILED_CP_REQUIRED"), [Truth("a", FAULT, ["ChildSaRefused|AddressRequired"], ["AuthenticationFailed"]), Truth("a", FAULT, ["AddressRequired"], ["AuthenticationFailed"], keys=True), Truth("b", FAULT, ["AddressRequired"], ["AuthenticationFailed"], keys=True)],
      "The server gives addresses and wants to be asked for one; the client does not ask.")
def _(bench):
    bench.charon({"pools": "clients"}, more=pool("10.77.9.0/24"))
    bench.connect(bench.charon(initiator=True))


ADDRESSES = {"local": {"id": US}, "remote": {"id": THEM}, "proposals": GCM}
ADDRESSES_THERE = {"local": {"id": THEM}, "proposals": GCM}
REFUSED = [Truth("a", FAULT, ["ChildSaRefused"], ["AuthenticationFailed"]), Truth("a", FAULT, ["ChildSaRefused"], ["AuthenticationFailed"], keys=True), Truth("b", FAULT, ["ChildSaRefused"], ["AuthenticationFailed"])]

case("child-selectors-small", ("responder", r"traffic selectors 10.77.1.0/24 === 10.99.2.0/24 unacceptable"), REFUSED, "TS_UNACCEPTABLE; identities are addresses, AES-GCM.")(
    simple({**ADDRESSES, **child(local_ts="10.99.2.0/24")}, ADDRESSES_THERE))
case("child-proposal-small", ("responder", r"no acceptable proposal found|no matching proposal found"), REFUSED, "NO_PROPOSAL_CHOSEN for the child SA; identities are addresses, AES-GCM.")(
    simple({**ADDRESSES, **child(esp_proposals="aes256-sha256")}, ADDRESSES_THERE))
case("child-selectors-cbc", ("responder", r"traffic selectors .* unacceptable"), REFUSED, "TS_UNACCEPTABLE; identities are addresses, AES-CBC.")(
    simple({**ADDRESSES, "proposals": IKE, **child(local_ts="10.99.2.0/24")}, {**ADDRESSES_THERE, "proposals": IKE}))
case("child-refused-childless-announced", ("responder", r"no acceptable proposal found|no matching proposal found"), [Truth("a", OPEN, [], ["AuthenticationFailed"]), Truth("a", FAULT, ["ChildSaRefused"], ["AuthenticationFailed"], keys=True)],
     "The responder announces childless IKE SAs (RFC 6023), so a small answer alone proves nothing.")(
    simple({**ADDRESSES, **child(esp_proposals="aes256-sha256")}, {**ADDRESSES_THERE, "childless": "allow"}))


@case("childless-good", ("responder", r"IKE_SA peer\[1\] established"), [Truth("a", HEALTHY, [], ["ChildSaRefused"]), Truth("b", HEALTHY, [], ["ChildSaRefused"]), Truth("a", HEALTHY, [], ["ChildSaRefused"], keys=True)],
      "A childless IKE SA, then its child SA by CREATE_CHILD_SA.")
def _(bench):
    bench.charon({"childless": "allow"})
    run = bench.charon({"childless": "force"}, initiator=True)
    bench.connect(run)
    time.sleep(4)
    bench.swanctl(run, "--terminate", "--ike", "peer")


@case("childless-only", ("responder", r"IKE_SA peer\[1\] established"), [Truth("a", HEALTHY, [], ["ChildSaRefused"]), Truth("b", HEALTHY, [], ["ChildSaRefused"])], "A childless IKE SA that never gets a child; a dead peer check and the Delete are answered.")
def _(bench):
    bench.charon({"childless": "allow"})
    run = bench.charon({"childless": "force", "dpd_delay": "2s"}, initiator=True)
    bench.swanctl(run, "--initiate", "--ike", "peer", "--timeout", "10")
    time.sleep(3)
    bench.swanctl(run, "--terminate", "--ike", "peer")


# Rekeying.


def rekeyed(over, there, **both):
    def act(bench):
        bench.charon(there, **{key[10:]: value for key, value in both.items() if key.startswith("responder_")})
        run = bench.charon(over, initiator=True)
        bench.connect(run)
        time.sleep(1)
        bench.swanctl(run, "--rekey", "--child", "net")
        time.sleep(2.5)

    return act


REKEY = [Truth("a", FAULT, ["ChildSaRefused|RekeyRefused"], ["FollowsRekey"]), Truth("a", FAULT, ["RekeyRefused"], keys=True), Truth("b", FAULT, ["RekeyRefused"], keys=True)]
case("rekey-refused", ("responder", r"no acceptable proposal found|no matching proposal found"), REKEY, "PFS groups differ, which is noticed when the child SA is rekeyed: NO_PROPOSAL_CHOSEN.")(
    rekeyed(child(esp_proposals="aes256-sha256-modp3072"), child(esp_proposals="aes256-sha256-modp2048")))
case("rekey-obeys", ("responder", r"DH group MODP_3072 unacceptable, requesting MODP_2048|requesting MODP_2048"), [Truth("a", HEALTHY, [], ["RekeyRefused", "ChildSaRefused"]), Truth("a", HEALTHY, [], ["RekeyRefused", "ChildSaRefused"], keys=True)],
     "The responder asks for another group by INVALID_KE_PAYLOAD, and the initiator obeys.")(
    rekeyed(child(esp_proposals="aes256-sha256-modp3072-modp2048"), child(esp_proposals="aes256-sha256-modp2048")))


@case("rekey-refused-libreswan", ("initiator", r"NO_PROPOSAL_CHOSEN"), [Truth("a", FAULT, ["ChildSaRefused|RekeyRefused"]), Truth("a", FAULT, ["RekeyRefused"], keys=True)],
      "libreswan rekeys the child SA with the group of the IKE SA, MODP-2048; strongSwan wants MODP-3072.", keys="responder")
def _(bench):
    bench.charon({"proposals": "aes256-sha256-modp2048", **child(esp_proposals="aes256-sha256-modp3072")})
    bench.libreswan("--ike", "aes256-sha2_256;dh14", "--esp", "aes256-sha2_256", "--pfs", "yes", folder="initiator", initiator=True)
    bench.daemon("libreswan.sh", "initiator", "initiate")
    time.sleep(1)
    # It would go on waiting after the refusal.
    bench.daemon("libreswan.sh", "initiator", "rekey-child", "4")


@case("rekey-invalid-ke", ("responder", r"DH group MODP_3072 unacceptable, requesting MODP_2048"), [Truth("a", FAULT, ["ChildSaRefused|RekeyRefused"]), Truth("a", FAULT, ["RekeyRefused"], keys=True)],
      "OpenIKED rekeys the child SA with MODP-3072; strongSwan asks for MODP-2048 by INVALID_KE_PAYLOAD; OpenIKED comes back with it and names a child SA that strongSwan does not know (CHILD_SA_NOT_FOUND), so that nothing is rekeyed.", keys="responder")
def _(bench):
    bench.charon({"proposals": "aes256-sha256-modp2048", **child(local_ts="10.77.2.0/24", remote_ts="10.77.1.0/24", esp_proposals="aes256-sha1-modp2048")})
    ike = "ikesa enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group modp2048"
    bench.openiked("--ike", ike, "--esp", "childsa enc aes-256 auth hmac-sha1 group modp3072 group modp2048", "--lifetimes", "lifetime 6", initiator=True)
    bench.daemon("openiked.sh", "initiator", "initiate")
    time.sleep(12)


KNOWS_NO_ESP = ("initiator", r"unable to install inbound and outbound IPsec SA")
DELETED = "The initiator's kernel knows no ESP: the child SA was agreed on and is deleted at once."


def no_kernel(proposals):
    def act(bench):
        bench.charon({"proposals": proposals})
        bench.connect(bench.charon({"proposals": proposals}, initiator=True, kernel="real"))
        time.sleep(1)

    return act


# The size of a Delete tells an ESP SPI from an IKE SA where nothing is padded.
case("child-deleted-at-once", KNOWS_NO_ESP, [Truth("a", OPEN, ["ChildDeletedAtOnce"]), Truth("a", OPEN, ["ChildDeletedAtOnce"], keys=True), Truth("b", OPEN, ["ChildDeletedAtOnce"])], DELETED)(no_kernel(GCM))
case("child-deleted-at-once-cbc", KNOWS_NO_ESP, [Truth("a", OPEN, ["ChildDeletedAtOnce"], keys=True), Truth("b", OPEN, ["ChildDeletedAtOnce"], keys=True)], DELETED)(no_kernel(IKE))


@case("child-deleted-by-responder", ("responder", r"closing CHILD_SA net\{1\}|deleting CHILD_SA|sending DELETE for ESP"), [Truth("a", OPEN, ["ChildDeletedAtOnce"]), Truth("b", OPEN, ["ChildDeletedAtOnce"], keys=True)],
      "The responder's administrator takes the child SA down at once.")
def _(bench):
    there = bench.charon({"proposals": GCM})
    bench.connect(bench.charon({"proposals": GCM}, initiator=True))
    bench.swanctl(there, "--terminate", "--child", "net")
    time.sleep(1)


# The path and the ESP behind it.


def tunnel(seconds=0, proposals=IKE, then=None):
    """ESP in user space, which is always in UDP, with traffic through it."""

    def act(bench):
        # The routes into the tunnel are made for an address inside it, which has to be there.
        for end, inside in (("a", "10.77.2.1"), ("b", "10.77.1.1")):
            bench.ip(end, "addr", "add", f"{inside}/32", "dev", "lo")
        bench.charon({"proposals": proposals}, kernel="libipsec")
        run = bench.charon({"proposals": proposals, "dpd_delay": "10s"}, initiator=True, kernel="libipsec")
        bench.connect(run)
        bench.beside("b", "echo", "10.77.1.1")
        time.sleep(0.5)
        bench.heard = bench.sender(f"ask:{seconds}", "10.77.2.1", "10.77.1.1").strip()
        if then:
            then(bench, run)

    return act


def checked(bench, run):
    """IKE is answered all the while."""
    bench.swanctl(run, "--rekey", "--ike", "peer")
    time.sleep(1)


NO_TRAFFIC = ["TunnelUpNoTraffic"]
case("esp-both-ways", ("initiator", r"CHILD_SA net\{1\} established"), [Truth("a", HEALTHY, [], NO_TRAFFIC), Truth("b", HEALTHY, [], NO_TRAFFIC)], "ESP in UDP goes both ways.")(tunnel(6))
case("esp-one-way", ("initiator", r"CHILD_SA net\{1\} established"), [Truth("a", OPEN, NO_TRAFFIC, ["ChildSaRefused", "PortBlocked"]), Truth("b", "healthy|undetermined", [], NO_TRAFFIC)],
     "ESP of the responder does not arrive, which its own capture cannot tell: none of 35 questions through the tunnel is answered.", path=["--block-esp", "b2a:yes"])(tunnel(35))
case("esp-one-way-out", ("initiator", r"CHILD_SA net\{1\} established"), [Truth("a", OPEN, NO_TRAFFIC, ["ChildSaRefused", "PortBlocked"])],
     "ESP of the initiator does not arrive: none of 35 questions through the tunnel is answered.", path=["--block-esp", "a2b:yes"])(tunnel(35, GCM))


def spi_of(bench, folder):
    return re.search(r"CHILD_SA net\{1\} established with SPIs \w+_i (\w+)_o", bench.log(folder))[1]


@case("esp-protocol-unreachable", ("initiator", r"CHILD_SA net\{1\} established"), [Truth("a", FAULT, NO_TRAFFIC, ["ChildSaRefused"]), Truth("b", FAULT, NO_TRAFFIC, ["ChildSaRefused"])],
      "The responder's kernel knows no ESP and says so by ICMP (type 3 code 2) for each packet with the SPI that was agreed on.")
def _(bench):
    bench.charon()
    bench.connect(bench.charon(initiator=True))
    bench.sender(f"esp:{spi_of(bench, 'initiator')}:6", US, THEM)


def native(answers):
    """Packets of protocol ESP with the SPIs that were agreed on. A raw socket for ESP keeps the kernel from saying that it knows no such protocol."""

    def act(bench):
        bench.charon()
        bench.connect(bench.charon({"dpd_delay": "10s"}, initiator=True))
        ours, theirs = spi_of(bench, "initiator"), spi_of(bench, "responder")
        bench.beside("a", f"esp:{ours}:0", US, THEM)
        time.sleep(0.3)
        bench.beside("b", f"esp:{theirs}:{9 if answers else 0}", THEM, US)
        time.sleep(0.3)
        bench.sender(f"esp:{ours}:{8 if answers else 35}", US, THEM)

    return act


case("esp-native-both-ways", ("initiator", r"CHILD_SA net\{1\} established"), [Truth("a", HEALTHY, [], NO_TRAFFIC)], "ESP goes both ways outside UDP.")(native(answers=True))
case("esp-native-one-way", ("initiator", r"CHILD_SA net\{1\} established"), [Truth("a", OPEN, NO_TRAFFIC, ["ChildSaRefused", "PortBlocked"]), Truth("b", OPEN, NO_TRAFFIC, ["ChildSaRefused", "PortBlocked"])], "ESP of the initiator, 35 packets outside UDP, and none of the responder.")(native(answers=False))


@case("esp-on-port-500", ("responder", r"received unsupported IKE version"), [Truth("a", OPEN, ["EspOnWrongPort"]), Truth("b", OPEN, ["EspOnWrongPort"])], "ESP in UDP of the SPI that was agreed on, to port 500.")
def _(bench):
    bench.charon()
    bench.connect(bench.charon(initiator=True))
    bench.sender(f"esp-500:{spi_of(bench, 'initiator')}:8", US, THEM)


CERTIFICATES = {"fragmentation": "no"}


def with_certificates(family="rsa4096", fragmentation="no", wait=0, fragment_size=1280, over=None, there=None, ends=True):
    """Both ends prove themselves by certificates with a chain, in large IKE_AUTH messages; what proves an IKE SA that came up is a dead peer check that is answered."""

    def act(bench):
        chain = {"authorities": {name: {"cacert": f"{bench.certs}/{family}-{name}.cert.pem"} for name in ("root", "int1", "int2", "cint1", "cint2")}}
        common = {"fragmentation": fragmentation}
        bench.charon({**common, **(there or {}), "local": certificate(bench, family, "server"), "remote": root(bench, family)}, more=chain, fragment_size=fragment_size)
        run = bench.charon({**common, "dpd_delay": "1s" if ends else "0s", **(over or {}), "local": certificate(bench, family, "client"), "remote": root(bench, family)}, initiator=True, more=chain, fragment_size=fragment_size)
        if bench.connect(run).returncode == 0 and ends:
            time.sleep(1.5)
            bench.swanctl(run, "--terminate", "--ike", "peer")
        time.sleep(wait)

    return act


GIVES_UP = ("initiator", r"giving up after 3 retransmits")
case("path-mtu-told", GIVES_UP, [Truth("a", FAULT, ["PathMtuTold"], ["PortBlocked"], also={"says": [r"\b1200\b", r"192\.0\.2\.254"]})], "A router (192.0.2.254) with an MTU of 1200 says `too big` by ICMP; the IP fragments that are sent from then on are dropped.",
     path=["--mtu", "a2b:1200", "--oversize", "icmp", "--fragments", "a2b:drop"])(with_certificates(fragmentation="yes"))
case("path-mtu-told-good", ("initiator", r"IKE_SA peer\[1\] established"), [Truth("a", HEALTHY, [], ["PortBlocked", "RequestUnanswered", "PathMtuTold:error"])], "A router with an MTU of 1200 says `too big` by ICMP, and the initiator's kernel sends smaller IP fragments, which arrive.",
     path=["--mtu", "a2b:1200", "--oversize", "icmp"])(with_certificates(fragmentation="yes"))
case("transport-lost", GIVES_UP, [Truth("a", FAULT, ["TransportLost"])], "Datagrams that are captured whole, as with offload to the network card or jumbo frames, and are too large for the path.",
     path=["--tun-mtu", "9000", "--mtu", "1500"])(with_certificates())
case("transport-large-good", ("initiator", r"IKE_SA peer\[1\] established"), [Truth("a", HEALTHY, [], ["TransportLost", "IpFragmentLost"]), Truth("b", HEALTHY, [], ["TransportLost", "IpFragmentLost"])], "The same on a path that takes them.",
     path=["--tun-mtu", "9000", "--mtu", "9000"])(with_certificates())

case("transport-large-short", ("initiator", r"IKE_SA peer\[1\] established"), [Truth("a", "healthy|undetermined", [], ["TransportLost", "IpFragmentLost", "EapMismatch"])],
     "The same, and the capture ends with the answer to IKE_AUTH, which may be a success or, for all that its size says, the first answer of EAP.", path=["--tun-mtu", "9000", "--mtu", "9000"])(with_certificates(ends=False))

HUGE = ",".join(f"aes{bits}-{mac}-{group}" for bits in (256, 128) for mac in ("sha512", "sha384", "sha256", "sha1") for group in ("modp8192", "modp6144", "modp4096", "modp3072", "modp2048", "ecp521", "ecp384", "ecp256"))
case("init-too-large", GIVES_UP, [Truth("a", FAULT, ["InitTooLarge"], ["FragmentationNotOffered"])], "An offer of 64 proposals with MODP-8192 makes IKE_SA_INIT larger than a packet, and its IP fragments are dropped.",
     path=["--fragments", "drop"])(simple({"proposals": HUGE}, {"proposals": HUGE}))
case("init-too-large-first-fragment", GIVES_UP, [Truth("b", FAULT, ["InitTooLarge"])], "The same; only the first IP fragment arrives.", path=["--fragments", "first"])(simple({"proposals": HUGE}, {"proposals": HUGE}))
case("init-large-good", ("initiator", r"IKE_SA peer\[1\] established"), [Truth("a", HEALTHY, [], ["InitTooLarge"])], "The same on a path that takes IP fragments.")(simple({"proposals": HUGE}, {"proposals": HUGE}))

def elsewhere(says):
    return [Truth("a", FAULT, ["AnsweredElsewhere"], ["PortBlocked"], also={"says": [says]})]


TAKEN = [Truth("a", HEALTHY, [], ["PortBlocked", "AnsweredElsewhere:error"])]
case("answered-elsewhere", GIVES_UP, elsewhere(r"198\.51\.100\.77"), "Answers arrive from another address than was asked (198.51.100.77), and the client's firewall lets in nothing but answers.", path=["--firewall", "yes", "--source", "b2a:198.51.100.77"])(simple())
case("answered-from-other-port", GIVES_UP, elsewhere(r"\b264\b"), "Answers arrive from another port than was asked (264), and the client's firewall lets in nothing but answers.", path=["--firewall", "yes", "--source", f"b2a:{THEM}:264"])(simple())
case("answered-elsewhere-taken", ("initiator", r"IKE_SA peer\[1\] established"), TAKEN, "Answers arrive from another address than was asked; strongSwan takes them, and comes up.", path=["--source", "b2a:198.51.100.77"])(simple())
case("marker-missing", GIVES_UP, [Truth("b", FAULT, ["MarkerMissing"], ["PortBlocked", "AuthNeverSeen", "TunnelUpNoTraffic"])], "The non-ESP marker of the initiator's messages is lost on the way.", path=["--spoil", "a2b:marker"])(
    simple({"mobike": "yes"}, {"mobike": "yes"}))
case("marker-missing-answers", GIVES_UP, [Truth("a", FAULT, ["MarkerMissing"], ["PortBlocked", "AuthNeverSeen", "TunnelUpNoTraffic"])], "The non-ESP marker of the responder's messages is lost on the way.", path=["--spoil", "b2a:marker"])(
    simple({"mobike": "yes"}, {"mobike": "yes"}))
case("broken-answer", ("initiator", r"payload type KEY_EXCHANGE could not be parsed"), [Truth("a", FAULT, ["BrokenResponse"], ["PortBlocked"])], "A length in the IKE_SA_INIT response is wrong; the initiator ignores it and asks again.", path=["--spoil", "b2a:answer"])(simple())


@case("critical-payload", ("responder", r"(?i)critical"), [Truth("a", FAULT, ["CriticalPayloadRefused"], ["AuthenticationFailed"], also={"says": [r"\b200\b"]}), Truth("b", FAULT, ["CriticalPayloadRefused"], ["AuthenticationFailed"])], "An unknown payload of type 200 with the critical bit.")
def _(bench):
    bench.charon()
    bench.sender("critical", US, THEM)


@case("critical-payload-libreswan", ("responder", r"unknown critical payload type"), [Truth("a", FAULT, ["CriticalPayloadRefused"], ["AuthenticationFailed"], also={"says": [r"\b200\b"]})], "The same to libreswan.")
def _(bench):
    bench.libreswan()
    bench.sender("critical", US, THEM)


# Two captures of one failure.

PAIR = Truth("ab", FAULT, ["IpFragmentLost"], also={"confidence": {"IpFragmentLost": "high"}})
case("pair-fragments-lost", GIVES_UP, [PAIR], "IP fragments of the initiator vanish on the way; a capture of each end.", path=["--fragments", "a2b:drop"], pcapng=True)(with_certificates())
case("pair-first-fragments", GIVES_UP, [PAIR], "Only first IP fragments arrive; a capture of each end.", path=["--fragments", "a2b:first"])(with_certificates())
case("pair-4500-blocked", GIVES_UP, [Truth("ab", FAULT, ["PortBlocked|AuthNeverSeen|RequestUnanswered"])], "UDP 4500 vanishes on the way; a capture of each end.", path=["--block-udp", "4500"], pcapng=True)(simple({"mobike": "yes"}, {"mobike": "yes"}))
case("pair-good", ("initiator", r"IKE_SA peer\[1\] established"), [Truth("ab", HEALTHY, [], ["RetransmissionStorm", "RequestUnanswered"])], "A capture of each end, and nothing is wrong.", pcapng=True)(with_certificates(fragmentation="yes"))
case("pair-nat-good", ("initiator", r"IKE_SA peer\[1\] established"), [Truth("ab", HEALTHY, [], ["RetransmissionStorm", "RequestUnanswered", "AnsweredElsewhere"])], "A capture of each side of a NAT, and nothing is wrong.", path=["--nat", NAT])(simple())


case("pair-nat-fragments-lost", GIVES_UP, [PAIR], "IP fragments of the initiator vanish behind its NAT; a capture of each end, which have other addresses.", path=["--nat", NAT, "--fragments", "a2b:drop"])(with_certificates())
case("pair-answer-lost", GIVES_UP, [PAIR], "IP fragments of the responder vanish on the way; a capture of each end.", path=["--fragments", "b2a:drop"])(with_certificates())
case("pair-loss-good", ("initiator", r"IKE_SA peer\[1\] established"), [Truth("ab", HEALTHY, [], ["RequestUnanswered", "ResponseNotReceived", "PortBlocked"])], "Some datagrams are lost and sent again; a capture of each end.",
     path=["--drop-nth", "a2b:1,3", "--drop-nth", "b2a:2"])(simple({"mobike": "yes"}, {"mobike": "yes"}))


# ICMP of real kernels.


def forbidden(kind):
    """The responder's host is a router, whose routing table refuses the way to the server behind it."""

    def act(bench):
        bench.forward()
        bench.ip("b", "route", "add", kind, f"{TO}/32")
        bench.connect(bench.charon({"remote_addrs": TO}, initiator=True))

    return act


TO = "192.0.2.4"
case("icmp-prohibited", GIVES_UP, [Truth("a", FAULT, ["PortBlocked"])], "A router answers by ICMP 3/13, administratively prohibited.")(forbidden("prohibit"))
case("icmp-host-unreachable", GIVES_UP, [Truth("a", FAULT, ["PortBlocked|RequestUnanswered"])], "A router answers by ICMP 3/1, host unreachable.")(forbidden("unreachable"))
case("icmp-reassembly-timeout", GIVES_UP, [Truth("a", FAULT, ["IpFragmentLost"])], "Only first IP fragments arrive, and the responder's kernel says so by ICMP 11/1 half a minute later.", path=["--fragments", "a2b:first"])(with_certificates(wait=25))


# Versions and other gateways.


@case("version-1-to-2", ("responder", r"no IKE config found"), [Truth("a", OPEN, ["Ikev1Only|VersionRefused"], ["PortBlocked"], also={"says": ["IKEv1"]})], "An IKEv1 initiator; strongSwan has IKEv2 connections only.")
def _(bench):
    bench.charon()
    bench.connect(bench.charon({"version": 1, "proposals": "aes256-sha256-modp2048"}, initiator=True))


@case("version-1-to-2-libreswan", ("responder", r"ignoring IKEv1 packet"), [Truth("a", OPEN, ["Ikev1Only|VersionRefused"], ["PortBlocked"], also={"says": ["IKEv1"]})], "An IKEv1 initiator; libreswan insists on IKEv2.")
def _(bench):
    bench.libreswan()
    bench.connect(bench.charon({"version": 1, "proposals": "aes256-sha256-modp2048"}, initiator=True))


@case("version-1-to-openiked", ("responder", r"IKEv1 not supported"), [Truth("a", OPEN, ["Ikev1Only|VersionRefused"], ["PortBlocked"], also={"says": ["IKEv1"]})], "An IKEv1 initiator; OpenIKED speaks IKEv2 only.")
def _(bench):
    bench.openiked()
    bench.connect(bench.charon({"version": 1, "proposals": "aes256-sha256-modp2048"}, initiator=True))


@case("version-2-to-1", ("responder", r"no IKE config found"), [Truth("a", FAULT, ["NoProposalChosen|VersionRefused"], ["PortBlocked"])], "An IKEv2 initiator; strongSwan has IKEv1 connections only.")
def _(bench):
    bench.charon({"version": 1})
    bench.connect(bench.charon(initiator=True))


@case("version-2-to-1-libreswan", ("responder", r"no suitable connection found with IKEv2 policy"), [Truth("a", FAULT, ["NoProposalChosen|VersionRefused"], ["PortBlocked"])], "An IKEv2 initiator; libreswan does IKEv1 only.")
def _(bench):
    bench.libreswan(ikev2="no", setup="    ikev1-policy=accept")
    bench.connect(bench.charon({"proposals": "aes256-sha256-modp2048"}, initiator=True))


@case("fell-back-to-ikev1", ("responder", r"received proposals unacceptable|no proposal"), [Truth("a", FAULT, ["NoProposalChosen", "FellBackToIkev1"]), Truth("b", FAULT, ["NoProposalChosen", "FellBackToIkev1"])], "IKEv2 is refused for its proposals; the client comes up by IKEv1.")
def _(bench):
    old = {"version": 1, "proposals": "aes256-sha256-modp2048", "children": {"net": None, "old": {"local_ts": "10.77.2.0/24", "remote_ts": "10.77.1.0/24", "esp_proposals": "aes256-sha256"}}}
    there = {**old, "children": {"net": None, "old": {"local_ts": "10.77.1.0/24", "remote_ts": "10.77.2.0/24", "esp_proposals": "aes256-sha256"}}}
    bench.charon({"proposals": "aes256gcm16-prfsha384-ecp384"}, connections={"old": there})
    run = bench.charon(initiator=True, connections={"old": old})
    bench.connect(run)
    time.sleep(1)
    bench.swanctl(run, "--initiate", "--child", "old", "--timeout", "10")


def redirected(follow):
    def act(bench):
        if follow:
            bench.behind(TO)
            bench.charon({"local_addrs": TO}, addr=TO, folder="second", namespace=bench.c)
        bench.libreswan(setup=f"    listen={THEM}\n    global-redirect=yes\n    global-redirect-to={TO}")
        bench.connect(bench.charon({"remote_addrs": THEM}, initiator=True))

    return act


case("redirected", ("initiator", r"redirect"), [Truth("a", OPEN, ["Redirected"], ["ErrorInClear"], also={"says": [r"192\.0\.2\.4"]})], f"libreswan redirects the client in IKE_SA_INIT to {TO} (RFC 5685), where nobody is.")(redirected(follow=False))
case("redirect-followed", ("initiator", r"IKE_SA peer\[\d\] established"), [Truth("a", HEALTHY, ["Redirected"], also={"says": [r"192\.0\.2\.4"]})], f"libreswan redirects the client to {TO}, where it comes up.")(redirected(follow=True))


@case("ikev1-good", ("initiator", r"IKE_SA peer\[1\] established"), [Truth("a", OPEN, ["Ikev1Only"], ["PortBlocked"])], "An IKEv1 tunnel that comes up by Main Mode and Quick Mode; there is no IKEv2.")
def _(bench):
    old = {"version": 1, "proposals": "aes256-sha256-modp2048", **child(esp_proposals="aes256-sha256")}
    bench.charon(old)
    bench.connect(bench.charon(old, initiator=True))


# Signatures.


def legacy(family, wanted):
    def act(bench):
        bench.charon({"local": certificate(bench, family, "server"), "remote": {"auth": wanted, "cacerts": f"{bench.certs}/{family}-root.cert.pem"}})
        bench.connect(bench.charon({"local": certificate(bench, family, "client"), "remote": root(bench, family)}, initiator=True, extra="signature_authentication = no"))

    return act


case("legacy-signature", ("responder", r"IKE signature scheme .* not acceptable"), [
    Truth("a", FAULT, ["LegacySignatureRefused|AuthenticationFailed"]), Truth("a", FAULT, ["LegacySignatureRefused"], keys=True), Truth("b", FAULT, ["LegacySignatureRefused"], keys=True)],
    "The initiator announces no signature hashes and signs by RSA with SHA-1; the responder wants SHA-256.")(legacy("rsa2048", "ike:rsa-sha256"))


# Many clients, restarts, moves.


@case("new-sas-silent", ("responder", r"ignoring IKE_SA setup from 198.51.100.1"), [Truth("b", FAULT, ["NewSasSilent"], also={"says": [r"198\.51\.100\.1\b"]})],
      "Half-open IKE SAs of one client behind a NAT use up the limit per source; another behind it gets no answer, while its neighbour's IKE SA is well.", path=["--nat", NAT, "--a-addr", f"{OTHER}/24", "--a-addr", f"{THIRD}/24"])
def _(bench):
    bench.charon(extra="block_threshold = 2", over={"dpd_delay": "3s"})
    run = bench.charon({"dpd_delay": "3s"}, initiator=True, connections={"second": another("dave.peer.test", OTHER)})
    bench.connect(run)
    bench.sender("half-open:3", THIRD, THEM)
    for _ in range(2):
        bench.swanctl(run, "--initiate", "--child", "net-dave", "--timeout", "12", timeout=40)
    time.sleep(3)


@case("nat-two-clients", ("responder", r"IKE_SA peer\[2\] established"), [Truth("a", HEALTHY, [], ["NewSasSilent"]), Truth("b", HEALTHY, ["NatDetected"], ["NewSasSilent"])], "Two clients behind one NAT, and both come up.", path=["--nat", NAT, "--a-addr", f"{OTHER}/24"])
def _(bench):
    bench.charon()
    run = bench.charon(initiator=True, connections={"second": another("dave.peer.test", OTHER)})
    bench.connect(run)
    bench.swanctl(run, "--initiate", "--child", "net-dave", "--timeout", "12", timeout=40)


@case("many-clients", ("responder", r"traffic selectors .* unacceptable"), [Truth("b", FAULT, ["ChildSaRefused", "AuthenticationFailed"], ["NewSasSilent"])], "Eight clients behind one NAT: five come up, the child SA of two is refused for its selectors, one has another pre-shared key.",
      path=["--nat", NAT, *(word for n in range(11, 19) for word in ("--a-addr", f"192.0.2.{n}/24"))])
def _(bench):
    bench.charon({"proposals": GCM})
    clients = {}
    for n in range(11, 19):
        refused = {"local_ts": "10.99.2.0/24"} if n in (13, 16) else {}
        clients[f"client{n}"] = another(f"client{n}.peer.test", f"192.0.2.{n}", net=refused, proposals=GCM)
    secrets = {"ike-any": None, "ike-18": {"id": "client18.peer.test", "secret": "0x00"}, **{f"ike-{n}": {"id": f"client{n}.peer.test", "secret": PSK} for n in range(11, 18)}}
    run = bench.charon({"proposals": GCM}, initiator=True, connections=clients, secrets=secrets)
    for n in range(11, 19):
        bench.swanctl(run, "--initiate", "--child", f"net-client{n}", "--timeout", "4")


@case("restarted-responder", GIVES_UP, [Truth("a", FAULT, ["RequestUnanswered|SpiUnknown"])], "The responder is killed and started again; the initiator's dead peer check finds nobody who knows its IKE SA.")
def _(bench):
    bench.charon()
    bench.connect(bench.charon({"dpd_delay": "3s"}, initiator=True))
    bench.kill("responder")
    bench.charon()
    time.sleep(17)


@case("restarted-libreswan", ("responder", r"has no corresponding IKE SA"), [Truth("a", FAULT, ["RequestUnanswered|SpiUnknown"])], "The same with libreswan as the responder.")
def _(bench):
    bench.libreswan()
    bench.connect(bench.charon({"dpd_delay": "3s", "proposals": "aes256-sha256-modp2048", **child(esp_proposals="aes256-sha1")}, initiator=True))
    bench.kill("responder")
    bench.libreswan()
    time.sleep(17)


@case("mobike-moves", ("responder", r"N\(UPD_SA_ADDR\)"), [Truth("a", HEALTHY, [], ["AnsweredElsewhere", "AuthNeverSeen"]), Truth("b", HEALTHY, [], ["AnsweredElsewhere", "AuthNeverSeen"])], "The initiator's address changes, and MOBIKE takes the IKE SA along.", path=["--a-addr", f"{SECOND}/24"])
def _(bench):
    bench.charon({"mobike": "yes"})
    run = bench.charon({"mobike": "yes", "local_addrs": "%any"}, initiator=True)
    bench.connect(run)
    time.sleep(1)
    bench.ip("a", "addr", "del", f"{US}/24", "dev", "ikm0")
    time.sleep(4)
    bench.swanctl(run, "--terminate", "--ike", "peer")


# strongSwan 6: ML-KEM and IKE_INTERMEDIATE.

MLKEM = "aes256-sha256-modp2048-ke1_mlkem768"


def kem(proposals, there=None, **both):
    def act(bench):
        bench.charon({"proposals": there or proposals}, chroot=SID)
        # swanctl reads no proposals: the newer charon does.
        bench.connect(bench.charon({"proposals": proposals}, initiator=True, chroot=SID))

    return act


@case("addke-without-intermediate", ("responder", r"(?i)IKE_INTERMEDIATE|no proposal|unacceptable|INTERMEDIATE"), [Truth("a", FAULT, ["IntermediateNotOffered"]), Truth("b", FAULT, ["IntermediateNotOffered"])], "ML-KEM-768 as an additional key exchange, and IKE_INTERMEDIATE is not announced.", needs_sid=True)
def _(bench):
    bench.charon({"proposals": MLKEM}, chroot=SID)
    bench.sender("addke", US, THEM)


case("addke-refused", ("responder", r"received proposals unacceptable"), [Truth("a", FAULT, ["NoProposalChosen"], ["IntermediateNotOffered"])], "ML-KEM-768 against ML-KEM-1024, with IKE_INTERMEDIATE announced: it is the proposals.", needs_sid=True)(
    kem(MLKEM, "aes256-sha256-modp2048-ke1_mlkem1024"))
case("addke-good", ("initiator", r"IKE_SA peer\[1\] established"), [Truth("a", HEALTHY, [], ["IntermediateNotOffered", "InitTooLarge"]), Truth("b", HEALTHY, [], ["IntermediateNotOffered", "InitTooLarge"])], "ML-KEM-768 in IKE_INTERMEDIATE.", needs_sid=True)(kem(MLKEM))
case("init-mlkem1024", GIVES_UP, [Truth("a", FAULT, ["InitTooLarge"], ["FragmentationNotOffered"])], "ML-KEM-1024 as the key exchange of IKE_SA_INIT, whose IP fragments are dropped.", path=["--fragments", "drop"], needs_sid=True)(kem("aes256-sha256-mlkem1024"))
case("init-mlkem1024-good", ("initiator", r"IKE_SA peer\[1\] established"), [Truth("a", HEALTHY, [], ["InitTooLarge"])], "The same on a path that takes IP fragments.", needs_sid=True)(kem("aes256-sha256-mlkem1024"))


@case("restarted-openiked", ("responder", r"recv INFORMATIONAL req 2"), [Truth("a", FAULT, ["RequestUnanswered|SpiUnknown"])], "The same with OpenIKED as the responder.")
def _(bench):
    bench.openiked()
    bench.connect(bench.charon({"dpd_delay": "3s", "proposals": "aes256-sha256-modp2048", **child(esp_proposals="aes256-sha1")}, initiator=True))
    bench.kill("responder")
    bench.openiked()
    time.sleep(17)


@case("fell-back-to-sstp", GIVES_UP, [Truth("a", FAULT, ["FellBackToSstp", "IpFragmentLost"])], "IP fragments of IKE_AUTH are dropped; the client opens TLS to TCP 443 of the same server, as SSTP does (OpenSSL on both sides).", path=["--fragments", "a2b:drop"])
def _(bench):
    with_certificates()(bench)
    bench.tls()


V6 = ["--a-addr", "2001:db8:2::1/64", "--b-addr", "2001:db8:2::2/64"]
OVER_V6 = {"local_addrs": "2001:db8:2::1", "remote_addrs": "2001:db8:2::2"}
THERE_V6 = {"local_addrs": "2001:db8:2::2"}
case("child-selectors-v6", ("responder", r"traffic selectors .* unacceptable"), REFUSED, "TS_UNACCEPTABLE over IPv6; identities are addresses.", path=V6)(
    simple({**OVER_V6, "proposals": GCM, "local": {"id": "2001:db8:2::1"}, "remote": {"id": "2001:db8:2::2"}, **child(local_ts="10.99.2.0/24")}, {**THERE_V6, "proposals": GCM, "local": {"id": "2001:db8:2::2"}}))
case("path-mtu-told-v6", GIVES_UP, [Truth("a", FAULT, ["PathMtuTold"], ["PortBlocked"], also={"says": [r"\b1280\b"]})], "ICMPv6 `packet too big` (MTU 1280), and IP fragments are dropped.", path=[*V6, "--mtu", "a2b:1280", "--oversize", "icmp", "--fragments", "a2b:drop"])(
    with_certificates(fragmentation="yes", fragment_size=1400, over=OVER_V6, there=THERE_V6))
case("legacy-signature-ecdsa", ("responder", r"IKE signature scheme .* not acceptable"), [Truth("a", FAULT, ["LegacySignatureRefused|AuthenticationFailed"]), Truth("a", FAULT, ["LegacySignatureRefused"], keys=True)],
     "The initiator announces no signature hashes and signs by ECDSA P-256 (method 9); the responder wants SHA-384.")(legacy("p256", "ike:ecdsa-sha384"))

# The plain refusals of libreswan and OpenIKED, in both roles: what their logs say of them.

LSW = {"proposals": "aes256-sha256-modp2048", **child(esp_proposals="aes256-sha256")}
# What the scripts of both offer by themselves.
OURS = {"proposals": "aes256-sha256-modp2048", **child(esp_proposals="aes256-sha1")}
OTHER_PSK = {"ike-any": {"secret": "0x00"}}
NPC = [Truth("a", FAULT, ["NoProposalChosen"], ["PortBlocked"])]
PROOF = [Truth("a", FAULT, ["AuthenticationFailed"], ["ChildSaRefused"]), Truth("a", FAULT, ["AuthenticationFailed"], ["ChildSaRefused"], keys=True)]
CHILD = [Truth("a", FAULT, ["ChildSaRefused"], ["AuthenticationFailed"]), Truth("a", FAULT, ["ChildSaRefused"], ["AuthenticationFailed"], keys=True)]
NARROWED = [Truth("a", OPEN, ["ChildSaRefused|ChildDeletedAtOnce"], ["AuthenticationFailed"]), Truth("a", OPEN, ["ChildSaRefused|ChildDeletedAtOnce"], ["AuthenticationFailed"], keys=True)]
UP = [Truth("a", f"{HEALTHY}|undetermined", [], ["NoProposalChosen", "InvalidKeLoop"])]


def against(daemon, over, secrets=None):
    """charon asks libreswan or OpenIKED."""

    def act(bench):
        (bench.libreswan if daemon == "libreswan" else bench.openiked)()
        bench.connect(bench.charon(merged(OURS, over), initiator=True, secrets=secrets))

    return act


def asked_by(daemon, there, secrets=None, wait=0, timeout="8"):
    """libreswan or OpenIKED asks charon."""

    def act(bench):
        if daemon == "libreswan":
            bench.charon(merged(LSW, there), secrets=secrets)
            bench.libreswan("--ike", "aes256-sha2_256;dh14", "--esp", "aes256-sha2_256", folder="initiator", initiator=True)
        else:
            ends = child(local_ts="10.77.2.0/24", remote_ts="10.77.1.0/24")
            bench.charon(merged(merged(OURS, ends), there), secrets=secrets)
            bench.openiked("--ike", "ikesa enc aes-256 auth hmac-sha2-256 prf hmac-sha2-256 group modp2048", "--esp", "childsa enc aes-256 auth hmac-sha1", initiator=True)
        bench.daemon(f"{daemon}.sh", "initiator", "initiate", timeout)
        # OpenIKED's command does not wait for what comes of it.
        time.sleep(max(wait, 4 if daemon == "openiked" else 0))

    return act


for _daemon, _refused, _shared, _networks in (
    ("libreswan", r"NO_PROPOSAL_CHOSEN", r"AUTHENTICATION_FAILED", r"compatible Traffic Selectors|TS_UNACCEPTABLE"),
    ("openiked", r"NO_PROPOSAL_CHOSEN|no proposal chosen|ikev2_add_error", r"AUTHENTICATION_FAILED|authentication failed|verify", r"TS_UNACCEPTABLE|no proposal|ikev2_add_error|send IKE_AUTH res"),
):
    case(f"{_daemon}-refuses-proposal", ("responder", _refused), NPC, "The proposals of the IKE SA differ.")(against(_daemon, {"proposals": "aes128-sha1-modp1536"}))
    case(f"{_daemon}-refuses-psk", ("responder", _shared), PROOF, "The pre-shared keys differ.")(against(_daemon, {}, OTHER_PSK))
    case(f"{_daemon}-refuses-networks", ("responder", _networks), [dataclasses.replace(CHILD[0], state=OPEN, must=[]), CHILD[1]] if _daemon == "libreswan" else NARROWED, "The networks differ; OpenIKED answers with those of its own, which the initiator does not take." if _daemon == "openiked" else "The networks differ.")(against(_daemon, child(local_ts="10.99.2.0/24", remote_ts="10.99.1.0/24")))
    case(f"{_daemon}-wants-group", ("responder", r"INVALID_KE|MODP2048|MODP_2048"), UP, "The first group is not the one that is wanted, and the initiator obeys.")(against(_daemon, {"proposals": "aes256-sha256-modp3072-modp2048"}))
    case(f"{_daemon}-is-refused-proposal", ("responder", r"received proposals unacceptable|no proposal|NO_PROP"), NPC, "It asks, and the proposals of the IKE SA differ.")(asked_by(_daemon, {"proposals": "aes128-sha1-modp1536"}))
    case(f"{_daemon}-is-refused-psk", ("responder", r"MAC mismatched|AUTH_FAILED"), [PROOF[0], dataclasses.replace(PROOF[1])], "It asks, and the pre-shared keys differ.", keys="responder")(asked_by(_daemon, {}, OTHER_PSK))
    case(f"{_daemon}-is-refused-networks", ("responder", r"traffic selectors .* unacceptable"), CHILD, "It asks, and the networks differ.", keys="responder")(asked_by(_daemon, child(local_ts="10.88.1.0/24", remote_ts="10.88.2.0/24")))
    case(f"{_daemon}-hears-nothing", ("initiator", r"retransmi"), [Truth("a", FAULT, ["PortBlocked|RequestUnanswered"])], "It asks, and UDP 500 vanishes on the way.", path=["--block-udp", "500"], pcapng=True)(asked_by(_daemon, {}, wait=18, timeout="10"))
    case(f"{_daemon}-comes-up", ("responder", r"IKE_SA peer\[1\] established"), [Truth("a", f"{HEALTHY}|undetermined", [], ["ChildSaRefused", "AuthenticationFailed"])], "It asks, and comes up.")(asked_by(_daemon, {}, wait=2))
