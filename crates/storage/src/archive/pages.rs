//! Pages of archived files, kept on the disk within a bound; those used longest ago go first. Each has its checksum: one that
//! does not match is fetched again.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::PathBuf;

use parking_lot::Mutex;

use crate::{StorageError, files};

const CHECKSUM_BYTES: usize = 4;

/// See the module. Failing to keep a page is no error: it is fetched again.
#[derive(Debug)]
pub(super) struct PageCache {
    dir: PathBuf,
    bytes_max: u64,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// When each was used, and its bytes.
    pages: HashMap<String, (u64, u64)>,
    by_use: BTreeMap<u64, String>,
    bytes: u64,
    uses: u64,
}

impl State {
    fn touch(&mut self, key: &str, bytes: u64) {
        self.forget(key);
        self.uses += 1;
        self.pages.insert(key.to_owned(), (self.uses, bytes));
        self.by_use.insert(self.uses, key.to_owned());
        self.bytes += bytes;
    }

    fn forget(&mut self, key: &str) {
        if let Some((used, bytes)) = self.pages.remove(key) {
            self.by_use.remove(&used);
            self.bytes -= bytes;
        }
    }
}

impl PageCache {
    /// The pages in a folder, as an earlier run left them.
    pub(super) fn open(dir: PathBuf, bytes_max: u64) -> Result<Self, StorageError> {
        files::make_dir(&dir)?;
        let cache = Self { dir, bytes_max, state: Mutex::default() };
        for path in files::list(&cache.dir)? {
            let bytes = fs::metadata(&path).map_err(StorageError::io("open", &path))?.len();
            if let Some(key) = path.file_name().and_then(|name| name.to_str()) {
                cache.state.lock().touch(key, bytes);
            }
        }
        cache.trim();
        Ok(cache)
    }

    /// A page, where it is kept and whole.
    pub(super) fn get(&self, key: &str) -> Option<Vec<u8>> {
        let known = self.state.lock().pages.contains_key(key);
        let mut bytes = fs::read(self.dir.join(key)).ok().filter(|_| known)?;
        let whole = bytes.len();
        let body = whole.checked_sub(CHECKSUM_BYTES)?;
        if bytes[body..] != crc32fast::hash(&bytes[..body]).to_le_bytes() {
            self.state.lock().forget(key);
            return None;
        }
        self.state.lock().touch(key, whole as u64);
        bytes.truncate(body);
        Some(bytes)
    }

    /// Keeps a page.
    pub(super) fn put(&self, key: &str, page: &[u8]) {
        let bytes = [page, &crc32fast::hash(page).to_le_bytes()].concat();
        match fs::write(self.dir.join(key), &bytes) {
            Ok(()) => self.state.lock().touch(key, bytes.len() as u64),
            Err(error) => tracing::debug!(%error, key, "a page of the archive could not be kept"),
        }
        self.trim();
    }

    fn trim(&self) {
        let mut state = self.state.lock();
        while state.bytes > self.bytes_max
            && let Some((_, key)) = state.by_use.first_key_value().map(|(used, key)| (*used, key.clone()))
        {
            state.forget(&key);
            if let Err(error) = files::remove(&self.dir.join(&key)) {
                tracing::debug!(%error, "a page of the archive could not be removed");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cache(dir: &std::path::Path) -> PageCache {
        PageCache::open(dir.to_path_buf(), 3 * 104).unwrap()
    }

    fn held(dir: &std::path::Path) -> Vec<String> {
        let name = |path: PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
        files::list(dir).unwrap().into_iter().map(name).collect()
    }

    #[test]
    fn what_was_used_longest_ago_goes_first() {
        let dir = tempfile::tempdir().unwrap();
        let pages = cache(dir.path());
        for key in ["a", "b", "c"] {
            pages.put(key, &[7; 100]);
        }
        assert_eq!(pages.get("a").unwrap(), [7; 100]);
        pages.put("d", &[8; 100]);
        assert_eq!(held(dir.path()), ["a", "c", "d"]);
        assert!(pages.get("b").is_none());
        let again = cache(dir.path());
        assert_eq!(again.get("d").unwrap(), [8; 100]);
        assert_eq!(again.state.lock().bytes, 3 * 104);
    }

    #[test]
    fn a_spoiled_page_is_not_given() {
        let dir = tempfile::tempdir().unwrap();
        let pages = cache(dir.path());
        pages.put("a", &[7; 100]);
        for bytes in [vec![7; 104], vec![], vec![1, 2]] {
            fs::write(dir.path().join("a"), bytes).unwrap();
            assert!(pages.get("a").is_none());
        }
        pages.put("a", &[7; 100]);
        assert_eq!(pages.get("a").unwrap(), [7; 100]);
    }
}
