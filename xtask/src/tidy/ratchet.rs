//! The ratchet: figures on record, which a change may better but not worsen.
//!
//! The record is `xtask/tidy.toml`. `--bless` writes better figures down; worse ones only together with `--force`.

use std::collections::BTreeMap;

use super::problem::Problem;

/// Where the record lies.
pub const RECORD: &str = "xtask/tidy.toml";

const HEAD: &str = "\
# Figures that may only fall. `cargo xtask tidy` compares; `cargo xtask tidy --bless` writes better ones down.
";

/// Something that is counted; fewer is better.
pub struct Figure {
    /// Its key in the record.
    pub name: &'static str,
    /// How the places make a figure.
    pub count: Count,
    /// Each place that counts.
    pub places: Vec<Problem>,
}

/// How places make a figure.
pub enum Count {
    /// As many as there are.
    Number,
    /// Their share in so many, in whole percent, rounded down.
    PercentOf(usize),
}

impl Figure {
    /// What is compared with the record.
    pub fn value(&self) -> usize {
        match self.count {
            Count::Number => self.places.len(),
            Count::PercentOf(all) => self.places.len() * 100 / all.max(1),
        }
    }
}

/// Figures by name, as recorded.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Record(BTreeMap<String, usize>);

/// How a figure stands to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// More than recorded.
    Worse,
    /// As recorded.
    Same,
    /// Fewer than recorded.
    Better,
    /// Not on record.
    New,
}

impl Record {
    /// Reads `name = number` lines; the error names the line.
    pub fn parse(text: &str) -> Result<Self, String> {
        let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let entry = |(at, line): (usize, &str)| {
            let parsed = line
                .split_once('=')
                .and_then(|(name, value)| Some((name.trim().to_owned(), value.trim().parse().ok()?)));
            parsed.ok_or_else(|| format!("{RECORD}:{}: not `name = number`", at + 1))
        };
        lines.map(entry).collect::<Result<_, _>>().map(Self)
    }

    /// The record of these figures.
    pub fn of(figures: &[Figure]) -> Self {
        Self(figures.iter().map(|figure| (figure.name.to_owned(), figure.value())).collect())
    }

    /// As it is written to disk.
    pub fn to_text(&self) -> String {
        let lines: String = self.0.iter().map(|(name, value)| format!("{name} = {value}\n")).collect();
        format!("{HEAD}{lines}")
    }

    /// The figure on record.
    pub fn get(&self, name: &str) -> Option<usize> {
        self.0.get(name).copied()
    }

    /// How a figure compares.
    pub fn standing(&self, figure: &Figure) -> Standing {
        match self.get(figure.name) {
            None => Standing::New,
            Some(recorded) if figure.value() > recorded => Standing::Worse,
            Some(recorded) if figure.value() < recorded => Standing::Better,
            Some(_) => Standing::Same,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(count: Count, places: usize) -> Figure {
        Figure { name: "some", count, places: vec![Problem::of("a.rs", "b"); places] }
    }

    #[test]
    fn figures_are_numbers_or_shares() {
        assert_eq!(figure(Count::Number, 3).value(), 3);
        assert_eq!(figure(Count::PercentOf(8), 3).value(), 37);
        assert_eq!(figure(Count::PercentOf(0), 0).value(), 0);
    }

    #[test]
    fn the_record_survives_being_written() {
        let record = Record::of(&[figure(Count::Number, 3)]);
        assert_eq!(Record::parse(&record.to_text()), Ok(record));
    }

    #[test]
    fn a_broken_record_names_its_line() {
        assert_eq!(Record::parse("a = 1\nb: 2\n"), Err(format!("{RECORD}:2: not `name = number`")));
    }

    #[test]
    fn fewer_is_better() {
        let record = Record::parse("some = 2\n").expect("well formed");
        let cases = [(1, Standing::Better), (2, Standing::Same), (3, Standing::Worse)];
        for (places, standing) in cases {
            assert_eq!(record.standing(&figure(Count::Number, places)), standing, "{places}");
        }
        assert_eq!(Record::default().standing(&figure(Count::Number, 1)), Standing::New);
    }
}
