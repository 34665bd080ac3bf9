//! Reading an image: maps its files and checks them.

use std::path::Path;
use std::sync::Arc;

use seiza_state::STORES;
use seiza_types::{AppHash, Height};

use super::node_file::NodeFile;
use super::{Address, Files, manifest};
use crate::StorageError;
use crate::tree::Tree;

/// An image whose files are mapped.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) height: Height,
    pub(crate) files: Arc<Files>,
    pub(crate) roots: [Option<Address>; STORES.len()],
    /// Hundredths of bytes that a key takes with its nodes, as the last whole image had it.
    pub(crate) key_cost: u64,
}

impl Image {
    /// The trees of all stores.
    pub(crate) fn trees(&self) -> [Tree; STORES.len()] {
        self.roots.map(|root| Tree::stored(root, self.files.clone()))
    }
}

/// Maps an image and compares all of its files with their checksums. Answers the app hash that it states, too.
pub(crate) fn load(dir: &Path, path: &Path, height: Height) -> Result<(Image, AppHash), StorageError> {
    let manifest = manifest::read(path, height)?;
    let files = manifest.files.iter().map(|place| Ok(Arc::new(NodeFile::open(dir, *place)?)));
    let files = Arc::new(Files::new(files.collect::<Result<_, StorageError>>()?));
    files.check()?;
    let image = Image { height, files, roots: manifest.roots, key_cost: manifest.key_cost };
    Ok((image, manifest.app_hash))
}

/// The number that the next node file gets: above all that are there.
pub(crate) fn next_number(dir: &Path) -> Result<u64, StorageError> {
    Ok(super::numbered(dir, ".nodes")?.first().map_or(1, |(number, _)| number + 1))
}
