//! Reading Rust without compiling it: tokens, test code, functions, public items, paths.
//!
//! A small lexer that knows strings, characters and comments is enough for counting and for finding names; what it
//! can't know (types, macros' output, `cfg` of features) no check here asks for. It reads a megabyte in well under a
//! second even unoptimised.

mod items;
mod lexer;
mod paths;
mod structure;

pub use paths::Path;
pub use structure::Structure;

use crate::repository::TextFile;

/// A Rust file, understood as far as the checks need.
pub struct RustFile<'a> {
    /// The file as it lies in the repository.
    pub file: &'a TextFile,
    /// Its tokens, and which of them are test code.
    pub structure: Structure<'a>,
}

impl RustFile<'_> {
    /// Number of lines in the file.
    pub fn lines(&self) -> usize {
        self.file.text.lines().count()
    }

    /// Number of lines that are not test code; 0 for a file of tests.
    pub fn lines_outside_tests(&self) -> usize {
        if self.structure.is_all_test() { 0 } else { self.lines() - self.structure.test_lines() }
    }
}

/// Understands every `.rs` file; a file that another declares under `#[cfg(test)]` is test code as a whole.
pub fn read_all(files: &[TextFile]) -> Vec<RustFile<'_>> {
    let rust = files.iter().filter(|file| file.has_extension("rs"));
    let mut read: Vec<_> = rust.map(|file| RustFile { file, structure: Structure::of(&file.text) }).collect();
    let declared: Vec<String> = read.iter().flat_map(test_module_stems).collect();
    for file in &mut read {
        if is_test_path(&file.file.path) || declared.iter().any(|stem| lies_in(&file.file.path, stem)) {
            file.structure.mark_all_test();
        }
    }
    read
}

/// Cargo's own test folders, and files named for tests.
fn is_test_path(path: &str) -> bool {
    let folders = ["tests", "benches", "examples", "fuzz"];
    let mut parts = path.rsplit('/');
    let name = parts.next().unwrap_or(path);
    name == "tests.rs" || name.ends_with("_tests.rs") || parts.any(|part| folders.contains(&part))
}

/// Where the modules lie that a file declares as tests, without `.rs` or `/mod.rs`.
fn test_module_stems(file: &RustFile<'_>) -> Vec<String> {
    let stem = file.file.path.strip_suffix(".rs").unwrap_or(&file.file.path);
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    let base = if matches!(name, "mod" | "lib" | "main") { folder } else { stem };
    file.structure.test_modules().iter().map(|module| format!("{base}/{module}")).collect()
}

fn lies_in(path: &str, stem: &str) -> bool {
    path.strip_prefix(stem).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> TextFile {
        TextFile { path: path.to_owned(), text: text.to_owned() }
    }

    #[test]
    fn test_files_are_known_by_their_place_or_by_who_declares_them() {
        let files = [
            file("crates/a/src/lib.rs", "#[cfg(test)]\nmod proofs;\nmod tree;\n"),
            file("crates/a/src/proofs.rs", "fn a() {}"),
            file("crates/a/src/proofs/deep.rs", "fn b() {}"),
            file("crates/a/src/tree.rs", "#[cfg(test)] mod model;"),
            file("crates/a/src/tree/model.rs", "fn c() {}"),
            file("crates/a/src/bank/tests.rs", "fn d() {}"),
            file("crates/a/tests/story.rs", "fn e() {}"),
            file("crates/a/src/latests.rs", "fn f() {}"),
        ];
        let whole: Vec<bool> = read_all(&files).iter().map(|read| read.structure.is_all_test()).collect();
        assert_eq!(whole, [false, true, true, false, true, true, true, false]);
    }

    #[test]
    fn lines_outside_tests_leave_the_test_module_out() {
        let files = [file("src/a.rs", "//! A.\n\nfn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n")];
        let read = read_all(&files);
        assert_eq!((read[0].lines(), read[0].lines_outside_tests()), (8, 4));
    }
}
