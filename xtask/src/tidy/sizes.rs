//! Sizes and habits: what no file may do, and what is counted so that it can only get better.

use super::problem::Problem;
use super::ratchet::{Count, Figure};
use super::rust::RustFile;
use crate::repository::TextFile;

/// No Rust file is longer, in lines, tests included.
const FILE_LINES_MAX: usize = 700;
/// No function is longer, in lines of code between its braces, tests included.
const FUNCTION_LINES_MAX: usize = 70;
/// Files above it are counted, in lines outside tests.
const FILE_LINES_AIM: usize = 200;
/// Functions above it are counted, in lines of code between their braces.
const FUNCTION_LINES_AIM: usize = 10;

/// Names that say nothing of what is inside; for files and folders of code.
const EMPTY_NAMES: [&str; 6] = ["common", "helper", "helpers", "misc", "util", "utils"];
/// Endings of files that hold code of ours.
const CODE: [&str; 6] = ["rs", "js", "mjs", "ts", "py", "sh"];

/// The rules that no file may break.
pub fn check(files: &[TextFile], rust: &[RustFile<'_>]) -> Vec<Problem> {
    let names = files.iter().filter_map(check_name);
    names.chain(rust.iter().flat_map(check_file)).collect()
}

fn check_name(file: &TextFile) -> Option<Problem> {
    let code = CODE.iter().any(|extension| file.has_extension(extension));
    let stems = file.path.split('/').map(|part| part.split('.').next().unwrap_or(part));
    let empty = stems.into_iter().find(|stem| code && EMPTY_NAMES.contains(stem))?;
    Some(Problem::of(&file.path, format!("`{empty}` says nothing: name it for what it holds")))
}

fn check_file(file: &RustFile<'_>) -> Vec<Problem> {
    let path = &file.file.path;
    let headless = !file.file.text.starts_with("//!");
    let header = headless.then(|| Problem::at(path, 1, "open with `//!`: what the file is and what it promises"));
    let lines = file.lines();
    let long = (lines > FILE_LINES_MAX)
        .then(|| Problem::of(path, format!("{lines} lines, at most {FILE_LINES_MAX}: split it by what it does")));
    let unwraps = file.structure.unwraps().into_iter();
    let unwraps = unwraps.map(|line| {
        Problem::at(path, line, "`unwrap()` outside tests: say `expect(\"why it holds\")` or return the error")
    });
    header.into_iter().chain(long).chain(unwraps).chain(long_functions(file)).collect()
}

fn long_functions(file: &RustFile<'_>) -> Vec<Problem> {
    let functions = file.structure.functions().into_iter().filter(|function| function.lines > FUNCTION_LINES_MAX);
    let text = |name: &str, lines| {
        format!("fn {name} has {lines} lines, at most {FUNCTION_LINES_MAX}: split it by what it does")
    };
    functions.map(|function| Problem::at(&file.file.path, function.line, text(function.name, function.lines))).collect()
}

/// The figures that the ratchet holds.
pub fn figures(rust: &[RustFile<'_>]) -> Vec<Figure> {
    vec![long_files(rust), functions_over_aim(rust), undocumented(rust)]
}

fn long_files(rust: &[RustFile<'_>]) -> Figure {
    let long = rust.iter().map(|file| (file, file.lines_outside_tests())).filter(|(_, lines)| *lines > FILE_LINES_AIM);
    let text = |lines| format!("{lines} lines outside tests");
    let places = long.map(|(file, lines)| Problem::of(&file.file.path, text(lines))).collect();
    Figure { name: "files_over_200_lines", count: Count::Number, places }
}

fn functions_over_aim(rust: &[RustFile<'_>]) -> Figure {
    let (mut all, mut places) = (0, Vec::new());
    for file in rust {
        for function in file.structure.functions().iter().filter(|function| !function.is_test) {
            all += 1;
            if function.lines > FUNCTION_LINES_AIM {
                let text = format!("fn {} has {} lines", function.name, function.lines);
                places.push(Problem::at(&file.file.path, function.line, text));
            }
        }
    }
    Figure { name: "functions_over_10_lines_percent", count: Count::PercentOf(all), places }
}

fn undocumented(rust: &[RustFile<'_>]) -> Figure {
    let mut places = Vec::new();
    for file in rust {
        let items = file.structure.public_items();
        let silent = items.iter().filter(|item| !item.documented);
        places.extend(
            silent.map(|item| Problem::at(&file.file.path, item.line, format!("pub {} has no doc comment", item.name))),
        );
    }
    Figure { name: "public_items_undocumented", count: Count::Number, places }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::rust::read_all;

    fn file(path: &str, text: String) -> TextFile {
        TextFile { path: path.to_owned(), text }
    }

    fn problems(path: &str, text: String) -> Vec<String> {
        let files = [file(path, text)];
        check(&files, &read_all(&files)).iter().map(Problem::to_string).collect()
    }

    fn function(lines: usize) -> String {
        format!("fn f() {{\n{}}}\n", "    g();\n".repeat(lines))
    }

    #[test]
    fn files_and_functions_have_a_greatest_length() {
        assert_eq!(problems("a.rs", format!("//! A.\n{}", "\n".repeat(699))), Vec::<String>::new());
        assert!(problems("a.rs", format!("//! A.\n{}", "\n".repeat(700)))[0].starts_with("a.rs: 701 lines"));
        assert_eq!(problems("a.rs", format!("//! A.\n{}", function(70))), Vec::<String>::new());
        assert!(problems("a.rs", format!("//! A.\n{}", function(71)))[0].starts_with("a.rs:2: fn f has 71 lines"));
    }

    #[test]
    fn a_file_opens_with_words_and_never_unwraps() {
        assert!(problems("a.rs", "use b;\n".into())[0].starts_with("a.rs:1: open with"));
        assert!(problems("a.rs", "//! A.\nfn a() { b.unwrap() }\n".into())[0].starts_with("a.rs:2: `unwrap()`"));
        assert_eq!(problems("tests/a.rs", "//! A.\nfn a() { b.unwrap() }\n".into()), Vec::<String>::new());
    }

    #[test]
    fn names_say_what_is_inside() {
        for path in ["a/util.rs", "a/tests/common/mod.rs", "e2e/lib/helpers.mjs", "a/utils/b.py"] {
            assert!(check_name(&file(path, String::new())).is_some(), "{path}");
        }
        for path in ["a/utility.rs", "docs/misc.md", "a/commonware.rs"] {
            assert!(check_name(&file(path, String::new())).is_none(), "{path}");
        }
    }

    #[test]
    fn figures_count_what_is_over_the_aim_outside_tests() {
        let long = format!(
            "//! A.\n{}{}pub fn a() {{}}\n#[cfg(test)]\nmod tests {{\n{}}}\n",
            function(11),
            "\n".repeat(190),
            function(40)
        );
        let files = [
            file("a.rs", long),
            file("b.rs", format!("//! B.\n{}", function(10))),
            file("tests/c.rs", "\n".repeat(300)),
        ];
        let figures = figures(&read_all(&files));
        let values: Vec<_> = figures.iter().map(|figure| (figure.name, figure.value())).collect();
        let expected =
            [("files_over_200_lines", 1), ("functions_over_10_lines_percent", 33), ("public_items_undocumented", 1)];
        assert_eq!(values, expected);
    }
}
