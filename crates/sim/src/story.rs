//! What happened: every event goes into one SHA-256, and the last ones are kept for people.

use std::collections::VecDeque;
use std::fmt;

use seiza_types::B256;
use sha2::{Digest as _, Sha256};

use crate::limits::STORY_LINES;
use crate::schedule::Micros;

/// The story of one run: equal seeds tell equal stories.
#[derive(Default)]
pub struct Story {
    hash: Sha256,
    events: u64,
    loud: bool,
    last: VecDeque<String>,
}

impl Story {
    /// An empty story; a `loud` one is also told aloud, on standard error.
    #[must_use]
    pub fn new(loud: bool) -> Self {
        Self { loud, ..Self::default() }
    }

    /// Tells one event.
    pub fn tell(&mut self, now: Micros, what: fmt::Arguments<'_>) {
        let line = format!("{:>10} ms  {what}", fmt_ms(now));
        self.hash.update(line.as_bytes());
        self.hash.update(b"\n");
        self.events += 1;
        if self.loud {
            eprintln!("{line}");
        }
        if self.last.len() == STORY_LINES {
            self.last.pop_front();
        }
        self.last.push_back(line);
    }

    /// How many events there were.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// SHA-256 over all events so far.
    #[must_use]
    pub fn digest(&self) -> B256 {
        B256::new(self.hash.clone().finalize().into())
    }

    /// The last events, oldest first.
    pub fn last(&self) -> impl Iterator<Item = &str> {
        self.last.iter().map(String::as_str)
    }
}

/// Whole and thousandth milliseconds, without floats.
fn fmt_ms(now: Micros) -> String {
    format!("{}.{:03}", now / 1_000, now % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_event_more_or_another_order_is_another_digest() {
        let told = |words: &[&str]| {
            let mut story = Story::default();
            words.iter().for_each(|word| story.tell(1_500, format_args!("{word}")));
            (story.digest(), story.last().count())
        };
        assert_eq!(told(&["a", "b"]), told(&["a", "b"]));
        assert_ne!(told(&["a", "b"]).0, told(&["b", "a"]).0);
        assert_ne!(told(&["a"]).0, told(&["a", "a"]).0);
        assert_eq!(told(&["a"; STORY_LINES + 5]).1, STORY_LINES);
    }
}
