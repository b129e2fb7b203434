//! Policies of Azure as people paste them, what is wrong with them, and what is written.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use super::super::settings::{Pfs, Settings, Stated};
use super::super::{Confidence, Hint, Notation, NotationErrorKind as Kind, Unwritable, detect, read, strongswan, write};
use crate::registry::{KeMethod, TransformType};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

fn settings(text: &str) -> Settings {
    let found = detect(text).unwrap();
    assert_eq!((found.notation, found.confidence), (Notation::Azure, Confidence::Certain), "{text}");
    read(text, Hint::default()).unwrap_or_else(|error| panic!("{}", error.on(text)))
}

fn said(settings: &Settings) -> String {
    let ike = strongswan::emit(&settings.ike[0].value).unwrap();
    let esp = strongswan::emit(&settings.esp[0].value).unwrap();
    let numbers = [settings.esp_lifetime, settings.esp_octets].map(|stated| stated.map_or(0, |stated| stated.value));
    format!("{ike} {esp} {numbers:?}")
}

const MEANT: &str = "aes256-sha384-prfsha384-modp2048 aes256gcm16-modp2048 [14400, 104857600]";

const COMMAND: &str = "New-AzIpsecPolicy -IkeEncryption AES256 -IkeIntegrity SHA384 -DhGroup DHGroup14 -IpsecEncryption GCMAES256 \
                       -IpsecIntegrity GCMAES256 -PfsGroup PFS2048 -SALifeTimeSeconds 14400 -SADataSizeKilobytes 102400";

#[test]
fn policies_as_people_paste_them() {
    for text in [
        String::from(COMMAND),
        format!(
            "PS /home/me> $p = {} \n\nNew-AzVirtualNetworkGatewayConnection -Name a -IpsecPolicies $p",
            COMMAND.replace(" -I", " `\n  -I")
        ),
        COMMAND.replace("New-Az", "new-azurerm").replace("PFS2048", "PFS14").replace("DHGroup14", "\"DHGroup2048\""),
        String::from(
            "$vpn = New-AzVpnClientIpsecParameter -IpsecEncryption GCMAES256 -IpsecIntegrity GCMAES256 -SALifeTime 14400 -SADataSize 102400 \
                      -IkeEncryption AES256 -IkeIntegrity SHA384 -DhGroup DHGroup14 -PfsGroup PFS2048",
        ),
        String::from(
            "$a = @{ IkeEncryption='AES256'; IkeIntegrity='SHA384'; DhGroup='DHGroup14'; IpsecEncryption='GCMAES256'\n\
                      IpsecIntegrity='GCMAES256'; PfsGroup='PFS2048'; SALifeTimeSeconds=14400; SADataSizeKilobytes=102400 }\nNew-AzIpsecPolicy @a",
        ),
        String::from(
            "az network vpn-connection ipsec-policy add -g rg --connection-name c \\\n  --dh-group DHGroup14 --ike-encryption AES256 \\\n  \
                      --ike-integrity=SHA384 --ipsec-encryption \"GCMAES256\" --ipsec-integrity GCMAES256 --pfs-group PFS2048 \\\n  --sa-lifetime 14400 \
                      --sa-max-size 102400 --no-wait\naz network vpn-connection show -n c",
        ),
        String::from(
            "\"ipsecPolicies\": [\n  {\n    \"dhGroup\": \"DHGroup14\",\n    \"ikeEncryption\": \"AES256\",\n    \"ikeIntegrity\": \"SHA384\",\n    \
                      \"ipsecEncryption\": \"GCMAES256\",\n    \"ipsecIntegrity\": \"GCMAES256\",\n    \"pfsGroup\": \"PFS2048\",\n    \
                      \"saDataSizeKilobytes\": 102400,\n    \"saLifeTimeSeconds\": 14400\n  }\n]",
        ),
        String::from(
            "resource \"azurerm_virtual_network_gateway_connection\" \"c\" {\n  name = \"c\"\n  ipsec_policy {\n    dh_group = \"DHGroup14\"\n    \
                      ike_encryption   = \"AES256\" # strong\n    ike_integrity = \"SHA384\"\n    ipsec_encryption = \"GCMAES256\"\n    \
                      ipsec_integrity = \"GCMAES256\"\n    pfs_group = \"PFS2048\"\n    sa_datasize = 102400\n    sa_lifetime = \"14400\"\n  }\n}",
        ),
        String::from(
            "SALifeTimeSeconds   : 14400\nSADataSizeKilobytes : 102400\nIpsecEncryption : GCMAES256\nIpsecIntegrity : GCMAES256\n\
                      IkeEncryption : AES256\nIkeIntegrity : SHA384\nDhGroup : DHGroup14\nPfsGroup : PFS2048\n",
        ),
    ] {
        assert_eq!(said(&settings(&text)), MEANT, "{text}");
    }
}

#[test]
fn every_value() {
    let ike = |cipher: &str, hash: &str, group: &str| {
        let text = COMMAND.replace("AES256 -IkeI", &format!("{cipher} -IkeI")).replace("SHA384", hash).replace("DHGroup14", group);
        strongswan::emit(&settings(&text).ike[0].value).unwrap()
    };
    assert_eq!(ike("GCMAES256", "SHA384", "ECP384"), "aes256gcm16-prfsha384-ecp384");
    assert_eq!(ike("GCMAES128", "GCMAES128", "ECP256"), "aes128gcm16-prfsha256-ecp256");
    assert_eq!(ike("des3", "md5", "dhgroup1"), "3des-md5-prfmd5-modp768");
    assert_eq!(ike("DES", "SHA1", "DHGroup24"), "des-sha1-prfsha1-modp2048s256");
    let esp = |cipher: &str, hash: &str| {
        let text = COMMAND
            .replace("-IpsecEncryption GCMAES256 -IpsecIntegrity GCMAES256", &format!("-IpsecEncryption {cipher} -IpsecIntegrity {hash}"));
        strongswan::emit(&settings(&text.replace("PFS2048", "None")).esp[0].value).unwrap()
    };
    assert_eq!(esp("AES192", "SHA256"), "aes192-sha256");
    assert_eq!(esp("GCMAES192", "GCMAES192"), "aes192gcm16");
    assert_eq!(esp("None", "GCMAES128"), "aes128gmac");
    assert_eq!(esp("None", "SHA1"), "null-sha1");
    assert_eq!(settings(&COMMAND.replace("PFS2048", "PFSMM")).pfs.unwrap().value, Pfs::IkeGroup);
    assert_eq!(settings(&COMMAND.replace("PFS2048", "PFS24")).pfs.unwrap().value, Pfs::Groups([KeMethod(24)].into()));
}

#[test]
fn faults_have_their_place() {
    let fault = |from: &str, to: &str| {
        let text = COMMAND.replace(from, to);
        let error = read(&text, Hint::default()).unwrap_err().error;
        (String::from(text.get(error.at..error.at + error.len).unwrap()), error.kind)
    };
    assert!(matches!(fault("SHA384", "SHA834"), (token, Kind::Name { meant: Some("SHA384"), .. }) if token == "SHA834"));
    assert!(matches!(fault("SHA384", "SHA512"), (token, Kind::Name { meant: None, .. }) if token == "SHA512"));
    assert!(matches!(fault("-PfsGroup", "-PfsGruop"), (token, Kind::Name { meant: Some("PfsGroup"), .. }) if token == "PfsGruop"));
    assert_eq!(fault("-DhGroup DHGroup14", "").1, Kind::Absent("DhGroup"));
    assert_eq!(fault("-IpsecIntegrity GCMAES256", "-IpsecIntegrity SHA256").1, Kind::Transforms);
    assert!(matches!(fault("DHGroup14", "None").1, Kind::Missing { ty: TransformType::KE, .. }));
    assert!(matches!(fault("14400", "4h").1, Kind::Unknown(_)));
}

#[test]
fn what_is_written_is_read_back() {
    for text in [
        String::from(COMMAND),
        COMMAND.replace("PFS2048", "PFSMM").replace("AES256 -IkeI", "GCMAES256 -IkeI"),
        COMMAND.replace("PFS2048", "None").replace("GCMAES256 -IpsecIntegrity GCMAES256", "AES128 -IpsecIntegrity SHA1"),
        String::from("New-AzVpnClientIpsecParameter -IkeEncryption AES256 -IkeIntegrity SHA384 -DhGroup ECP384 -SALifeTime 3600"),
        String::from("New-AzVpnClientIpsecParameter -IpsecEncryption AES256 -IpsecIntegrity SHA256 -PfsGroup ECP384"),
    ] {
        let read = settings(&text);
        let written = write(&read, Notation::Azure).unwrap();
        assert_eq!(written.remarks, Vec::<String>::new(), "{text}");
        assert!(settings(&written.text).means_the_same(&read), "{text}\n{}", written.text);
    }
    let mut many = Settings::new(Notation::StrongSwan);
    let stated = |all: Vec<_>| all.into_iter().map(Stated::assumed).collect::<Vec<_>>();
    many.ike = stated(strongswan::parse_ike("aes256-sha512-x25519,aes256-aes128-sha256-modp3072-modp2048").unwrap());
    many.esp = stated(strongswan::parse_esp("aes256gcm16-x25519-ecp384,aes128-sha1").unwrap());
    many.pfs_of_proposals();
    let written = write(&many, Notation::Azure).unwrap();
    assert_eq!(
        written.text,
        "New-AzIpsecPolicy -IkeEncryption AES256 -IkeIntegrity SHA256 -DhGroup DHGroup14 -IpsecEncryption GCMAES256 \
         -IpsecIntegrity GCMAES256 -PfsGroup ECP384\n"
    );
    assert_eq!(written.remarks.len(), 4, "{:?}", written.remarks);
    many.ike.truncate(1);
    assert!(matches!(write(&many, Notation::Azure), Err(Unwritable::Transform(_))));
}
