//! Source text into tokens: words, signs and literals, with their lines; comments and spaces are dropped.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A name or keyword, raw ones with their `r#`.
    Word,
    /// One punctuation character, or `::`.
    Sign,
    /// A string, character, number or lifetime.
    Literal,
}

/// A piece of code.
#[derive(Clone, Copy, Debug)]
pub struct Token<'a> {
    /// What it is.
    pub kind: Kind,
    /// As written.
    pub text: &'a str,
    /// Line of its first character, from 1.
    pub line: usize,
    /// Line of its last character; later than `line` only in strings.
    pub last_line: usize,
    /// Byte offset of its first character.
    pub start: usize,
}

/// A file's tokens.
pub struct Lexed<'a> {
    /// In order.
    pub tokens: Vec<Token<'a>>,
    /// Byte offsets of the comments that document what follows them (`///`, `/** */`), in order.
    pub doc_comments: Vec<usize>,
}

/// Cuts `source` into tokens; what doesn't lex ends up as signs, never as a panic.
pub fn lex(source: &str) -> Lexed<'_> {
    let lexed = Lexed { tokens: Vec::with_capacity(source.len() / 4), doc_comments: Vec::new() };
    let mut lexer = Lexer { source, bytes: source.as_bytes(), at: 0, line: 1, lexed };
    while lexer.at < source.len() {
        lexer.step();
    }
    lexer.lexed
}

struct Lexer<'a> {
    source: &'a str,
    bytes: &'a [u8],
    at: usize,
    line: usize,
    lexed: Lexed<'a>,
}

impl Lexer<'_> {
    fn step(&mut self) {
        let rest = &self.bytes[self.at..];
        match rest[0] {
            byte if byte.is_ascii_whitespace() => self.skip_to(self.at + 1),
            b'/' if rest.starts_with(b"//") => self.comment(line_comment(rest)),
            b'/' if rest.starts_with(b"/*") => self.comment(block_comment(rest)),
            b'"' => self.token(Kind::Literal, string(rest)),
            b'\'' => self.token(Kind::Literal, quoted(rest, self.source[self.at..].chars().nth(1))),
            byte if byte.is_ascii_digit() => self.token(Kind::Literal, number(rest)),
            byte if is_word(byte) => match raw_string(rest) {
                Some(length) => self.token(Kind::Literal, length),
                None => self.token(Kind::Word, word(rest)),
            },
            b':' if rest.starts_with(b"::") => self.token(Kind::Sign, 2),
            _ => self.token(Kind::Sign, 1),
        }
    }

    fn token(&mut self, kind: Kind, length: usize) {
        let (start, line) = (self.at, self.line);
        self.skip_to(start + length);
        let text = &self.source[start..self.at];
        self.lexed.tokens.push(Token { kind, text, line, last_line: self.line, start });
    }

    fn comment(&mut self, length: usize) {
        let text = &self.bytes[self.at..self.at + length];
        let line_doc = text.starts_with(b"///") && !text.starts_with(b"////");
        let block_doc = text.starts_with(b"/**") && !text.starts_with(b"/***") && length > 4;
        if line_doc || block_doc {
            self.lexed.doc_comments.push(self.at);
        }
        self.skip_to(self.at + length);
    }

    fn skip_to(&mut self, end: usize) {
        let end = end.min(self.bytes.len());
        self.line += self.bytes[self.at..end].iter().filter(|byte| **byte == b'\n').count();
        self.at = end;
    }
}

/// ASCII letters, digits and underscore; every byte of a letter beyond ASCII counts as well.
fn is_word(byte: u8) -> bool {
    byte == b'_' || byte.is_ascii_alphanumeric() || !byte.is_ascii()
}

fn run_of(bytes: &[u8], wanted: impl Fn(u8) -> bool) -> usize {
    bytes.iter().position(|byte| !wanted(*byte)).unwrap_or(bytes.len())
}

fn word(bytes: &[u8]) -> usize {
    let raw = bytes.starts_with(b"r#") && bytes.get(2).is_some_and(|byte| is_word(*byte));
    let prefix = if raw { 2 } else { 0 };
    prefix + run_of(&bytes[prefix..], is_word)
}

fn number(bytes: &[u8]) -> usize {
    let whole = run_of(bytes, is_word);
    match bytes[whole..] {
        [b'.', digit, ..] if digit.is_ascii_digit() => whole + 1 + run_of(&bytes[whole + 1..], is_word),
        _ => whole,
    }
}

fn line_comment(bytes: &[u8]) -> usize {
    run_of(bytes, |byte| byte != b'\n')
}

/// Block comments nest.
fn block_comment(bytes: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// Length of `"..."`, quotes included.
fn string(bytes: &[u8]) -> usize {
    let mut at = 1;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// A character, or a lifetime; `first` is the character after the quote.
fn quoted(bytes: &[u8], first: Option<char>) -> usize {
    let width = first.map_or(0, char::len_utf8);
    match first {
        Some('\\') => 3 + run_of(&bytes[3.min(bytes.len())..], |byte| byte != b'\'') + 1,
        Some(_) if bytes.get(1 + width) == Some(&b'\'') => width + 2,
        _ => 1 + run_of(&bytes[1..], is_word),
    }
}

/// Length of `r"..."`, `r#"..."#`, `br"..."`, `cr"..."`, if one begins here.
fn raw_string(bytes: &[u8]) -> Option<usize> {
    let prefix = usize::from(matches!(bytes[0], b'b' | b'c'));
    let after_r = bytes.get(prefix..)?.strip_prefix(b"r")?;
    let hashes = run_of(after_r, |byte| byte == b'#');
    let body = after_r[hashes..].strip_prefix(b"\"")?;
    let closes =
        |at: &usize| body[at + 1..].len() >= hashes && body[at + 1..at + 1 + hashes].iter().all(|b| *b == b'#');
    let quotes = body.iter().enumerate().filter(|(_, byte)| **byte == b'"').map(|(at, _)| at);
    let body_length = quotes.into_iter().find(closes).map_or(body.len(), |at| at + 1 + hashes);
    Some(prefix + 1 + hashes + 1 + body_length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        lex(source).tokens.iter().map(|token| token.text).collect()
    }

    #[test]
    fn what_looks_like_code_in_strings_and_comments_is_none() {
        let cases: [(&str, &[&str]); 13] = [
            (r#"a "fn b() {" c"#, &["a", r#""fn b() {""#, "c"]),
            (r#""\"" x"#, &[r#""\"""#, "x"]),
            (r##"r#"a " b"# x"##, &[r##"r#"a " b"#"##, "x"]),
            (r#"br"\" x"#, &[r#"br"\""#, "x"]),
            (r#"b"a" c"b""#, &["b", r#""a""#, "c", r#""b""#]),
            ("a // fn b() {\nc", &["a", "c"]),
            ("a /* b /* c */ d */ e", &["a", "e"]),
            ("'{' x '\\'' y '\\u{7f}' z", &["'{'", "x", "'\\''", "y", "'\\u{7f}'", "z"]),
            ("'é' x", &["'é'", "x"]),
            ("&'a str", &["&", "'a", "str"]),
            ("r#fn x", &["r#fn", "x"]),
            ("a::b 1..2 1.5 0x_ff", &["a", "::", "b", "1", ".", ".", "2", "1.5", "0x_ff"]),
            ("größe()", &["größe", "(", ")"]),
        ];
        for (source, expected) in cases {
            assert_eq!(texts(source), expected, "{source}");
        }
    }

    #[test]
    fn lines_are_counted_through_strings_and_comments() {
        let lexed = lex("a\n/* \n */ b \"x\ny\" c");
        let lines: Vec<_> = lexed.tokens.iter().map(|token| (token.text.len(), token.line, token.last_line)).collect();
        assert_eq!(lines, [(1, 1, 1), (1, 3, 3), (5, 3, 4), (1, 4, 4)]);
    }

    #[test]
    fn only_outer_doc_comments_document() {
        assert_eq!(lex("/// a\n//// b\n//! c\n/** d */\n/**/ /*** e */").doc_comments.len(), 2);
    }

    #[test]
    fn what_never_ends_is_no_panic() {
        for source in ["\"a", "r#\"a", "r#\"a\"", "/* a", "'", "'\\", "\"\\", "b", "cr", "'\\'", "1."] {
            lex(source);
        }
    }
}
