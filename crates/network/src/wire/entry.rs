//! A peer's address in the peer exchange.

use std::net::{IpAddr, SocketAddr};

use libp2p::PeerId;

use super::{Reader, WireError};
use crate::limits::PEER_ID_BYTES_MAX;

/// Where a peer accepts connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// Its identity.
    pub id: PeerId,
    /// Its address and port.
    pub address: SocketAddr,
}

impl Entry {
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        let id = self.id.to_bytes();
        out.push(u8::try_from(id.len()).expect("a peer id has at most 64 bytes"));
        out.extend_from_slice(&id);
        put_ip(out, self.address.ip());
        out.extend_from_slice(&self.address.port().to_be_bytes());
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, WireError> {
        let id = read_peer_id(reader)?;
        let ip = read_ip(reader)?;
        Ok(Self { id, address: SocketAddr::new(ip, reader.u16("port")?) })
    }
}

fn put_ip(out: &mut Vec<u8>, ip: IpAddr) {
    match ip {
        IpAddr::V4(ip) => {
            out.push(4);
            out.extend_from_slice(&ip.octets());
        }
        IpAddr::V6(ip) => {
            out.push(6);
            out.extend_from_slice(&ip.octets());
        }
    }
}

fn read_ip(reader: &mut Reader<'_>) -> Result<IpAddr, WireError> {
    match reader.u8("address family")? {
        4 => Ok(IpAddr::from(reader.u32("address")?.to_be_bytes())),
        6 => Ok(IpAddr::from(
            (u128::from(reader.u64("address")?) << 64 | u128::from(reader.u64("address")?)).to_be_bytes(),
        )),
        value => Err(WireError::Unknown { what: "address family", value: u64::from(value) }),
    }
}

fn read_peer_id(reader: &mut Reader<'_>) -> Result<PeerId, WireError> {
    let count = usize::from(reader.u8("peer id")?);
    if count > PEER_ID_BYTES_MAX {
        return Err(WireError::Oversized { what: "peer id", count: count as u64, max: PEER_ID_BYTES_MAX as u64 });
    }
    let bytes = reader.take(count, "peer id")?;
    let id = PeerId::from_bytes(bytes).map_err(|_| WireError::Unknown { what: "peer id", value: count as u64 })?;
    // A multihash writes its code and length as variable-length numbers: of several spellings only the shortest is one.
    if id.to_bytes() == bytes { Ok(id) } else { Err(WireError::Unknown { what: "peer id", value: count as u64 }) }
}
