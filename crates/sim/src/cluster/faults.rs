//! What breaks: one process between two steps or in the midst of one, all at once, or the network between them.

use rand::Rng as _;

use super::{Cluster, Event, SECOND};

/// Effects after which a lit fuse kills a process, at most: about a height's worth.
const FUSE: u32 = 80;

impl Cluster {
    pub(super) fn next_fault(&mut self) {
        if let Some(seconds) = self.options.profile.fault_seconds() {
            let after = self.rng.random_range(SECOND / 2..2 * seconds * SECOND);
            self.schedule.after(after, Event::Fault);
        }
    }

    pub(super) fn fault(&mut self) -> Result<(), String> {
        if self.healed {
            return Ok(());
        }
        self.next_fault();
        let node = self.rng.random_range(0..self.nodes.len());
        match self.rng.random_range(0..8) {
            0 | 1 => self.crash(node, "between two steps"),
            2..=4 => {
                let fuse = self.rng.random_range(0..FUSE);
                if let Some(live) = self.nodes[node].live.as_mut() {
                    live.desk.fuse = Some(fuse);
                }
            }
            5 => (0..self.nodes.len()).for_each(|node| self.crash(node, "with all others")),
            _ => self.part(),
        }
        Ok(())
    }

    fn part(&mut self) {
        let sides: Vec<u8> = (0..self.nodes.len()).map(|_| self.rng.random_range(0..2)).collect();
        self.counts.partitions += 1;
        self.tell(&format!("parts into {sides:?}"));
        self.links.part(sides);
        let after = self.rng.random_range(SECOND..8 * SECOND);
        self.schedule.after(after, Event::Heal);
    }

    /// Ends a process and lets it start again some time later.
    pub(super) fn crash(&mut self, node: usize, how: &str) {
        if self.nodes[node].live.is_none() {
            return;
        }
        self.counts.crashes += 1;
        self.tell(&format!("{node} dies {how}"));
        self.nodes[node].crash(&mut self.rng);
        let after = self.rng.random_range(SECOND / 5..5 * SECOND);
        self.schedule.after(after, Event::Start(node));
    }
}
