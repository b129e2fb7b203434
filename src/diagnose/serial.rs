//! Findings for serde: what a program asks a finding for, under fixed names.

use super::cause::Cause;
use super::cause::detail::DetailValue;
use super::finding::Finding;
use super::settings::Setting;
use serde::ser::{Serialize, SerializeMap, SerializeStruct, Serializer};

/// `code`, `severity`, `confidence`, `sa`, `packets`, `time` (seconds since the caller's start), `windows_error`, `text` (the cause in
/// words), `who`, `settings` (a list of `product` and `setting`) and `details`, a map by the names of the cause.
impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Finding", 11)?;
        fields.serialize_field("code", self.cause.code())?;
        fields.serialize_field("severity", self.severity.name())?;
        fields.serialize_field("confidence", self.confidence.name())?;
        fields.serialize_field("sa", &self.spis)?;
        fields.serialize_field("packets", &self.packets)?;
        fields.serialize_field("time", &self.time.elapsed_since_start().as_secs_f64())?;
        fields.serialize_field("windows_error", &self.windows_error())?;
        fields.serialize_field("text", &Text(&self.cause))?;
        fields.serialize_field("who", &self.cause.who())?;
        fields.serialize_field("settings", &SettingList(&self.cause.remedy()))?;
        fields.serialize_field("details", &Details(&self.cause))?;
        fields.end()
    }
}

struct Text<'a>(&'a Cause);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self.0)
    }
}

struct SettingList<'a>(&'a [Setting]);

impl Serialize for SettingList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|one| ProductSetting { product: one.product.name(), setting: &one.text }))
    }
}

#[derive(serde::Serialize)]
struct ProductSetting<'a> {
    product: &'static str,
    setting: &'a str,
}

struct Details<'a>(&'a Cause);

impl Serialize for Details<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let details = self.0.details();
        let mut map = serializer.serialize_map(Some(details.len()))?;
        for (name, value) in &details {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// The value itself, without a name for its kind.
impl Serialize for DetailValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Bool(yes) => serializer.serialize_bool(*yes),
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Numbers(numbers) => numbers.serialize(serializer),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Texts(texts) => texts.serialize(serializer),
        }
    }
}
