//! Where peers are, as people write it.

use proptest::prelude::*;
use seiza_types::PeerAddress;

#[test]
fn addresses_are_written_as_they_are_read() {
    for text in ["10.0.0.1:26656", "node0:1", "12D3KooW@a.example.org:65535", "[::1]:26656", "id@[fe80::1]:7"] {
        assert_eq!(text.parse::<PeerAddress>().unwrap().to_string(), text);
    }
    for text in ["", "host", "host:", "host:0", "host:65536", ":1", "@host:1", "a b:1", "::1:5", "[host]:1", "i d@h:1"]
    {
        let error = text.parse::<PeerAddress>().unwrap_err().to_string();
        assert_eq!(error, format!("{text:?} is no peer: write host:port or id@host:port"));
    }
}

proptest! {
    #[test]
    fn any_text_is_no_panic(text in ".{0,60}") {
        if let Ok(address) = text.parse::<PeerAddress>() {
            prop_assert_eq!(address.to_string().parse::<PeerAddress>().unwrap(), address);
        }
    }
}
