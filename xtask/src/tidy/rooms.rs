//! The rooms of the house: which crates there are, what each may know of the others, and which of them decide.
//!
//! This is the border that ARCHITECTURE.md draws; changing a row takes a decision record in `docs/adr/`.

/// A crate of ours.
pub struct Room {
    /// Its folder in `crates/`; the package is `seiza-` and this.
    pub name: &'static str,
    /// The rooms it may depend on.
    pub may_use: &'static [&'static str],
    /// Whether it decides, and so must be pure: no clock, socket, disk, entropy or runtime.
    pub decides: bool,
}

/// Every room, each after those that it may use.
pub static ROOMS: [Room; 15] = [
    decides("types", &[]),
    decides("state", &["types"]),
    decides("orderbook", &["types"]),
    decides("mempool", &["types"]),
    decides("consensus", &["types"]),
    does("network", &["types"]),
    does("engine", &["types", "consensus"]),
    does("storage", &["types", "state"]),
    decides("executor", &["types", "state"]),
    decides("modules", &["types", "state", "orderbook"]),
    decides("vm", &["types", "state", "modules"]),
    decides("chain", &["types", "state", "storage", "executor", "modules", "vm"]),
    does("rpc", &["types", "chain", "mempool", "storage"]),
    does(
        "node",
        &[
            "types",
            "state",
            "orderbook",
            "mempool",
            "consensus",
            "network",
            "engine",
            "storage",
            "executor",
            "modules",
            "vm",
            "chain",
            "rpc",
        ],
    ),
    does("sim", &["types", "state", "consensus", "engine", "mempool", "chain", "storage"]),
];

const fn decides(name: &'static str, may_use: &'static [&'static str]) -> Room {
    Room { name, may_use, decides: true }
}

const fn does(name: &'static str, may_use: &'static [&'static str]) -> Room {
    Room { name, may_use, decides: false }
}

/// The room of that name.
pub fn room(name: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.name == name)
}

/// How many storeys of other rooms lie below: 0 for `types`.
pub fn storey(name: &str) -> usize {
    let below = room(name).map_or(&[][..], |room| room.may_use);
    below.iter().map(|lower| storey(lower) + 1).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_room_stands_after_those_it_uses() {
        for (at, room) in ROOMS.iter().enumerate() {
            for used in room.may_use {
                assert!(ROOMS[..at].iter().any(|earlier| earlier.name == *used), "{} uses {used}", room.name);
            }
        }
    }

    #[test]
    fn storeys_grow_upwards() {
        let expected =
            [("types", 0), ("state", 1), ("executor", 2), ("modules", 2), ("vm", 3), ("chain", 4), ("rpc", 5)];
        for (name, height) in expected {
            assert_eq!(storey(name), height, "{name}");
        }
        assert!(storey("node") > storey("rpc"));
    }
}
