//! Which height is fetched, from whom: as many peers as can give the same.

use std::collections::BTreeSet;

use seiza_network::{Offer, PeerId};
use seiza_types::Height;

use super::limits::{MARGIN_HIGH, MARGIN_LOW};

/// The height that most peers can give; of several such, one that most have at hand, then the highest. `begun` is taken before
/// any other, if anybody can give it. Heights below `least` are no use. `None` where nobody offers anything.
pub fn choose(offers: &[(PeerId, Offer)], begun: Option<Height>, least: Height) -> Option<Height> {
    let useful = |height: &Height| *height >= least.max(1);
    let givers = |height: Height| offers.iter().filter(|(_, offer)| gives(offer, height)).count();
    if let Some(begun) = begun.filter(useful).filter(|begun| givers(*begun) > 0) {
        return Some(begun);
    }
    let ready = |height: Height| offers.iter().filter(|(_, offer)| offer.ready.contains(&height)).count();
    let young = offers.iter().map(|(_, offer)| offer.highest.saturating_sub(MARGIN_HIGH).max(offer.highest.min(1)));
    let at_hand = offers.iter().flat_map(|(_, offer)| offer.ready.iter().copied());
    let all: BTreeSet<Height> = young.chain(at_hand).filter(useful).collect();
    all.into_iter().filter(|height| givers(*height) > 0).max_by_key(|height| (givers(*height), ready(*height), *height))
}

/// Whether a peer can still give a height when it is asked in a moment.
fn gives(offer: &Offer, height: Height) -> bool {
    let lowest = if offer.lowest == 0 { 0 } else { offer.lowest + MARGIN_LOW };
    offer.ready.contains(&height) || (lowest..=offer.highest).contains(&height)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What it is, who offers what, the height that was begun, the least that is trusted, the height that is taken.
    type Row = (&'static str, Vec<(PeerId, Offer)>, Option<Height>, Height, Option<Height>);

    fn offer(lowest: Height, highest: Height, ready: &[Height]) -> (PeerId, Offer) {
        (PeerId::random(), Offer { lowest, highest, ready: ready.to_vec() })
    }

    #[test]
    fn the_height_that_most_can_give_is_taken() {
        let table: [Row; 10] = [
            ("nobody", vec![], None, 0, None),
            ("a chain without blocks", vec![offer(0, 0, &[])], None, 0, None),
            ("the first block", vec![offer(0, 1, &[])], None, 0, Some(1)),
            ("one below the newest", vec![offer(80, 100, &[])], None, 0, Some(99)),
            ("what all reach", vec![offer(80, 100, &[]), offer(81, 97, &[])], None, 0, Some(96)),
            (
                "what is at hand, where it is the same",
                vec![offer(80, 100, &[90]), offer(80, 100, &[90])],
                None,
                0,
                Some(90),
            ),
            ("most peers before what is at hand", vec![offer(80, 100, &[50]), offer(80, 100, &[])], None, 0, Some(99)),
            ("what was begun", vec![offer(80, 100, &[50]), offer(80, 100, &[])], Some(50), 0, Some(50)),
            ("what was begun is gone", vec![offer(80, 100, &[])], Some(50), 0, Some(99)),
            ("not below what is trusted", vec![offer(80, 100, &[]), offer(10, 30, &[])], None, 60, Some(99)),
        ];
        for (name, offers, begun, least, expected) in table {
            assert_eq!(choose(&offers, begun, least), expected, "{name}");
        }
    }
}
