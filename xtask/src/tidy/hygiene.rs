//! Text hygiene: nothing of the machine it was written on, no registry hosts, no stray white space.

use super::problem::Problem;
use crate::repository::TextFile;

// Each pattern is written in two parts, so that this file does not hold what it looks for.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/", "work"), concat!("/", "root/"), concat!("/", "home/"), concat!("/", "Users/")];
const REGISTRIES: [&str; 9] = [
    concat!("crates.io", "-index"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("registry.", "npmjs"),
    concat!("registry.", "yarnpkg"),
    concat!("npm.", "pkg.github.com"),
    concat!("pypi.org", "/simple"),
    concat!("files.", "pythonhosted.org"),
    concat!("proxy.", "golang.org"),
];
/// The one way in which Cargo.lock names where packages come from.
const LOCK_SOURCE: &str = concat!("source = \"registry+https://github.com/rust-lang/crates.io", "-index\"");

/// Checks every text file.
pub fn check(files: &[TextFile]) -> Vec<Problem> {
    files.iter().flat_map(check_file).collect()
}

fn check_file(file: &TextFile) -> Vec<Problem> {
    let spaced = file.has_extension("rs") || file.has_extension("md");
    let paths: Vec<_> = MACHINE_PATHS.iter().filter(|pattern| file.text.contains(**pattern)).collect();
    let hosts: Vec<_> = REGISTRIES.iter().filter(|pattern| file.text.contains(**pattern)).collect();
    if !spaced && paths.is_empty() && hosts.is_empty() {
        return Vec::new();
    }
    let mut problems = Vec::new();
    for (at, line) in file.text.lines().enumerate() {
        let path = paths.iter().find(|pattern| names_machine_path(line, pattern)).map(|_| "a path of one machine");
        let host = hosts
            .iter()
            .find(|host| line.contains(***host) && !is_lock_source(file, line))
            .map(|_| "a package registry's host");
        let space = if spaced { stray_space(line) } else { None };
        problems.extend([path, host, space].into_iter().flatten().map(|text| Problem::at(&file.path, at + 1, text)));
    }
    problems
}

/// Whether `pattern` stands in `line` as the beginning of an absolute path, rather than within a longer path or word.
fn names_machine_path(line: &str, pattern: &str) -> bool {
    line.match_indices(pattern).any(|(at, _)| {
        let inside = line[..at].ends_with(|letter: char| letter.is_alphanumeric() || "_-.~}$*".contains(letter));
        let after = line[at + pattern.len()..].chars().next();
        let goes_on = after.is_some_and(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-'));
        !inside && goes_on == pattern.ends_with('/')
    })
}

fn is_lock_source(file: &TextFile, line: &str) -> bool {
    file.name() == "Cargo.lock" && line == LOCK_SOURCE
}

fn stray_space(line: &str) -> Option<&'static str> {
    if line.contains('\t') {
        return Some("a tab");
    }
    line.ends_with(char::is_whitespace).then_some("white space at the end of the line")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(path: &str, text: &str) -> Vec<String> {
        let file = TextFile { path: path.to_owned(), text: text.to_owned() };
        check_file(&file).iter().map(Problem::to_string).collect()
    }

    #[test]
    fn paths_of_one_machine_are_found_where_a_path_begins() {
        let [work, root, home, users] = MACHINE_PATHS;
        for line in [
            format!("\"{work}/main\""),
            format!("cd {work}"),
            format!("({root}x)"),
            format!("file://{home}me/a"),
            format!("{users}me"),
        ] {
            assert_eq!(problems("a.sh", &format!("\n{line}\n")), ["a.sh:2: a path of one machine"], "{line}");
        }
        for line in [
            format!("$HOME{work}/x"),
            format!("a{work}/x"),
            format!("..{work}"),
            format!("{work}er"),
            format!("{root} "),
            format!("x{home}me"),
        ] {
            assert_eq!(problems("a.sh", &line), Vec::<String>::new(), "{line}");
        }
    }

    #[test]
    fn registry_hosts_are_found_but_cargos_own_lock_lines_are_not() {
        for host in REGISTRIES {
            assert_eq!(
                problems("a.json", &format!("https://{host}")),
                ["a.json:1: a package registry's host"],
                "{host}"
            );
        }
        assert_eq!(problems("Cargo.lock", LOCK_SOURCE), Vec::<String>::new());
        assert_eq!(problems("a.toml", LOCK_SOURCE).len(), 1);
        assert_eq!(problems("Cargo.lock", &LOCK_SOURCE.replace("https", "sparse")).len(), 1);
    }

    #[test]
    fn stray_space_is_found_in_code_and_documents() {
        assert_eq!(problems("a.rs", "a\n\tb\nc \n"), ["a.rs:2: a tab", "a.rs:3: white space at the end of the line"]);
        assert_eq!(problems("a.md", "a \n").len(), 1);
        assert_eq!(problems("Makefile", "\ta \n"), Vec::<String>::new());
    }
}
