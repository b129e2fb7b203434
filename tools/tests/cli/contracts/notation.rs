//! `ike notation --json`: what was understood, what was written, and a text that cannot be read.

use super::{Fields, hold};
use crate::kit::ike;
use serde_json::Value;

#[test]
fn json_lines_have_the_fields_others_rely_on() {
    let mut fields = Fields::default();
    let mut told = |kind: &str, args: &[&str]| {
        let (_, out, err) = ike(["notation", "--json"].iter().chain(args), "");
        assert_eq!(err, "");
        let line: Value = serde_json::from_str(&out).unwrap();
        fields.read(kind, line.as_object().unwrap());
    };
    for text in
        ["windows-profile-fragmentation.txt", "windows-profile-automatic.txt", "openiked-site.txt", "libreswan-status.txt", "apple-gcm.txt"]
    {
        told("settings", &[&format!("tests/data/notations/{text}")]);
    }
    told(
        "settings",
        &["New-AzIpsecPolicy -IkeEncryption AES256 -IkeIntegrity SHA256 -DhGroup DHGroup14 -IpsecEncryption AES256 \
        -IpsecIntegrity SHA256 -PfsGroup None -SALifeTimeSeconds 27000 -SADataSizeKilobytes 102400000"],
    );
    told("written", &["--to", "azure", "tests/data/notations/windows-profile-ikev2.txt"]);
    told("error", &["aes256-sha265-modp2048"]);
    hold("notation", fields.lines());
}
