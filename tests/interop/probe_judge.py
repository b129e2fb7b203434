"""What `ike probe --json` says, held to its contract and to what is known of the path and of the gateway."""

import dataclasses
import json
import re

QUESTIONS = (
    "udp500", "udp4500", "tcp4500", "tcp443", "fragments_to", "fragments_from", "mtu", "fragmentation", "capabilities", "product", "nat", "same_server",
    "offer", "policy", "loss", "post_quantum", "login_path",
)
# Asked only where it was wished.
ON_REQUEST = ("tcp4500", "tcp443", "offer", "policy", "login_path")
STATES = {"fit": 0, "unfit": 1, "undetermined": 3}
# Names of what a server announces, as `ike probe` has them (RFC 7296 and later registrations of IANA).
NOTIFIES = {
    "CHILDLESS_IKEV2_SUPPORTED": 16418, "INTERMEDIATE_EXCHANGE_SUPPORTED": 16438, "IKE_SA_INIT_FULL_TRANSCRIPT_AUTH": 16447, "USE_PPK": 16435,
    "USE_PPK_INT": 16445, "SIGNATURE_HASH_ALGORITHMS": 16431, "SUPPORTED_AUTH_METHODS": 16443, "REDIRECT": 16407, "IKEV2_FRAGMENTATION_SUPPORTED": 16430,
}
FRAGMENTATION_SUPPORTED = 16430


@dataclasses.dataclass
class Truth:
    """What is so. Of several values any will do: `fit|undetermined`."""

    state: str = "fit"
    # Codes that have to be there, and those that may be.
    codes: tuple = ()
    may: tuple = ()
    windows_errors: tuple = (None,)
    # What is true of each question: `yes`, `no`, or both where nothing is known. `unknown` is never wrong, but for those that are due.
    answers: dict = dataclasses.field(default_factory=dict)
    due: tuple = ()
    mtu: int | None = None
    # A regular expression; the sides of a NAT.
    product: str = ""
    sides: tuple = ()
    # Where an address has answers of its own.
    others: dict = dataclasses.field(default_factory=dict)


def parse(text):
    """(answers, verdict, problems) of the lines."""
    answers, verdicts, problems = [], [], []
    for number, line in enumerate(text.splitlines(), 1):
        try:
            row = json.loads(line)
        except ValueError:
            problems.append(f"line {number} is no JSON: {line[:80]!r}")
            continue
        if verdicts:
            problems.append(f"line {number} comes after the verdict")
        kind = row.get("kind") if isinstance(row, dict) else None
        if kind in ("answer", "verdict"):
            (answers if kind == "answer" else verdicts).append(row)
        else:
            problems.append(f"line {number} is of the kind {kind!r}")
    return answers, verdicts[0] if len(verdicts) == 1 else None, problems + ([] if len(verdicts) == 1 else [f"{len(verdicts)} verdicts"])


def shape(answers, verdict, status):
    """What the contract says of the fields."""
    problems, seen = [], set()
    for row in answers:
        name, key = row.get("question"), (row.get("question"), row.get("address"))
        if name not in QUESTIONS or key in seen:
            problems.append(f"{name!r} is no question, or is answered twice for {row.get('address')}")
        seen.add(key)
        if row.get("result") not in ("yes", "no", "unknown") or row.get("confidence") not in ("high", "medium", "low"):
            problems.append(f"{name}: result {row.get('result')!r}, confidence {row.get('confidence')!r}")
        if not isinstance(row.get("datagrams"), int) or not isinstance(row.get("text"), str) or not row.get("text"):
            problems.append(f"{name}: datagrams {row.get('datagrams')!r}, text {row.get('text')!r}")
        if "value" not in row:
            problems.append(f"{name}: there is no value")
    sent = verdict.get("sent") or {}
    if verdict.get("state") not in STATES or not verdict.get("text") or not isinstance(verdict.get("codes"), list) or set(sent) < {"datagrams", "octets"}:
        problems.append(f"the verdict is {verdict}")
    elif status != STATES[verdict["state"]]:
        problems.append(f"exit status {status} with the state {verdict['state']}")
    return problems


def verdict_problems(verdict, truth):
    problems, codes = [], set(verdict["codes"])
    if verdict["state"] not in truth.state.split("|"):
        problems.append(f"the state is {verdict['state']}, and not {truth.state}: {verdict['text']}")
    problems += [f"the codes are {sorted(codes)}, without {code}" for code in truth.codes if not codes & set(code.split("|"))]
    allowed = {word for code in (*truth.codes, *truth.may) for word in code.split("|")}
    if codes - allowed:
        problems.append(f"the codes {sorted(codes - allowed)} are wrong")
    if verdict.get("windows_error", "missing") not in truth.windows_errors:
        problems.append(f"windows_error is {verdict.get('windows_error', 'missing')}, and not {' or '.join(map(str, truth.windows_errors))}")
    return problems


def answer_problems(rows, truth, address):
    """What is wrong at one address, by {question: row}."""
    name = lambda question: f"{question} at {address}"
    problems = [f"{name(question)}: no answer" for question in QUESTIONS if question not in rows and question not in ON_REQUEST]
    for question, row in rows.items():
        true = truth.answers.get(question)
        if true and row["result"] != "unknown" and row["result"] not in true.split("|"):
            problems.append(f"{name(question)}: {row['result']} with {row['confidence']} confidence, and it is {true}: {row['text']}")
    problems += [f"{name(question)}: unknown" for question in truth.due if rows.get(question, {}).get("result", "unknown") == "unknown"]
    known = {question: row.get("value") for question, row in rows.items() if row["result"] == "yes"}
    if "mtu" in known and known["mtu"] != truth.mtu:
        problems.append(f"{name('mtu')}: {known['mtu']}, and it is {truth.mtu}: {rows['mtu']['text']}")
    if truth.product and "product" in known and not re.search(truth.product, str(known["product"]), re.IGNORECASE):
        problems.append(f"{name('product')}: {known['product']}, and it is {truth.product}")
    if "nat" in known and sorted(known["nat"] or []) != sorted(truth.sides):
        problems.append(f"{name('nat')}: {known['nat']}, and it is {list(truth.sides)}")
    return problems


def wire_problems(rows, announced, address):
    """The announcements, against the notifies of the answers on the path."""
    wrong, row = [], rows.get("capabilities") or {}
    for name in row.get("value") or []:
        number = NOTIFIES.get(name.split(" ")[0])
        if number is None or number not in announced:
            wrong.append(f"capabilities at {address}: {name} was not announced")
    if row.get("result") == "no" and announced & {NOTIFIES[name] for name in NOTIFIES if name != "IKEV2_FRAGMENTATION_SUPPORTED"}:
        wrong.append(f"capabilities at {address}: none, and {sorted(announced)} were announced")
    said = (rows.get("fragmentation") or {}).get("result")
    if said in ("yes", "no") and (said == "yes") != (FRAGMENTATION_SUPPORTED in announced):
        wrong.append(f"fragmentation at {address}: {said}, and the answer on the path says otherwise")
    return wrong


def sent_problems(verdict, sent):
    """The report of what was sent, against what the path saw."""
    said, counted = verdict["sent"], {"datagrams": len(sent), "octets": sum(len(each.data) for each in sent)}
    return [f"sent says {said[key]} {key}, and the path saw {counted[key]}" for key in counted if said[key] != counted[key]]


def judge(text, status, truth, addresses, sent, announced):
    """(problems, questions that were answered by unknown) of a run; `sent` are datagrams on the path, `announced` notifies by address."""
    answers, verdict, problems = parse(text)
    if verdict is None:
        return [f"exit status {status}", *problems], []
    problems += shape(answers, verdict, status)
    if problems:
        return problems, []
    problems += verdict_problems(verdict, truth) + sent_problems(verdict, sent)
    strangers = {row["address"] for row in answers} - set(addresses)
    problems += [f"there are answers about {address}" for address in sorted(strangers)]
    for address in addresses:
        rows = {row["question"]: row for row in answers if row["address"] == address}
        problems += answer_problems(rows, truth.others.get(address, truth), address)
        problems += wire_problems(rows, announced.get(address, set()), address)
    return problems, [row["question"] for row in answers if row["result"] == "unknown"]
