//! Functions with their lengths, public items with or without words, and calls of `unwrap`.

use super::lexer::Kind;
use super::structure::Structure;

/// Words that may stand between `pub` and what kind of item it is.
const MODIFIERS: [&str; 4] = ["async", "default", "extern", "unsafe"];
/// Kinds of public items that have to be documented.
const DOCUMENTED: [&str; 8] = ["enum", "fn", "macro", "static", "struct", "trait", "type", "union"];

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Function<'a> {
    /// Its name.
    pub name: &'a str,
    /// Line of `fn`, from 1.
    pub line: usize,
    /// Lines of code between its braces, neither blank lines nor comments; as clippy counts `too_many_lines`.
    pub lines: usize,
    /// Whether it is test code.
    pub is_test: bool,
}

/// An item declared `pub` outside tests.
#[derive(Debug, PartialEq, Eq)]
pub struct PublicItem<'a> {
    /// Its name.
    pub name: &'a str,
    /// Line of `pub`, from 1.
    pub line: usize,
    /// Whether a doc comment or attribute stands before it.
    pub documented: bool,
}

impl<'a> Structure<'a> {
    /// Every function that has a body, nested ones and tests too.
    pub fn functions(&self) -> Vec<Function<'a>> {
        let code = self.code_lines();
        (0..self.tokens().len()).filter_map(|at| self.function_at(at, &code)).collect()
    }

    /// Every item declared `pub` without restriction outside tests and macros; neither `use` nor fields.
    pub fn public_items(&self) -> Vec<PublicItem<'a>> {
        let mut items = Vec::new();
        let mut at = 0;
        while at < self.tokens().len() {
            match self.macro_end(at) {
                Some(end) => at = end,
                None => items.extend(self.public_item_at(at)),
            }
            at += 1;
        }
        items
    }

    /// Lines that call `unwrap()` outside tests.
    pub fn unwraps(&self) -> Vec<usize> {
        let calls =
            |at: &usize| [".", "unwrap", "(", ")"].iter().enumerate().all(|(i, text)| self.text(at + i) == *text);
        let found = (0..self.tokens().len()).filter(calls).filter(|at| !self.is_test(*at));
        found.map(|at| self.tokens()[at + 1].line).collect()
    }

    /// For each line whether code stands on it; index 0 is unused.
    fn code_lines(&self) -> Vec<bool> {
        let mut code = vec![false; self.tokens().last().map_or(0, |token| token.last_line) + 1];
        for token in self.tokens() {
            code[token.line..=token.last_line].fill(true);
        }
        code
    }

    fn function_at(&self, at: usize, code: &[bool]) -> Option<Function<'a>> {
        let name = self.tokens().get(at + 1).filter(|token| token.kind == Kind::Word)?;
        if self.text(at) != "fn" {
            return None;
        }
        let open = self.body_of(at)?;
        let (first, last) = (self.tokens()[open].line, self.tokens()[self.close_of(open)].line);
        let lines = if first == last { 1 } else { code[first + 1..last].iter().filter(|line| **line).count() };
        Some(Function { name: name.text, line: self.tokens()[at].line, lines, is_test: self.is_test(at) })
    }

    /// The brace that opens a function's body; none for a declaration.
    fn body_of(&self, mut at: usize) -> Option<usize> {
        while at < self.tokens().len() {
            match self.text(at) {
                "{" => return Some(at),
                ";" => return None,
                _ if self.opens(at) => at = self.close_of(at) + 1,
                _ => at += 1,
            }
        }
        None
    }

    fn macro_end(&self, at: usize) -> Option<usize> {
        let defines = self.text(at) == "macro_rules" && self.text(at + 1) == "!" && self.opens(at + 3);
        defines.then(|| self.close_of(at + 3))
    }

    fn public_item_at(&self, at: usize) -> Option<PublicItem<'a>> {
        if self.text(at) != "pub" || self.is_test(at) {
            return None;
        }
        let kind = self.kind_after(at + 1)?;
        let line = self.tokens()[at].line;
        Some(PublicItem { name: self.text(kind + 1), line, documented: self.is_documented(at) })
    }

    /// Where the word stands that says which kind of item `pub` begins; none if it needs no documentation here.
    fn kind_after(&self, mut at: usize) -> Option<usize> {
        while MODIFIERS.contains(&self.text(at)) || self.text(at).starts_with('"') || self.is_const_fn(at) {
            at += 1;
        }
        let inline_module = self.text(at) == "mod" && self.text(at + 2) == "{";
        let constant = self.text(at) == "const";
        (inline_module || constant || DOCUMENTED.contains(&self.text(at))).then_some(at)
    }

    fn is_const_fn(&self, at: usize) -> bool {
        self.text(at) == "const" && matches!(self.text(at + 1), "async" | "extern" | "fn" | "unsafe")
    }

    /// Looks from the item back over its attributes to whatever stands before.
    fn is_documented(&self, item: usize) -> bool {
        let mut first = item;
        while let Some(attribute) = self.attribute_before(first) {
            if self.text(attribute + 2) == "doc" {
                return true;
            }
            first = attribute;
        }
        let before = first.checked_sub(1).map_or(0, |at| self.tokens()[at].start);
        let comments = &self.lexed.doc_comments;
        let next = comments.partition_point(|start| *start < before);
        comments.get(next).is_some_and(|start| *start < self.tokens()[item].start)
    }

    fn attribute_before(&self, at: usize) -> Option<usize> {
        let close = at.checked_sub(1).filter(|close| self.text(*close) == "]")?;
        let start = (0..close).rev().find(|start| self.text(*start) == "[" && self.close_of(*start) == close)?;
        start.checked_sub(1).filter(|hash| self.text(*hash) == "#")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(source: &str) -> Vec<(&str, usize)> {
        Structure::of(source).functions().iter().map(|function| (function.name, function.lines)).collect()
    }

    fn undocumented(source: &str) -> Vec<&str> {
        let items = Structure::of(source).public_items();
        items.iter().filter(|item| !item.documented).map(|item| item.name).collect()
    }

    #[test]
    fn a_function_is_as_long_as_the_code_between_its_braces() {
        let cases: [(&str, &[(&str, usize)]); 7] = [
            ("fn a() { b() }", &[("a", 1)]),
            ("fn a() {\n    b();\n\n    // why\n    c(\"{\");\n}", &[("a", 2)]),
            ("fn a(\n    b: u8,\n) -> [u8; 2]\nwhere\n    C: D,\n{\n    b\n}", &[("a", 1)]),
            ("trait A { fn a(&self); fn b(&self) {} }", &[("b", 1)]),
            ("fn a() {\n    fn b() {\n        c\n    }\n}", &[("a", 3), ("b", 1)]),
            ("type A = fn(u8) -> u8; const B: fn() = c;", &[]),
            ("fn a() {\n    let b = \"c\n    d\n    \";\n}", &[("a", 3)]),
        ];
        for (source, expected) in cases {
            assert_eq!(lengths(source), expected, "{source}");
        }
    }

    #[test]
    fn public_items_without_words_are_found() {
        let cases: [(&str, &[&str]); 14] = [
            ("pub fn a() {}", &["a"]),
            ("/// A.\npub fn a() {}", &[]),
            ("/// A.\n#[inline]\n#[must_use]\npub fn a() {}", &[]),
            ("#[inline]\n/// A.\npub const unsafe fn a() {}", &[]),
            ("#[doc = \"A.\"] pub struct A;", &[]),
            ("/// A.\npub struct A;\npub struct B;", &["B"]),
            ("// A.\npub const A: u8 = 1;", &["A"]),
            ("pub(crate) fn a() {}", &[]),
            ("pub use a::b; pub mod c; pub mod d {}", &["d"]),
            ("/// A.\npub struct A { pub b: u8 }", &[]),
            ("#[cfg(test)] mod tests { pub fn a() {} }", &[]),
            ("pub extern \"C\" fn a() {} pub async fn b() {}", &["a", "b"]),
            ("macro_rules! a { () => { pub fn b() {} }; }", &[]),
            ("/** A. */\npub enum A {}", &[]),
        ];
        for (source, expected) in cases {
            assert_eq!(undocumented(source), expected, "{source}");
        }
    }

    #[test]
    fn unwrap_counts_only_where_it_runs_outside_tests() {
        let source = "fn a() {\n    b\n        .unwrap();\n    // c.unwrap()\n    d.unwrap_or(1);\n    \".unwrap()\";\n}\n\
                      #[test]\nfn e() { f.unwrap(); }";
        assert_eq!(Structure::of(source).unwraps(), [3]);
    }
}
