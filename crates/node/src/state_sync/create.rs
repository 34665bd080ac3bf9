//! Snapshots in files, made and copied by a stopped node.

use std::path::Path;

use seiza_chain::Chain;
use seiza_storage::limits::SYNC_TOP_BYTES_MAX;
use seiza_storage::sync::{Base, Parts, SnapshotFile, unpack};
use seiza_types::Height;

use super::light_block::LightBlock;
use super::proof::Proof;
use crate::failure::Failure;
use crate::telemetry::progress::{Meter, Unit};

/// Writes a snapshot of the highest state whose app hash a decided header says. Answers its file.
///
/// # Errors
/// The chain has too few blocks; those of the disk.
pub fn create(chain: &Chain, folder: &Path, quiet: bool) -> Result<SnapshotFile, Failure> {
    let storage = chain.storage();
    let (lowest, head) = storage.whole_heights();
    let height = head.checked_sub(1).filter(|height| *height >= lowest.max(1)).ok_or_else(|| {
        Failure::refused(format!(
            "no state below height {head} is in memory: start the node, let it make two blocks, stop it, and try again"
        ))
    })?;
    let gone = || Failure::refused(format!("block {height} is not here"));
    let cut = storage.cut(height).map_err(Failure::refused)?.ok_or_else(gone)?;
    let proof = Proof { block: light(chain, height)?, next: light(chain, height + 1)? };
    let stored = storage.block(height).map_err(Failure::refused)?.ok_or_else(gone)?;
    let base = Base::of(&stored).ok_or_else(gone)?;
    let top = unpack(&cut.top(), SYNC_TOP_BYTES_MAX, "top").map_err(Failure::refused)?;
    let parts = Parts { height, app_hash: cut.app_hash(), proof: proof.encode(), base: base.encode(), top };
    let path = path_in(folder, height);
    let mut file = begin(&path, parts)?;
    let (meter, total) = (Meter::new("writing the snapshot", Unit::Items, quiet), cut.chunks().len() as u64);
    for (done, id) in (1..).zip(cut.chunks()) {
        let packed = cut.chunk(id).expect("the cut names its own chunks");
        file.append(*id, &packed).map_err(Failure::refused)?;
        meter.show(done, total);
    }
    file.sync().map_err(Failure::refused)?;
    Ok(file)
}

/// Where a snapshot of that height lies.
pub fn path_in(folder: &Path, height: Height) -> std::path::PathBuf {
    folder.join(format!("{height}.snapshot"))
}

fn light(chain: &Chain, height: Height) -> Result<LightBlock, Failure> {
    let stored = chain.storage().block(height).map_err(Failure::refused)?;
    let validators = chain.validators_at(height).map_err(Failure::refused)?;
    let block = stored.and_then(|stored| LightBlock::new(stored.block.header.clone(), &stored.certificate, validators));
    block.ok_or_else(|| Failure::refused(format!("block {height} is not here")))
}

/// Writes another file with the same chunks.
///
/// # Errors
/// Chunks that are missing or spoiled; those of the disk.
pub fn copy(from: &SnapshotFile, to: &Path, quiet: bool) -> Result<SnapshotFile, Failure> {
    let mut file = begin(to, from.parts().clone())?;
    let (meter, wanted) = (Meter::new("copying the snapshot", Unit::Items, quiet), file.missing());
    for (done, id) in (1..).zip(&wanted) {
        let packed = from.packed(id).map_err(Failure::refused)?;
        file.append(*id, &packed).map_err(Failure::refused)?;
        meter.show(done, wanted.len() as u64);
    }
    file.sync().map_err(Failure::refused)?;
    Ok(file)
}

fn begin(path: &Path, parts: Parts) -> Result<SnapshotFile, Failure> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| Failure::io("make", folder, &error))?;
    }
    SnapshotFile::create(path, parts).map_err(Failure::refused)
}
