//! Bounds, hearsay, failures, the file.

use std::time::Duration;

use super::*;

impl Book {
    fn find(&self, peer: &PeerId) -> Option<SocketAddr> {
        self.known.get(peer).map(|known| known.address)
    }
}

fn entry(port: u16) -> Entry {
    Entry { id: PeerId::random(), address: ([10, 0, 0, 1], port).into() }
}

fn entries(count: usize) -> Vec<Entry> {
    (0..count).map(|_| entry(1)).collect()
}

#[test]
fn the_book_is_bounded_in_all_and_by_source() {
    let (mut book, liar) = (Book::default(), PeerId::random());
    assert_eq!(book.heard(liar, &entries(1_000)), BOOK_PER_SOURCE_MAX);
    assert_eq!(book.heard(liar, &entries(1_000)), 0);
    for _ in 0..20 {
        book.heard(PeerId::random(), &entries(1_000));
    }
    assert_eq!(book.known.len(), BOOK_MAX);
    let friend = entry(7);
    book.met(friend);
    assert_eq!((book.known.len(), book.find(&friend.id)), (BOOK_MAX, Some(friend.address)));
    assert!(book.told_by(&liar) >= BOOK_PER_SOURCE_MAX - 1);
}

#[test]
fn hearsay_does_not_move_a_peer_and_nonsense_is_not_kept() {
    let (mut book, friend) = (Book::default(), entry(7));
    book.met(friend);
    let elsewhere = Entry { address: ([6, 6, 6, 6], 6).into(), ..friend };
    let nowhere = [
        Entry { address: ([1, 2, 3, 4], 0).into(), ..entry(0) },
        Entry { address: ([0, 0, 0, 0], 9).into(), ..entry(0) },
    ];
    assert_eq!(book.heard(PeerId::random(), &[&[elsewhere][..], &nowhere].concat()), 0);
    assert_eq!(book.find(&friend.id), Some(friend.address));
}

#[test]
fn an_address_that_fails_waits_and_then_leaves() {
    let (mut book, peer, start, mut dice) = (Book::default(), entry(7), Instant::now(), Dice::new(1));
    book.met(peer);
    let limits = Limits::default();
    book.failed(&peer.id, start, &limits, &mut dice);
    assert_eq!(book.choose(9, start, &mut dice, |_| true), vec![]);
    assert_eq!(book.choose(9, start + Duration::from_secs(60), &mut dice, |_| true), vec![peer]);
    assert_eq!(book.choose(9, start + Duration::from_secs(60), &mut dice, |_| false), vec![]);
    (1..BOOK_FAILURES_MAX).for_each(|_| book.failed(&peer.id, start, &limits, &mut dice));
    assert_eq!(book.find(&peer.id), None);
}

#[test]
fn the_file_keeps_what_was_met_and_survives_nonsense() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("book");
    let (mut book, friend) = (Book::default(), entry(7));
    book.met(friend);
    book.heard(PeerId::random(), &entries(3));
    write_book(&path, &format!("nonsense\n@\nx@1.2.3.4:5\n{}", book.to_text())).unwrap();
    let back = read_book(&path);
    assert_eq!((back.known.len(), back.find(&friend.id)), (1, Some(friend.address)));
    assert!(read_book(&folder.path().join("none")).known.is_empty());
}

#[test]
fn loopback_is_told_on_loopback_only() {
    let (here, there): (SocketAddr, SocketAddr) = (([127, 0, 0, 1], 5).into(), ([9, 9, 9, 9], 5).into());
    let table = [(here, here, true), (here, there, false), (there, here, true), (there, there, true)];
    for (address, to, told) in table {
        assert_eq!(tellable(&address, &to), told, "{address} to {to}");
    }
}
