//! Documents: relative links lead somewhere, and what the chain promises is tested by name.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use super::problem::Problem;
use super::rust::RustFile;
use crate::repository::TextFile;

/// The heading that closes every file of `docs/spec/`.
const INVARIANTS: &str = "## Invariants";

/// Checks every document; `root` is where links of the repository are looked up.
pub fn check(root: &Path, files: &[TextFile], rust: &[RustFile<'_>]) -> Vec<Problem> {
    let proofs = Proofs::of(files, rust);
    let documents = files.iter().filter(|file| file.has_extension("md"));
    documents.flat_map(|file| [check_links(root, file), check_spec(file, &proofs)]).flatten().collect()
}

fn check_links(root: &Path, file: &TextFile) -> Vec<Problem> {
    let links =
        prose_lines(&file.text).flat_map(|(line, text)| targets(&text).into_iter().map(move |target| (line, target)));
    let dead = links.filter(|(_, target)| !is_elsewhere(target) && !leads_somewhere(root, &file.path, target));
    dead.map(|(line, target)| Problem::at(&file.path, line, format!("`{target}` leads nowhere"))).collect()
}

/// Lines with their numbers, without code blocks and `code`.
fn prose_lines(text: &str) -> impl Iterator<Item = (usize, String)> {
    let mut in_code = false;
    text.lines().enumerate().filter_map(move |(at, line)| {
        let fence = line.trim_start().starts_with("```");
        in_code ^= fence;
        (!in_code && !fence).then(|| (at + 1, line.split('`').step_by(2).collect::<Vec<_>>().join("`")))
    })
}

/// What `[text](target)` and `[name]: target` point at.
fn targets(line: &str) -> Vec<String> {
    let inline = line.split("](").skip(1).filter_map(|rest| rest.split([')', ' ']).next());
    let reference =
        line.trim_start().strip_prefix('[').and_then(|rest| rest.split_once("]: ")).map(|(_, target)| target);
    inline.chain(reference.and_then(|target| target.split(' ').next())).map(str::to_owned).collect()
}

fn is_elsewhere(target: &str) -> bool {
    target.is_empty() || target.starts_with('#') || target.contains("://") || target.starts_with("mailto:")
}

fn leads_somewhere(root: &Path, from: &str, target: &str) -> bool {
    let target = target.split(['#', '?']).next().unwrap_or(target);
    let folder = Path::new(from).parent().unwrap_or(Path::new(""));
    let path = target.strip_prefix('/').map_or_else(|| folder.join(target), PathBuf::from);
    inside(&path).is_some_and(|path| root.join(path).exists())
}

/// The path without `.` and `..`; none if it leaves the repository.
fn inside(path: &Path) -> Option<PathBuf> {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => clean.push(name),
            Component::ParentDir if !clean.pop() => return None,
            _ => {}
        }
    }
    Some(clean)
}

/// What an invariant may name as its test.
struct Proofs<'a> {
    /// Test functions.
    functions: BTreeSet<&'a str>,
    /// Files of the end-to-end suite.
    files: BTreeSet<&'a str>,
}

impl<'a> Proofs<'a> {
    fn of(files: &'a [TextFile], rust: &[RustFile<'a>]) -> Self {
        let functions = rust.iter().flat_map(|file| file.structure.functions());
        let files = files.iter().map(|file| file.path.as_str()).filter(|path| path.starts_with("e2e/"));
        Self {
            functions: functions.filter(|function| function.is_test).map(|function| function.name).collect(),
            files: files.collect(),
        }
    }

    fn holds(&self, name: &str) -> bool {
        let function = name.trim_end_matches("()").rsplit("::").next().unwrap_or(name);
        self.files.contains(name) || self.functions.contains(function)
    }
}

fn check_spec(file: &TextFile, proofs: &Proofs<'_>) -> Vec<Problem> {
    if !file.path.starts_with("docs/spec/") {
        return Vec::new();
    }
    let headings: Vec<_> = file.text.lines().enumerate().filter(|(_, line)| line.starts_with("## ")).collect();
    let Some((at, _)) = headings.last().filter(|(_, line)| line.trim_end() == INVARIANTS) else {
        return vec![Problem::of(&file.path, format!("ends in no `{INVARIANTS}` section"))];
    };
    let invariants = listed(&file.text, at + 1);
    if invariants.is_empty() {
        return vec![Problem::at(&file.path, at + 1, "lists no invariant")];
    }
    invariants.iter().filter_map(|invariant| check_invariant(file, invariant, proofs)).collect()
}

/// An entry of the list or table: its first line's number, and all its text.
type Invariant = (usize, String);

/// Items of lists (with the indented lines that follow) and rows of tables below line `heading`.
fn listed(text: &str, heading: usize) -> Vec<Invariant> {
    let mut found: Vec<Invariant> = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate().skip(heading) {
        let table_head = lines.get(at + 1).is_some_and(|next| is_rule(next));
        if begins_item(line) || (line.starts_with('|') && !is_rule(line) && !table_head) {
            found.push((at + 1, (*line).to_owned()));
        } else if let Some((_, item)) = found.last_mut().filter(|_| line.starts_with(' ')) {
            item.push_str(line);
        }
    }
    found
}

fn begins_item(line: &str) -> bool {
    let number = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
    line.starts_with("- ") || line.starts_with("* ") || (number.len() < line.len() && number.starts_with(". "))
}

/// The line between a table's head and its rows.
fn is_rule(line: &str) -> bool {
    line.starts_with('|') && line.chars().all(|letter| matches!(letter, '|' | '-' | ':' | ' '))
}

fn check_invariant(file: &TextFile, (line, text): &Invariant, proofs: &Proofs<'_>) -> Option<Problem> {
    let names: Vec<&str> = text.split('`').skip(1).step_by(2).collect();
    if names.iter().any(|name| proofs.holds(name)) {
        return None;
    }
    let tried = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let text = format!("names no test that exists (in backticks: {tried}); give a test function or a file of e2e/");
    Some(Problem::at(&file.path, *line, text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::root;
    use crate::tidy::rust::read_all;

    fn file(path: &str, text: &str) -> TextFile {
        TextFile { path: path.to_owned(), text: text.to_owned() }
    }

    fn problems(document: TextFile) -> Vec<String> {
        let tests = file("crates/a/src/lib.rs", "fn execute() {}\n#[test]\nfn money_is_conserved() {}\n");
        let files = [document, tests, file("e2e/suites/a.mjs", "")];
        check(&root(), &files, &read_all(&files)).iter().map(Problem::to_string).collect()
    }

    #[test]
    fn links_lead_somewhere() {
        let good = "[a](../Cargo.toml) [b](../xtask/src/main.rs#L1 \"title\") [c](https://x.org/y) [d](#e) `[f](g)`\n\
                    ```\n[h](i)\n```\n[j]: ../Cargo.toml\n![k](/Cargo.toml) [l](mailto:a@b.c)\n";
        assert_eq!(problems(file("docs/a.md", good)), Vec::<String>::new());
        let bad = "[a](Cargo.toml)\n[b](../../x) [c](../nowhere.md#d)\n[e]: nowhere.md\n";
        let expected = ["1: `Cargo.toml`", "2: `../../x`", "2: `../nowhere.md#d`", "3: `nowhere.md`"];
        assert_eq!(problems(file("docs/a.md", bad)), expected.map(|place| format!("docs/a.md:{place} leads nowhere")));
    }

    #[test]
    fn every_invariant_names_a_test() {
        let good = "# A\n## B\n## Invariants\n\nWords.\n\n- Money: `supply`,\n  `a::tests::money_is_conserved()`.\n\
                    1. Files: `e2e/suites/a.mjs`\n\n| what | test |\n|---|---|\n| money | `money_is_conserved` |\n";
        assert_eq!(problems(file("docs/spec/a.md", good)), Vec::<String>::new());
        let bad = "## Invariants\n- a\n- b `execute`\n- c `e2e/suites/b.mjs`\n| d | `gone` |\n";
        let found = problems(file("docs/spec/a.md", bad));
        let lines: Vec<_> = found.iter().map(|text| text.split(": ").next().unwrap_or_default()).collect();
        assert_eq!(lines, ["docs/spec/a.md:2", "docs/spec/a.md:3", "docs/spec/a.md:4", "docs/spec/a.md:5"]);
    }

    #[test]
    fn a_specification_ends_in_its_invariants() {
        for text in ["# A\n", "## Invariants\n- `money_is_conserved`\n## More\n"] {
            assert_eq!(problems(file("docs/spec/a.md", text)), ["docs/spec/a.md: ends in no `## Invariants` section"]);
        }
        assert_eq!(problems(file("docs/spec/a.md", "## Invariants\n")), ["docs/spec/a.md:1: lists no invariant"]);
        assert_eq!(problems(file("docs/adr/a.md", "# A\n")), Vec::<String>::new());
    }
}
