//! The checker can fail: each rule, broken in one node, is told.

use seiza_sim::{Profile, Sabotage, run};

use super::options;

fn told(profile: Profile, sabotage: Sabotage, seeds: std::ops::Range<u64>) -> Vec<String> {
    let broken = |seed| run(&options(seed, profile, Some((0, sabotage)))).err().map(|failure| failure.reason);
    seeds.filter_map(broken).collect()
}

#[test]
fn a_node_that_commits_another_blocks_results_is_told() {
    let reasons = told(Profile::Quiet, Sabotage::ExecutesAnotherBlock, 1..2);
    assert!(reasons[0].contains("app hash") && reasons[0].contains("others have"), "{reasons:?}");
}

#[test]
fn a_node_that_signs_twice_is_told() {
    let reasons = told(Profile::Quiet, Sabotage::SignsTwice, 1..2);
    assert!(reasons[0].contains("signed a Prevote"), "{reasons:?}");
}

#[test]
fn a_node_that_loses_its_log_signs_twice_sooner_or_later_and_is_told() {
    let reasons = told(Profile::Chaos, Sabotage::ForgetsItsLog, 1..9);
    assert!(reasons.iter().any(|reason| reason.contains(" signed a")), "{reasons:?}");
}
