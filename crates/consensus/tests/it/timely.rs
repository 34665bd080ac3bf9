//! A proposal's time against the clock of the validator that receives it.

use seiza_consensus::timely::{TimelyParams, Timing, Untimely, proposal_time};

const MS: u64 = 1_000_000;
const PARENT: u64 = 1_800_000_000_000 * MS;
/// The block's time in every row.
const TIME: u64 = PARENT + 1_000 * MS;

fn timing(received_ns: u64) -> Timing {
    Timing { round: 0, valid_round: None, time_ns: TIME, parent_ns: PARENT, received_ns }
}

#[test]
fn a_proposal_is_timely_within_precision_and_message_delay() {
    let (early, late) = (
        |ns| Err(Untimely::Early { time_ns: TIME, ahead_ns: ns }),
        |ns| Err(Untimely::Late { time_ns: TIME, behind_ns: ns }),
    );
    let rows = [
        ("at once", TIME, Ok(())),
        ("the receiver's clock is behind by the precision", TIME - 505 * MS, Ok(())),
        ("and by one nanosecond more", TIME - 505 * MS - 1, early(1)),
        ("far ahead", TIME - 3_600_000 * MS, early(3_600_000 * MS - 505 * MS)),
        ("a usual journey", TIME + 300 * MS, Ok(())),
        ("the longest journey, the clock ahead", TIME + 15_505 * MS, Ok(())),
        ("one nanosecond longer", TIME + 15_505 * MS + 1, late(1)),
        ("at the beginning of time", 0, early(TIME - 505 * MS)),
        ("at its end", u64::MAX, late(u64::MAX - TIME - 15_505 * MS)),
    ];
    for (case, received_ns, expected) in rows {
        assert_eq!(TimelyParams::default().check(&timing(received_ns)), expected, "{case}");
    }
}

#[test]
fn a_block_is_later_than_its_parent() {
    for (case, time_ns, good) in [("equal", PARENT, false), ("earlier", PARENT - 1, false), ("later", PARENT + 1, true)]
    {
        for valid_round in [None, Some(0)] {
            let timing = Timing { round: 1, valid_round, time_ns, parent_ns: PARENT, received_ns: PARENT + 1 };
            assert_eq!(TimelyParams::default().check(&timing).is_ok(), good, "{case}, valid round {valid_round:?}");
        }
    }
}

#[test]
fn what_was_proposed_before_is_not_checked_again() {
    let hours_later = TIME + 7_200_000 * MS;
    let params = TimelyParams::default();
    assert!(params.check(&Timing { round: 3, ..timing(hours_later) }).is_err());
    assert_eq!(params.check(&Timing { round: 3, valid_round: Some(1), ..timing(hours_later) }), Ok(()));
}

#[test]
fn the_message_delay_grows_by_a_tenth_a_round() {
    let params = TimelyParams { precision_ns: 0, message_delay_ns: 1_000 };
    let delays = [(0, 1_000), (1, 1_100), (2, 1_210), (3, 1_331), (10, 2_591)];
    for (round, expected) in delays {
        assert_eq!(params.message_delay_ns(round), expected, "round {round}");
        let at = |received_ns| params.check(&Timing { round, ..timing(received_ns) }).is_ok();
        assert_eq!((at(TIME + expected), at(TIME + expected + 1)), (true, false), "round {round}");
    }
    assert_eq!(params.message_delay_ns(u32::MAX), params.message_delay_ns(100), "and stops growing");
    let endless = TimelyParams { precision_ns: u64::MAX, message_delay_ns: u64::MAX };
    assert_eq!(endless.check(&timing(u64::MAX)), Ok(()), "nothing overflows");
}

#[test]
fn a_slow_clock_is_raised_above_the_parent() {
    for (now, expected) in [(PARENT + 7, PARENT + 7), (PARENT, PARENT + 1), (0, PARENT + 1)] {
        assert_eq!(proposal_time(PARENT, now), expected);
    }
}
