//! PEM files (RFC 7468) of tests/data.

/// The blocks of a file, each with the line before it.
pub fn blocks(file: &str) -> Vec<(String, Vec<u8>)> {
    let text = std::fs::read_to_string(format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let value = |c: char| "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".find(c).map(|at| u32::try_from(at).unwrap());
    let block = |part: &str| {
        let (before, block) = part.split_once("-----BEGIN ").unwrap();
        let (_, base64) = block.split_once("-----").unwrap();
        let sextets: Vec<_> = base64.chars().filter_map(value).collect();
        let octets = sextets.chunks(4).flat_map(|four| {
            let bits = four.iter().fold(0, |sum, sextet| sum << 6 | sextet) << (6 * (4 - four.len()));
            bits.to_be_bytes()[1..four.len()].to_vec()
        });
        // What is left of the line that ended the block before is no name.
        let before = before.split_once("-----").map_or(before, |(_, after)| after);
        (before.trim().trim_start_matches("# ").to_owned(), octets.collect())
    };
    text.split("-----END ").filter(|part| part.contains("-----BEGIN ")).map(block).collect()
}

/// The octets of the blocks of a file.
pub fn octets(file: &str) -> Vec<Vec<u8>> {
    blocks(file).into_iter().map(|(_, octets)| octets).collect()
}
