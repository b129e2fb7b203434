//! PowerShell commands: of a connection (module VpnClient) and of a server (module RemoteAccess).

use super::super::NotationError;
use super::super::powershell::{Command, Wanted, commands};
use super::super::words::Word;
use super::Parameter;
use super::given::{Form, Given, Key, parameter};
use alloc::vec::Vec;

const CONNECTION_POLICY: &str = "Set-VpnConnectionIPsecConfiguration";

/// The commands that are read.
pub(super) const COMMANDS: &[&str] = &[
    CONNECTION_POLICY,
    "Add-VpnConnection",
    "Set-VpnConnection",
    "Set-VpnServerConfiguration",
    "Add-VpnServerConfiguration",
    "Set-VpnServerIPsecConfiguration",
    "Add-VpnS2SInterface",
    "Set-VpnS2SInterface",
];

const WANTED: Wanted = Wanted {
    commands: COMMANDS,
    switches: SWITCHES,
    bare: &[
        "AuthenticationTransformConstants",
        "CipherTransformConstants",
        "EncryptionMethod",
        "IntegrityCheckMethod",
        "DHGroup",
        "PfsGroup",
    ],
};

/// Parameters without a value: of these commands, of CIM commands, and of all commands.
const SWITCHES: &[&str] = &[
    "Force",
    "PassThru",
    "AllUserConnection",
    "RevertToDefault",
    "CustomPolicy",
    "AsJob",
    "Confirm",
    "WhatIf",
    "Verbose",
    "Debug",
    "RememberCredential",
    "UseWinlogonCredential",
    "Persistent",
    "EnableQoS",
    "InternalIPv4",
    "UsePersistentTunnel",
    "cf",
    "wi",
    "vb",
    "db",
];

/// Parameters that say nothing of proposals: of these commands, of CIM commands, and of all commands.
const OTHERS: &[&str] = &[
    "Force",
    "PassThru",
    "AllUserConnection",
    "AsJob",
    "CimSession",
    "Session",
    "ThrottleLimit",
    "Confirm",
    "WhatIf",
    "Verbose",
    "Debug",
    "ErrorAction",
    "ErrorVariable",
    "InformationAction",
    "InformationVariable",
    "OutVariable",
    "OutBuffer",
    "PipelineVariable",
    "ProgressAction",
    "WarningAction",
    "WarningVariable",
    "cf",
    "wi",
    "vb",
    "db",
    "ea",
    "ev",
    "wa",
    "wv",
    "infa",
    "iv",
    "ov",
    "ob",
    "pv",
    // VpnClient.
    "SplitTunneling",
    "RememberCredential",
    "UseWinlogonCredential",
    "ServerList",
    "DnsSuffix",
    "IdleDisconnectSeconds",
    "IdleDurationSeconds",
    "PlugInApplicationID",
    "CustomConfiguration",
    "L2tpPsk",
    "EapConfigXmlStream",
    "AuthenticationMethod",
    "MachineCertificateIssuerFilter",
    "MachineCertificateEKUFilter",
    "ThirdPartyVpn",
    // RemoteAccess.
    "SstpPorts",
    "GrePorts",
    "Ikev2Ports",
    "L2tpPorts",
    "AdminStatus",
    "Certificate",
    "EapMethod",
    "GreKey",
    "GreTunnel",
    "InitiateConfigPayload",
    "InternalIPv4",
    "IPv4Subnet",
    "IPv4TriggerFilterAction",
    "IPv6Subnet",
    "IPv6TriggerFilterAction",
    "LocalVpnTrafficSelector",
    "NetworkOutageTimeSeconds",
    "NumberOfTries",
    "OtherCipherAlgorithm",
    "Password",
    "Persistent",
    "PostConnectionIPv4Subnet",
    "PostConnectionIPv6Subnet",
    "PromoteAlternate",
    "Protocol",
    "RadiusAttributeClass",
    "RemoteVpnTrafficSelector",
    "ResponderAuthenticationMethod",
    "RetryIntervalSeconds",
    "RoutingDomain",
    "RxBandwidthKbps",
    "SharedSecret",
    "SourceIpAddress",
    "TxBandwidthKbps",
    "UserName",
    "EnableQoS",
];

/// The positions of `Set-VpnConnectionIPsecConfiguration`.
const POSITIONS: [Key; 7] = [
    Key::Name,
    Key::Policy(Parameter::AuthenticationTransformConstants),
    Key::Policy(Parameter::CipherTransformConstants),
    Key::Policy(Parameter::DHGroup),
    Key::Policy(Parameter::EncryptionMethod),
    Key::Policy(Parameter::IntegrityCheckMethod),
    Key::Policy(Parameter::PfsGroup),
];

/// What each connection, and the server, is given; in the order in which they are first named.
pub(super) fn read(text: &str) -> Result<Vec<Given<'_>>, NotationError> {
    let mut all: Vec<Given<'_>> = Vec::new();
    for command in commands(text, WANTED) {
        let given = one(&command)?;
        if !given.says_something() && given.server.is_none() {
            continue;
        }
        let same = |other: &&mut Given<'_>| match (other.name, given.name) {
            (Some(a), Some(b)) => a.text.eq_ignore_ascii_case(b.text),
            _ => (other.form == Form::Server) == (given.form == Form::Server),
        };
        match all.iter_mut().find(same) {
            Some(other) => other.merge(given),
            None => all.push(given),
        }
    }
    Ok(all)
}

fn one<'t>(command: &Command<'t>) -> Result<Given<'t>, NotationError> {
    let form = match command.name {
        "" => Form::Shown,
        name if name.contains("Server") || name.contains("S2S") => Form::Server,
        _ => Form::Client,
    };
    let mut given = Given::new(form, command.span);
    let mut free = Vec::new();
    let mut named = Vec::new();
    for argument in &command.arguments {
        let Some(name) = argument.name else {
            free.extend(argument.value);
            continue;
        };
        let key = parameter(name, OTHERS)?;
        let end = name.behind(name.text.len());
        given.set(key, name, argument.value.unwrap_or(Word { lead: None, ..end }))?;
        named.push(key);
    }
    if command.name == CONNECTION_POLICY && !command.arguments.is_empty() {
        let open = POSITIONS.into_iter().filter(|key| !named.contains(key));
        // Prose that names the command goes on with other words.
        if named.iter().any(|key| *key != Key::Other) || free.len() >= POSITIONS.len() {
            for (key, value) in open.zip(free) {
                given.set(key, value, value)?;
            }
        }
    }
    Ok(given)
}
