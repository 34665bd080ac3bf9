//! Reading an image for no other purpose than to find out whether it is whole: checksums, and every hash anew.

use std::path::Path;

use rayon::prelude::*;
use seiza_types::Height;

use super::load;
use crate::StorageError;
use crate::version::Version;

/// Checks an image: the checksums of its files, then all hashes from the leaves up, and the app hash it states.
pub(crate) fn check(dir: &Path, path: &Path, height: Height) -> Result<(), StorageError> {
    let (image, stated) = load(dir, path, height)?;
    let trees = image.trees();
    let agree = trees.par_iter().all(|tree| {
        let mut agrees = true;
        tree.node().map(|root| root.computed_hash(&mut agrees));
        agrees
    });
    let version = Version::from_trees(height, trees, image.files.clone(), None);
    if !agree || version.app_hash() != stated {
        return Err(StorageError::damaged(path, 0, "its nodes do not lead to its app hash"));
    }
    Ok(())
}
