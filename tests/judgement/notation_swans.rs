//! strongSwan, libreswan, OpenIKED: texts as people paste them, there and back, hostile ones, and what the daemons themselves take.

use ikev2::proposal::notation::{Certainty, Hint, Notation, Pfs, Settings, Unwritable, detect, emit, read, strongswan};
use ikev2::proposal::{Dialect, NegotiationContext};
use ikev2::registry::KeMethod;
use std::time::{Duration, Instant};

fn read_as(text: &str, notation: Notation) -> Settings {
    let found = detect(text).map(|found| found.notation);
    assert_eq!(found, Some(notation), "{text}");
    read(text, Hint::default()).unwrap_or_else(|error| panic!("{}", error.on(text)))
}

/// Proposals in a short spelling: transforms joined by blanks, as strongSwan's keywords where it has them.
fn short(settings: &Settings) -> (Vec<String>, Vec<String>) {
    let spell = |proposal: &ikev2::proposal::Proposal| {
        strongswan::emit(proposal).unwrap_or_else(|_| proposal.transforms.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
    };
    (settings.ike.iter().map(|p| spell(&p.value)).collect(), settings.esp.iter().map(|p| spell(&p.value)).collect())
}

fn is(settings: &Settings, ike: &[&str], esp: &[&str], pfs: Option<Pfs>) {
    let (found_ike, found_esp) = short(settings);
    assert_eq!((found_ike, found_esp), (ike.iter().map(ToString::to_string).collect(), esp.iter().map(ToString::to_string).collect()));
    assert_eq!(settings.pfs.as_ref().map(|stated| stated.value.clone()), pfs);
}

fn groups(all: &[KeMethod]) -> Option<Pfs> {
    Some(Pfs::Groups(all.to_vec()))
}

fn remarks(settings: &Settings, word: &str) -> bool {
    settings.remarks.iter().any(|remark| remark.text.contains(word))
}

#[test]
fn swanctl_conf_whole() {
    let text = "root@gw:~# cat /etc/swanctl/conf.d/a.conf\ninclude extra/*.conf\nconnections {\n first {\n  remote_addrs = 192.0.2.1 # peer\n }\n \
                second\n {\n  proposals = \"aes256-sha256-modp2048, default\"\n  rekey_time = 8h\n  over_time=30m\n  fragmentation = no\n  \
                local-1 { id = us }\n  remote-1 {\n id = \"C=DE, CN=peer\" }\n  children { a { mode = tunnel\n } b { esp_proposals = aes128gcm16-x25519-esn,aes128-sha1 ; rekey_bytes = 5\n } }\n }\n}\nsecrets { ike { secret = {}\n}\n";
    let settings = read_as(&text.replace(" ; rekey_bytes", "\n rekey_bytes"), Notation::StrongSwan);
    assert_eq!(settings.ike.len(), 3, "one, and two of default");
    assert_eq!(settings.ike_lifetime.unwrap().value, 28800);
    assert_eq!(settings.fragmentation.map(|stated| stated.value), Some(false));
    assert_eq!(settings.remote_identity.as_ref().unwrap().value, "C=DE, CN=peer");
    assert_eq!(short(&settings).1, ["aes128gcm16-x25519-esn", "aes128-sha1"]);
    assert_eq!(settings.esp_octets.unwrap().value, 5);
    for word in ["first", "child", "extra/*.conf", "1800 seconds", "default stands"] {
        assert!(remarks(&settings, word), "{word}: {:?}", settings.remarks);
    }
}

#[test]
fn swanctl_conf_in_part() {
    let child = read_as("net {\n  esp_proposals = aes256gcm16-ecp384\n  rekey_time = 1h\n}", Notation::StrongSwan);
    is(&child, &[], &["aes256gcm16-ecp384"], groups(&[KeMethod::ECP_384]));
    assert_eq!(child.esp_lifetime.unwrap().value, 3600);
    let lines = read_as("    proposals = aes256-sha1-modp2048!\n    esp_proposals = aes256-sha1\n", Notation::StrongSwan);
    is(&lines, &["aes256-sha1-prfsha1-modp2048"], &["aes256-sha1"], Some(Pfs::None));
    let text = "  ah_proposals = sha256-modp2048";
    let ah = read_as(text, Notation::StrongSwan);
    assert_eq!(ah.esp[0].value.protocol, ikev2::registry::SecurityProtocol::AH);
    let span = ah.esp[0].span.unwrap();
    assert_eq!(&text[span.at..span.at + span.len], "sha256-modp2048");
}

#[test]
fn an_error_stands_in_the_whole_text() {
    let text = "connections {\n c {\n  proposals = aes256-sha256-modp2048, aes256-sha265-modp2048\n } }\n";
    let error = read(text, Hint::default()).unwrap_err();
    assert_eq!(&text[error.error.at..error.error.at + error.error.len], "sha265");
    assert!(error.to_string().contains("did you mean sha256?"), "{error}");
    let hint = Hint { dialect: Some(Dialect::Libreswan4), ..Hint::default() };
    let error = read("aes256-sh2;dh19", hint).unwrap_err().to_string();
    assert!(error.contains("PRF") && error.contains("did you mean sha2?") && !error.contains("strongSwan"), "{error}");
}

#[test]
fn charon_log() {
    let text = "Nov  3 09:14:02 gw charon: 12[CFG] <a|1> received proposals: IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/CURVE_25519/KE1_ML_KEM_768, IKE:AES_GCM_16_256/PRF_AES128_CMAC/UNKNOWN_6_36/FOO_9\n\
                Nov  3 09:14:02 gw charon: 12[CFG] <a|1> configured proposals: IKE:3DES_CBC/HMAC_MD5_96/PRF_HMAC_MD5/MODP_1024\n\
                Nov  3 09:14:02 gw charon: 12[CFG] <a|1> selected proposal: ESP:AES_CBC_128/HMAC_SHA1_96/MODP_2048/EXT_SEQ\n";
    let settings = read_as(text, Notation::StrongSwan);
    is(
        &settings,
        &["aes256-sha256-prfsha256-x25519-ke1_mlkem768", "AES_GCM_16_256 PRF_AES128_CMAC ADDKE1 ML_KEM_768 (36)"],
        &["aes128-sha1-modp2048-esn"],
        groups(&[KeMethod::MODP_2048]),
    );
    assert!(remarks(&settings, "FOO_9"));
    // The log of a side whose own settings are asked for: what it has configured.
    let own = read(text, Hint { dialect: Some(Dialect::StrongSwan5), ..Hint::default() }).unwrap();
    assert_eq!(short(&own).0, ["3des-md5-prfmd5-modp1024"]);
    let wrong = "07[CFG] received proposals: ESP:AES_GCM_16_256/NO_EXT_SEQ, ESP:NULL/HMAC_SHA1_96/NO_EXT_SEQ, AH:HMAC_SHA1_96/NO_EXT_SEQ\n";
    let settings = read_as(wrong, Notation::StrongSwan);
    assert_eq!(settings.esp.len(), 3);
    assert_eq!(settings.pfs, None);
}

#[test]
fn what_strongswan_prints() {
    let text = "peer: IKEv2, no reauthentication, rekeying every 14400s\n  local:  %any\n  remote: 192.0.2.1\n  local public key authentication:\n    \
                id: moon\n  remote pre-shared key authentication:\n    id: carol.example\n  net: TUNNEL, rekeying every 3600s\n";
    let settings = read_as(text, Notation::StrongSwan);
    assert_eq!((settings.ike_lifetime.unwrap().value, settings.esp_lifetime.unwrap().value), (14400, 3600));
    assert_eq!(settings.remote_identity.unwrap().value, "carol.example");
    let text = "Security Associations (1 up, 0 connecting):\n     net[1]: ESTABLISHED 6 minutes ago\n     net[1]: IKE proposal: \
                AES_GCM_16_256/PRF_HMAC_SHA2_384/ECP_384\n     net{1}:  AES_CBC_256/HMAC_SHA2_256_128/MODP_2048, 0 bytes_i, 0 bytes_o\n";
    let settings = read_as(text, Notation::StrongSwan);
    is(&settings, &["aes256gcm16-prfsha384-ecp384"], &["aes256-sha256-modp2048"], groups(&[KeMethod::MODP_2048]));
}

#[test]
fn ipsec_conf_of_strongswan() {
    let text = "conn %default\n\tike=aes128-sha1-modp1024\n\tikelifetime=60m\n\tkeylife=20m\nconn rw\n\tleftauth=pubkey\n\talso=base\n\tright=%any\n\
                conn base\n\tesp=aes256-sha256-ecp256!\n\trightid=\"carol@example.org\"\n\tfragmentation=yes\n";
    let settings = read_as(text, Notation::StrongSwan);
    is(&settings, &["aes128-sha1-prfsha1-modp1024"], &["aes256-sha256-ecp256"], groups(&[KeMethod::ECP_256]));
    assert_eq!((settings.ike_lifetime.unwrap().value, settings.esp_lifetime.unwrap().value), (3600, 1200));
    assert!(remarks(&settings, "without !") && remarks(&settings, "base"), "{:?}", settings.remarks);
}

#[test]
fn ipsec_conf_of_libreswan() {
    let text = "conn a\n\tauthby=secret\n\tike=aes256-sha2;dh14\n\tesn=no\n\tikelifetime=8h\n\tsalifetime=1h\n\trightid=@b\n\tphase2alg=aes256-sha2_512\n";
    let settings = read_as(text, Notation::Libreswan);
    is(&settings, &["aes256-sha256-prfsha256-modp2048"], &["aes256-sha512"], Some(Pfs::IkeGroup));
    assert_eq!((settings.ike_lifetime.unwrap().value, settings.esp_lifetime.unwrap().value), (28800, 3600));
    let text = "    ike = aes256-sha2;dh19,aes128-sha2;dh19\n    esp=aes256-sha1;dh14,aes128-sha1\n    pfs = no";
    let settings = read_as(text, Notation::Libreswan);
    assert_eq!((settings.ike.len(), settings.pfs.unwrap().value), (2, Pfs::None));
    // What the daemon refuses is read, and said.
    let hint = Hint { dialect: Some(Dialect::Libreswan5), context: Some(NegotiationContext::CreateChildSa), ..Hint::default() };
    for text in ["aes256-sha2_256;dh14,aes256-sha2_256;dh15", "aes256-sha1;dh14,aes128-sha1", "esp=aes256-sha1;dh14,aes128-sha1;dh15"] {
        let settings = read(text, hint).unwrap();
        assert!(remarks(&settings, "does not load"), "{text}: {:?}", settings.remarks);
    }
    for text in ["ike=aes128-sha1;modp1024", "ike=aes256-sha2;dh22", "ike=3des-md5;dh2", "ike=cast-sha1;dh5"] {
        assert_eq!(read(text, hint).unwrap().ike.len(), 1, "{text}");
    }
    // The grammar of 5, and what it says of sizes.
    let settings = read_as(
        "conn x\n keyexchange=ikev2\n ike=aes256-sha2;dh31;addke1=ml_kem_768+none\n esp=aes_gcm256;dh31;sn=yes\n",
        Notation::Libreswan,
    );
    is(&settings, &["aes256-sha256-prfsha256-x25519-ke1_mlkem768-ke1_none"], &["aes256gcm16-x25519-esn"], groups(&[KeMethod::CURVE25519]));
    assert!(read("aes256-sha2;dh31;addke1=ml_kem_768", Hint { dialect: Some(Dialect::Libreswan4), ..hint }).is_err());
}

#[test]
fn what_pluto_logs() {
    let text = "Nov 30 01:49:16.55: \"p\" #1: proposal 2:IKE=AES_CBC_256-HMAC_SHA2_256-HMAC_SHA2_256_128-MODP2048 chosen from remote proposals \
                1:IKE:ENCR=AES_GCM_C_256;PRF=HMAC_SHA2_384;DH=ECP_384 2:IKE:ENCR=AES_CBC_256;INTEG=HMAC_SHA2_256_128;PRF=HMAC_SHA2_256;DH=MODP2048[first-match]\n\
                Nov 30 01:49:16.58: \"p\" #3: proposal 2:ESP=AES_CBC_128-HMAC_SHA1_96-ENABLED SPI=c98d7c9c chosen from remote proposals \
                1:ESP:ENCR=AES_CBC_256;INTEG=HMAC_SHA2_256_128;ESN=DISABLED 2:ESP:ENCR=AES_CBC_128;INTEG=HMAC_SHA1_96;ESN=ENABLED;ESN=DISABLED[first-match]\n";
    let settings = read_as(text, Notation::Libreswan);
    is(&settings, &["aes256gcm16-prfsha384-ecp384", "aes256-sha256-prfsha256-modp2048"], &["aes256-sha256", "aes128-sha1-esn-noesn"], None);
    let local = "pluto[9]: \"z\": local IKE proposals (IKE SA initiator selecting KE):\npluto[9]: \"z\":   1:IKE=AES_GCM_C_256-HMAC_SHA2_512+HMAC_SHA2_256-NONE-ECP_384+ECP_256\n\
                 pluto[9]: \"z\":   2:IKE=AES_CBC_256-HMAC_SHA2_256-HMAC_SHA2_256_128-MODP2048\npluto[9]: \"z\":   1:ESP=NULL-HMAC_MD5_96-NONE-DISABLED\n";
    let settings = read_as(local, Notation::Libreswan);
    is(&settings, &["aes256gcm16-prfsha512-prfsha256-ecp384-ecp256", "aes256-sha256-prfsha256-modp2048"], &["null-md5"], None);
    let refused = "\"p\" #4: no local proposal matches remote proposals 1:IKE:ENCR=AES_GCM_C_256;PRF=HMAC_SHA2_384;DH=CURVE25519 2:IKE:ENCR=AES_CBC_256;INTEG=HMAC_SHA2_256_128;INTEG=AES_CMAC_96;PRF=AES128_CMAC;DH=MODP2048;";
    assert_eq!(
        short(&read_as(refused, Notation::Libreswan)).0,
        ["aes256gcm16-prfsha384-x25519", "aes256-sha256-aescmac-prfaescmac-modp2048"]
    );
}

#[test]
fn what_libreswan_prints() {
    let text = "000 \"p\":   ike_life: 28800s; ipsec_life: 3600s; ipsec_max_bytes: 2^63B;\n000 \"p\":   policy: IKEv2+PSK+ENCRYPT+TUNNEL+PFS+ESN_YES;\n\
                000 \"p\":   our id=@a; their idtype: ID_FQDN; their id=@carol\n000 \"p\":   IKE algorithms: AES_CBC_256-HMAC_SHA2_256-MODP2048, AES_GCM_16_256-HMAC_SHA2_512+HMAC_SHA2_256-DH20+DH19\n\
                000 \"p\":   ESP algorithms: AES_GCM_16_256-NONE-MODP2048, AES_CBC_128-HMAC_SHA1_96-MODP2048\n000 \"q\":   IKE algorithms: AES_CBC_256-HMAC_SHA1-MODP2048\n";
    let settings = read_as(text, Notation::Libreswan);
    is(
        &settings,
        &["aes256-sha256-prfsha256-modp2048", "aes256gcm16-prfsha512-prfsha256-ecp384-ecp256"],
        &["aes256gcm16-modp2048-esn", "aes128-sha1-modp2048-esn"],
        groups(&[KeMethod::MODP_2048]),
    );
    assert_eq!(settings.fragmentation.map(|stated| stated.value), Some(false));
    assert_eq!(settings.remote_identity.as_ref().unwrap().value, "@carol");
    assert!(remarks(&settings, "q"));
    let text = "$ ipsec algparse 'ike=aes256-sha2;dh14' esp=aes\nalgparse -v2 'ike=aes256-sha2;dh14'\n\tAES_CBC_256-HMAC_SHA2_256-MODP2048\nalgparse -v2 'esp=aes'\n\tAES_CBC-HMAC_SHA2_512_256+HMAC_SHA2_256_128\n";
    let settings = read_as(text, Notation::Libreswan);
    assert_eq!(settings.esp.len(), 1);
}

#[test]
fn iked_conf() {
    let text = "set fragmentation\nenc = \"aes-256-gcm\"\ncrypto_x = \"enc aes-256\"\nikev2 active esp from any to any peer 192.0.2.1\n\
                ikev2 'b' ah from 10.0.0.0/8 to dynamic \\\n  ikesa $crypto_x auth hmac-sha2 group grp14 \\\n  childsa auth hmac-sha1 esn noesn \\\n  dstid b ikelifetime 4h lifetime 1h bytes 1G\n";
    let error = read(text, Hint::default());
    assert!(error.is_ok(), "{}", error.unwrap_err().on(text));
    let settings = read_as(text, Notation::OpenIked);
    assert_eq!(short(&settings).0, ["aes256-sha256-prfsha256-prfsha384-prfsha512-prfsha1-modp2048"]);
    assert_eq!(short(&settings).1, ["sha1-esn-noesn"]);
    assert_eq!((settings.ike_lifetime.unwrap().value, settings.esp_octets.unwrap().value), (14400, 1 << 30));
    assert!(remarks(&settings, "hmac-sha2-256") && remarks(&settings, "Another policy"), "{:?}", settings.remarks);
    let default = read_as("ikev2 \"w\" active from 192.0.2.0/24 to 198.51.100.0/24 peer 192.0.2.1 psk \"enc group\"\n", Notation::OpenIked);
    assert_eq!((default.ike.len(), default.esp.len()), (2, 2));
    assert_eq!(default.pfs.unwrap().value, Pfs::None);
    let both = read_as("ikesa group ecp256 prf hmac-sha2-256", Notation::OpenIked);
    assert_eq!(short(&both).0[0], "aes128gcm16-aes256gcm16-prfsha256-ecp256");
    assert_eq!(both.ike.len(), 2);
    let broken = read_as(
        "ikev2 \"w\" esp\n from any to any\n ikesa enc aes-256 auth hmac-sha2-256\n group modp2048 prf hmac-sha2-256\n childsa enc aes-256-gcm\n",
        Notation::OpenIked,
    );
    assert_eq!(short(&broken), (vec!["aes256-sha256-prfsha256-modp2048".into()], vec!["aes256gcm16".into()]));
    assert!(remarks(&broken, "does not end in"));
    for (text, token) in [
        ("ikesa enc aes-265 auth hmac-sha2-256", "aes-265"),
        ("ikesa enc aes-256-gcm auth hmac-sha1", "hmac-sha1"),
        ("ikesa enc aes-256-gcm enc aes-128", "aes-128"),
        ("ikesa enc aes-256 group none", "none"),
        ("ikesa enc aes-256 esn", "esn"),
        ("ikesa enc AES-256", "AES-256"),
        ("childsa enc aes-256 grup modp2048", "grup"),
        ("ikesa enc aes-256 childsa enc aes-128 lifetime 3d", "3d"),
        ("ikesa enc aes-256, enc aes-128", ","),
    ] {
        let error = read(text, Hint::default()).unwrap_err().error;
        assert_eq!(&text[error.at..error.at + error.len], token, "{text}: {error}");
    }
}

#[test]
fn bare_proposals_are_told_apart() {
    for (text, notation, confidence) in [
        ("aes256-sha2_256;dh14", Notation::Libreswan, Certainty::Likely),
        ("aes_gcm256+aes_gcm128-sha2_512;dh19", Notation::Libreswan, Certainty::Likely),
        ("aes256gcm16-prfsha384-ecp384", Notation::StrongSwan, Certainty::Likely),
        ("aes256-sha256-modp2048 !", Notation::StrongSwan, Certainty::Likely),
        ("aes256-sha1-modp2048, aes128-sha1-modp1536", Notation::StrongSwan, Certainty::Possible),
        ("ike=aes256-sha2;modp2048", Notation::Libreswan, Certainty::Likely),
    ] {
        let found = detect(text).unwrap();
        assert_eq!((found.notation, found.confidence), (notation, confidence), "{text}");
    }
    for text in ["windows10", "strongswan6-debian", "a text of prose", "aes is a cipher", "", "PFS2048"] {
        assert!(detect(text).is_none_or(|found| found.confidence == Certainty::Possible), "{text}");
    }
}

/// Whatever is read from one is written in each, and read back as the same, unless a remark says what is lost.
#[test]
fn there_and_back() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/notations");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut all = 0;
    for path in files.filter(|path| path.extension().is_some_and(|ext| ext == "txt")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let Ok(settings) = read(&text, Hint::default()) else { continue };
        for notation in [Notation::StrongSwan, Notation::Libreswan, Notation::OpenIked] {
            // A text may say nothing that the notation has a word for.
            let written = match emit(&settings, notation) {
                Err(Unwritable::Nothing) => continue,
                written => written.unwrap_or_else(|error| panic!("{path:?} {notation}: {error}")),
            };
            assert_eq!(detect(&written.text).map(|found| found.notation), Some(notation), "{}", written.text);
            let back = read(&written.text, Hint { notation: Some(notation), ..Hint::default() });
            let back = back.unwrap_or_else(|error| panic!("{}", error.on(&written.text)));
            let same = settings.means_the_same(&back);
            assert!(same || !written.remarks.is_empty(), "{path:?} {notation}:\n{}\n{settings:#?}\n{back:#?}", written.text);
            all += 1;
        }
    }
    assert!(all >= 120, "{all}");
}

#[test]
fn any_cut_and_any_noise() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/notations");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !["strongswan", "libreswan", "openiked"].iter().any(|product| name.starts_with(product)) {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for end in (0..text.len()).step_by(11).filter(|end| text.is_char_boundary(*end)) {
            for notation in [Notation::StrongSwan, Notation::Libreswan, Notation::OpenIked] {
                for text in [text[..end].to_string(), format!("{}\u{1f511}\"{{{}", &text[..end], &text[end..])] {
                    if let Err(error) = read(&text, Hint { notation: Some(notation), ..Hint::default() }) {
                        let (at, len) = (error.error.at, error.error.len);
                        assert!(text.get(at..at + len).is_some(), "{error:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn large_texts_take_linear_time() {
    let pieces = [
        "aes256-sha256-modp2048,",
        "ike=aes,",
        "conn a\n ike=aes\n also=b\nconn b\n also=a\n",
        "connections { a { proposals = aes256\n",
        "{",
        "}",
        "x {\n",
        "IKE:",
        "IKE:AES_CBC_256/",
        ",IKE:AES_CBC_256/PRF_HMAC_SHA1",
        "1:IKE:ENCR=AES_CBC_256;",
        " 1:IKE=AES_CBC_256-A-B",
        "ikesa enc aes-256 ",
        "ikev2 \"a\" ",
        "$x",
        "x = \"a\"\n$x ",
        "\"",
        "#",
        "\\\n",
        "000 \"p\":   IKE algorithms: AES_CBC_256-HMAC_SHA2_256-MODP2048\n",
        ": IKEv",
        "algparse ike=aes\n",
        "=",
        "a=b\n",
        " ",
        "\n",
        "proposals",
        "proposals =",
        "esp_proposals = aes256,",
        "aes-",
        "aes256+",
        "include x\n",
        "a:",
        "remote 'x' @",
        "a : b {\n",
    ];
    for piece in pieces {
        let text = piece.repeat(100_000 / piece.len());
        let start = Instant::now();
        let _ = detect(&text);
        for notation in [Notation::StrongSwan, Notation::Libreswan, Notation::OpenIked] {
            let _ = read(&text, Hint { notation: Some(notation), ..Hint::default() });
        }
        println!("{piece:?} {:?}", start.elapsed());
        assert!(start.elapsed() < Duration::from_secs(5), "{piece:?} {:?}", start.elapsed());
    }
}

/// Differences between a daemon and our reader that are meant: the daemon, what is found in the text, and why.
const MEANT: &[(&str, &[&str], &str)] = &[
    (
        "strongswan",
        &["gcm16-sha256", "-ecp256-sha1", "gcm12-sha256_96", "ccm8-noesn"],
        "an integrity algorithm that does nothing: an impossible suite here",
    ),
    (
        "libreswan",
        &["modp1024", "modp768", "dh2", "cast", "des-", "des+", "des;", "serpent", "twofish", "blowfish"],
        "read, and told as not in the build",
    ),
    ("libreswan", &[" "], "read with blanks, and told as refused by the daemon"),
    ("libreswan", &[";dh14,aes256-sha2_256;dh15", ";dh14,aes128-sha1"], "read, and told as refused by the daemon"),
    ("libreswan5", &["addke1=", "sn=", "-dh19-dh14"], "the grammar of 5.3 and later, where the daemon is 5.2"),
    ("openiked", &["lifetime"], "a policy without proposals is no text of ours"),
];

/// tests/interop/notations.py has asked strongSwan 5.9.8, libreswan 4.10 and 5.2 and OpenIKED 7.2 which texts they take.
#[test]
fn the_daemons_take_what_we_read() {
    let rows = include_str!("../data/notations-daemons/verdicts.jsonl");
    let mut wrong = Vec::new();
    for row in rows.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()) {
        let (daemon, protocol, text) = (row["daemon"].as_str().unwrap(), row["protocol"].as_str().unwrap(), row["text"].as_str().unwrap());
        let (whole, dialect) = match (daemon, protocol) {
            ("strongswan", "ike") => (format!("proposals = {text}\n"), Dialect::StrongSwan5),
            ("strongswan", _) => (format!("esp_proposals = {text}\n"), Dialect::StrongSwan5),
            ("openiked", _) => (text.to_string(), Dialect::OpenIked),
            (name, _) => {
                let dialect = if name == "libreswan" { Dialect::Libreswan4 } else { Dialect::Libreswan5 };
                (format!("{protocol}={text}\n"), dialect)
            }
        };
        let notation = match dialect {
            Dialect::StrongSwan5 => Notation::StrongSwan,
            Dialect::OpenIked => Notation::OpenIked,
            _ => Notation::Libreswan,
        };
        let read = read(&whole, Hint { notation: Some(notation), dialect: Some(dialect), ..Hint::default() });
        let meant = MEANT.iter().any(|(name, signs, _)| daemon.starts_with(name) && signs.iter().any(|sign| text.contains(sign)));
        if read.is_ok() != row["accepted"].as_bool().unwrap() && !meant {
            let why = read.err().map(|error| error.to_string()).unwrap_or_default();
            wrong.push(format!(
                "{daemon} {protocol} {text:?}: the daemon {}; {why}",
                if row["accepted"] == true { "takes it" } else { "refuses it" }
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
