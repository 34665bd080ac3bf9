//! Names of parties within one clearing.

/// The name of a party within one clearing: arrivals are counted in the order of time, makers as they are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct At(u32);

/// Set in the names of those that rest.
const MAKER: u32 = 1 << 31;
impl At {
    pub(super) fn number(self) -> u32 {
        self.0
    }

    pub(super) fn numbered(number: u32) -> Self {
        Self(number)
    }

    pub(super) fn arrival(at: usize) -> Self {
        let at = u32::try_from(at).ok().filter(|at| at & MAKER == 0);
        Self(at.expect("a block holds fewer than 2^31 orders"))
    }

    /// Its place among the makers, if it is one.
    pub(super) fn maker(self) -> Option<usize> {
        (self.0 & MAKER != 0).then_some((self.0 & !MAKER) as usize)
    }

    /// The name of the maker at that place.
    pub(super) fn of_maker(at: usize) -> Self {
        Self(Self::arrival(at).0 | MAKER)
    }
}
