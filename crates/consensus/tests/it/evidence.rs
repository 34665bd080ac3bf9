//! The evidence pool: what is taken, proposed, and forgotten.

use seiza_consensus::evidence::{EvidenceLimits, EvidencePool, EvidenceRefusal};
use seiza_consensus::limits::EVIDENCE_MAX;
use seiza_types::{Evidence, EvidenceError};

use super::forge::{chain_id, evidence, key, set};

fn limits() -> EvidenceLimits {
    EvidenceLimits { pending: 5, per_validator: 3, age_blocks: 10, committed: 4 }
}

/// A pool after height 20, with these added.
fn pool(pieces: &[Evidence]) -> EvidencePool {
    let mut pool = EvidencePool::new(limits(), 20);
    pieces.iter().for_each(|piece| pool.add(piece.clone()).unwrap());
    pool
}

#[test]
fn forged_evidence_is_evidence() {
    assert_eq!(evidence(1, 8, 1).verify(&chain_id(), &set()), Ok::<(), EvidenceError>(()));
}

#[test]
fn the_oldest_is_proposed_first_in_whatever_order_it_came() {
    let pieces = [evidence(1, 12, 1), evidence(2, 15, 1), evidence(3, 15, 2), evidence(1, 20, 1)];
    let mut by_hash = [pieces[1].clone(), pieces[2].clone()];
    by_hash.sort_by_key(Evidence::hash);
    let expected = [pieces[0].clone(), by_hash[0].clone(), by_hash[1].clone(), pieces[3].clone()];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let pool = pool(&order.map(|at| pieces[at].clone()));
        for max in 0..6 {
            assert_eq!(pool.for_proposal(max), expected[..max.min(4)], "{order:?}, at most {max}");
        }
        assert_eq!(pool.pending().cloned().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_proposal_takes_no_more_than_a_block_may_hold() {
    let mut pool = EvidencePool::new(EvidenceLimits { per_validator: 100, ..EvidenceLimits::default() }, 20);
    (0..80).for_each(|which| pool.add(evidence(1, 20, which)).unwrap());
    assert_eq!(pool.for_proposal(usize::MAX).len(), EVIDENCE_MAX);
}

#[test]
fn refusals_name_their_bound_and_change_nothing() {
    let held = [evidence(1, 15, 1), evidence(1, 15, 2), evidence(1, 15, 3), evidence(2, 15, 1)];
    let rows = [
        ("known", held[0].clone(), Some(EvidenceRefusal::Known)),
        ("the oldest that the next block can hold", evidence(3, 11, 1), None),
        ("too old", evidence(3, 10, 1), Some(EvidenceRefusal::TooOld { height: 10, head: 20, age: 10 })),
        ("of the height that is being decided", evidence(3, 21, 1), None),
        ("beyond it", evidence(3, 22, 1), Some(EvidenceRefusal::Future { height: 22, head: 20 })),
        (
            "one validator's fourth",
            evidence(1, 15, 4),
            Some(EvidenceRefusal::Validator { validator: key(1).address(), max: 3 }),
        ),
    ];
    for (case, piece, refusal) in rows {
        let mut pool = pool(&held);
        assert_eq!(pool.add(piece.clone()).err(), refusal, "{case}");
        let expected = held.len() + usize::from(refusal.is_none());
        assert_eq!(pool.pending().count(), expected, "{case}");
    }
    let mut full = pool(&[&held[..], &[evidence(2, 15, 2)]].concat());
    assert_eq!(full.add(evidence(3, 15, 1)), Err(EvidenceRefusal::Full(5)));
    assert_eq!(full.pending().count(), 5);
}

#[test]
fn evidence_of_the_height_being_decided_waits_for_the_next() {
    let mut pool = pool(&[evidence(1, 21, 1)]);
    assert_eq!(pool.for_proposal(9), []);
    pool.committed(21, &[]);
    assert_eq!(pool.for_proposal(9), [evidence(1, 21, 1)]);
}

#[test]
fn what_a_block_held_is_not_proposed_or_taken_again() {
    let (a, b, stranger) = (evidence(1, 15, 1), evidence(2, 16, 1), evidence(3, 17, 1));
    let mut pool = pool(&[a.clone(), b.clone()]);
    pool.committed(21, &[a.clone(), stranger.clone()]);
    assert_eq!(pool.for_proposal(9), std::slice::from_ref(&b));
    for (piece, refusal) in
        [(a, EvidenceRefusal::Committed), (stranger, EvidenceRefusal::Committed), (b, EvidenceRefusal::Known)]
    {
        assert_eq!(pool.is_committed(&piece), refusal == EvidenceRefusal::Committed);
        assert_eq!(pool.add(piece), Err(refusal));
    }
}

#[test]
fn evidence_expires_and_makes_room() {
    let mut pool = pool(&[evidence(1, 15, 1), evidence(1, 16, 1), evidence(1, 17, 1)]);
    for (head, left) in [(24, 3), (25, 2), (26, 1), (27, 0)] {
        pool.committed(head, &[]);
        assert_eq!(pool.pending().count(), left, "after height {head}");
    }
    (1..4).for_each(|which| pool.add(evidence(1, 27, which)).unwrap());
}

#[test]
fn marks_are_bounded_and_forgotten_with_age() {
    let mut pool = pool(&[]);
    let pieces: Vec<Evidence> = (15..20).map(|height| evidence(1, height, 1)).collect();
    pool.committed(21, &pieces);
    assert!(
        !pool.is_committed(&pieces[0]) && pieces[1..].iter().all(|piece| pool.is_committed(piece)),
        "the oldest goes"
    );
    pool.committed(27, &[]);
    assert_eq!(pieces.iter().filter(|piece| pool.is_committed(piece)).count(), 2, "heights 18 and 19 are young enough");
    assert!(matches!(pool.add(pieces[2].clone()), Err(EvidenceRefusal::TooOld { .. })));
}

#[test]
fn an_older_block_does_not_turn_the_pool_back() {
    let mut pool = pool(&[]);
    pool.committed(3, &[]);
    assert!(matches!(pool.add(evidence(1, 10, 1)), Err(EvidenceRefusal::TooOld { head: 20, .. })));
}
