//! The page of its parts.

use crate::{NAME, digits};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ikev2_tools::report::diagnose::how_to_capture;
use ikev2_tools::report::html::{SCRIPT, SCRIPT_HASH, STYLE};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::fs;
use std::path::Path;

pub(crate) fn write(folder: &Path, parts: &Path, modules: &Path, page: &Path) -> Result<(), Box<dyn Error>> {
    let part = |name: &str| fs::read_to_string(parts.join(name)).map_err(|error| format!("{name}: {error}"));
    let packed = fs::read(folder.join(format!("{NAME}_bg.wasm.zst")))?;
    let glue = fs::read_to_string(folder.join(format!("{NAME}.js")))?;
    let unpacker = fs::read_to_string(modules.join("fzstd/umd/index.js"))?;
    let licence = fs::read_to_string(modules.join("fzstd/LICENSE"))?;
    let unpacker = format!("/* fzstd\n{licence}*/\n{unpacker}\n");
    let digits = str::from_utf8(digits::DIGITS)?;
    let worker = [unpacker, glue, filled(&part("worker.js")?, &[("digits", digits)])?].concat();
    let app = filled(&part("app.js")?, &[("size", &packed.len().to_string())])?;
    let style = [STYLE, &part("app.css")?].concat();
    for text in [&worker, &app, &style] {
        if text.contains("</script") || text.contains("<!--") || text.contains("</style") {
            return Err("a part of the page would end its element".into());
        }
    }
    // Workers of a blob have the policy of the page, and compile the program under it.
    let policy = format!(
        "default-src 'none'; connect-src 'none'; script-src '{SCRIPT_HASH}' '{}' 'wasm-unsafe-eval'; worker-src blob:; style-src '{}'; \
         base-uri 'none'; form-action 'none'",
        hash(&app),
        hash(&style)
    );
    let whole = filled(
        &part("index.html")?,
        &[
            ("policy", &policy),
            ("style", &style),
            ("worker", &worker),
            ("program", &digits::of(&packed)),
            ("capture", &how_to_capture()),
            ("script", SCRIPT),
            ("app", &app),
            ("version", env!("CARGO_PKG_VERSION")),
        ],
    )?;
    fs::write(page, whole)?;
    Ok(())
}

/// A text with its `{{name}}` replaced, each of which occurs once.
fn filled(text: &str, values: &[(&str, &str)]) -> Result<String, Box<dyn Error>> {
    let mut whole = String::new();
    let mut rest = text;
    let mut used = 0_usize;
    while let Some((before, behind)) = rest.split_once("{{") {
        let (name, after) = behind.split_once("}}").ok_or("a name does not end")?;
        let (_, value) = values.iter().find(|(known, _)| *known == name).ok_or_else(|| format!("nothing is known of {name}"))?;
        whole.push_str(before);
        whole.push_str(value);
        rest = after;
        used = used.saturating_add(1);
    }
    whole.push_str(rest);
    if used == values.len() { Ok(whole) } else { Err(format!("{used} of {} values are used", values.len()).into()) }
}

/// The source of a policy that lets an inline element be.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}
