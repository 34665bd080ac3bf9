//! Transactions on their way into the pool: what many announce is fetched from one, and verified once.

use std::collections::HashSet;

use seiza_types::{B256, Bytes};

use super::limits::{FETCHING_TXS_MAX, VERIFYING_TXS_MAX};

/// What is on its way.
#[derive(Debug, Default)]
pub struct Arrivals {
    /// Asked for. Nobody knows yet whether the bytes that come will be these transactions.
    fetching: HashSet<B256>,
    /// Here, and not in the pool yet. Their bytes have these hashes.
    verifying: HashSet<B256>,
}

impl Arrivals {
    /// Those that are not on their way; from now on they are, until [`Arrivals::fetched`].
    pub fn fetch_now(&mut self, mut named: Vec<B256>) -> Vec<B256> {
        let Self { fetching, verifying } = self;
        let mut room = |hash: &B256| fetching.len() < FETCHING_TXS_MAX && fetching.insert(*hash);
        named.retain(|hash| !verifying.contains(hash) && room(hash));
        named
    }

    /// The answer has come, or will not come.
    pub fn fetched(&mut self, hashes: &[B256]) {
        for hash in hashes {
            self.fetching.remove(hash);
        }
    }

    /// Those that are not being verified, hashes and bytes; from now on they are, until [`Arrivals::verified`]. What is being
    /// fetched meanwhile is not passed over: whoever was asked may not answer. Each hash must be that of its bytes.
    pub fn verify_now(&mut self, txs: Vec<(B256, Bytes)>) -> (Vec<B256>, Vec<Bytes>) {
        let verifying = &mut self.verifying;
        let mut room = |hash: &B256| verifying.len() < VERIFYING_TXS_MAX && verifying.insert(*hash);
        txs.into_iter().filter(|(hash, _)| room(hash)).unzip()
    }

    /// They are in the pool now, or were refused.
    pub fn verified(&mut self, hashes: &[B256]) {
        for hash in hashes {
            self.verifying.remove(hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hashes(numbers: std::ops::Range<usize>) -> Vec<B256> {
        numbers.map(|number| B256::left_padding_from(&number.to_be_bytes())).collect()
    }

    fn whole(hashes: &[B256]) -> Vec<(B256, Bytes)> {
        hashes.iter().map(|hash| (*hash, Bytes::copy_from_slice(hash.as_slice()))).collect()
    }

    #[test]
    fn what_many_announce_is_fetched_from_one_and_verified_once() {
        let mut arrivals = Arrivals::default();
        let all = hashes(0..4);
        assert_eq!(arrivals.fetch_now(all[..2].to_vec()), all[..2], "from the first who announced them");
        assert_eq!(arrivals.fetch_now(all[..3].to_vec()), all[2..3]);
        assert_eq!(arrivals.verify_now(whole(&all[1..])).0, all[1..], "bytes that came along are not waited for");
        assert!(arrivals.fetch_now(all[3..].to_vec()).is_empty(), "being verified");
        arrivals.fetched(&all[..3]);
        assert_eq!(arrivals.verify_now(whole(&all)).0, all[..1]);
        arrivals.verified(&all);
        assert_eq!(arrivals.fetch_now(all.clone()), all, "refused ones may come again");
    }

    #[test]
    fn what_finds_no_room_waits_until_it_is_announced_or_proposed_again() {
        let mut arrivals = Arrivals::default();
        let flood = hashes(0..FETCHING_TXS_MAX + 10);
        assert_eq!(arrivals.fetch_now(flood.clone()).len(), FETCHING_TXS_MAX);
        let flood = whole(&hashes(0..VERIFYING_TXS_MAX + 10));
        assert_eq!(arrivals.verify_now(flood).0.len(), VERIFYING_TXS_MAX);
        arrivals.fetched(&hashes(0..1));
        assert!(arrivals.fetch_now(hashes(0..1)).is_empty(), "being verified");
        arrivals.verified(&hashes(0..1));
        assert_eq!(arrivals.fetch_now(hashes(0..1)), hashes(0..1));
    }
}
