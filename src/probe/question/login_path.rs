//! Whether a login finds its way to the server and back, as the caller tells.

use crate::diagnose::Confidence::{High, Low, Medium};
use crate::probe::answer::AnswerResult::{No, Unknown, Yes};
use crate::probe::answer::{AnswerValue, ProbeAnswer, ProbeQuestion};
use crate::probe::evidence::Evidence;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// `None` where no login was made.
pub(in crate::probe) fn answer(seen: &Evidence) -> Option<ProbeAnswer> {
    let login = seen.login.as_ref()?;
    let forms = [("IP fragments", login.by_ip_fragments), ("IKE fragments", login.by_ike_fragments)];
    let named =
        |known: bool| forms.iter().filter(move |(_, is)| *is == Some(known)).map(|(name, _)| *name).collect::<Vec<_>>().join(" and in ");
    let (answered, silent) = (named(true), named(false));
    let size = if login.octets == 0 { String::new() } else { format!(" of {} octets", login.octets) };
    let (known, text) = match (answered.is_empty(), silent.is_empty()) {
        (true, true) => ((Unknown, Low), String::from("No login was sent: the server did not accept IKE_SA_INIT.")),
        (true, false) => ((No, Medium), format!("A login{size} was not answered in {silent}.")),
        (false, true) => ((Yes, High), format!("A login{size} was answered in {answered}.")),
        (false, false) => ((Yes, High), format!("A login{size} was answered in {answered}, and not in {silent}.")),
    };
    let text = if login.certificates.is_empty() { text } else { format!("{text} {}", login.certificates.join(" ")) };
    let value = AnswerValue::List(login.certificates.clone());
    Some(ProbeAnswer { value, ..seen.say(ProbeQuestion::LoginPath, known, login.datagrams, text) })
}
