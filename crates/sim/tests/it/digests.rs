//! One seed, one story.

use seiza_sim::{Options, Profile, run};

use super::options;

#[test]
fn the_same_seed_tells_the_same_story_and_another_one_another() {
    for profile in [Profile::Chaos, Profile::Byzantine] {
        let report = |seed| run(&options(seed, profile, None)).unwrap_or_else(|failure| panic!("{failure}"));
        let (one, again, other) = (report(11), report(11), report(12));
        assert_eq!(one, again, "{profile}");
        assert_ne!(one.digest, other.digest, "{profile}");
        assert!(one.height > 3 && one.counts.txs > 0, "{one}");
    }
}

#[test]
fn one_validator_alone_decides_too() {
    let report = run(&Options { validators: 1, ..options(5, Profile::Quiet, None) });
    let report = report.unwrap_or_else(|failure| panic!("{failure}"));
    assert!(report.height > 10, "{report}");
}

#[test]
fn liars_are_blamed_refused_and_caught() {
    let report = run(&Options { seconds: 30, ..options(3, Profile::Byzantine, None) });
    let counts = report.unwrap_or_else(|failure| panic!("{failure}")).counts;
    assert!(counts.lies > 0 && counts.blamed > 0 && counts.refused > 0, "{counts:?}");
    assert!(counts.caught > 0 && counts.evidence > 0, "{counts:?}");
}

#[test]
fn crashes_in_the_midst_of_steps_and_partitions_happen_and_nodes_catch_up() {
    let counts = |seed| {
        let report = run(&Options { seconds: 40, ..options(seed, Profile::Chaos, None) });
        report.unwrap_or_else(|failure| panic!("{failure}")).counts
    };
    let all: Vec<_> = (1..=4).map(counts).collect();
    for (what, count) in [
        ("crashes", all.iter().map(|counts| counts.crashes).sum::<u64>()),
        ("in a step", all.iter().map(|counts| counts.torn).sum()),
        ("partitions", all.iter().map(|counts| counts.partitions).sum()),
        ("synced", all.iter().map(|counts| counts.synced).sum()),
    ] {
        assert!(count > 3, "{what}: {count}");
    }
}
