//! Logs: of the failures that daemons made, beside the captures of the same failures; and of products that are not run here, by texts after
//! their documentation.

use crate::kit::{Report, read, root, rows, texts};
use ikev2_tools::evidence::diagnosis::DiagnoseOptions;
use ikev2_tools::evidence::logs::{Log, diagnose_logs, recognise};
use ikev2_tools::report;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::PathBuf;

fn folder() -> PathBuf {
    root().join("tests/logs-causes")
}

fn log(name: &str, octets: Vec<u8>) -> Log {
    Log { name: name.into(), source: Box::new(Cursor::new(octets)) }
}

/// What is said of logs.
fn said(logs: Vec<Log>) -> Report {
    let diagnosis = diagnose_logs(logs, DiagnoseOptions::default()).unwrap();
    Report::parse(&report::diagnose::json(&diagnosis)).unwrap()
}

fn of(text: &str) -> Report {
    assert!(recognise(text.as_bytes()).is_some(), "{text}");
    said(vec![log("log", text.as_bytes().to_vec())])
}

fn codes(verdict: &Value) -> Vec<String> {
    let mut codes = texts(&verdict["codes"]);
    codes.sort();
    codes
}

/// The capture with which the log of an end agrees: one with keys, because a log tells what is inside; else one of the same end.
fn capture_of<'t>(truths: &'t BTreeMap<String, Value>, name: &str, end: &str) -> &'t Value {
    let far = if end == "a" { "b" } else { "a" };
    let titles = [
        format!("{name}-{end}-keys"),
        format!("{name}-{far}-keys"),
        format!("{name}-{end}"),
        format!("{name}-{end}-watched"),
        format!("{name}-ab"),
    ];
    let other = || truths.get(&format!("{name}-{far}"));
    titles.iter().find_map(|title| truths.get(title)).or_else(other).unwrap_or_else(|| panic!("{name}: no capture"))
}

#[test]
fn a_log_says_what_the_captures_of_the_same_failure_say() {
    let truths: BTreeMap<String, Value> =
        rows(&crate::kit::recorded().join("truth.jsonl")).into_iter().map(|row| (row["name"].as_str().unwrap().to_owned(), row)).collect();
    let exceptions: BTreeMap<String, Value> =
        rows(&folder().join("exceptions.jsonl")).into_iter().map(|row| (row["log"].as_str().unwrap().to_owned(), row)).collect();
    let (mut wrong, mut seen, mut kinds) = (Vec::new(), 0, BTreeMap::<String, usize>::new());
    for entry in std::fs::read_dir(folder()).unwrap() {
        let file = entry.unwrap().path();
        let Some(title) = file.file_name().unwrap().to_str().unwrap().strip_suffix(".log").map(str::to_owned) else { continue };
        let (name, end) = title.rsplit_once('-').unwrap();
        let octets = read(&file);
        *kinds.entry(recognise(&octets).unwrap_or("none").to_owned()).or_default() += 1;
        let of_log = said(vec![log(&title, octets)]);
        let (state, due) = match exceptions.get(&title) {
            Some(row) => {
                assert!(row["why"].as_str().unwrap().contains(' '));
                (row["state"].as_str().unwrap().to_owned(), codes(row))
            }
            None => {
                let truth = capture_of(&truths, name, end);
                let outcome = crate::kit::program(&crate::kit::recorded(), &texts(&truth["files"]), &texts(&truth["args"]));
                let of_capture = Report::parse(&outcome.out).unwrap();
                (of_capture.verdict["state"].as_str().unwrap().to_owned(), codes(&of_capture.verdict))
            }
        };
        seen += 1;
        if of_log.verdict["state"] != state || codes(&of_log.verdict) != due {
            wrong.push(format!("{title}: the log says {} {:?}, and not {state} {due:?}", of_log.verdict["state"], codes(&of_log.verdict)));
        }
        // The evidence is lines of the log.
        for finding in of_log.findings.iter().filter(|finding| finding["severity"] == "error") {
            assert!(finding["packets"] == serde_json::json!([]) && !finding["lines"].as_array().unwrap().is_empty(), "{title}: {finding}");
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen >= 100, "{seen} logs");
    assert!(kinds["libreswan (pluto)"] >= 15 && kinds["OpenIKED (iked)"] >= 12 && kinds["strongSwan (charon)"] >= 60, "{kinds:?}");
}

const RASCLIENT: &str = "\
Log Name:      Application
Source:        RasClient
Date:          3/1/2026 10:00:05 AM
Event ID:      20227
Level:         Error
Computer:      laptop7.corp.example
Description:
CoId={7A63B7F5-1111-4222-8333-0123456789AB}: The user CORP\\carol has dialed a connection named Office which has failed. The error code returned on failure is 809.
";

#[test]
fn an_event_of_windows_tells_its_error_and_what_it_may_mean() {
    let silent = of(RASCLIENT);
    assert_eq!((&silent.verdict["state"], &silent.verdict["windows_error"]), (&"undetermined".into(), &809.into()));
    let told = &silent.findings[0];
    assert_eq!(
        (&told["code"], &told["severity"], &told["details"]["event"]),
        (&"WindowsErrorTold".into(), &"warning".into(), &20227.into())
    );
    assert!(texts(&told["details"]["causes"]).contains(&"PortBlocked".to_owned()), "{told}");
    for (error, code) in
        [(13868, "NoProposalChosen"), (13801, "AuthenticationFailed"), (13806, "StoppedAfterInit"), (812, "EapFailed"), (691, "EapFailed")]
    {
        let report = of(&RASCLIENT.replace("809", &error.to_string()));
        assert_eq!((&report.verdict["state"], &report.verdict["windows_error"]), (&"fault".into(), &error.into()), "{error}");
        assert_eq!(codes(&report.verdict), [code], "{error}");
    }
    assert_eq!(of(RASCLIENT).verdict["log"]["kind"], "Windows (RasClient, RemoteAccess)");
}

#[test]
fn events_come_in_every_form() {
    let sentence = RASCLIENT.lines().last().unwrap();
    let forms = [
        sentence.to_owned(),
        format!(
            "Event[0]\n  Log Name: Application\n  Source: RasClient\n  Date: 2026-03-01T10:00:05.1230000Z\n  Event ID: 20227\n  Description:\n{sentence}\n"
        ),
        format!("TimeCreated  : 3/1/2026 10:00:05 AM\nProviderName : RasClient\nId           : 20227\nMessage      : {sentence}\n"),
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='RasClient'/><EventID \
         Qualifiers='0'>20227</EventID><TimeCreated SystemTime='2026-03-01T10:00:05.1230000Z'/></System><EventData><Data>{7A63}</Data>\
         <Data>CORP\\carol</Data><Data>Office</Data><Data>809</Data></EventData></Event>"
            .to_owned(),
        "Error 809: The network connection between your computer and the VPN server could not be established.".to_owned(),
    ];
    for form in &forms {
        let report = of(form);
        assert_eq!((&report.verdict["state"], &report.verdict["windows_error"]), (&"undetermined".into(), &809.into()), "{form}");
    }
    // In UTF-16, as PowerShell writes files.
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(RASCLIENT.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(said(vec![log("wide", wide)]).verdict["windows_error"], 809);
    assert_eq!(of(&forms[3]).findings[0]["epoch"], 1_772_359_205.123);
}

#[test]
fn a_server_and_a_client_that_came_up_after_all() {
    let refused = "Source:        RemoteAccess\nEvent ID:      20271\nDescription:\nCoId={NA}: The user CORP\\carol connected from 192.0.2.7 but failed an \
                   authentication attempt due to the following reason: The remote connection was denied because the user name and password \
                   combination you provided is not recognized, or the selected authentication protocol is not permitted on the remote access server.\n";
    assert_eq!(codes(&of(refused).verdict), ["EapFailed"]);
    let ppp = "Source: RemoteAccess\nEvent ID: 20255\nCoId={NA}: The following error occurred in the Point to Point Protocol module on port: VPN2-127, \
               UserName: carol. The connection was prevented because of a policy configured on your RAS/VPN server.\n";
    assert_eq!((codes(&of(ppp).verdict), &of(ppp).verdict["windows_error"]), (vec!["EapFailed".to_owned()], &812.into()));
    let later = RASCLIENT.replace("10:00:05", "10:01:05").replace("20227", "20225").replace(
        "which has failed. The error code returned on failure is 809.",
        "to the Remote Access Server which has successfully connected. The connection parameters are: TunnelIpAddress = 10.0.0.7",
    );
    let report = of(&format!("{RASCLIENT}{later}"));
    assert!(
        codes(&report.verdict).is_empty() && report.findings.iter().all(|finding| finding["severity"] == "info"),
        "{:?}",
        report.findings
    );
}

/// Texts of those kinds of which no log is kept.
pub(crate) const EXAMPLES: [&str; 4] = [
    RASCLIENT,
    UP,
    "ike 0: comes 192.0.2.1:500->198.51.100.1:500,ifindex=3\nike 0: IKEv2 exchange=SA_INIT id=1a2b3c4d5e6f7a8b/0000000000000000 len=28\n\
     ike 0: in 1a2b3c4d5e6f7a8b00000000000000002120220800000000000000 1c\nike 0:office:12: incoming proposal:\nike 0:office:12: proposal id = 1:\n\
     ike 0:office:12:   type=ENCR, val=AES_CBC (key_len = 256)\nike 0:office:12: no proposal chosen\n\
     ike 0:office:12: sent IKE msg (AUTH_RESPONSE): 198.51.100.1:500->192.0.2.1:500, len=80, id=1a2b3c4d5e6f7a8b/4e5f6a7b8c9d0e1f:00000001\n\
     ike 0:office:12: negotiation timeout, deleting\n",
    "IKEv2:(SESSION ID = 16,SA ID = 1):Sending Packet [To 192.0.2.2:500/From 192.0.2.1:500/VRF i0:f0]\n\
     Initiator SPI : 9E1F2A7D8B3C4D5E - Responder SPI : 0000000000000000 Message id: 0\nIKEv2 IKE_SA_INIT Exchange REQUEST\n\
     Payload contents:\n SA KE N NOTIFY(COOKIE)\nIKEv2:(SESSION ID = 16,SA ID = 1):Maximum number of retransmissions reached\n",
];

/// A FortiGate answers; lines that differ follow.
fn fortigate(lines: &str) -> Report {
    let begin = "\
FGT # diagnose debug application ike -1
2026-03-01 10:00:00.101001 ike 0: comes 192.0.2.1:500->198.51.100.1:500,ifindex=3,vrf=0....
2026-03-01 10:00:00.101050 ike 0: IKEv2 exchange=SA_INIT id=1a2b3c4d5e6f7a8b/0000000000000000 len=464
2026-03-01 10:00:00.101100 ike 0:1a2b3c4d5e6f7a8b/0000000000000000:12: responder received SA_INIT msg
2026-03-01 10:00:00.101120 ike 0:1a2b3c4d5e6f7a8b/0000000000000000:12: incoming proposal:
2026-03-01 10:00:00.101121 ike 0:1a2b3c4d5e6f7a8b/0000000000000000:12: proposal id = 1:
2026-03-01 10:00:00.101122 ike 0:1a2b3c4d5e6f7a8b/0000000000000000:12:   protocol = IKEv2:
2026-03-01 10:00:00.101124 ike 0:1a2b3c4d5e6f7a8b/0000000000000000:12:         type=ENCR, val=AES_CBC (key_len = 256)
2026-03-01 10:00:00.101125 ike 0:1a2b3c4d5e6f7a8b/0000000000000000:12:         type=INTEGR, val=AUTH_HMAC_SHA2_256_128
2026-03-01 10:00:00.101126 ike 0:1a2b3c4d5e6f7a8b/0000000000000000:12:         type=PRF, val=PRF_HMAC_SHA2_256
2026-03-01 10:00:00.101127 ike 0:1a2b3c4d5e6f7a8b/0000000000000000:12:         type=DH_GROUP, val=MODP1024.
";
    of(&format!("{begin}{lines}"))
}

#[test]
fn a_fortigate_says_why_it_refuses() {
    let refused = fortigate(
        "2026-03-01 10:00:00.101140 ike 0:1a2b3c4d5e6f7a8b/0000000000000000:12: no proposal chosen\n2026-03-01 10:00:00.101150 ike Negotiate SA Error: ike ike  [10239]\n",
    );
    assert_eq!(codes(&refused.verdict), ["NoProposalChosen"]);
    let offer = refused.findings.iter().find(|finding| finding["code"] == "NoProposalChosen").unwrap();
    assert!(offer["details"]["offer"].to_string().contains("MODP_1024"), "{offer}");
    let answered = "\
2026-03-01 10:00:00.102000 ike 0:office:12: sent IKE msg (SA_INIT_RESPONSE): 198.51.100.1:500->192.0.2.1:500, len=464, vrf=0, id=1a2b3c4d5e6f7a8b/4e5f6a7b8c9d0e1f
2026-03-01 10:00:00.201001 ike 0: comes 192.0.2.1:4500->198.51.100.1:4500,ifindex=3,vrf=0....
2026-03-01 10:00:00.201050 ike 0: IKEv2 exchange=AUTH id=1a2b3c4d5e6f7a8b/4e5f6a7b8c9d0e1f:00000001 len=256
2026-03-01 10:00:00.201100 ike 0:office:12: responder received AUTH msg
";
    let sent = "2026-03-01 10:00:00.203000 ike 0:office:12: sent IKE msg (AUTH_RESPONSE): 198.51.100.1:4500->192.0.2.1:4500, len=80, vrf=0, id=1a2b3c4d5e6f7a8b/4e5f6a7b8c9d0e1f:00000001\n";
    for (why, code) in [
        ("PSK auth failed: probable pre-shared key mismatch", "AuthenticationFailed"),
        ("failed to match peer selectors", "ChildSaRefused"),
        ("auth verify done\n2026-03-01 10:00:00.202001 ike 0:office:12:office:33: added IPsec SA: SPIs=0c1d2e3f/4a5b6c7d", ""),
    ] {
        let report = fortigate(&format!("{answered}2026-03-01 10:00:00.202000 ike 0:office:12: {why}\n{sent}"));
        assert_eq!(codes(&report.verdict), if code.is_empty() { vec![] } else { vec![code.to_owned()] }, "{why}");
        assert_eq!(report.verdict["state"], if code.is_empty() { "healthy" } else { "fault" }, "{why}");
    }
}

#[test]
fn a_fortigate_that_asks_gives_up() {
    let report = of("\
ike 0:office:22: sent IKE msg (SA_INIT): 198.51.100.1:500->192.0.2.1:500, len=464, vrf=0, id=ab2b3c4d5e6f7a8b/0000000000000000
ike 0:office:22: sent IKE msg (RETRANSMIT_SA_INIT): 198.51.100.1:500->192.0.2.1:500, len=464, vrf=0, id=ab2b3c4d5e6f7a8b/0000000000000000
ike 0:office:22: negotiation timeout, deleting
");
    assert_eq!(codes(&report.verdict), ["PortBlocked", "RequestUnanswered"]);
    assert!(texts(&report.verdict["warnings"]).iter().any(|warning| warning.contains("no times")), "{}", report.verdict);
}

/// An IOS router asks; the payloads of the last answer.
fn ios(answer: &str) -> Report {
    of(&format!(
        "\
*Nov  8 18:52:34.811: IKEv2:(SESSION ID = 16,SA ID = 1):Sending Packet [To 192.0.2.2:500/From 192.0.2.1:500/VRF i0:f0] 
Initiator SPI : 9E1F2A7D8B3C4D5E - Responder SPI : 0000000000000000 Message id: 0
IKEv2 IKE_SA_INIT Exchange REQUEST 
Payload contents: 
 SA KE N VID VID NOTIFY(NAT_DETECTION_SOURCE_IP) NOTIFY(NAT_DETECTION_DESTINATION_IP) 

*Nov  8 18:52:34.900: IKEv2:(SESSION ID = 16,SA ID = 1):Received Packet [From 192.0.2.2:500/To 192.0.2.1:500/VRF i0:f0] 
Initiator SPI : 9E1F2A7D8B3C4D5E - Responder SPI : 1122334455667788 Message id: 0
IKEv2 IKE_SA_INIT Exchange RESPONSE 
Payload contents: 
 SA KE N VID VID NOTIFY(NAT_DETECTION_SOURCE_IP) NOTIFY(NAT_DETECTION_DESTINATION_IP) 

*Nov  8 18:52:34.930: IKEv2:(SESSION ID = 16,SA ID = 1):Building packet for encryption.  
Payload contents: 
 VID IDi AUTH SA TSi TSr NOTIFY(INITIAL_CONTACT) NOTIFY(SET_WINDOW_SIZE) 

*Nov  8 18:52:34.931: IKEv2:(SESSION ID = 16,SA ID = 1):Sending Packet [To 192.0.2.2:500/From 192.0.2.1:500/VRF i0:f0] 
Initiator SPI : 9E1F2A7D8B3C4D5E - Responder SPI : 1122334455667788 Message id: 1
IKEv2 IKE_AUTH Exchange REQUEST 
Payload contents: 
 ENCR 

*Nov  8 18:52:34.990: IKEv2:(SESSION ID = 16,SA ID = 1):Received Packet [From 192.0.2.2:500/To 192.0.2.1:500/VRF i0:f0] 
Initiator SPI : 9E1F2A7D8B3C4D5E - Responder SPI : 1122334455667788 Message id: 1
IKEv2 IKE_AUTH Exchange RESPONSE 
Payload contents: 
 {answer} 
"
    ))
}

#[test]
fn a_debug_of_ios_names_the_payloads() {
    assert_eq!(codes(&ios("NOTIFY(AUTHENTICATION_FAILED)").verdict), ["AuthenticationFailed"]);
    assert_eq!(codes(&ios("VID IDr AUTH NOTIFY(TS_UNACCEPTABLE)").verdict), ["ChildSaRefused"]);
    let up = ios("VID IDr AUTH SA TSi TSr NOTIFY(SET_WINDOW_SIZE)");
    assert_eq!((codes(&up.verdict), &up.verdict["state"]), (vec![], &"healthy".into()));
    let sa = up.findings[0]["sa"].as_str().unwrap();
    assert_eq!(sa, "9e1f2a7d8b3c4d5e:1122334455667788");
}

const UP: &str = "\
initiating IKE_SA peer[1] to 192.0.2.2
generating IKE_SA_INIT request 0 [ SA KE No N(NATD_S_IP) N(NATD_D_IP) N(FRAG_SUP) N(HASH_ALG) N(REDIR_SUP) ]
sending packet: from 192.0.2.1[500] to 192.0.2.2[500] (464 bytes)
received packet: from 192.0.2.2[500] to 192.0.2.1[500] (36 bytes)
parsed IKE_SA_INIT response 0 [ N(NO_PROP) ]
received NO_PROPOSAL_CHOSEN notify error
";

#[test]
fn what_a_command_prints_is_a_log() {
    assert_eq!(codes(&of(UP).verdict), ["NoProposalChosen"]);
    let journal: String = UP.lines().map(|line| format!("Mar 01 10:00:00 gw charon-systemd[812]: {line}\n")).collect();
    assert_eq!(codes(&of(&journal).verdict), ["NoProposalChosen"]);
    let libreswan = "\
Mar 01 10:00:00 gw pluto[6394]: \"office\" #5: sent IKE_SA_INIT request to 192.0.2.2:UDP/500
Mar 01 10:00:00 gw pluto[6394]: \"office\" #5: STATE_V2_PARENT_I1: received unauthenticated v2N_NO_PROPOSAL_CHOSEN - ignored
Mar 01 10:00:01 gw pluto[6394]: \"office\" #5: STATE_V2_PARENT_I1: retransmission; will wait 0.5 seconds for response
";
    assert_eq!(codes(&of(libreswan).verdict), ["NoProposalChosen"]);
}

#[test]
fn a_windows_client_is_known_by_its_vendor_id() {
    let server = "\
Mar 01 10:00:00 gw charon[812]: 07[NET] received packet: from 203.0.113.9[500] to 198.51.100.1[500] (632 bytes)
Mar 01 10:00:00 gw charon[812]: 07[ENC] parsed IKE_SA_INIT request 0 [ SA KE No N(FRAG_SUP) N(NATD_S_IP) N(NATD_D_IP) V V V V ]
Mar 01 10:00:00 gw charon[812]: 07[IKE] received MS NT5 ISAKMPOAKLEY v9 vendor ID
Mar 01 10:00:00 gw charon[812]: 07[CFG] received proposals: IKE:AES_CBC_256/HMAC_SHA2_384_192/PRF_HMAC_SHA2_384/ECP_384
Mar 01 10:00:00 gw charon[812]: 07[CFG] configured proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048
Mar 01 10:00:00 gw charon[812]: 07[ENC] generating IKE_SA_INIT response 0 [ N(NO_PROP) ]
Mar 01 10:00:00 gw charon[812]: 07[NET] sending packet: from 198.51.100.1[500] to 203.0.113.9[500] (36 bytes)
";
    let of_windows = of(server);
    assert_eq!((codes(&of_windows.verdict), &of_windows.verdict["windows_error"]), (vec!["NoProposalChosen".to_owned()], &13868.into()));
    let other = of(&server.replace("MS NT5 ISAKMPOAKLEY v9", "unknown"));
    assert_eq!(other.verdict["windows_error"], 800);
}

#[test]
fn nothing_is_concluded_from_lines_that_are_missing() {
    // One request and nothing after it: a level may leave out the answer.
    let request: String = UP.lines().take(3).map(|line| format!("10:00:00 05[ENC] {line}\n")).collect();
    let report = of(&format!("{request}10:05:00 05[CFG] selected proposal: IKE:AES_CBC_256\n"));
    assert_eq!((&report.verdict["state"], codes(&report.verdict)), (&"undetermined".into(), vec![]));
    assert!(report.verdict["not_seen"].to_string().contains("what the log does not tell"), "{}", report.verdict);
    // Sizes that are not told are not made up.
    let pluto = "Mar 01 10:00:00: \"office\" #5: sent IKE_SA_INIT request to 192.0.2.2:500\nMar 01 10:00:01: \"office\" #5: STATE_V2_PARENT_I1: retransmission; will wait 1 seconds for response\nMar 01 10:01:00: \"office\" #5: STATE_V2_PARENT_I1: 60 second timeout exceeded after 7 retransmits\n";
    let report = of(pluto);
    let silent = report.findings.iter().find(|finding| finding["code"] == "RequestUnanswered").unwrap();
    assert!(!silent["text"].as_str().unwrap().contains("octets") && silent["details"]["largest_datagram"] == 0, "{silent}");
}

#[test]
fn several_logs_are_told_apart() {
    let report = said(vec![log("a.log", UP.into()), log("b.log", RASCLIENT.into())]);
    assert_eq!((&report.verdict["state"], &report.verdict["windows_error"]), (&"fault".into(), &800.into()));
    let names: Vec<_> = report.verdict["files"].as_array().unwrap().iter().map(|file| file["file"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.log", "b.log"]);
    let of_second = report.findings.iter().find(|finding| finding["code"] == "WindowsErrorTold").unwrap();
    assert_eq!(of_second["files"][0]["file"], "b.log");
}

#[test]
fn what_is_no_log_is_said_to_be_none() {
    let error = diagnose_logs(vec![log("x.txt", b"hello\nworld\n".to_vec())], DiagnoseOptions::default()).unwrap_err();
    assert!(error.to_string().starts_with("x.txt: no line of a log that can be read"), "{error}");
    for other in [&b""[..], b"hello", b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00", &[0; 512]] {
        assert_eq!(recognise(other), None);
    }
}

/// The same lines again and again.
struct Endless {
    text: Vec<u8>,
    at: usize,
    left: usize,
}

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = buffer.len().min(self.left);
        for place in &mut buffer[..n] {
            *place = self.text[self.at];
            self.at = (self.at + 1) % self.text.len();
        }
        self.left -= n;
        Ok(n)
    }
}

#[test]
fn ten_megabytes_are_read_in_one_pass() {
    let text: String = (0..200)
        .map(|n| {
            UP.lines()
                .map(|line| format!("10:00:{:02} {:02}[ENC] {}\n", n % 60, n % 16, line.replace("192.0.2.1", &format!("10.0.{n}.1"))))
                .collect::<String>()
        })
        .collect();
    for (text, octets) in [(text.into_bytes(), 10 << 20), (b"05[ENC] parsed IKE_SA_INIT request 0 [ SA".repeat(3), 10 << 20)] {
        let began = std::time::Instant::now();
        let source = Box::new(Endless { text, at: 0, left: octets });
        let diagnosis = diagnose_logs(vec![Log { name: "long".into(), source }], DiagnoseOptions::default());
        assert!(began.elapsed().as_secs() < 60, "{:?}", began.elapsed());
        drop(diagnosis);
    }
}
