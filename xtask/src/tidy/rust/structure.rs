//! Which brackets belong together, and which tokens are test code.

use super::lexer::{Kind, Lexed, Token, lex};

/// Words that begin an item, so that it ends at its block or semicolon rather than at a comma.
const ITEM_WORDS: [&str; 16] = [
    "async",
    "const",
    "enum",
    "extern",
    "fn",
    "impl",
    "macro_rules",
    "mod",
    "pub",
    "static",
    "struct",
    "trait",
    "type",
    "union",
    "unsafe",
    "use",
];

/// Attributes that make a function a test, by the last part of their path.
const TEST_ATTRIBUTES: [&str; 5] = ["bench", "proptest", "rstest", "test", "test_case"];

/// A file's tokens with their brackets matched and its test code marked.
pub struct Structure<'a> {
    pub(super) lexed: Lexed<'a>,
    closes: Vec<usize>,
    in_test: Vec<bool>,
    all_test: bool,
    test_modules: Vec<&'a str>,
}

impl<'a> Structure<'a> {
    /// Reads a whole file.
    pub fn of(source: &'a str) -> Self {
        let lexed = lex(source);
        let closes = match_brackets(&lexed.tokens);
        let in_test = vec![false; lexed.tokens.len()];
        let mut structure = Self { lexed, closes, in_test, all_test: false, test_modules: Vec::new() };
        structure.mark_tests();
        structure
    }

    /// Whether the whole file is test code.
    pub fn is_all_test(&self) -> bool {
        self.all_test
    }

    /// Declares the whole file test code.
    pub fn mark_all_test(&mut self) {
        self.all_test = true;
    }

    /// Names of the modules declared here as tests, whose code lies in files of their own.
    pub fn test_modules(&self) -> &[&'a str] {
        &self.test_modules
    }

    /// Number of lines from the first to the last token of each piece of test code in the file.
    pub fn test_lines(&self) -> usize {
        let mut lines: Vec<usize> = Vec::new();
        for (at, token) in self.tokens().iter().enumerate().filter(|(at, _)| self.in_test[*at]) {
            let goes_on = at > 0 && self.in_test[at - 1];
            let first = if goes_on { self.tokens()[at - 1].last_line } else { token.line };
            lines.extend(first..=token.last_line);
        }
        lines.dedup();
        lines.len()
    }

    /// Whether the token at `at` is test code.
    pub fn is_test(&self, at: usize) -> bool {
        self.all_test || self.in_test[at]
    }

    pub(super) fn tokens(&self) -> &[Token<'a>] {
        &self.lexed.tokens
    }

    /// The text of the token at `at`, empty beyond the end.
    pub(super) fn text(&self, at: usize) -> &'a str {
        self.tokens().get(at).map_or("", |token| token.text)
    }

    /// Where the bracket opened at `at` is closed; the last token if nowhere.
    pub(super) fn close_of(&self, at: usize) -> usize {
        self.closes[at]
    }

    /// Whether the token at `at` opens a bracket of any kind.
    pub(super) fn opens(&self, at: usize) -> bool {
        matches!(self.text(at), "(" | "[" | "{")
    }

    /// The end of the attribute that begins at `at`, if one does: `#[...]` or `#![...]`.
    pub(super) fn attribute_end(&self, at: usize) -> Option<usize> {
        let open = if self.text(at + 1) == "!" { at + 2 } else { at + 1 };
        (self.text(at) == "#" && self.text(open) == "[").then(|| self.closes[open])
    }

    fn mark_tests(&mut self) {
        let mut at = 0;
        while at < self.tokens().len() {
            let Some(end) = self.attribute_end(at) else {
                at += 1;
                continue;
            };
            if is_test_attribute(&self.tokens()[at..=end]) {
                self.mark_test_item(at, end + 1);
            }
            at = end + 1;
        }
    }

    fn mark_test_item(&mut self, attribute: usize, item: usize) {
        if self.text(attribute + 1) == "!" {
            self.all_test = true;
            return;
        }
        let end = self.item_end(item);
        if let Some(module) = self.declared_module(item, end) {
            self.test_modules.push(module);
        }
        self.in_test[attribute..=end].fill(true);
    }

    /// The last token of the item, field, arm or statement that begins at `at`.
    fn item_end(&self, mut at: usize) -> usize {
        while let Some(end) = self.attribute_end(at) {
            at = end + 1;
        }
        let is_item = ITEM_WORDS.contains(&self.text(at));
        while at < self.tokens().len() {
            match self.text(at) {
                ";" => return at,
                "," if !is_item => return at,
                ")" | "]" | "}" => return at - 1,
                "{" => return self.closes[at],
                _ if self.opens(at) => at = self.closes[at] + 1,
                _ => at += 1,
            }
        }
        self.tokens().len() - 1
    }

    fn declared_module(&self, item: usize, end: usize) -> Option<&'a str> {
        let declares = end >= 2 && end >= item + 2 && self.text(end) == ";" && self.text(end - 2) == "mod";
        declares.then(|| self.text(end - 1))
    }
}

fn match_brackets(tokens: &[Token<'_>]) -> Vec<usize> {
    let mut closes = vec![tokens.len().saturating_sub(1); tokens.len()];
    let mut open = Vec::new();
    for (at, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Sign) {
        match token.text {
            "(" | "[" | "{" => open.push(at),
            ")" | "]" | "}" => {
                if let Some(opened) = open.pop() {
                    closes[opened] = at;
                }
            }
            _ => {}
        }
    }
    closes
}

/// `#[test]` and its kin, and every `cfg` that holds only in tests.
fn is_test_attribute(tokens: &[Token<'_>]) -> bool {
    let words: Vec<&str> =
        tokens.iter().map(|token| token.text).skip_while(|text| matches!(*text, "#" | "!" | "[")).collect();
    if words.first() == Some(&"cfg") {
        return asks_for_test(&words);
    }
    let path_end = words.iter().position(|word| matches!(*word, "(" | "]" | "=")).unwrap_or(words.len());
    words[..path_end].last().is_some_and(|word| TEST_ATTRIBUTES.contains(word))
}

/// `test` anywhere but directly within `not(...)`.
fn asks_for_test(words: &[&str]) -> bool {
    words.iter().enumerate().any(|(at, word)| *word == "test" && !words[..at].ends_with(&["not", "("]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The words of `source` that are not test code.
    fn code(source: &str) -> String {
        let structure = Structure::of(source);
        let tokens = structure.tokens().iter().enumerate().filter(|(at, _)| !structure.is_test(*at));
        tokens.map(|(_, token)| token.text).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn test_code_is_what_an_attribute_says_and_no_more() {
        let cases = [
            ("#[test] fn a() { b(); } fn c() {}", "fn c ( ) { }"),
            ("#[cfg(test)] mod tests { fn a() { {} } } mod b;", "mod b ;"),
            ("#[cfg(all(test, unix))] use a::{b, c}; use d;", "; use d ;"),
            ("#[cfg(not(test))] fn a() {}", "# [ cfg ( not ( test ) ) ] fn a ( ) { }"),
            ("#[cfg(any(test, feature = \"testing\"))] pub fn a<A, B>(x: [u8; 2]) {} b", "b"),
            ("struct A { #[cfg(test)] a: u8, b: u8 }", "struct A { b : u8 }"),
            ("struct A { #[cfg(test)] a: u8 }", "struct A { }"),
            ("#[tokio::test(flavor = \"x\")] async fn a() {} b", "b"),
            ("#[test] #[ignore = \"slow\"] fn a() {} b", "b"),
            ("#[derive(Debug)] struct A;", "# [ derive ( Debug ) ] struct A ;"),
            ("#[cfg_attr(test, derive(Debug))] struct A;", "# [ cfg_attr ( test , derive ( Debug ) ) ] struct A ;"),
            ("#![cfg(test)] fn a() {}", ""),
        ];
        for (source, expected) in cases {
            assert_eq!(code(source), expected, "{source}");
        }
    }

    #[test]
    fn test_modules_in_other_files_are_named() {
        let structure =
            Structure::of("#[cfg(test)] mod a; #[cfg(test)] pub(crate) mod b; #[cfg(test)] mod c {} mod d;");
        assert_eq!(structure.test_modules(), ["a", "b"]);
    }

    #[test]
    fn unbalanced_brackets_are_no_panic() {
        for source in ["#[cfg(test)] fn a() {", ")", "#[", "#[cfg(test)]", "#[test] }", "#"] {
            Structure::of(source);
        }
    }
}
