//! How runs are called, and which files of a folder are in use.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use seiza_types::Height;

/// The name of the run of a range of heights.
pub(super) fn path(dir: &Path, (first, last): (Height, Height)) -> PathBuf {
    dir.join(format!("{first:020}-{last:020}.run"))
}

/// The heights in a run's name; `None` where the name is no run's.
pub(crate) fn range_of(path: &Path) -> Option<(Height, Height)> {
    let (first, last) = path.file_name()?.to_str()?.strip_suffix(".run")?.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?))
}

/// Of run files those to be opened, by first height, and those whose heights a larger one covers.
pub(crate) fn kept(paths: Vec<PathBuf>) -> (Vec<(Height, PathBuf)>, Vec<PathBuf>) {
    let mut found: Vec<(Height, Height, PathBuf)> = Vec::new();
    found.extend(paths.into_iter().filter_map(|path| range_of(&path).map(|(first, last)| (first, last, path))));
    found.sort_by_key(|(first, last, _)| (*first, Reverse(*last)));
    let (mut kept, mut covered, mut end) = (Vec::new(), Vec::new(), 0);
    for (first, last, path) in found {
        if last <= end {
            covered.push(path);
        } else {
            end = last;
            kept.push((first, path));
        }
    }
    (kept, covered)
}
