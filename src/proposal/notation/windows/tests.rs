//! Texts of Windows as people paste them, what is wrong with them, and what is written.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use super::super::settings::{Pfs, Settings, TunnelType};
use super::super::{Confidence, Hint, Notation, NotationErrorKind as Kind, ReadError, Unwritable, detect, read, strongswan, write};
use super::Parameter;
use crate::proposal::NegotiationContext;
use crate::registry::{KeMethod, TransformType};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

fn settings(text: &str) -> Settings {
    let found = detect(text).unwrap();
    assert_eq!((found.notation, found.confidence), (Notation::Windows, Confidence::Certain), "{text}");
    read(text, Hint::default()).unwrap_or_else(|error| panic!("{}", error.on(text)))
}

/// Proposals in strongSwan's words, and the PFS rule.
fn said(settings: &Settings) -> String {
    let words = |stated: &super::super::settings::Stated<crate::proposal::Proposal>| {
        let mut proposal = stated.value.clone();
        proposal.transforms.retain(|t| proposal.protocol == crate::registry::SecurityProtocol::IKE || t.ty != TransformType::KE);
        strongswan::emit(&proposal).unwrap()
    };
    let list = |all: &[super::super::settings::Stated<_>]| all.iter().map(words).collect::<Vec<_>>().join(",");
    format!("{} {} {:?}", list(&settings.ike), list(&settings.esp), settings.pfs.as_ref().map(|stated| &stated.value))
}

fn fault(text: &str) -> (&str, Kind) {
    let ReadError { error, .. } = read(text, Hint::default()).unwrap_err();
    (text.get(error.at..error.at + error.len).unwrap(), error.kind)
}

fn remarked(settings: &Settings, word: &str) -> bool {
    settings.remarks.iter().any(|remark| remark.text.contains(word))
}

const SIX: &str = "-AuthenticationTransformConstants SHA256128 -CipherTransformConstants AES256 -EncryptionMethod AES256 \
                   -IntegrityCheckMethod SHA384 -DHGroup ECP384 -PfsGroup PFS2048";
const MEANT: &str = "aes256-sha384-prfsha384-ecp384 aes256-sha256 Some(Groups([KeMethod(14 2048-bit MODP Group)]))";

#[test]
fn commands_as_people_paste_them() {
    let table = "$ipsec = @{\n  ConnectionName = $VpnName # the one above\n  AuthenticationTransformConstants = \"SHA256128\"\n  \
                 CipherTransformConstants = 'AES256'\n  EncryptionMethod= 'aes256';\n\tIntegrityCheckMethod = 'SHA384'\n  DHGroup = $dh\n  \
                 PfsGroup = 'PFS2048'\n  Force = [switch]::Present\n}\n";
    for text in [
        format!("Set-VpnConnectionIPsecConfiguration -ConnectionName \"Work VPN\" {SIX} -PassThru -AllUserConnection -Force"),
        format!("PS C:\\> set-vpnconnectionipsecconfiguration -Name x {} -ea SilentlyContinue -ThrottleLimit 3 | Out-Null", SIX.to_lowercase()),
        format!("Hello,\nI don't see why this fails:\n\nSet-VpnConnectionIPsecConfiguration -ConnectionName x\n {}\n\nIt's odd.", SIX.replace(" -", "\n-")),
        format!("Set-VpnConnectionIPsecConfiguration –ConnectionName ‘VPN’ {}", SIX.replace(" -", " `\r\n  –").replacen('-', "—", 1)),
        format!("$dh = 'ECP384'\n{table}Set-VpnConnectionIPsecConfiguration @ipsec"),
        format!("$dh='ECP384'; {table}"),
        String::from("Set-VpnConnectionIPsecConfiguration VPN SHA256128 AES256 ECP384 AES256 SHA384 PFS2048 -Force"),
        String::from("Set-VpnConnectionIPsecConfiguration VPN -Auth SHA256128 -Cipher AES256 -DH ECP384 -Enc AES256 -Integ SHA384 -Pfs PFS2048"),
        format!("Set-VpnServerConfiguration -CustomPolicy {SIX} -TunnelType IKEv2"),
        format!("Set-VpnServerIPsecConfiguration -CustomPolicy {SIX} -Ikev2Ports 128 -SstpPorts 0 -GrePorts 0 -IdleDisconnectSeconds 300"),
        format!("Add-VpnS2SInterface -Name a -Protocol IKEv2 -Destination 192.0.2.1 -AuthenticationMethod PSKOnly -SharedSecret x -CustomPolicy {SIX}"),
        format!("Add-VpnConnection -Name A -ServerAddress 192.0.2.1 -TunnelType IKEv2 -SplitTunneling $true -EapConfigXmlStream ($a.Xml) -PassThru
                 Set-VpnConnectionIPsecConfiguration -ConnectionName A {SIX}"),
        String::from(SIX),
    ] {
        assert_eq!(said(&settings(&text)), MEANT, "{text}");
    }
}

#[test]
fn output_as_it_is_printed() {
    let list = "PS C:\\Windows\\system32> Get-VpnServerIPsecConfiguration\r\n\r\n\r\nTunnelType                          : IKEV2\r\nGrePorts : 128\r\n\
                CustomPolicy : True\r\nEncryptionMethod : AES256\r\nIntegrityCheckMethod : SHA384\r\nCipherTransformConstants : AES256\r\n\
                PfsGroup : PFS2048\r\nAuthenticationTransformConstants : SHA256128\r\nDHGroup : ECP384\r\nSALifeTime(s) : 28800\r\n\
                SADataSizeForRenegotiation(KB) : 1024\r\nMMSALifeTimeSeconds : 86400\r\n\r\nPS C:\\Windows\\system32>\r\n";
    let read = settings(list);
    assert_eq!(said(&read), MEANT);
    let numbers = [read.ike_lifetime, read.esp_lifetime, read.esp_octets].map(|stated| stated.map(|stated| stated.value));
    assert_eq!(numbers, [Some(86400), Some(28800), Some(1024 * 1024)]);
    let span = read.esp_lifetime.unwrap().span.unwrap();
    assert_eq!(list.get(span.at..span.at + span.len), Some("28800"));
    let table = "(Get-VpnConnection -Name A).IPsecCustomPolicy | Format-Table\n
AuthenticationTransformConstants CipherTransformConstants DHGroup IntegrityCheckMethod PfsGroup EncryptionMethod
-------------------------------- ------------------------ ------- -------------------- -------- ----------------
SHA256128                        AES256                   ECP384  SHA384               PFS2048  AES256\n";
    assert_eq!(said(&settings(table)), MEANT);
    let graph = "\"cryptographySuite\": {\"encryptionMethod\":\"aes256\",\"integrityCheckMethod\":\"sha2_384\",\"dhGroup\":\"ecp384\",\
                 \"cipherTransformConstants\":\"aes256\",\"authenticationTransformConstants\":\"sha_256_128\",\"pfsGroup\":\"pfs2048\"}";
    assert_eq!(said(&settings(graph)), MEANT);
    let part = settings("EncryptionMethod     : AES256\nIntegrityCheckMethod : SHA384\nDHGroup              : Group14\n");
    assert_eq!((part.ike.len(), part.esp.len(), part.pfs), (1, 0, None));
}

#[test]
fn defaults_count_where_nothing_else_does() {
    let count = |text: &str| {
        let read = settings(text);
        (read.ike.len(), read.esp.len(), read.pfs.map(|stated| stated.value))
    };
    let all = (18, 5, Some(Pfs::None));
    assert_eq!(count("Set-VpnConnectionIPsecConfiguration -ConnectionName A -RevertToDefault -Force"), all);
    assert_eq!(count("Set-VpnServerConfiguration -EncryptionType MaximumEncryption -SALifeTimeSeconds 3600"), all);
    assert_eq!(
        count("Get-VpnServerConfiguration\nCustomPolicy : False\nEncryptionType : RequireEncryption\nSALifeTimeSeconds : 28800"),
        all
    );
    assert_eq!(count("<VPNProfile><NativeProfile><NativeProtocolType>IKEv2</NativeProtocolType></NativeProfile></VPNProfile>"), all);
    let script = format!(
        "Add-VpnConnection -Name A -ServerAddress a.example -TunnelType Automatic\nSet-VpnConnectionIPsecConfiguration -ConnectionName A {SIX}"
    );
    let read = settings(&script);
    assert!(remarked(&read, "TunnelType is Automatic"), "{:?}", read.remarks);
    assert_eq!((read.ike.len(), read.remote_identity.unwrap().value.as_str()), (18, "a.example"));
}

fn profile(inner: &str) -> String {
    format!(
        "<VPNProfile>\n<ProfileName>Corp</ProfileName><NativeProfile><Servers>a.example.com;Corp,b.example.com</Servers>{inner}<CryptographySuite>\
         <AuthenticationTransformConstants>SHA256128</AuthenticationTransformConstants><CipherTransformConstants>AES256</CipherTransformConstants>\
         <EncryptionMethod>AES256</EncryptionMethod><IntegrityCheckMethod>SHA384</IntegrityCheckMethod><DHGroup>ECP384</DHGroup>\
         <PfsGroup>PFS2048</PfsGroup></CryptographySuite></NativeProfile>\n</VPNProfile>"
    )
}

#[test]
fn profiles_whole_escaped_and_in_part() {
    let ikev2 = profile("<NativeProtocolType>IKEv2</NativeProtocolType>");
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let sync = format!("<SyncML><Data>{}</Data></SyncML>", escape(&ikev2));
    let here = format!("$ProfileXML = @'\n{ikev2}\n'@\n$x = 'No'");
    let native = ikev2.get(ikev2.find("<NativeProfile>").unwrap()..ikev2.find("\n</VPN").unwrap()).unwrap();
    let inner = native.trim_start_matches("<NativeProfile>").trim_end_matches("</NativeProfile>");
    for text in [&ikev2, &escape(&ikev2), &escape(&escape(&ikev2)), &sync, &here, native, inner] {
        let read = settings(text);
        assert_eq!(said(&read), MEANT, "{text}");
        assert_eq!(read.tunnel_type.map(|stated| stated.value), Some(TunnelType::IkeV2));
        let server = read.remote_identity.as_ref().unwrap();
        assert_eq!(server.value, "a.example.com");
        let span = server.span.unwrap();
        assert_eq!(text.get(span.at..span.at + span.len), Some("a.example.com"), "{text}");
        assert!(remarked(&read, "b.example.com"));
    }
    let bare = inner.get(inner.find("<Auth").unwrap()..inner.find("</Crypt").unwrap()).unwrap();
    assert_eq!(said(&settings(bare)), MEANT);
    let list = |types: &str| {
        settings(&profile(&format!("<NativeProtocolType>ProtocolList</NativeProtocolType><ProtocolList>{types}</ProtocolList>")))
    };
    let both = list("<NativeProtocol><Type>IKEv2</Type></NativeProtocol><NativeProtocol><Type>SSTP</Type></NativeProtocol>");
    assert_eq!((said(&both), both.tunnel_type.unwrap().value), (String::from(MEANT), TunnelType::ProtocolList));
    assert!(remarked(&both, "SSTP"));
    let none = list("<NativeProtocol><Type>SSTP</Type></NativeProtocol>");
    assert_eq!((none.ike.len(), none.tunnel_type.unwrap().value), (0, TunnelType::Other));
    let sstp = settings(&profile("<NativeProtocolType>Sstp</NativeProtocolType>"));
    assert_eq!((sstp.ike.len(), sstp.tunnel_type.unwrap().value), (0, TunnelType::Other));
    assert!(settings(&profile("<DisableIKEv2Fragmentation>false</DisableIKEv2Fragmentation>")).fragmentation.unwrap().value);
}

#[test]
fn several_connections() {
    let text = format!(
        "Set-VpnConnectionIPsecConfiguration -ConnectionName A {SIX}\nSet-VpnConnectionIPsecConfiguration -ConnectionName 'B C' {SIX}"
    );
    let read = settings(&text);
    assert!(remarked(&read, "\"B C\""), "{:?}", read.remarks);
    let twice = format!(
        "Set-VpnServerConfiguration -CustomPolicy {SIX}\nSet-VpnServerConfiguration -CustomPolicy {}",
        SIX.replace("ECP384", "Group14")
    );
    assert_eq!(settings(&twice).ike[0].value.of_type(TransformType::KE).next().map(|t| KeMethod(t.id.0)), Some(KeMethod::MODP_2048));
}

#[test]
fn groups_of_pfs() {
    let rule = |name: &str| settings(&SIX.replace("PFS2048", name)).pfs.unwrap().value;
    assert_eq!(rule("None"), Pfs::None);
    assert_eq!(rule("pfsmm"), Pfs::IkeGroup);
    for (name, group) in [("PFS1", 1), ("PFS2", 2), ("PFS2048", 14), ("ECP256", 19), ("ecp384", 20), ("PFS24", 24)] {
        assert_eq!(rule(name), Pfs::Groups([KeMethod(group)].into()), "{name}");
    }
}

#[test]
fn faults_say_what_was_meant() {
    let value = |parameter, meant| Kind::Value { parameter, meant };
    let command = |from: &str, to: &str| format!("Set-VpnConnectionIPsecConfiguration -ConnectionName A {}", SIX.replace(from, to));
    let (integrity, authentication) = (Parameter::IntegrityCheckMethod, Parameter::AuthenticationTransformConstants);
    assert_eq!(fault(&command("SHA384", "SHA512")), ("SHA512", value(integrity, None)));
    assert_eq!(fault(&command("SHA256128", "SHA256218")), ("SHA256218", value(authentication, Some("SHA256128"))));
    assert_eq!(fault(&command("SHA256128", "SHA256")), ("SHA256", value(authentication, Some("SHA256128"))));
    assert_eq!(fault(&command("-DHGroup ECP384", "-DHGroup Group20")), ("Group20", value(Parameter::DHGroup, Some("ECP384"))));
    assert_eq!(fault(&command("-PfsGroup PFS2048", "-PfsGroup PFS14")), ("PFS14", value(Parameter::PfsGroup, Some("PFS2048"))));
    assert_eq!(fault(&command("-PfsGroup PFS2048", "")).1, Kind::Parameter(Parameter::PfsGroup));
    assert_eq!(fault(&command("-PfsGroup", "-PfsGruop")).1, Kind::Name { expected: "a parameter of the command", meant: Some("PfsGroup") });
    assert_eq!(fault(&command("AES256 -Enc", "GCMAES256 -Enc")).1, Kind::Transforms);
    let escaped = profile("").replace("SHA384", "SHA348").replace('<', "&lt;").replace('>', "&gt;");
    assert_eq!(fault(&escaped), ("SHA348", value(integrity, Some("SHA384"))));
    let shown = read(&escaped, Hint::default()).unwrap_err().on(&escaped);
    assert!(format!("{shown}").contains("did you mean SHA384?"));
    assert_eq!(fault(&profile("<NativeProtocolType>IKEv1</NativeProtocolType>")).0, "IKEv1");
    assert_eq!(fault("Get-VpnServerConfiguration").1, Kind::Empty(super::super::Expected::ParameterName));
}

#[test]
fn esp_without_integrity_is_read_and_remarked() {
    // Example 1 of the reference of the cmdlet.
    let read = settings(&SIX.replace("SHA256128", "None"));
    assert!(remarked(&read, "without integrity"));
    assert_eq!(read.esp[0].value.of_type(TransformType::INTEG).count(), 0);
    assert_eq!(
        said(&settings(&SIX.replace("SHA256128", "GCMAES128").replace("CipherTransformConstants AES256", "CipherTransformConstants None")))
            .split(' ')
            .nth(1),
        Some("aes128gmac")
    );
}

#[test]
fn what_is_written_is_read_back() {
    let full = profile("<NativeProtocolType>IKEv2</NativeProtocolType><DisableIKEv2Fragmentation>true</DisableIKEv2Fragmentation>");
    for text in [
        format!("Set-VpnConnectionIPsecConfiguration -ConnectionName A {SIX}"),
        format!(
            "Set-VpnServerConfiguration -CustomPolicy {SIX} -SALifeTimeSeconds 3600 -MMSALifeTimeSeconds 28800 -SADataSizeForRenegotiationKilobytes 1024"
        ),
        SIX.replace("PFS2048", "PFSMM"),
        SIX.replace("SHA256128", "None"),
        String::from("-EncryptionMethod AES128 -IntegrityCheckMethod SHA1 -DHGroup Group2"),
        String::from("-CipherTransformConstants GCMAES128 -AuthenticationTransformConstants GCMAES128 -PfsGroup None"),
        full.replace(",b.example.com", ""),
        profile("<NativeProtocolType>Automatic</NativeProtocolType>"),
        String::from("Set-VpnConnectionIPsecConfiguration -ConnectionName A -RevertToDefault"),
    ] {
        let read = settings(&text);
        let written = write(&read, Notation::Windows).unwrap();
        assert_eq!(written.remarks, Vec::<String>::new(), "{text}");
        let back = settings(&written.text);
        assert!(back.means_the_same(&read), "{text}\n{}\n{read:?}\n{back:?}", written.text);
    }
}

#[test]
fn what_cannot_be_said_is_remarked() {
    let ike =
        |text: &str| strongswan::parse_ike(text).unwrap().into_iter().map(super::super::settings::Stated::assumed).collect::<Vec<_>>();
    let esp =
        |text: &str| strongswan::parse_esp(text).unwrap().into_iter().map(super::super::settings::Stated::assumed).collect::<Vec<_>>();
    let mut settings = Settings::new(Notation::StrongSwan);
    settings.ike = ike("chacha20poly1305-prfsha256-x25519,aes256-aes128-sha512-sha384-x25519-ecp384-modp2048");
    settings.esp = esp("aes256gcm16-esn-noesn-x25519-ecp384");
    settings.pfs_of_proposals();
    let written = write(&settings, Notation::Windows).unwrap();
    let command = "Set-VpnConnectionIPsecConfiguration -ConnectionName \"VPN\" -AuthenticationTransformConstants GCMAES256 \
                   -CipherTransformConstants GCMAES256 -EncryptionMethod AES256 -IntegrityCheckMethod SHA384 -DHGroup ECP384 -PfsGroup ECP384 -Force\n";
    assert_eq!(written.text, command);
    assert_eq!(written.remarks.len(), 4, "{:?}", written.remarks);
    settings.ike = ike("aes256-sha512-x25519");
    assert!(matches!(write(&settings, Notation::Windows), Err(Unwritable::Transform(_))));
    settings.ike = Vec::new();
    settings.esp = Vec::new();
    assert_eq!(write(&settings, Notation::Windows), Err(Unwritable::Nothing));
    assert_eq!(super::given::defaults(NegotiationContext::IkeSaInit).len(), 18);
}

const XML: &str = "<?xml version=\"1.0\"?><VPNProfile><NativeProfile><!-- <CryptographySuite> --><CryptographySuite>
  <AuthenticationTransformConstants>SHA256128</AuthenticationTransformConstants>
  <CipherTransformConstants> AES128 </CipherTransformConstants>
  <EncryptionMethod>AES_GCM_256</EncryptionMethod>
  <IntegrityCheckMethod>SHA384</IntegrityCheckMethod>
  <DHGroup>Group14</DHGroup>
  <PfsGroup>PFSMM</PfsGroup>
</CryptographySuite></NativeProfile></VPNProfile>";

#[test]
fn the_suite_alone() {
    let policy = super::parse_profile_xml(XML).unwrap();
    assert_eq!(strongswan::emit(&policy.ike().unwrap()).unwrap(), "aes256gcm16-prfsha384-modp2048");
    assert_eq!(strongswan::emit(&policy.child().unwrap()).unwrap(), "aes128-sha256-modp2048");
    assert_eq!(super::parse_profile_xml(&format!("{}", policy.profile_xml())), Ok(policy));
    assert_eq!(super::parse_powershell(&format!("{}", policy.powershell())), Ok(policy));
    let xml = |from: &str, to: &str, token: &str, kind: Kind| {
        let text = XML.replace(from, to);
        assert_ne!(text, XML);
        let error = super::parse_profile_xml(&text).unwrap_err();
        assert_eq!((&text[error.at..error.at + error.len], error.kind), (token, kind), "{text}");
    };
    xml("Group14", "Group15", "Group15", Kind::Value { parameter: Parameter::DHGroup, meant: None });
    xml("</DHGroup>", "</DHgroup>", "/DHgroup", Kind::Markup(super::super::Expected::EndTag));
    xml("DHGroup>", "Lifetime>", "Lifetime", Kind::Unknown(super::super::Expected::ParameterName));
    assert_eq!(super::parse_profile_xml("").unwrap_err().kind, Kind::Markup(super::super::Expected::CryptographySuite));
    // Every cut of a well-formed text ends in an error, and no cut in a panic.
    let end = XML.find("</CryptographySuite>").unwrap() + "</CryptographySuite>".len();
    for cut in 0..end {
        assert!(super::parse_profile_xml(&XML[..cut]).is_err(), "{cut}");
    }
}
