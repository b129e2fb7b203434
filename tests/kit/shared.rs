//! Data that is no part of the repository: vectors of other projects, decodes of another program.

use super::recorded::json;
use serde_json::Value;
use std::path::PathBuf;

/// A folder of the shared data: vectors of other projects' tests and decodes of another program, which are no part of the repository.
///
/// Who calls this is `#[ignore = "needs IKEV2_SHARED"]`, so that a run without the data shows what did not run. Asked for without the
/// data it fails: nothing passes that compared nothing.
pub fn shared(folder: &str) -> PathBuf {
    let Some(shared) = std::env::var_os("IKEV2_SHARED") else {
        panic!("set IKEV2_SHARED to the folder that holds `{folder}`, or leave the ignored tests out");
    };
    let folder = PathBuf::from(shared).join(folder);
    assert!(folder.is_dir(), "IKEV2_SHARED is set, but there is no folder {}", folder.display());
    folder
}

/// The files of vectors: their stems, and the vectors of each. A test that calls this needs what [`shared`] needs.
pub fn vector_files() -> Vec<(String, Vec<Value>)> {
    let mut paths: Vec<_> = std::fs::read_dir(shared("vectors")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json") && !path.ends_with("INDEX.json"));
    paths.sort();
    assert!(!paths.is_empty(), "no file of vectors in IKEV2_SHARED");
    let of_file = |path: &PathBuf| match json(path)["vectors"].take() {
        Value::Array(vectors) => (path.file_stem().unwrap().to_str().unwrap().to_owned(), vectors),
        other => panic!("{}: `vectors` is {other}", path.display()),
    };
    paths.iter().map(of_file).collect()
}

/// All vectors of the kinds given. A test that calls this needs what [`shared`] needs.
pub fn vectors(kinds: &[&str]) -> Vec<Value> {
    let all = vector_files().into_iter().flat_map(|(_, vectors)| vectors);
    let found: Vec<_> = all.filter(|vector| kinds.contains(&vector["kind"].as_str().unwrap())).collect();
    for kind in kinds {
        assert!(found.iter().any(|vector| vector["kind"] == **kind), "no vector of kind {kind}");
    }
    found
}
