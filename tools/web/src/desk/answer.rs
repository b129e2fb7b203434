//! The question that files and texts are, and the report.

use super::sort::{Sorted, Text, sort};
use super::{Ask, Handed};
use ikev2::Role;
use ikev2::proposal::notation::{self, Hint};
use ikev2::proposal::{Dialect, Policy, profiles};
use ikev2_tools::capture::Source;
use ikev2_tools::evidence::certificate::{CertificateRole, ExamineOptions, examine};
use ikev2_tools::evidence::diagnosis::{DiagnoseOptions, diagnose_several};
use ikev2_tools::evidence::logs::{Log, diagnose_logs};
use ikev2_tools::evidence::negotiation::{Side, policy_of_either, whole};
use ikev2_tools::report;
use ikev2_tools::report::diagnose::View;
use ikev2_tools::report::html::Html;
use std::io::{Cursor, Read};

/// Octets of a log.
const MOST_LOG: u64 = 512 << 20;

/// What there is to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// For people.
    pub html: Html,
    /// For programs, as the subcommand of `ike` prints it.
    pub json: String,
}

/// Answers what is asked.
///
/// # Errors
/// Something cannot be read, or does not go together; the text says what.
pub fn answer(files: Vec<Handed>, ask: &Ask) -> Result<Report, String> {
    let sorted = sort(files, ask)?;
    match (sorted.captures.is_empty(), sorted.logs.is_empty(), sorted.certificates.is_empty()) {
        (false, false, _) => Err("captures and logs are diagnosed one kind at a time: what a log says has no packet numbers".into()),
        (false, true, true) | (true, false, true) => diagnosis(sorted, ask),
        (true, true, false) => certificates(&sorted, ask),
        (true, true, true) => texts(sorted, ask),
        (_, _, false) => Err("certificates are examined by themselves: remove them, or the other files".into()),
    }
}

/// What a capture or a log is judged by: the one configuration that was given with it.
fn policy(sorted: &mut Sorted) -> Result<(Option<Policy>, Vec<String>), String> {
    let (client, server) = (sorted.client.take(), sorted.server.take());
    let unused = match (&client, &server) {
        (Some(client), Some(_)) => vec![format!("{} is not used: a refusal is explained by the server's configuration", client.name)],
        _ => Vec::new(),
    };
    let policy = server.or(client).map(|text| policy_of_either(&text.text).map_err(|error| format!("{}: {error}", text.name)));
    Ok((policy.transpose()?, unused))
}

fn diagnosis(mut sorted: Sorted, ask: &Ask) -> Result<Report, String> {
    let (policy, mut warnings) = policy(&mut sorted)?;
    let keys = sorted.keys.take();
    warnings.extend(keys.iter().flat_map(|keys| keys.warnings.iter().cloned()));
    let options = DiagnoseOptions { keys: keys.map(|keys| keys.entries), policy, warnings, ..DiagnoseOptions::default() };
    let diagnosis = if sorted.logs.is_empty() {
        let sources = sorted.captures.iter().map(|file| Source::new(&file.name, file.open()).with_len(file.octets)).collect();
        diagnose_several(sources, options, &mut |_| ()).map_err(|error| error.to_string())?
    } else {
        let logs = sorted.logs.iter().map(log).collect::<Result<_, _>>()?;
        diagnose_logs(logs, options).map_err(|error| error.to_string())?
    };
    let zone = if ask.utc_offset.is_empty() { Ok(report::UtcOffset::default()) } else { ask.utc_offset.parse() };
    let view = View { all: ask.all, all_products: false, zone: zone? };
    Ok(Report { html: report::diagnose::html(&diagnosis, view), json: report::diagnose::json(&diagnosis) })
}

/// A log is read whole: it is text, and a browser's file cannot be handed on.
fn log(file: &Handed) -> Result<Log, String> {
    if file.octets > MOST_LOG {
        return Err(format!("{}: {} MiB of a log are enough", file.name, MOST_LOG >> 20));
    }
    let mut octets = Vec::new();
    file.open().read_to_end(&mut octets).map_err(|error| format!("{}: {error}", file.name))?;
    Ok(Log { name: report::printable(&file.name), source: Box::new(Cursor::new(octets)) })
}

fn certificates(sorted: &Sorted, ask: &Ask) -> Result<Report, String> {
    let role = match ask.role.as_str() {
        "" => None,
        "server" => Some(CertificateRole::Server),
        "client" => Some(CertificateRole::Client),
        other => return Err(format!("{other:?} is no role: server or client")),
    };
    let name = Some(ask.name.trim().to_owned()).filter(|name| !name.is_empty());
    let options = ExamineOptions { role, name, certreq: 1, ..ExamineOptions::at(ask.now) };
    let files: Vec<(&str, &[u8])> = sorted.certificates.iter().map(|(name, octets)| (name.as_str(), octets.as_slice())).collect();
    let found = examine(&files, &[], &options);
    Ok(Report { html: report::certificate::html(&found), json: report::certificate::json(&found) })
}

fn texts(sorted: Sorted, ask: &Ask) -> Result<Report, String> {
    let dialect = Some(&ask.dialect).filter(|name| !name.is_empty()).map(|name| name.parse::<Dialect>()).transpose();
    let dialect = dialect.map_err(|error| error.to_string())?;
    match (sorted.client, sorted.server) {
        (Some(client), Some(server)) => negotiation(&client, &server, dialect),
        (Some(one), None) | (None, Some(one)) => settings(&one, dialect),
        (None, None) if sorted.keys.is_some() => Err("keys open the messages of a capture: add the capture".into()),
        (None, None) => Err("there is nothing to look at yet".into()),
    }
}

fn side(text: &Text, role: Role, hint: Hint) -> Result<Side, String> {
    Side::read(&text.text, role, hint).map_err(|error| format!("{}: {}", text.name, error.on(&text.text)))
}

fn negotiation(client: &Text, server: &Text, dialect: Option<Dialect>) -> Result<Report, String> {
    let initiator = side(client, Role::Initiator, Hint::default())?;
    let responder = side(server, Role::Responder, Hint { dialect, ..Hint::default() })?;
    let outcome = whole(&initiator, &responder, dialect, None, None);
    let mut json = Vec::new();
    report::negotiate::whole_json(&outcome, &mut json).map_err(|error| error.to_string())?;
    let html = report::negotiate::whole_html(&initiator, &responder, &outcome);
    Ok(Report { html, json: String::from_utf8_lossy(&json).into_owned() })
}

fn settings(one: &Text, dialect: Option<Dialect>) -> Result<Report, String> {
    let name = one.text.trim();
    if profiles::find(name).is_some() {
        return Err(format!("{name} are the defaults of a product: give the other side, too, to compare them with"));
    }
    let hint = Hint { dialect, ..Hint::default() };
    let settings = notation::read(&one.text, hint).map_err(|error| format!("{}: {}", one.name, error.on(&one.text)))?;
    let mut json = Vec::new();
    report::notation::settings_json(&one.text, &settings, &mut json).map_err(|error| error.to_string())?;
    Ok(Report { html: report::notation::settings_html(&one.text, &settings), json: String::from_utf8_lossy(&json).into_owned() })
}
