//! `config.toml`, read into keys with the lines they stand on. Knows which keys exist and of which type they are; what a
//! value means is asked later, together with flags and environment.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::field::{FIELDS, Field, Kind};
use crate::failure::Failure;

/// One value with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The value as text, quotes removed.
    pub text: String,
    /// Line in the file, from 1.
    pub line: usize,
}

/// The file's values by key.
#[derive(Debug, Default)]
pub struct ConfigFile {
    path: PathBuf,
    entries: BTreeMap<String, Entry>,
}

impl ConfigFile {
    /// No file: every key is absent.
    pub fn absent() -> Self {
        Self::default()
    }

    /// Reads and checks the file.
    ///
    /// # Errors
    /// One line with file, line, key and bound: unreadable, not TOML (half-written), unknown key, wrong type.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self, Failure> {
        let place = |at: usize| format!("{}:{}", path.display(), line_of(text, at));
        let table = DeTable::parse(text).map_err(|error| {
            let at = error.span().map_or(text.len(), |span| span.start);
            Failure::refused(format!("{}: not TOML: {}", place(at), error.message()))
        })?;
        let mut entries = BTreeMap::new();
        for (section, value) in table.get_ref() {
            let DeValue::Table(keys) = value.get_ref() else {
                return Err(unknown(&place(section.span().start), section.get_ref()));
            };
            for (name, value) in keys {
                let at = name.span().start;
                let (key, text_of_value) = checked(&place(at), section, name, value.get_ref())?;
                entries.insert(key, Entry { text: text_of_value, line: line_of(text, at) });
            }
        }
        Ok(Self { path: path.to_owned(), entries })
    }

    /// The value of a setting, if the file has it.
    pub fn get(&self, field: &Field) -> Option<&Entry> {
        self.entries.get(&field.key())
    }

    /// Where an entry stands: `path:line`.
    pub fn place(&self, entry: &Entry) -> String {
        format!("{}:{}", self.path.display(), entry.line)
    }
}

/// Key and text of one pair, if the key is known and the value has its type.
fn checked(
    place: &str,
    section: &Spanned<DeString<'_>>,
    name: &Spanned<DeString<'_>>,
    value: &DeValue<'_>,
) -> Result<(String, String), Failure> {
    let key = format!("{}.{}", section.get_ref(), name.get_ref());
    let field = FIELDS.iter().find(|field| field.key() == key).ok_or_else(|| unknown(place, &key))?;
    let text = match (field.kind, value) {
        (Kind::Text, DeValue::String(text)) => text.to_string(),
        (Kind::Whole, DeValue::Integer(number)) if number.radix() == 10 => number.as_str().to_owned(),
        (Kind::Switch, DeValue::Boolean(switch)) => switch.to_string(),
        (kind, other) => {
            let (found, wanted) = (other.type_str(), kind.noun());
            return Err(Failure::refused(format!(
                "{place}: {key} is of type {found}, must be {wanted}: {}",
                field.bound
            )));
        }
    };
    Ok((key, text))
}

fn unknown(place: &str, key: &str) -> Failure {
    let name = key.rsplit('.').next().unwrap_or(key);
    let near = FIELDS.iter().map(|field| (distance(field.name, name), field.key())).min();
    let hint = match near {
        Some((far, known)) if far <= 3 => format!("did you mean {known}?"),
        _ => format!("known keys are {}", FIELDS.map(Field::key).join(", ")),
    };
    Failure::refused(format!("{place}: unknown key {key}: {hint}"))
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

/// Levenshtein's edit distance: how far a typed key is from a known one.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.bytes().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::document::default_file;

    fn failure_of(text: &str) -> String {
        ConfigFile::parse(Path::new("/h/config.toml"), text).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn the_default_file_parses_and_holds_every_key() {
        let file = ConfigFile::parse(Path::new("c"), &default_file()).unwrap();
        for field in FIELDS {
            assert_eq!(file.get(field).map(|entry| entry.text.as_str()), Some(field.default), "{}", field.key());
        }
    }

    #[test]
    fn bad_files_name_file_line_key_and_bound() {
        let table = [
            ("[server]\nhtp_port = 1", "/h/config.toml:2: unknown key server.htp_port: did you mean server.http_port?"),
            (
                "[server]\nhttp_port = \"x\"",
                "/h/config.toml:2: server.http_port is of type string, must be a whole number: 0 to 65535",
            ),
            (
                "\n\n[blocks]\n\ntime = 1",
                "/h/config.toml:5: blocks.time is of type integer, must be a text in quotes: a length of time from 1ms to 1h, such as 400ms or 1s",
            ),
            (
                "[execution]\nlearn_at_admission = 1",
                "/h/config.toml:2: execution.learn_at_admission is of type integer, must be a truth value without quotes: true or false",
            ),
            ("http_port = 1", "/h/config.toml:1: unknown key http_port: did you mean server.http_port?"),
            ("[server]\nhost = \"127.0", "/h/config.toml:2: not TOML: invalid basic string, expected `\"`"),
            ("[server]\nhost =", "/h/config.toml:2: not TOML: string values must be quoted, expected literal string"),
            ("[server]\nhost = \"::1\"\nhost = \"::1\"", "/h/config.toml:3: not TOML: duplicate key"),
            ("[serv", "/h/config.toml:1: not TOML: unclosed table, expected `]`"),
        ];
        for (text, expected) in table {
            assert_eq!(failure_of(text), expected, "{text}");
        }
    }

    #[test]
    fn an_unrelated_key_gets_the_list() {
        assert!(failure_of("[server]\ncompletely_else = 1").contains("known keys are node.moniker, server.host, "));
    }
}
