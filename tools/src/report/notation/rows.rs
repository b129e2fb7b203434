//! What was understood of a text, a row for each thing it says.

use super::place::Lines;
use ikev2::proposal::Proposal;
use ikev2::proposal::notation::{Pfs, Settings, Span, Stated};
use ikev2::registry::TransformType;

/// One thing that a text says.
pub(super) struct Row {
    pub(super) label: String,
    pub(super) what: String,
    /// The line it stands in, from 1; `None` where the product assumes it.
    pub(super) line: Option<usize>,
}

/// All that was understood, in the order in which it is told.
pub(super) fn rows(text: &str, settings: &Settings) -> Vec<Row> {
    let mut told = Told { rows: Vec::new(), lines: Lines::of(text) };
    told.row("Notation", settings.notation.product(), None);
    if let Some(stated) = settings.tunnel_type {
        told.row("Tunnel type", stated.value.name(), stated.span);
    }
    told.proposals("IKE proposal", &settings.ike, true);
    told.proposals("ESP proposal", &settings.esp, false);
    if let Some(stated) = &settings.pfs {
        told.row("PFS", &pfs(&stated.value), stated.span);
    }
    let seconds = |stated: Stated<u64>| format!("{} s", stated.value);
    if let Some(stated) = settings.ike_lifetime {
        told.row("IKE lifetime", &seconds(stated), stated.span);
    }
    if let Some(stated) = settings.esp_lifetime {
        told.row("ESP lifetime", &seconds(stated), stated.span);
    }
    if let Some(stated) = settings.esp_octets {
        told.row("ESP lifetime", &format!("{} octets", stated.value), stated.span);
    }
    if let Some(stated) = settings.fragmentation {
        told.row("Fragmentation", if stated.value { "announced" } else { "not announced" }, stated.span);
    }
    if let Some(stated) = &settings.remote_identity {
        told.row("Remote", &stated.value, stated.span);
    }
    for remark in &settings.remarks {
        told.row("Remark", &remark.text, remark.span);
    }
    told.rows
}

struct Told<'a> {
    rows: Vec<Row>,
    lines: Lines<'a>,
}

impl Told<'_> {
    fn row(&mut self, label: &str, what: &str, span: Option<Span>) {
        let line = span.map(|span| self.lines.place(span).line);
        self.rows.push(Row { label: label.to_owned(), what: what.to_owned(), line });
    }

    fn proposals(&mut self, label: &str, all: &[Stated<Proposal>], groups: bool) {
        for (index, stated) in all.iter().enumerate() {
            let label = format!("{label} {}", index.saturating_add(1));
            let said = stated.value.transforms.iter().filter(|t| groups || t.ty != TransformType::KE);
            let names: Vec<String> = said.map(ToString::to_string).collect();
            self.row(&label, &names.join(", "), stated.span);
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
