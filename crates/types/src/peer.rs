//! Where a peer is met: `[id@]host:port`, as people write it into settings.

use std::fmt;
use std::str::FromStr;

/// Characters of a peer id: an ed25519 identity has 52, a hash of a longer key 46.
const ID_MAX: usize = 64;
/// Characters of a DNS name (RFC 1035).
const HOST_MAX: usize = 253;

/// A peer's address: its id where one is demanded, its host, and the port of its consensus.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PeerAddress {
    /// Its libp2p peer id in base58; nobody else is taken for it.
    pub id: Option<String>,
    /// IPv4 address, IPv6 address without brackets, or DNS name.
    pub host: String,
    /// From 1.
    pub port: u16,
}

/// Why a text is no peer's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PeerAddressError {
    /// No base58, or too long.
    #[error("id: up to {ID_MAX} letters and digits of base58")]
    Id,
    /// Neither an IP address nor a DNS name; an IPv6 address stands in brackets.
    #[error("host: an IP address (IPv6 in brackets) or a DNS name of up to {HOST_MAX} characters")]
    Host,
    /// None, or not 1 to 65535.
    #[error("port: 1 to 65535, after a colon")]
    Port,
}

impl FromStr for PeerAddress {
    type Err = PeerAddressError;
    fn from_str(text: &str) -> Result<Self, PeerAddressError> {
        let (id, place) = text.split_once('@').map_or((None, text), |(id, place)| (Some(id), place));
        let (host, port) = place.rsplit_once(':').ok_or(PeerAddressError::Port)?;
        let digits = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
        let port = port.parse().ok().filter(|port| digits && *port > 0).ok_or(PeerAddressError::Port)?;
        Ok(Self { id: id.map(checked_id).transpose()?, host: checked_host(host)?, port })
    }
}

fn checked_id(id: &str) -> Result<String, PeerAddressError> {
    let base58 = |letter: char| letter.is_ascii_alphanumeric() && !"0OIl".contains(letter);
    let fits = !id.is_empty() && id.len() <= ID_MAX && id.chars().all(base58);
    if fits { Ok(id.to_owned()) } else { Err(PeerAddressError::Id) }
}

fn checked_host(host: &str) -> Result<String, PeerAddressError> {
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let address: Result<std::net::Ipv6Addr, _> = inner.parse();
        return address.map(|address| address.to_string()).map_err(|_| PeerAddressError::Host);
    }
    let name = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    let fits = !host.is_empty() && host.len() <= HOST_MAX && host.chars().all(name);
    if fits { Ok(host.to_owned()) } else { Err(PeerAddressError::Host) }
}

impl fmt::Display for PeerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(id) = &self.id {
            write!(f, "{id}@")?;
        }
        if self.host.contains(':') { write!(f, "[{}]", self.host) } else { f.write_str(&self.host) }?;
        write!(f, ":{}", self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_as_they_are_read() {
        let id = "12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN";
        for text in ["127.0.0.1:26656", "node-1.example:1", "[::1]:65535", &format!("{id}@10.0.0.1:26656")] {
            assert_eq!(text.parse::<PeerAddress>().unwrap().to_string(), text);
        }
        let address: PeerAddress = format!("{id}@[fe80:0::1]:2").parse().unwrap();
        assert_eq!((address.id.as_deref(), address.host.as_str(), address.port), (Some(id), "fe80::1", 2));
    }

    #[test]
    fn what_is_no_address_is_told_by_its_part() {
        let (long_id, long_host) = (format!("{}@a:1", "a".repeat(65)), format!("{}:1", "a".repeat(254)));
        let table = [
            ("", PeerAddressError::Port),
            ("a", PeerAddressError::Port),
            ("a:", PeerAddressError::Port),
            ("a:0", PeerAddressError::Port),
            ("a:+1", PeerAddressError::Port),
            ("a:65536", PeerAddressError::Port),
            (":1", PeerAddressError::Host),
            ("::1:1", PeerAddressError::Host),
            ("[a]:1", PeerAddressError::Host),
            ("a b:1", PeerAddressError::Host),
            (&long_host, PeerAddressError::Host),
            ("@a:1", PeerAddressError::Id),
            ("0OIl@a:1", PeerAddressError::Id),
            (&long_id, PeerAddressError::Id),
        ];
        for (text, expected) in table {
            assert_eq!(text.parse::<PeerAddress>(), Err(expected), "{text}");
        }
    }
}
