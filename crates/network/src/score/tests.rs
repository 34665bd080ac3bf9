//! Points, forgiveness, bans: as tables.

use super::*;

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

#[test]
fn every_fault_leads_to_a_ban_when_it_is_repeated_at_once() {
    for fault in Fault::ALL {
        let (mut scores, peer, now) = (Scores::default(), PeerId::random(), Instant::now());
        let strikes = BAN_POINTS.div_ceil(fault.points());
        for strike in 1..strikes {
            assert_eq!(scores.fault(peer, fault, now), None, "{fault:?} {strike}");
            assert_eq!(scores.score(&peer, now), -i32::try_from(strike * fault.points()).unwrap());
        }
        assert_eq!(scores.fault(peer, fault, now), Some(1), "{fault:?}");
        assert_eq!(scores.score(&peer, now), 0, "{fault:?}: it starts afresh");
    }
}

#[test]
fn points_are_forgiven_one_a_second() {
    let (mut scores, peer, start) = (Scores::default(), PeerId::random(), Instant::now());
    scores.fault(peer, Fault::WrongTx, start);
    for (after, score) in [(0, -60), (1, -59), (30, -30), (60, 0), (500, 0)] {
        assert_eq!(scores.score(&peer, start + seconds(after)), score, "after {after} s");
    }
    assert_eq!(scores.fault(peer, Fault::WrongTx, start + seconds(59)), None, "1 + 60");
    assert_eq!(scores.fault(peer, Fault::WrongTx, start + seconds(59)), Some(1), "1 + 60 + 60");
}

#[test]
fn slow_faults_never_ban() {
    let (mut scores, peer, start) = (Scores::default(), PeerId::random(), Instant::now());
    for second in 0..1_000 {
        assert_eq!(scores.fault(peer, Fault::Unanswered, start + seconds(second * 4)), None);
    }
}

#[test]
fn bans_double_up_to_the_longest_and_stay_short_for_persistent_peers() {
    let limits = Limits { ban: seconds(10), ban_max: seconds(60), ban_persistent: seconds(3), ..Limits::default() };
    for (count, length) in [(1, 10), (2, 20), (3, 40), (4, 60), (400, 60)] {
        assert_eq!(ban_length(count, false, &limits), seconds(length), "ban {count}");
        assert_eq!(ban_length(count, true, &limits), seconds(3), "ban {count}");
    }
}

#[test]
fn records_are_bounded_and_the_lightest_goes_first() {
    let (mut scores, now) = (Scores::default(), Instant::now());
    let heavy = PeerId::random();
    scores.fault(heavy, Fault::WrongTx, now);
    for _ in 0..SCORES_MAX + 10 {
        scores.fault(PeerId::random(), Fault::Stale, now);
    }
    assert_eq!(scores.records.len(), SCORES_MAX);
    assert_eq!(scores.score(&heavy, now), -60);
    scores.forget(now + seconds(60));
    assert_eq!(scores.records.len(), 0);
}

#[test]
fn a_banned_peers_count_outlives_its_points() {
    let (mut scores, peer, now) = (Scores::default(), PeerId::random(), Instant::now());
    scores.fault(peer, Fault::WrongTx, now);
    assert_eq!(scores.fault(peer, Fault::WrongTx, now), Some(1));
    scores.forget(now + seconds(3_600));
    scores.fault(peer, Fault::WrongTx, now + seconds(3_600));
    assert_eq!(scores.fault(peer, Fault::WrongTx, now + seconds(3_600)), Some(2));
    scores.forget(now + seconds(3_600) + FORGET + FORGET);
    assert!(scores.records.is_empty());
}
