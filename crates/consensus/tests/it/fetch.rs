//! Whom a fetch asks, and how long it takes among peers of every manner.

use proptest::prelude::*;
use seiza_consensus::fetch::{Action, Event, Failure, Fetch, FetchParams, What};
use seiza_consensus::limits::{IN_FLIGHT_MAX, IN_FLIGHT_PEER_MAX};

use super::fetch_world::{Manner, Outcome, Peer, need, play};
use Manner::{Broken, Honest, HonestFrom, Late, Silent, Sparing, Wrong};

const ROUND_MS: u64 = 1_000;

fn peers(manners: &[Manner]) -> Vec<Peer> {
    manners.iter().zip(0..).map(|(manner, id)| Peer { id, rtt_ms: 100, manner: *manner }).collect()
}

/// Fetches 40 of 1,000 transactions, of a block of 16 parts.
fn few(manners: &[Manner]) -> Outcome {
    play(FetchParams::default(), need(40, 1_000, 16), &peers(manners), false, 10 * ROUND_MS)
}

#[test]
fn the_proposer_is_asked_first_and_alone() {
    let outcome = few(&[Honest, Honest, Honest, Honest]);
    assert_eq!(outcome, Outcome { done_ms: Some(100), tx_asks: vec![(0, 0)], ..Outcome::default() });
}

#[test]
fn after_about_one_round_trip_two_others_are_asked() {
    let outcome = few(&[Silent, Honest, Honest, Honest]);
    let (times, asked): (Vec<u64>, Vec<u32>) = outcome.tx_asks.into_iter().unzip();
    assert_eq!(asked, [0, 1, 2]);
    assert!(times[1] == times[2] && (100..200).contains(&times[1]), "{times:?}");
    assert_eq!(outcome.done_ms, Some(times[1] + 100));
}

#[test]
fn without_the_proposer_two_others_are_asked_at_once() {
    let outcome = play(FetchParams::default(), need(40, 1_000, 16), &peers(&[Honest; 4])[1..], false, ROUND_MS);
    assert_eq!((outcome.tx_asks, outcome.done_ms), (vec![(0, 1), (0, 2)], Some(100)));
}

#[test]
fn a_bad_peer_costs_a_fraction_of_a_round() {
    let rows = [
        ("silent proposer", vec![Silent, Honest, Honest, Honest], 300),
        ("proposer and one more silent", vec![Silent, Silent, Honest, Honest], 300),
        ("three silent", vec![Silent, Silent, Silent, Honest], 450),
        ("wrong proposer", vec![Wrong, Honest, Honest, Honest], 200),
        ("all wrong but one", vec![Wrong, Wrong, Wrong, Honest], 300),
        ("broken proposer", vec![Broken, Honest, Honest, Honest], 200),
        ("all broken but one", vec![Broken, Broken, Broken, Honest], 300),
        ("the others have it later", vec![Silent, HonestFrom(400), HonestFrom(400), HonestFrom(400)], 650),
        ("a sparing one", vec![Sparing(15), Silent, Silent, Silent], 300),
        ("a very sparing one", vec![Sparing(1), Honest, Honest, Honest], 700),
        ("late ones", vec![Late(150), Late(150), Late(150), Late(150)], 250),
    ];
    for (case, manners, within_ms) in rows {
        let outcome = few(&manners);
        assert!(outcome.done_ms.is_some_and(|ms| ms <= within_ms), "{case}: {outcome:?}");
    }
}

#[test]
fn whole_blocks_come_in_parts_from_several_peers() {
    let whole = FetchParams { whole: true, ..FetchParams::default() };
    let rows = [
        ("more than a quarter missing", FetchParams::default(), need(251, 1_000, 40), false, 0),
        ("switched off", whole, need(1_000, 1_000, 40), false, 0),
        ("the ids collided", FetchParams::default(), need(10, 1_000, 40), true, 1),
    ];
    for (case, params, need, collides, tx_asks) in rows {
        let outcome = play(params, need, &peers(&[Honest; 4]), collides, 10 * ROUND_MS);
        assert_eq!(outcome.tx_asks.len(), tx_asks, "{case}");
        assert_eq!(outcome.part_asks.values().sum::<usize>(), 40, "{case}: each part once");
        assert!(outcome.part_asks.values().all(|parts| *parts >= 8), "{case}: {outcome:?}");
        assert!(outcome.done_ms.is_some_and(|ms| ms <= 400), "{case}: {outcome:?}");
    }
    let quarter = play(FetchParams::default(), need(250, 1_000, 40), &peers(&[Honest; 4]), false, ROUND_MS);
    assert!(quarter.part_asks.is_empty(), "a quarter is not more than a quarter");
}

#[test]
fn a_peer_that_keeps_parts_back_costs_less_than_a_round() {
    let many =
        |manners: &[Manner]| play(FetchParams::default(), need(500, 1_000, 40), &peers(manners), false, 10 * ROUND_MS);
    for manners in [
        [Silent, Honest, Honest, Honest],
        [Honest, Silent, Silent, Honest],
        [Wrong, Honest, Broken, Honest],
        [Honest, HonestFrom(300), HonestFrom(300), HonestFrom(300)],
    ] {
        let outcome = many(&manners);
        assert!(outcome.done_ms.is_some_and(|ms| ms < ROUND_MS), "{manners:?}: {outcome:?}");
    }
    let outcome = many(&[Silent, Silent, Silent, Honest]);
    assert!(outcome.done_ms.is_some_and(|ms| ms < 2 * ROUND_MS), "one of four: {outcome:?}");
}

#[test]
fn half_of_the_propose_timeout_makes_the_block_whole() {
    let mut fetch = Fetch::new(FetchParams::default(), need(40, 1_000, 3), 0);
    assert!(fetch.on(0, Event::Peers { proposer: Some((0, 100)), others: vec![] }).len() == 1 && !fetch.is_whole());
    fetch.on(499, Event::Tick);
    assert!(!fetch.is_whole() && fetch.wake_ms(499).is_some_and(|at| at <= 500));
    let actions = fetch.on(500, Event::Tick);
    assert!(fetch.is_whole());
    assert!(actions.iter().all(|action| matches!(action, Action::Ask { what: What::Part(_), .. })), "{actions:?}");
    fetch.on(510, Event::Txs { peer: 0, accepted: need(40, 1_000, 3).missing });
    assert!(fetch.is_done(), "transactions that come late still count");
}

#[test]
fn requests_under_way_are_bounded() {
    let mut fetch = Fetch::new(FetchParams::default(), need(900, 1_000, 200), 0);
    let others: Vec<(u32, u64)> = (1..20).map(|id| (id, 50)).collect();
    let asked = fetch.on(0, Event::Peers { proposer: Some((0, 50)), others: others[..2].to_vec() });
    assert_eq!(asked.len(), 3 * IN_FLIGHT_PEER_MAX, "four to each");
    let asked = fetch.on(1, Event::Peers { proposer: Some((0, 50)), others });
    assert_eq!(asked.len(), IN_FLIGHT_MAX - 3 * IN_FLIGHT_PEER_MAX, "and sixteen in all");
    assert!(fetch.on(2, Event::Tick).is_empty());
}

#[test]
fn a_fetch_that_nobody_answers_is_given_up() {
    let never = few(&[Silent; 4]);
    assert_eq!((never.done_ms, never.given_up_ms), (None, Some(4 * ROUND_MS)));
    let nobody = play(FetchParams::default(), need(1, 10, 1), &[], false, 10 * ROUND_MS);
    assert_eq!((nobody.done_ms, nobody.given_up_ms), (None, Some(4 * ROUND_MS)));
    let mut fetch: Fetch<u32> = Fetch::new(FetchParams::default(), need(1, 10, 1), 0);
    fetch.on(1_500, Event::RoundOver);
    assert_eq!(fetch.on(2_499, Event::Tick), []);
    assert_eq!(fetch.on(2_500, Event::Tick), [Action::GiveUp], "one timeout after its round");
    assert_eq!(fetch.on(2_501, Event::Peers { proposer: Some((0, 1)), others: vec![] }), [], "nothing after that");
    assert_eq!(fetch.wake_ms(2_501), None);
}

#[test]
fn peers_that_join_later_are_asked() {
    let mut fetch: Fetch<u32> = Fetch::new(FetchParams::default(), need(5, 100, 1), 0);
    assert_eq!(fetch.on(0, Event::Peers { proposer: None, others: vec![] }), []);
    let asked = fetch.on(50, Event::Peers { proposer: None, others: vec![(7, 20)] });
    assert!(matches!(asked[..], [Action::Ask { peer: 7, .. }]), "{asked:?}");
    fetch.on(60, Event::Failed { peer: 7, part: None, failure: Failure::Wrong });
    let again = fetch.on(300, Event::Peers { proposer: None, others: vec![(7, 20)] });
    assert_eq!(again, [], "a new list does not wash what was wrong");
}

#[test]
fn what_nobody_asked_for_does_no_harm() {
    let mut fetch = Fetch::new(FetchParams::default(), need(2, 100, 2), 0);
    fetch.on(0, Event::Peers { proposer: Some((0, 10)), others: vec![] });
    for event in [
        Event::Txs { peer: 99, accepted: vec![55, 77] },
        Event::Part { peer: 99, index: 1_000 },
        Event::Failed { peer: 99, part: Some(3), failure: Failure::Wrong },
        Event::Failed { peer: 98, part: None, failure: Failure::Broke },
    ] {
        fetch.on(1, event);
        assert!(!fetch.is_done());
    }
}

fn manner() -> impl Strategy<Value = Manner> {
    prop_oneof![
        Just(Silent),
        Just(Wrong),
        Just(Broken),
        (0u64..600).prop_map(HonestFrom),
        (0usize..30).prop_map(Sparing),
        (0u64..400).prop_map(Late),
    ]
}

proptest! {
    #[test]
    fn one_honest_peer_among_any_others_is_enough(
        others in proptest::collection::vec((manner(), 1u64..250), 0..6),
        honest_at in any::<prop::sample::Index>(),
        rtt_ms in 1u64..200,
        missing in 1u32..500,
        parts in 1u32..60,
        collides: bool,
    ) {
        let mut manners = others;
        manners.insert(honest_at.index(manners.len() + 1), (Honest, rtt_ms));
        let peers: Vec<Peer> =
            manners.iter().zip(0..).map(|((manner, rtt_ms), id)| Peer { id, rtt_ms: *rtt_ms, manner: *manner }).collect();
        let outcome = play(FetchParams::default(), need(missing, 1_000, parts), &peers, collides, 10 * ROUND_MS);
        prop_assert!(outcome.done_ms.is_some(), "{:?}: {:?}", manners, outcome);
    }

    #[test]
    fn whoever_the_peers_are_it_ends(
        manners in proptest::collection::vec((manner(), 0u64..2_000), 0..6),
        missing in 0u32..500,
        parts in 1u32..300,
        propose_timeout_ms in 0u64..3_000,
    ) {
        let peers: Vec<Peer> =
            manners.iter().zip(0..).map(|((manner, rtt_ms), id)| Peer { id, rtt_ms: *rtt_ms, manner: *manner }).collect();
        let params = FetchParams { propose_timeout_ms, ..FetchParams::default() };
        let outcome = play(params, need(missing, 1_000, parts), &peers, false, 20_000);
        prop_assert!(outcome.done_ms.is_some() != outcome.given_up_ms.is_some());
        prop_assert!(outcome.given_up_ms.is_none_or(|ms| ms == 4 * propose_timeout_ms));
    }
}
