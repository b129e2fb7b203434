//! `ike notation`: what a configuration, a log or a profile says, and the same in another notation.

use crate::console::{Colour, Console, UNUSABLE, WELL};
use crate::input;
use ikev2::proposal::notation::{self, Hint, Notation};
use ikev2::proposal::{Dialect, NegotiationContext};
use ikev2_tools::report::notation as report;
use std::path::PathBuf;

const MORE: &str = r#"Notations, read: strongswan, libreswan, windows, openiked, fortigate, cisco-ios, cisco-asa, mikrotik, juniper, paloalto, vyos, pfsense, opnsense, unifi, azure, aws, gcp, apple, android, strongswan-app. Written: strongswan, libreswan, windows, openiked, fortigate, cisco-ios, azure.

JSON: {"notation":..,"ike":[[[type,id,key bits or null],..],..],"esp":[..],
       "pfs":null, [groups] or "ike","tunnel_type":..,"ike_lifetime":seconds,
       "esp_lifetime":seconds,"esp_octets":N,"fragmentation":true or false,
       "remote_identity":..,"remarks":[..],"where":{..}}
A proposal is a list of transforms (IANA transform types and ids). "pfs" is null when the text does not say, [] for none, "ike" for the group of the IKE SA. "where" has for each of them the place in the text: {"at","len"} in octets from 0, {"line","column"} from 1; null where the product assumes a value. With --to: {"notation":..,"text":..,"remarks":[what the notation cannot say]}. A text that cannot be read: {"error":..,"notation":..,"at","len","line","column"}.

Examples:
  ike notation swanctl.conf
  ike notation --json profile.xml
  ike notation --to fortigate "aes256-sha256-modp2048"
  ike notation --dialect libreswan "aes256-sha2;dh14"

Exit status: 0 when the text was read, and written; 2 when it cannot be."#;

/// Tells what a configuration, a command, a log or a profile says of IKE and ESP proposals, and where; or writes it in another notation.
#[derive(Debug, clap::Args)]
#[command(after_long_help = MORE, arg_required_else_help = true)]
pub(crate) struct Args {
    /// A file, `-` for standard input, or a text.
    #[arg(value_name = "FILE")]
    file: String,
    /// Write the settings in this notation.
    #[arg(long, value_name = "NOTATION")]
    to: Option<Notation>,
    /// The notation of the text; by default it is found out.
    #[arg(long, value_name = "NOTATION")]
    from: Option<Notation>,
    /// Whose text it is, and of which release: strongswan, strongswan6, libreswan, libreswan5, openiked, openiked7.4.
    #[arg(long, value_name = "NAME")]
    dialect: Option<Dialect>,
    /// What proposals without a word of their own are for: ike, auth_child, child or ike_rekey. By default IKE where they can be.
    #[arg(long = "question", value_name = "WHICH")]
    context: Option<NegotiationContext>,
    /// One JSON object.
    #[arg(long)]
    json: bool,
    /// Write what the text says as one HTML page.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true, conflicts_with = "to")]
    html: Option<PathBuf>,
}

pub(crate) fn run(args: &Args, colour: Colour) -> u8 {
    let mut console = Console::new("notation", colour);
    let text = match input::text(&args.file) {
        Ok(text) => text,
        Err(error) => return console.give_up(error),
    };
    let hint = Hint { notation: args.from, dialect: args.dialect, context: args.context };
    let settings = match notation::read(&text, hint) {
        Ok(settings) => settings,
        Err(error) if args.json => {
            let done = report::error_json(&text, error, &mut console.out);
            return console.finish(UNUSABLE, done);
        }
        Err(error) => return console.give_up(format_args!("{}: {}", input::short(&args.file), error.on(&text))),
    };
    if let Err(status) = console.page(args.html.as_deref(), || report::settings_html(&text, &settings)) {
        return status;
    }
    let Some(to) = args.to else {
        let done = if args.json {
            report::settings_json(&text, &settings, &mut console.out)
        } else {
            report::settings(&text, &settings, console.style, &mut console.out)
        };
        return console.finish(WELL, done);
    };
    let written = match notation::emit(&settings, to) {
        Ok(written) => written,
        Err(error) => return console.give_up(format_args!("{to}: {error}")),
    };
    if args.json {
        let done = report::written_json(to, &written, &mut console.out);
        return console.finish(WELL, done);
    }
    for remark in settings.remarks.iter().map(|remark| &remark.text).chain(&written.remarks) {
        console.complain(remark);
    }
    let done = std::io::Write::write_all(&mut console.out, format!("{}\n", written.text.trim_end()).as_bytes());
    console.finish(WELL, done)
}
