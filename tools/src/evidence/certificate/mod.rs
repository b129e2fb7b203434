//! What certificates are good for in IKEv2, from their files alone: whether a Windows client or server takes them, for which name, what the
//! chain lacks, and what it weighs.
//!
//! ```text
//! read.rs     files -> certificates: PEM, DER, PKCS#7, base64; errors in error.rs, a little DER in tlv.rs
//! facts.rs    one certificate, and what it says
//! chain.rs    which issued which
//! judge.rs    rules for one certificate; names in host.rs
//! links.rs    rules for the chain
//! problem.rs  every rule with its name and its source
//! weight.rs   octets and fragments, values in octets.rs
//! model.rs    the values that come out
//! examine.rs  all of it
//! ```
//!
//! Nothing outside of the files is looked at: neither stores nor lists of revoked certificates, nor whether a private key is there.
//!
//! ```
//! use ikev2_tools::evidence::certificate::{ExamineOptions, Fitness, examine};
//!
//! # let chain: &[u8] = include_bytes!("../../../../tests/data/handshake/rsa4096-server.pem");
//! # let root: &[u8] = include_bytes!("../../../../tests/data/handshake/rsa4096-root.pem");
//! let options = ExamineOptions { name: Some("vpn.example.net".into()), ..ExamineOptions::at(1_800_000_000) };
//! let found = examine(&[("chain.pem", chain)], &[("root.pem", root)], &options);
//! assert_eq!(found.fitness, Fitness::NotFit);
//! assert!(found.problems.iter().any(|problem| problem.code.name() == "name_mismatch" && problem.windows_error == Some(13801)));
//! let weight = found.weight.ok_or("no weight")?;
//! assert!(weight.as_is.packet > 1500 && weight.others.iter().any(|other| other.message.packet < weight.as_is.packet));
//! # Ok::<(), &str>(())
//! ```

mod chain;
mod error;
mod examine;
mod facts;
mod host;
mod judge;
mod links;
mod model;
mod octets;
mod problem;
mod read;
mod tlv;
mod weight;

pub use error::{CertificateFileError, CertificateFileFault};
pub use examine::examine;
pub use judge::purpose_name;
pub use model::{
    CertificateChain, CertificateFacts, CertificateRole, ChainEnd, ChainLink, Examination, ExamineOptions, Fitness, PATH_MTUS,
    SignatureCheck,
};
pub use octets::{ChainWeight, MessageWeight, OtherWeight, PathWeight, PayloadWeight};
pub use problem::{CertificateCode, CertificateProblem, ProblemSeverity};
pub use read::{MAX_FILE, recognise};
