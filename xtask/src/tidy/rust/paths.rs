//! The paths that code names: `a::b::c` wherever it stands, `use` trees spelled out, and macros by name.

use super::lexer::Kind;
use super::structure::Structure;

/// A path outside tests, as written; `a::{b, c::d}` in a `use` gives `a::b` and `a::c::d`.
#[derive(Debug, PartialEq, Eq)]
pub struct Path<'a> {
    /// Its parts, in order.
    pub parts: Vec<&'a str>,
    /// Whether it is called as a macro.
    pub is_macro: bool,
    /// Line of its first own part, from 1.
    pub line: usize,
}

impl Path<'_> {
    /// The path as one writes it.
    pub fn display(&self) -> String {
        format!("{}{}", self.parts.join("::"), if self.is_macro { "!" } else { "" })
    }
}

impl<'a> Structure<'a> {
    /// Every path in the file outside tests, single names too.
    pub fn paths(&self) -> Vec<Path<'a>> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < self.tokens().len() {
            at = if self.is_test(at) { at + 1 } else { self.path_from(at, &[], &mut found) };
        }
        found
    }

    /// Reads one path with whatever group hangs on it, gives where to go on.
    fn path_from(&self, start: usize, prefix: &[&'a str], found: &mut Vec<Path<'a>>) -> usize {
        let (mut at, mut parts) = (start, prefix.to_vec());
        while self.is_word(at) {
            parts.push(self.text(at));
            if self.text(at + 1) != "::" {
                let is_macro = self.text(at + 1) == "!" && self.opens(at + 2);
                found.push(Path { parts, is_macro, line: self.tokens()[start].line });
                return at + 1;
            }
            at += 2;
        }
        match self.text(at) {
            "{" if at > start => self.group(at, &parts, found),
            "*" if at > start || !prefix.is_empty() => {
                found.push(Path { parts, is_macro: false, line: self.tokens()[start].line });
                at + 1
            }
            _ => at.max(start + 1),
        }
    }

    fn group(&self, open: usize, prefix: &[&'a str], found: &mut Vec<Path<'a>>) -> usize {
        let (mut at, close) = (open + 1, self.close_of(open));
        while at < close {
            at = match self.text(at) {
                "as" => at + 2,
                _ => self.path_from(at, prefix, found),
            };
        }
        close.max(open) + 1
    }

    fn is_word(&self, at: usize) -> bool {
        self.tokens().get(at).is_some_and(|token| token.kind == Kind::Word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(source: &str) -> Vec<String> {
        let long = |path: &Path<'_>| path.parts.len() > 1 || path.is_macro;
        Structure::of(source).paths().iter().filter(|path| long(path)).map(Path::display).collect()
    }

    #[test]
    fn paths_are_found_wherever_they_stand() {
        let cases: [(&str, &[&str]); 8] = [
            ("use std::fs;", &["std::fs"]),
            (
                "use std::{fs, io::{self, Read as _}, net::*};",
                &["std::fs", "std::io::self", "std::io::Read", "std::net"],
            ),
            ("let a = std::time::Instant::now();", &["std::time::Instant::now"]),
            ("fn a(b: &::std::net::IpAddr) {}", &["std::net::IpAddr"]),
            ("println!(\"a\"); a != b; std::println!{}", &["println!", "std::println!"]),
            ("Vec::<std::fs::File>::new()", &["std::fs::File"]),
            ("#[test] fn a() { std::fs::read(b); }", &[]),
            ("// std::fs\n\"std::fs\"", &[]),
        ];
        for (source, expected) in cases {
            assert_eq!(paths(source), expected, "{source}");
        }
    }

    #[test]
    fn a_path_knows_its_line() {
        let structure = Structure::of("use std::{\n    io,\n    fs,\n};");
        let lines: Vec<_> = structure.paths().iter().map(|path| (path.parts.len(), path.line)).collect();
        assert_eq!(lines, [(1, 1), (2, 2), (2, 3)]);
    }

    #[test]
    fn unfinished_paths_are_no_panic() {
        for source in ["use a::{", "a::", "a::{b", "::", "use a::{b as", "use a::{}"] {
            Structure::of(source).paths();
        }
    }
}
