//! An initiator and a responder, each in its thread.

use crate::command::handshake::args::{self, Args};
use crate::command::handshake::carry_out;
use serde_json::Value;
use std::ffi::OsString;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Carries out a command line; gives the exit status.
fn start(words: impl IntoIterator<Item = OsString>, change: impl FnOnce(&mut Args), out: Printed) -> u8 {
    match args::parse(words) {
        Ok(mut args) => {
            change(&mut args);
            carry_out(args, Box::new(out))
        }
        Err(_) => 2,
    }
}

/// What one side printed.
#[derive(Clone, Default)]
struct Printed(Arc<Mutex<Vec<u8>>>);

impl Write for Printed {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(octets)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Printed {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// How one side ended.
pub(crate) struct Side {
    pub(crate) status: u8,
    pub(crate) text: String,
    /// The last line.
    pub(crate) verdict: Value,
}

impl Side {
    fn new(status: u8, text: String) -> Self {
        let last = text.lines().last().unwrap_or_default();
        let verdict = serde_json::from_str(last).unwrap_or(Value::Null);
        Self { status, text, verdict }
    }

    pub(crate) fn is(&self, status: u8, verdict: &str, phase: &str, notify: Option<&str>) {
        let found = (self.status, self.verdict["verdict"].as_str(), self.verdict["phase"].as_str(), self.verdict["notify"].as_str());
        assert_eq!(found, (status, Some(verdict), Some(phase), notify), "{}", self.text);
    }

    pub(crate) fn is_established(&self) {
        assert_eq!((self.status, self.verdict["verdict"].as_str()), (0, Some("established")), "{}", self.text);
    }

    pub(crate) fn number(&self, field: &str) -> u64 {
        self.verdict[field].as_u64().unwrap()
    }

    /// Of the keys of every Child SA, in order.
    pub(crate) fn fingerprints(&self) -> Vec<&str> {
        self.text.lines().filter_map(|line| Some(line.split_once("fingerprint of the keys ")?.1)).collect()
    }

    pub(crate) fn steps(&self) -> String {
        self.verdict["steps"].as_array().unwrap().iter().map(|step| step.as_str().unwrap()).collect::<Vec<_>>().join(",")
    }
}

pub(crate) struct Responder {
    thread: JoinHandle<u8>,
    printed: Printed,
    pub(crate) ports: [u16; 2],
}

fn words(text: &str) -> impl Iterator<Item = OsString> + '_ {
    // An argument with spaces is written with `~`.
    text.split_whitespace().map(|word| word.replace('~', " ").into())
}

impl Responder {
    pub(crate) fn start(args: &str) -> Self {
        Self::start_changed(args, |_| ())
    }

    /// With arguments changed to what no command line can say.
    pub(crate) fn start_changed(args: &str, change: impl FnOnce(&mut Args) + Send + 'static) -> Self {
        let printed = Printed::default();
        let (out, args) = (printed.clone(), format!("respond --local 127.0.0.1 --port 0 --natt-port 0 --seconds 60 {args}"));
        let thread = thread::spawn(move || start(words(&args), change, out));
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let text = printed.text();
            if let Some(line) = text.lines().next().filter(|_| text.contains('\n')) {
                let (_, ports) = line.split_once(" ports ").unwrap();
                let (plain, natt) = ports.split_once(" and ").unwrap();
                return Self { thread, printed, ports: [plain.parse().unwrap(), natt.parse().unwrap()] };
            }
            assert!(Instant::now() < end && !thread.is_finished(), "{text}");
            thread::sleep(Duration::from_millis(2));
        }
    }

    pub(crate) fn end(self) -> Side {
        let status = self.thread.join().unwrap();
        Side::new(status, self.printed.text())
    }
}

pub(crate) fn initiate(ports: [u16; 2], args: &str) -> Side {
    initiate_changed(ports, args, |_| ())
}

/// With arguments changed to what no command line can say.
pub(crate) fn initiate_changed(ports: [u16; 2], args: &str, change: impl FnOnce(&mut Args)) -> Side {
    let printed = Printed::default();
    let [plain, natt] = ports;
    let args = format!("initiate 127.0.0.1 --port {plain} --natt-port {natt} {args}");
    let status = start(words(&args), change, printed.clone());
    Side::new(status, printed.text())
}

/// Both sides from beginning to end: initiator, responder.
pub(crate) fn shake(responder: &str, initiator: &str) -> (Side, Side) {
    let started = Responder::start(responder);
    let initiated = initiate(started.ports, initiator);
    (initiated, started.end())
}

/// Both know the same shared key.
pub(crate) const MOON: &str = "--id moon.example.org --peer-id carol.example.org --psk-hex 000102030405060708090a0b0c0d0e0f";
pub(crate) const CAROL: &str = "--id carol.example.org --peer-id moon.example.org --psk-hex 000102030405060708090a0b0c0d0e0f";

pub(crate) fn moon(more: &str) -> String {
    format!("{MOON} {more}")
}

pub(crate) fn carol(more: &str) -> String {
    format!("{CAROL} {more}")
}

#[test]
fn arguments_that_make_no_sense_are_refused() {
    for (args, what) in [
        ("", "neither"),
        ("initiate", "no address"),
        ("initiate nobody", "no such address"),
        ("respond 127.0.0.1", "one too many"),
        ("initiate 127.0.0.1 --id a", "no key"),
        ("initiate 127.0.0.1 --id a --psk b --ike nonsense", "no proposal"),
        ("initiate 127.0.0.1 --id a --psk b --esp aes256gcm16-ke1_mlkem768", "an additional key exchange and none to add to"),
        ("initiate 127.0.0.1 --id a --psk b --ike aes256-sha256-curve448", "a key exchange that is not done here"),
        ("initiate 127.0.0.1 --id a --psk b --ike serpent256-sha256-x25519", "a cipher that is not done here"),
        ("initiate 127.0.0.1 --id a --psk b --mtu 70000", "no mtu"),
        ("initiate 127.0.0.1 --id a --psk b --do dance", "no step"),
        ("initiate 127.0.0.1 --id a --psk b --ts-local 10.0.0.0/33", "no network"),
        ("initiate 127.0.0.1 --id a --psk b --ca no/such/file", "no file"),
        ("initiate 127.0.0.1 --psk b", "no identity"),
        ("initiate 127.0.0.1 --id a --psk b --peer-policy nonsense", "no policy"),
        ("initiate 127.0.0.1 --id a --psk b --loss 101", "more than all"),
        ("initiate 127.0.0.1 --id a --psk-hex 0", "half an octet"),
        ("initiate 127.0.0.1 --id a --psk-hex +1", "a sign"),
        ("initiate 127.0.0.1 --id a --psk=", "nothing"),
        ("initiate 127.0.0.1 --id a --psk b --nonsense 1", "no option"),
        ("initiate 127.0.0.1 --id a --eap mschapv2", "no password"),
        ("initiate 127.0.0.1 --id a --psk b --eap md5 --eap-password c", "no such method"),
        ("initiate 127.0.0.1 --id a --psk b --eap-id c", "an identity of no method"),
        ("initiate 127.0.0.1 --id a --psk b --ppk-id c", "no key"),
        ("initiate 127.0.0.1 --id a --psk b --ppk c", "a key without a name"),
        ("initiate 127.0.0.1 --id a --psk b --ppk-id c --ppk-hex 0g", "no octets"),
        ("respond --id a --psk b --address-required", "no addresses to give"),
    ] {
        assert_eq!(start(words(args), |_| (), Printed::default()), 2, "{what}");
    }
}

#[test]
fn the_file_of_keys_is_for_its_owner() {
    let file = std::env::temp_dir().join(format!("ikev2-handshake-keys-{}", std::process::id()));
    let _ = std::fs::remove_file(&file);
    let (initiator, _) = shake(&moon(""), &carol(&format!("--keys {}", file.display())));
    initiator.is_established();
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&file).unwrap().permissions()) & 0o777, 0o600);
    assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 1);
    std::fs::remove_file(&file).unwrap();
}
