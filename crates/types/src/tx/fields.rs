//! Fields that this chain does not know: what a signer said must not be passed over in silence (Cosmos ADR 20).

use prost::encoding::{DecodeContext, decode_key, skip_field};

use super::DecodeError;

/// Field numbers that may be passed over where a message says so: the sender marked them as not critical.
const NOT_CRITICAL: std::ops::RangeInclusive<u32> = 1_024..=2_047;

/// Checks that the top level of a protobuf message holds only fields of these numbers.
pub(super) fn check(name: &str, bytes: &[u8], known: &[u32], not_critical_pass: bool) -> Result<(), DecodeError> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let (tag, wire) = decode_key(&mut rest).map_err(protobuf)?;
        let passes = known.contains(&tag) || (not_critical_pass && NOT_CRITICAL.contains(&tag));
        if !passes {
            return Err(DecodeError::Protobuf(format!("{name} has field {tag}, which is not known here")));
        }
        skip_field(wire, tag, &mut rest, DecodeContext::default()).map_err(protobuf)?;
    }
    Ok(())
}

fn protobuf(error: prost::DecodeError) -> DecodeError {
    DecodeError::Protobuf(error.to_string())
}
