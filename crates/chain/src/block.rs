//! A block whose transactions are all verified: what can be executed.

use std::ops::Deref;
use std::sync::Arc;

use seiza_types::limits::BLOCK_BYTES_MAX;
use seiza_types::tx::verify_all;
use seiza_types::{B256, Block, Bytes, Rules, Tx, VerifiedTx};

use crate::InvalidBlock;

/// A block and its verified transactions, in the block's order; cloning shares both.
#[derive(Debug, Clone)]
pub struct VerifiedBlock {
    block: Arc<Block>,
    hash: B256,
    txs: Arc<[VerifiedTx]>,
}

impl VerifiedBlock {
    /// A block made of these transactions by this very node.
    pub(crate) fn of(block: Block, txs: Vec<VerifiedTx>) -> Self {
        debug_assert!(block.txs.iter().eq(txs.iter().map(|tx| &tx.raw)), "the block holds other transactions");
        Self { hash: block.hash(), block: Arc::new(block), txs: txs.into() }
    }

    /// Verifies every transaction on all cores, except those that `known` has verified already.
    ///
    /// # Errors
    /// [`InvalidBlock`] naming the first transaction that is not valid, or the bound that the block exceeds.
    pub(crate) fn verify(
        block: Block,
        rules: &Rules,
        known: impl Fn(usize, &[u8]) -> Option<VerifiedTx>,
    ) -> Result<Self, InvalidBlock> {
        check_bytes(&block.txs)?;
        let known = block.txs.iter().enumerate().map(|(index, raw)| known(index, raw)).collect();
        let txs = verify_unknown(&block.txs, known, rules)?;
        check_gas(&txs, rules)?;
        Ok(Self { hash: block.hash(), block: Arc::new(block), txs: txs.into() })
    }

    /// The block's hash.
    #[must_use]
    pub fn hash(&self) -> B256 {
        self.hash
    }

    /// Its transactions.
    #[must_use]
    pub fn txs(&self) -> &[VerifiedTx] {
        &self.txs
    }

    /// The block itself.
    #[must_use]
    pub fn block(&self) -> &Arc<Block> {
        &self.block
    }
}

impl Deref for VerifiedBlock {
    type Target = Block;
    fn deref(&self) -> &Block {
        &self.block
    }
}

/// All transactions verified: the known ones as they are, the others from their bytes.
fn verify_unknown(
    raw: &[Bytes],
    mut txs: Vec<Option<VerifiedTx>>,
    rules: &Rules,
) -> Result<Vec<VerifiedTx>, InvalidBlock> {
    let missing: Vec<usize> = (0..txs.len()).filter(|index| txs[*index].is_none()).collect();
    let decode =
        |index: &usize| Tx::decode(&raw[*index]).map_err(|error| InvalidBlock::Decode { index: *index, error });
    let decoded = missing.iter().map(decode).collect::<Result<Vec<_>, _>>()?;
    for (index, verified) in missing.into_iter().zip(verify_all(decoded, rules)) {
        txs[index] = Some(verified.map_err(|error| InvalidBlock::Verify { index, error })?);
    }
    Ok(txs.into_iter().flatten().collect())
}

fn check_bytes(txs: &[Bytes]) -> Result<(), InvalidBlock> {
    let found: usize = txs.iter().map(|tx| tx.len()).sum();
    if found > BLOCK_BYTES_MAX {
        return Err(InvalidBlock::TooLarge {
            what: "size in bytes",
            found: found as u64,
            limit: BLOCK_BYTES_MAX as u64,
        });
    }
    Ok(())
}

fn check_gas(txs: &[VerifiedTx], rules: &Rules) -> Result<(), InvalidBlock> {
    let found = txs.iter().fold(0u64, |sum, tx| sum.saturating_add(tx.gas_limit));
    if found > rules.block_gas_max {
        return Err(InvalidBlock::TooLarge { what: "sum of gas limits", found, limit: rules.block_gas_max });
    }
    Ok(())
}
