//! Ethereum's rule sets. The chain runs Prague from genesis; the older ones exist for Ethereum's own conformance tests and
//! for replaying mainnet blocks.

/// An Ethereum hard fork that changes execution, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)] // the names are Ethereum's own
pub enum Fork {
    Frontier,
    Homestead,
    TangerineWhistle,
    SpuriousDragon,
    Byzantium,
    Constantinople,
    Petersburg,
    Istanbul,
    Berlin,
    London,
    Paris,
    Shanghai,
    Cancun,
    Prague,
}
