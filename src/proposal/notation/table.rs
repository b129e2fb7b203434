//! Which file reads and writes a notation.
//!
//! A notation is one file, or one folder, with three functions: `recognise` says whether a text looks like it, `read` reads it,
//! `write` writes settings in it. To add one: write the file, declare it in `mod.rs`, give it a row in `kind.rs` and one here; the
//! compiler says which is missing.

use super::error::{NotationError, Unwritable};
use super::hint::Hint;
use super::kind::Notation;
use super::likeness::Likeness;
use super::settings::{Settings, Written};

macro_rules! table {
    ($($variant:ident => $($file:ident)::+;)+) => {
        pub(super) fn recognise(notation: Notation, text: &str) -> Option<Likeness> {
            match notation {
                $(Notation::$variant => super::$($file)::+::recognise(text),)+
            }
        }

        pub(super) fn read(notation: Notation, text: &str, hint: Hint) -> Result<Settings, NotationError> {
            match notation {
                $(Notation::$variant => super::$($file)::+::read(text, hint),)+
            }
        }

        pub(super) fn write(notation: Notation, settings: &Settings) -> Result<Written, Unwritable> {
            match notation {
                $(Notation::$variant => super::$($file)::+::write(settings),)+
            }
        }
    };
}

table! {
    StrongSwan => strongswan::text;
    Libreswan => libreswan::text;
    Windows => windows::text;
    OpenIked => openiked;
    FortiGate => fortigate;
    CiscoIos => cisco_ios;
    CiscoAsa => cisco_asa;
    MikroTik => mikrotik;
    Juniper => juniper;
    PaloAlto => palo_alto;
    Vyos => vyos;
    PfSense => pfsense;
    OpnSense => opnsense;
    Unifi => unifi;
    Azure => azure;
    Aws => aws;
    Gcp => gcp;
    Apple => apple;
    Android => android;
    StrongSwanApp => strongswan_app;
}
