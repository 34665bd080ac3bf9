//! The fuzz target's body on stable Rust: arbitrary bytes as a block of jobs.

#[path = "../../../fuzz/bodies/schedules.rs"]
mod schedules;

use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_a_block_that_all_modes_agree_on(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
        schedules::schedules(&bytes);
    }
}
