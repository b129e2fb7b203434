//! Makes one HTML file of the page's parts.
//!
//! ```text
//! assemble glue PROGRAM.wasm FOLDER         the program without its descriptions, and the JavaScript that calls it
//! assemble page FOLDER PARTS MODULES PAGE   the page, of that folder, of the parts of the page and of modules of npm
//! ```

mod digits;
mod page;

use std::env;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use wasm_bindgen_cli_support::Bindgen;

/// The name of what the first step writes.
const NAME: &str = "program";

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match *words.as_slice() {
        ["glue", program, folder] => glue(Path::new(program), Path::new(folder)),
        ["page", folder, parts, modules, page] => page::write(Path::new(folder), Path::new(parts), Path::new(modules), Path::new(page)),
        _ => Err("usage: assemble glue PROGRAM.wasm FOLDER | assemble page FOLDER PARTS MODULES PAGE".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("assemble: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A worker has no modules where the page is a file: the glue is a classic script.
fn glue(program: &Path, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut bindgen = Bindgen::new();
    bindgen.input_path(program).out_name(NAME).typescript(false).no_modules(true)?;
    // Names of functions are a third of the program.
    bindgen.remove_name_section(true).remove_producers_section(true).generate(folder)?;
    Ok(())
}
