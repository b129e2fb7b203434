//! `ike compare`: the columns of its table, and the files it writes.

use super::hold;
use crate::kit::ike;
use std::path::Path;

#[test]
fn the_folder_has_the_files_and_the_columns_others_rely_on() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("contracts_compare");
    let _ = std::fs::remove_dir_all(&out);
    let line = "compare --runs 1 --strategy paced --path ethernet --size 1598 --threads 1 --out";
    let (status, _, err) = ike(line.split(' ').chain([out.to_str().unwrap()]), "");
    assert_eq!(status, 0, "{err}");
    let mut found: Vec<_> =
        std::fs::read_dir(&out).unwrap().map(|entry| format!("file {}", entry.unwrap().file_name().into_string().unwrap())).collect();
    let table = std::fs::read_to_string(out.join("runs.csv")).unwrap();
    let header = table.lines().next().unwrap();
    found.extend(header.split(',').enumerate().map(|(n, column)| format!("runs.csv column {:02} {column}", n + 1)));
    hold("compare", found);
}
