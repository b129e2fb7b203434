//! A TLS connection whose records are octets in and octets out.

use super::fault::Fault;
use crate::eap::method::{Established, Msk, Proof};
use rustls::{AlertDescription, Connection, Error, ProtocolVersion};
use std::io::{ErrorKind, Read, Write};
use zeroize::Zeroizing;

/// The protected success indication, RFC 9190 section 2.1.1.
const INDICATION: u8 = 0;

pub(super) struct Engine(Connection);

impl Engine {
    pub(super) fn new(connection: impl Into<Connection>) -> Self {
        Self(connection.into())
    }

    /// Takes TLS records.
    pub(super) fn feed(&mut self, mut records: &[u8]) -> Result<(), Error> {
        while !records.is_empty() {
            let taken = self.0.read_tls(&mut records).map_err(|error| Error::General(error.to_string()))?;
            self.0.process_new_packets()?;
            // After close_notify nothing more is taken.
            if taken == 0 {
                break;
            }
        }
        Ok(())
    }

    /// The TLS records that are to be sent.
    pub(super) fn drain(&mut self) -> Vec<u8> {
        let mut records = Vec::new();
        // To write into memory does not fail.
        while self.0.wants_write() && self.0.write_tls(&mut records).is_ok_and(|count| count > 0) {}
        records
    }

    /// What an error of `feed` comes to, and the records that tell the other side.
    pub(super) fn refuse(&mut self, error: Error) -> (Vec<u8>, Fault) {
        let records = self.drain();
        let fault = match error {
            Error::AlertReceived(alert) => Fault::AlertReceived(alert),
            error => Fault::Refused { alert: plain_alert(&records).or_else(|| alert_for(&error)), error },
        };
        (records, fault)
    }

    pub(super) fn is_handshaking(&self) -> bool {
        self.0.is_handshaking()
    }

    /// Whether RFC 9190 is in force.
    pub(super) fn is_tls13(&self) -> bool {
        self.0.protocol_version() == Some(ProtocolVersion::TLSv1_3)
    }

    /// Sends the protected success indication.
    pub(super) fn indicate(&mut self) -> Result<(), Error> {
        self.0.writer().write_all(&[INDICATION]).map_err(|error| Error::General(error.to_string()))
    }

    /// Whether the protected success indication has come since this was last asked.
    pub(super) fn indicated(&mut self) -> Result<bool, Fault> {
        let mut octets = [0xff; 2];
        match self.0.reader().read(&mut octets) {
            Ok(0) => Ok(false),
            Ok(1) if octets.first() == Some(&INDICATION) => Ok(true),
            Ok(_) => Err(Fault::ApplicationData),
            // Nothing has come; or the other side has closed the connection, which says nothing either.
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::UnexpectedEof) => Ok(false),
            Err(_) => Err(Fault::ApplicationData),
        }
    }

    /// What the handshake yields, after its end.
    pub(super) fn established(&self) -> Result<Established, Error> {
        let leaf = self.0.peer_certificates().and_then(<[_]>::first).ok_or(Error::NoCertificatesPresented)?;
        Ok(Established { msk: self.msk()?, proof: Proof::Certificate { leaf: leaf.to_vec() } })
    }

    /// Key_Material of RFC 5216 section 2.3 and RFC 9190 section 2.3: 128 octets, of which the first 64 are the MSK.
    fn msk(&self) -> Result<Msk, Error> {
        let mut material = Zeroizing::new([0; 128]);
        if self.is_tls13() {
            self.0.export_keying_material(material.as_mut_slice(), b"EXPORTER_EAP_TLS_Key_Material", Some(&[13]))?;
        } else {
            self.0.export_keying_material(material.as_mut_slice(), b"client EAP encryption", None)?;
        }
        let mut msk = Zeroizing::new([0; 64]);
        for (to, from) in msk.iter_mut().zip(&*material) {
            *to = *from;
        }
        Ok(Msk::new(msk))
    }
}

/// The alert in a last record that is not encrypted, RFC 5246 section 7.2: type 21, version, length 2, level, description.
fn plain_alert(records: &[u8]) -> Option<AlertDescription> {
    match records {
        [.., 21, _, _, 0, 2, 2, alert] => Some(AlertDescription::from(*alert)),
        _ => None,
    }
}

/// What rustls sends for an error.
fn alert_for(error: &Error) -> Option<AlertDescription> {
    match error {
        Error::InvalidCertificate(error) => Some(error.clone().into()),
        Error::InvalidMessage(error) => Some((*error).into()),
        Error::NoCertificatesPresented => Some(AlertDescription::CertificateRequired),
        Error::DecryptError => Some(AlertDescription::BadRecordMac),
        _ => None,
    }
}
