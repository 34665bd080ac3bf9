//! What must hold of any bytes that are taken for a block: no panic, and what decodes survives a round trip.

use seiza_types::Block;

/// Decodes, encodes, decodes again.
pub fn block_decode(bytes: &[u8]) {
    let Ok(block) = Block::decode(bytes) else { return };
    let again = Block::decode(&block.encode()).expect("an encoded block decodes");
    assert_eq!(again, block);
    assert_eq!(again.hash(), block.hash());
    let _ = block.timestamp();
}
