//! Accounts as clients name them: in either form of an address.

use std::str::FromStr;

use seiza_types::{Address, SeiAddress};

/// An account as clients name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// `0x…`
    Evm(Address),
    /// `sei1…`
    Sei(SeiAddress),
}

impl FromStr for Who {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        match text.starts_with("0x") {
            true => text.parse().map(Self::Evm).map_err(drop),
            false => text.parse().map(Self::Sei).map_err(drop),
        }
    }
}
