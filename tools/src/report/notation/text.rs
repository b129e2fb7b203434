//! Settings to read.

use super::place::Lines;
use crate::report::Style;
use crate::report::text::{Ink, Page};
use ikev2::proposal::Proposal;
use ikev2::proposal::notation::{Pfs, Settings, Span, Stated};
use ikev2::registry::TransformType;
use std::io::{self, Write};

/// Columns before what is said of a setting.
const INDENT: usize = 16;

/// Writes what was understood of a text, and the line each of it stands in.
///
/// # Errors
/// `out` takes no more.
pub fn settings(text: &str, settings: &Settings, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let mut told = Told { page: Page::new(style, usize::MAX), lines: Lines::of(text) };
    told.line("Notation", settings.notation.product(), None);
    if let Some(stated) = settings.tunnel_type {
        told.line("Tunnel type", stated.value.name(), stated.span);
    }
    told.proposals("IKE proposal", &settings.ike, true);
    told.proposals("ESP proposal", &settings.esp, false);
    if let Some(stated) = &settings.pfs {
        told.line("PFS", &pfs(&stated.value), stated.span);
    }
    let seconds = |stated: Stated<u64>| format!("{} s", stated.value);
    if let Some(stated) = settings.ike_lifetime {
        told.line("IKE lifetime", &seconds(stated), stated.span);
    }
    if let Some(stated) = settings.esp_lifetime {
        told.line("ESP lifetime", &seconds(stated), stated.span);
    }
    if let Some(stated) = settings.esp_octets {
        told.line("ESP lifetime", &format!("{} octets", stated.value), stated.span);
    }
    if let Some(stated) = settings.fragmentation {
        told.line("Fragmentation", if stated.value { "announced" } else { "not announced" }, stated.span);
    }
    if let Some(stated) = &settings.remote_identity {
        told.line("Remote", &stated.value, stated.span);
    }
    for remark in &settings.remarks {
        told.line("Remark", &remark.text, remark.span);
    }
    out.write_all(told.page.take().as_bytes())
}

struct Told<'a> {
    page: Page,
    lines: Lines<'a>,
}

impl Told<'_> {
    fn line(&mut self, label: &str, what: &str, span: Option<Span>) {
        let place = span.map(|span| format!(" (line {})", self.lines.place(span).line)).unwrap_or_default();
        let prefix = format!("{:<INDENT$}", format!("{label}:"));
        self.page.words(Ink::Plain, &prefix, INDENT, &format!("{what}{place}"));
    }

    fn proposals(&mut self, label: &str, all: &[Stated<Proposal>], groups: bool) {
        for (index, stated) in all.iter().enumerate() {
            let label = format!("{label} {}", index.saturating_add(1));
            let said = stated.value.transforms.iter().filter(|t| groups || t.ty != TransformType::KE);
            let names: Vec<String> = said.map(ToString::to_string).collect();
            self.line(&label, &names.join(", "), stated.span);
        }
    }
}

fn pfs(pfs: &Pfs) -> String {
    match pfs {
        Pfs::None => "none".to_owned(),
        Pfs::IkeGroup => "the group of the IKE SA".to_owned(),
        Pfs::Groups(groups) => {
            let named = |group: &ikev2::registry::KeMethod| ikev2::transform::Transform::ke(*group).to_string();
            groups.iter().map(named).collect::<Vec<_>>().join(", ")
        }
        _ => "not known here".to_owned(),
    }
}
