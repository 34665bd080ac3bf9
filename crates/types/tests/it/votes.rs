//! Votes: the bytes that validators sign are CometBFT's, byte for byte.

use proptest::prelude::*;
use seiza_types::{B256, ValueId, VoteKind, vote_sign_bytes};

/// The vectors of CometBFT's `TestVoteSignBytesTestVectors` (types/vote_test.go), with the time that our votes have in place
/// of Go's year 1: `2a 0b 08 80 92 b8 c3 98 fe ff ff ff 01` there, `2a 00` here; so each is 11 bytes shorter.
#[test]
fn a_vote_for_nil_is_signed_as_in_cometbft() {
    let one = |tag: u8| [tag, 1, 0, 0, 0, 0, 0, 0, 0];
    let numbers = [one(0x11), one(0x19)].concat();
    let chain = [&[0x32, 13][..], b"test_chain_id"].concat();
    for (kind, number) in [(VoteKind::Precommit, 2), (VoteKind::Prevote, 1)] {
        let body = [&[0x08, number][..], &numbers, &[0x2a, 0], &chain].concat();
        let expected = [&[0x21 - 11 + 15][..], &body].concat();
        assert_eq!(vote_sign_bytes(&"test_chain_id".parse().unwrap(), kind, 1, 1, None), expected);
    }
}

#[test]
fn round_zero_is_left_out_and_a_block_is_named_with_its_one_part() {
    let value = ValueId { block: B256::repeat_byte(0xab), time_ns: 1_000_000_005 };
    let hash = [0xab; 32];
    let part = [&[0x08, 1, 0x12, 32][..], &hash].concat();
    let id = [&[0x0a, 32][..], &hash, &[0x12, 36], &part].concat();
    let body =
        [&[0x08, 2, 0x11, 7, 0, 0, 0, 0, 0, 0, 0, 0x22, 72][..], &id, &[0x2a, 4, 0x08, 1, 0x10, 5], &[0x32, 1, b'c']]
            .concat();
    let expected = [&[u8::try_from(body.len()).unwrap()][..], &body].concat();
    assert_eq!(vote_sign_bytes(&"c".parse().unwrap(), VoteKind::Precommit, 7, 0, Some(value)), expected);
}

proptest! {
    #[test]
    fn what_is_voted_for_returns_from_bytes(block: [u8; 32], time_ns: u64) {
        let value = ValueId { block: B256::new(block), time_ns };
        prop_assert_eq!(ValueId::from_bytes(&value.to_bytes()), value);
        prop_assert_eq!(value.time().unix_timestamp_nanos(), i128::from(time_ns));
    }

    #[test]
    fn no_numbers_make_signing_panic(height: u64, round: u32, time_ns: u64, nil: bool) {
        let value = (!nil).then_some(ValueId { block: B256::ZERO, time_ns });
        let _ = vote_sign_bytes(&"c".parse().unwrap(), VoteKind::Prevote, height, round, value);
    }
}
