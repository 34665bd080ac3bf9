//! Proposals that come before their time.

use std::sync::Arc;

use proptest::prelude::*;
use seiza_consensus::compact::CompactProposal;
use seiza_consensus::limits::*;
use seiza_consensus::parts::PartSetHeader;
use seiza_consensus::proposals::{ProposalRefusal, Proposals};
use seiza_types::{B256, Signature};
use tendermint::account;

use super::forge::{block_at, propose};

const HEIGHT: u64 = 10;

/// A proposal of that height and round; `which` tells several of one round apart, `proposer` is whom it names.
fn made(height: u64, round: u32, which: u8, proposer: u8) -> Arc<CompactProposal> {
    thread_local!(static ONE: CompactProposal = propose(&block_at(1, 0, vec![], vec![]), 0, &[]));
    let mut proposal = ONE.with(Clone::clone);
    proposal.header.height = u32::try_from(height).unwrap().into();
    proposal.header.consensus_hash = tendermint::Hash::Sha256([which; 32]);
    proposal.header.proposer_address = account::Id::new([proposer; 20]);
    let parts = PartSetHeader { total: 1, root: B256::ZERO };
    Arc::new(CompactProposal { round, parts, signature: Signature([which; 64]), ..proposal })
}

fn keep(proposals: &mut Proposals<u32>, proposal: &Arc<CompactProposal>, from: u32) -> Result<(), ProposalRefusal> {
    proposals.keep(proposal.clone(), 1_000, from, 0)
}

#[test]
fn proposals_are_given_out_once_when_their_round_begins() {
    let mut proposals = Proposals::new(HEIGHT);
    let (a, b, later) = (made(HEIGHT, 1, 1, 1), made(HEIGHT, 1, 2, 2), made(HEIGHT + 1, 0, 3, 3));
    for (proposal, from) in [(&a, 7), (&b, 8), (&later, 9)] {
        keep(&mut proposals, proposal, from).unwrap();
    }
    assert_eq!(proposals.take(HEIGHT, 0, 0), []);
    assert_eq!(proposals.take(HEIGHT, 1, 0), [(a, 7), (b, 8)]);
    assert_eq!(proposals.take(HEIGHT, 1, 0), []);
    assert_eq!((proposals.len(), proposals.is_empty()), (1, false));
    assert_eq!(proposals.take(HEIGHT + 1, 0, 0), [(later, 9)]);
    assert!(proposals.is_empty());
}

#[test]
fn what_is_over_is_forgotten() {
    let mut proposals = Proposals::new(HEIGHT);
    for (height, round) in [(HEIGHT, 0), (HEIGHT, 1), (HEIGHT + 1, 0), (HEIGHT + 2, 1)] {
        keep(&mut proposals, &made(height, round, 1, round as u8), 1).unwrap();
    }
    assert_eq!(proposals.take(HEIGHT + 2, 0, 0), []);
    assert_eq!(proposals.len(), 1);
}

#[test]
fn only_what_can_still_come_is_kept() {
    let (heights, rounds) = (PROPOSALS_HEIGHTS_AHEAD, PROPOSALS_ROUNDS_AHEAD);
    let stale = |height, round| Err(ProposalRefusal::Stale(height, round));
    let ahead = |height, round| Err(ProposalRefusal::Ahead(height, round));
    let rows = [
        (HEIGHT - 1, 9, stale(HEIGHT - 1, 9)),
        (HEIGHT, 2, stale(HEIGHT, 2)),
        (HEIGHT, 3, Ok(())),
        (HEIGHT, 3 + rounds, Ok(())),
        (HEIGHT, 4 + rounds, ahead(HEIGHT, 4 + rounds)),
        (HEIGHT + 1, 0, Ok(())),
        (HEIGHT + heights, rounds, Ok(())),
        (HEIGHT + heights, rounds + 1, ahead(HEIGHT + heights, rounds + 1)),
        (HEIGHT + heights + 1, 0, ahead(HEIGHT + heights + 1, 0)),
        (u64::from(u32::MAX), u32::MAX, ahead(u64::from(u32::MAX), u32::MAX)),
    ];
    for (height, round, expected) in rows {
        let mut proposals = Proposals::new(HEIGHT);
        proposals.take(HEIGHT, 3, 0);
        assert_eq!(keep(&mut proposals, &made(height, round, 1, 1), 1), expected, "height {height}, round {round}");
    }
}

#[test]
fn a_round_keeps_two_and_none_twice() {
    let mut proposals = Proposals::new(HEIGHT);
    let which = |which| made(HEIGHT, 1, which, which);
    assert_eq!(keep(&mut proposals, &which(1), 1), Ok(()));
    assert_eq!(keep(&mut proposals, &which(1), 2), Err(ProposalRefusal::Known), "whoever sends it");
    assert_eq!(keep(&mut proposals, &which(2), 2), Ok(()));
    assert_eq!(keep(&mut proposals, &which(3), 3), Err(ProposalRefusal::Full("two of its round are kept")));
    assert_eq!(keep(&mut proposals, &made(HEIGHT, 2, 1, 1), 1), Ok(()), "another round has its own room");
}

/// Fills the buffer from the far end, by one proposer or peer a row of `same`.
fn crowded(max: usize, proposer: impl Fn(u8) -> u8, from: impl Fn(u8) -> u32) -> Proposals<u32> {
    let mut proposals = Proposals::new(HEIGHT);
    for n in 0..u8::try_from(max).unwrap() {
        let (height, round) = (HEIGHT + 9 - u64::from(n / 16), u32::from(n % 16 / 2));
        keep(&mut proposals, &made(height, round, n, proposer(n)), from(n)).unwrap();
    }
    proposals
}

#[test]
fn the_furthest_gives_way_to_the_nearer_and_never_the_other_way() {
    let rows: [(&str, usize, Proposals<u32>); 3] = [
        ("of one proposer", PROPOSALS_PER_PROPOSER_MAX, crowded(PROPOSALS_PER_PROPOSER_MAX, |_| 1, u32::from)),
        ("from one peer", PROPOSALS_PER_PEER_MAX, crowded(PROPOSALS_PER_PEER_MAX, |n| n + 1, |_| 1)),
        ("in all", PROPOSALS_MAX, crowded(PROPOSALS_MAX, |n| n + 1, |n| u32::from(n) + 1)),
    ];
    for (case, max, mut proposals) in rows {
        assert_eq!(proposals.len(), max, "{case}");
        let further = keep(&mut proposals, &made(HEIGHT + 10, 0, 200, 1), 1);
        assert_eq!(further, Err(ProposalRefusal::Full("what is kept is nearer")), "{case}");
        assert_eq!(keep(&mut proposals, &made(HEIGHT, 1, 201, 1), 1), Ok(()), "{case}");
        assert_eq!(proposals.len(), max, "{case}: one has gone");
        assert_eq!(proposals.take(HEIGHT, 1, 0).len(), 1, "{case}");
    }
}

#[test]
fn bytes_are_bounded_too() {
    let mut proposals = Proposals::new(HEIGHT);
    let size = COMPACT_BYTES_MAX;
    let full = PROPOSALS_BYTES_MAX / size;
    for n in 0..full as u8 {
        proposals.keep(made(HEIGHT + 2 + u64::from(n), 0, n, n), size, u32::from(n), 0).unwrap();
    }
    let (nearer, further) = (made(HEIGHT + 1, 0, 99, 99), made(HEIGHT + 10, 9, 98, 98));
    assert_eq!(proposals.keep(further, 1, 98, 0), Err(ProposalRefusal::Full("what is kept is nearer")));
    assert_eq!(proposals.keep(nearer, 1, 99, 0), Ok(()));
    assert_eq!(proposals.len(), full, "one has gone for it");
}

#[test]
fn what_waits_too_long_is_forgotten() {
    let mut proposals = Proposals::new(HEIGHT);
    proposals.keep(made(HEIGHT, 1, 1, 1), 1, 1, 1_000).unwrap();
    assert_eq!(proposals.clone().take(HEIGHT, 1, 1_000 + PROPOSALS_LIFETIME_MS - 1).len(), 1);
    assert_eq!(proposals.take(HEIGHT, 1, 1_000 + PROPOSALS_LIFETIME_MS).len(), 0);
}

proptest! {
    #[test]
    fn a_flood_stays_within_every_bound(
        flood in proptest::collection::vec((HEIGHT - 2..HEIGHT + 14, 0u32..14, any::<u8>(), 0u8..12, 0u32..6, 1..COMPACT_BYTES_MAX), 0..200),
    ) {
        let mut proposals: Proposals<u32> = Proposals::new(HEIGHT);
        for (at, (height, round, which, proposer, from, bytes)) in flood.into_iter().enumerate() {
            let _ = proposals.keep(made(height, round, which, proposer), bytes, from, at as u64);
            prop_assert!(proposals.len() <= PROPOSALS_MAX);
        }
        let (mut all, mut sent) = (std::collections::BTreeMap::new(), std::collections::BTreeMap::new());
        for height in HEIGHT..HEIGHT + 14 {
            for round in 0..14 {
                let taken = proposals.take(height, round, 200);
                prop_assert!(taken.len() <= PROPOSALS_PER_ROUND_MAX);
                for (proposal, from) in taken {
                    *all.entry(proposal.header.proposer_address).or_insert(0) += 1;
                    *sent.entry(from).or_insert(0) += 1;
                }
            }
        }
        prop_assert!(proposals.is_empty());
        prop_assert!(all.values().all(|count| *count <= PROPOSALS_PER_PROPOSER_MAX));
        prop_assert!(sent.values().all(|count| *count <= PROPOSALS_PER_PEER_MAX));
    }
}
