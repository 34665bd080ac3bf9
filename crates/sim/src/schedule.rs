//! What happens when: a queue in the order of time, and of scheduling where times are equal. It is the cluster's clock.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Microseconds since the universe began.
pub type Micros = u64;

struct Entry<E> {
    at: Micros,
    sequence: u64,
    event: E,
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.sequence == other.sequence
    }
}

impl<E> Eq for Entry<E> {}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Entry<E> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.sequence).cmp(&(other.at, other.sequence))
    }
}

/// Events to come.
pub struct Schedule<E> {
    entries: BinaryHeap<Reverse<Entry<E>>>,
    sequence: u64,
    now: Micros,
}

impl<E> Default for Schedule<E> {
    fn default() -> Self {
        Self { entries: BinaryHeap::new(), sequence: 0, now: 0 }
    }
}

impl<E> Schedule<E> {
    /// The time of the event taken last.
    #[must_use]
    pub fn now(&self) -> Micros {
        self.now
    }

    /// Lets `event` happen `after` microseconds from now.
    pub fn after(&mut self, after: Micros, event: E) {
        self.sequence += 1;
        self.entries.push(Reverse(Entry { at: self.now + after, sequence: self.sequence, event }));
    }

    /// Takes the next event that happens no later than `until`; the clock moves to it.
    pub fn next(&mut self, until: Micros) -> Option<E> {
        if self.entries.peek().is_none_or(|Reverse(entry)| entry.at > until) {
            return None;
        }
        let Reverse(entry) = self.entries.pop()?;
        self.now = entry.at;
        Some(entry.event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_by_time_and_then_by_who_asked_first() {
        let mut schedule = Schedule::default();
        for (after, name) in [(30, "c"), (10, "a"), (10, "b"), (50, "late")] {
            schedule.after(after, name);
        }
        let order: Vec<_> = std::iter::from_fn(|| schedule.next(40)).collect();
        assert_eq!((order, schedule.now()), (vec!["a", "b", "c"], 30));
        schedule.after(5, "d");
        assert_eq!([schedule.next(100), schedule.next(100), schedule.next(100)], [Some("d"), Some("late"), None]);
    }
}
