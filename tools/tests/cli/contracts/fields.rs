//! Which fields JSON lines have, with which types.

use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Fields whose texts are words out of a list, and no sentences.
const WORDS: [&str; 17] = [
    "asker",
    "by",
    "code",
    "confidence",
    "decrypt",
    "known",
    "outcome",
    "phase",
    "question",
    "result",
    "sender",
    "severity",
    "side",
    "state",
    "transport",
    "verdict",
    "what",
];

/// The fields of all lines that were read, by kind and path.
#[derive(Default)]
pub(crate) struct Fields {
    /// How many objects there were at a path.
    objects: BTreeMap<String, usize>,
    /// The object that has the field, how often it was there, and its types.
    fields: BTreeMap<String, (String, usize, BTreeSet<&'static str>)>,
    words: BTreeSet<String>,
}

impl Fields {
    /// Reads a line of that kind.
    pub(crate) fn read(&mut self, kind: &str, line: &Map<String, Value>) {
        self.object(&format!("{kind} "), line);
    }

    fn object(&mut self, at: &str, object: &Map<String, Value>) {
        *self.objects.entry(at.to_owned()).or_default() += 1;
        for (name, value) in object {
            let path = format!("{at}{name}");
            let field = self.fields.entry(path.clone()).or_insert_with(|| (at.to_owned(), 0, BTreeSet::new()));
            field.1 += 1;
            field.2.insert(type_of(value));
            if let Some(word) = value.as_str().filter(|_| WORDS.contains(&name.as_str())) {
                self.words.insert(format!("{path} = {word:?}"));
            }
            self.inside(&path, value);
        }
    }

    fn inside(&mut self, path: &str, value: &Value) {
        match value {
            Value::Object(object) => self.object(&format!("{path}."), object),
            Value::Array(list) => list.iter().for_each(|one| self.element(path, one)),
            _ => {}
        }
    }

    /// What stands in a list; a payload is of a kind of its own, since each type has other fields, and the same ones wherever it stands.
    fn element(&mut self, list: &str, value: &Value) {
        let path = format!("{list}[]");
        let field = self.fields.entry(path.clone()).or_insert_with(|| (String::new(), 0, BTreeSet::new()));
        field.2.insert(type_of(value));
        match value {
            Value::Object(payload) if ["payloads", "inner"].iter().any(|lists| list.ends_with(lists)) => {
                self.read(&format!("payload {}", payload["name"].as_str().unwrap()), payload);
            }
            _ => self.inside(&path, value),
        }
    }

    /// A line for each field and each word.
    pub(crate) fn lines(&self) -> Vec<String> {
        let fields = self.fields.iter().map(|(path, (object, count, types))| {
            let always = self.objects.get(object).is_none_or(|objects| objects == count);
            let types: Vec<_> = types.iter().copied().collect();
            format!("{path}{}: {}", if always { "" } else { "?" }, types.join(" or "))
        });
        fields.chain(self.words.iter().cloned()).collect()
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

#[test]
fn a_field_has_a_path_its_types_and_a_mark_when_it_may_be_missing() {
    let mut fields = Fields::default();
    for line in [
        r#"{"payloads":[{"name":"SA","list":[1,"b"]},{"name":"SA","list":[]},{"name":"N","x":null}],"what":"one"}"#,
        r#"{"payloads":[],"more":{"x":true}}"#,
    ] {
        fields.read("kind", serde_json::from_str::<Value>(line).unwrap().as_object().unwrap());
    }
    let expected = [
        "kind more.x: boolean",
        "kind more?: object",
        "kind payloads: array",
        "kind payloads[]: object",
        "kind what = \"one\"",
        "kind what?: string",
        "payload N name: string",
        "payload N x: null",
        "payload SA list: array",
        "payload SA list[]: number or string",
        "payload SA name: string",
    ];
    let mut found = fields.lines();
    found.sort();
    assert_eq!(found, expected);
}
