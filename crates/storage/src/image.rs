//! Tree images: the whole state of one height in a file, so that a start replays the log from there and not from genesis.
//!
//! An image is written in the background from an immutable state, and only of heights that are indexed already: then what
//! lies below an image is never needed to answer about heights above it. After loading, the root is computed anew and
//! compared: an image that does not lead to the app hash it states is not used.
//!
//! ```text
//! name    HEIGHT.image               20 digits
//! header  "SEIZAIMG" | format u32 = 1
//! records of that height, salt 0 (log/record.rs), each up to a mebibyte and more where a value is:
//!         the first: the app hash; then nodes, children before parents, store after store; the last: nothing
//! node    0 | version                          inner: over the last two subtrees
//!         1 | version | key bytes | value bytes
//!         2                                    the store is complete
//! ```

use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

use seiza_state::{Key, STORES, StoreId, Value};
use seiza_types::{AppHash, Height};

use crate::StorageError;
use crate::files::{self, NewFile};
use crate::limits::IMAGE_CHUNK_BYTES;
use crate::log::{HEADER_BYTES, TRAILER_BYTES, frame, parse, payload_bytes, seal};
use crate::tree::{Leaf, Restorer, Tree, TreeNode};
use crate::version::Version;
use crate::wire::{Reader, WireError, put_bytes, put_number};

/// Folder of the images.
pub(crate) const IMAGE_DIR: &str = "images";
const MAGIC: &[u8; 8] = b"SEIZAIMG";
const FORMAT: u32 = 1;
const START_BYTES: usize = 12;

/// Marks of the three kinds of nodes.
const INNER: u8 = 0;
const LEAF: u8 = 1;
const END: u8 = 2;

/// Makes the images' folder, and rids it of what a crash left there.
pub(crate) fn prepare(dir: &Path) -> Result<(), StorageError> {
    let dir = dir.join(IMAGE_DIR);
    files::make_dir(&dir)?;
    files::sweep(&dir)
}

/// The images in a storage folder, the highest first.
pub(crate) fn list(dir: &Path) -> Result<Vec<(Height, PathBuf)>, StorageError> {
    let dir = dir.join(IMAGE_DIR);
    let height = |path: &Path| path.file_name()?.to_str()?.strip_suffix(".image")?.parse().ok();
    let mut images: Vec<(Height, PathBuf)> =
        files::list(&dir)?.into_iter().filter_map(|path| Some((height(&path)?, path))).collect();
    images.sort_by(|a, b| b.cmp(a));
    Ok(images)
}

/// Writes the image of a state; it appears whole or not at all. Answers its size. `stopping` ends it early.
pub(crate) fn write(
    dir: &Path,
    fsync: bool,
    version: &Version,
    stopping: &dyn Fn() -> bool,
) -> Result<u64, StorageError> {
    write_with(dir, fsync, (version.height, version.app_hash()), stopping, &mut |sink| {
        for store in STORES {
            version.tree(store).export(&mut |node| sink.node(&node))?;
            sink.end_store()?;
        }
        Ok(())
    })
}

/// Writes the image of a state whose nodes `fill` hands over: children before parents, store after store, each ended.
pub(crate) fn write_nodes(
    dir: &Path,
    fsync: bool,
    state: (Height, AppHash),
    fill: &mut dyn FnMut(&mut Sink<'_>) -> Result<(), StorageError>,
) -> Result<u64, StorageError> {
    write_with(dir, fsync, state, &|| false, fill)
}

fn write_with(
    dir: &Path,
    fsync: bool,
    (height, app_hash): (Height, AppHash),
    stopping: &dyn Fn() -> bool,
    fill: &mut dyn FnMut(&mut Sink<'_>) -> Result<(), StorageError>,
) -> Result<u64, StorageError> {
    let path = dir.join(IMAGE_DIR).join(format!("{height:020}.image"));
    let new = NewFile::create(&path, fsync)?;
    let file = new.file.try_clone().map_err(StorageError::io("open", new.temporary()))?;
    let temporary = new.temporary().to_owned();
    let writer = Writer { file: BufWriter::new(file), height, chunk: frame(0), bytes: 0, stopping };
    let mut sink = Sink { writer, path: &temporary };
    sink.start(app_hash)?;
    fill(&mut sink)?;
    let bytes = sink.finish()?;
    new.publish()?;
    Ok(bytes)
}

/// Where the nodes of an image go.
pub(crate) struct Sink<'a> {
    writer: Writer<'a>,
    path: &'a Path,
}

impl Sink<'_> {
    /// The next node, children before parents.
    pub(crate) fn node(&mut self, node: &TreeNode<'_>) -> Result<(), StorageError> {
        self.writer.node(node).map_err(|stop| self.failed(stop))
    }

    /// A store is complete.
    pub(crate) fn end_store(&mut self) -> Result<(), StorageError> {
        self.writer.chunk.push(END);
        Ok(())
    }

    fn start(&mut self, app_hash: AppHash) -> Result<(), StorageError> {
        self.writer.start(app_hash).map_err(|stop| self.failed(stop))
    }

    fn finish(mut self) -> Result<u64, StorageError> {
        self.writer.finish().map_err(|stop| self.failed(stop))?;
        Ok(self.writer.bytes)
    }

    fn failed(&self, stop: Stop) -> StorageError {
        match stop {
            Stop::Asked => StorageError::Stopped("it is being closed".into()),
            Stop::Io(error) => StorageError::io("write", self.path)(error),
        }
    }
}

/// Removes all images but the newest `kept`; answers the lowest height that still has one.
pub(crate) fn prune(dir: &Path, fsync: bool, kept: usize) -> Result<Option<Height>, StorageError> {
    let images = list(dir)?;
    for (_, path) in images.iter().skip(kept) {
        files::remove(path)?;
    }
    files::sync_dir(&dir.join(IMAGE_DIR), fsync)?;
    Ok(images.iter().take(kept).next_back().map(|(height, _)| *height))
}

enum Stop {
    Asked,
    Io(std::io::Error),
}

impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Io(error)
    }
}

struct Writer<'a> {
    file: BufWriter<File>,
    height: Height,
    chunk: Vec<u8>,
    bytes: u64,
    stopping: &'a dyn Fn() -> bool,
}

impl Writer<'_> {
    fn start(&mut self, app_hash: AppHash) -> Result<(), Stop> {
        let start = [&MAGIC[..], &FORMAT.to_le_bytes()].concat();
        self.file.write_all(&start)?;
        self.bytes = start.len() as u64;
        self.chunk.extend_from_slice(app_hash.as_slice());
        self.end_chunk()
    }

    fn finish(&mut self) -> Result<(), Stop> {
        self.end_chunk()?;
        self.end_chunk()?;
        Ok(self.file.flush()?)
    }

    fn node(&mut self, node: &TreeNode<'_>) -> Result<(), Stop> {
        match node {
            TreeNode::Inner { version } => {
                self.chunk.push(INNER);
                put_number(&mut self.chunk, *version);
            }
            TreeNode::Leaf(leaf) => {
                self.chunk.push(LEAF);
                put_number(&mut self.chunk, leaf.version);
                put_bytes(&mut self.chunk, leaf.key.as_bytes());
                put_bytes(&mut self.chunk, &leaf.value);
            }
        }
        if self.chunk.len() >= IMAGE_CHUNK_BYTES { self.end_chunk() } else { Ok(()) }
    }

    fn end_chunk(&mut self) -> Result<(), Stop> {
        if (self.stopping)() {
            return Err(Stop::Asked);
        }
        seal(&mut self.chunk, self.height, 0);
        self.file.write_all(&self.chunk)?;
        self.bytes += self.chunk.len() as u64;
        self.chunk.truncate(HEADER_BYTES);
        Ok(())
    }
}

/// Reads an image and checks it against the app hash it states. `progress` hears of bytes read and bytes in all.
pub(crate) fn load(path: &Path, height: Height, progress: &mut dyn FnMut(u64, u64)) -> Result<Version, StorageError> {
    let file = File::open(path).map_err(StorageError::io("open", path))?;
    let total = file.metadata().map_err(StorageError::io("open", path))?.len();
    let mut reader = ImageReader { path, height, file: BufReader::with_capacity(1 << 20, file), offset: 0 };
    reader.start()?;
    let first = reader.record()?;
    let stated = Reader::new(&first).array().map(AppHash::new).map_err(|error| reader.damaged(&error.to_string()))?;
    let mut trees = Trees::default();
    loop {
        let record = reader.record()?;
        if record.is_empty() {
            break;
        }
        trees.nodes(&record).map_err(|error| reader.damaged(&error.to_string()))?;
        progress(reader.offset, total);
    }
    let trees = trees.finish().ok_or_else(|| reader.damaged("stores are missing"))?;
    let version = Version::from_trees(height, trees);
    if reader.offset != total {
        return Err(reader.damaged("bytes are left over"));
    }
    if version.app_hash() != stated {
        return Err(reader.damaged("its state does not lead to its app hash"));
    }
    Ok(version)
}

struct ImageReader<'a> {
    path: &'a Path,
    height: Height,
    file: BufReader<File>,
    offset: u64,
}

impl ImageReader<'_> {
    fn damaged(&self, what: &str) -> StorageError {
        StorageError::damaged(self.path, self.offset, what)
    }

    fn exact(&mut self, out: &mut [u8]) -> Result<(), StorageError> {
        self.file.read_exact(out).map_err(|_| self.damaged("the file ends too early"))
    }

    fn start(&mut self) -> Result<(), StorageError> {
        let mut start = [0; START_BYTES];
        self.exact(&mut start)?;
        if start[..8] != MAGIC[..] {
            return Err(self.damaged("this is no image of seiza's"));
        }
        if start[8..] != FORMAT.to_le_bytes() {
            return Err(StorageError::Format {
                path: self.path.into(),
                found: format!("{:?}", &start[8..]),
                expected: "1",
            });
        }
        self.offset = START_BYTES as u64;
        Ok(())
    }

    /// The next record's payload.
    fn record(&mut self) -> Result<Vec<u8>, StorageError> {
        let mut bytes = vec![0; HEADER_BYTES];
        self.exact(&mut bytes)?;
        let payload = payload_bytes(&bytes, 0).map_err(|fault| self.damaged(fault.text()))?;
        bytes.resize(HEADER_BYTES + payload + TRAILER_BYTES, 0);
        let mut rest = bytes.split_off(HEADER_BYTES);
        self.exact(&mut rest)?;
        bytes.append(&mut rest);
        let (record, whole) = parse(&bytes, 0).map_err(|fault| self.damaged(fault.text()))?;
        if record.height != self.height {
            return Err(self.damaged("a record of another height"));
        }
        self.offset += whole as u64;
        Ok(record.payload.to_vec())
    }
}

/// Trees on their way back.
#[derive(Default)]
struct Trees {
    done: Vec<Tree>,
    current: Restorer,
}

impl Trees {
    fn nodes(&mut self, record: &[u8]) -> Result<(), WireError> {
        let mut reader = Reader::new(record);
        while reader.left() > 0 {
            let fits = match reader.byte()? {
                INNER => self.current.inner(reader.number()?),
                LEAF => self.leaf(&mut reader)?,
                END => self.end_store(),
                _ => false,
            };
            if !fits {
                return Err(WireError::Field("node"));
            }
        }
        Ok(())
    }

    fn leaf(&mut self, reader: &mut Reader<'_>) -> Result<bool, WireError> {
        let version = reader.number()?;
        let key = Key::decode(reader.bytes()?).ok_or(WireError::Field("key"))?;
        let value = Value::from(reader.bytes()?);
        Ok(self.store() == Some(key.store()) && self.current.leaf(Leaf::new(key, value, version)))
    }

    fn end_store(&mut self) -> bool {
        let finished = std::mem::take(&mut self.current).finish();
        let fits = finished.is_some() && self.store().is_some();
        self.done.extend(finished);
        fits
    }

    /// The store whose nodes come now.
    fn store(&self) -> Option<StoreId> {
        STORES.get(self.done.len()).copied()
    }

    fn finish(self) -> Option<[Tree; STORES.len()]> {
        self.done.try_into().ok()
    }
}

#[cfg(test)]
#[path = "image_tests.rs"]
mod tests;
