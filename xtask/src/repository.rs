//! The repository: where it is, and the text files that belong to it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders that hold no work of ours; only asked where there is no git to say so.
const NOT_OURS: [&str; 5] = [".git", ".build", ".venv", "node_modules", "target"];

/// A text file of the repository: tracked, or new and not ignored.
pub struct TextFile {
    /// Relative to the root, with forward slashes.
    pub path: String,
    /// All of it.
    pub text: String,
}

impl TextFile {
    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether the file's name ends in `.extension`.
    pub fn has_extension(&self, extension: &str) -> bool {
        self.name().rsplit_once('.').is_some_and(|(_, found)| found == extension)
    }
}

/// The folder that holds the workspace's Cargo.toml.
pub fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("xtask lies in the workspace's root").to_path_buf()
}

/// Every text file of the repository, by path; binary files, links and files just deleted are left out.
pub fn text_files(root: &Path) -> Result<Vec<TextFile>, String> {
    let mut paths = listed_by_git(root).map_or_else(|| walk(root), Ok)?;
    paths.sort();
    paths.dedup();
    Ok(paths.into_iter().filter_map(|path| read_text(root, path)).collect())
}

fn listed_by_git(root: &Path) -> Option<Vec<String>> {
    let list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let output = Command::new("git").args(list).current_dir(root).output().ok()?;
    let listed = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| listed.split_terminator('\0').map(str::to_owned).collect())
}

/// The same list for a source tree that was unpacked rather than cloned.
fn walk(root: &Path) -> Result<Vec<String>, String> {
    let (mut found, mut folders) = (Vec::new(), vec![PathBuf::new()]);
    while let Some(folder) = folders.pop() {
        let unreadable = |error| format!("{}: {error}", root.join(&folder).display());
        for entry in fs::read_dir(root.join(&folder)).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = folder.join(entry.file_name());
            match entry.file_type().map_err(unreadable)? {
                kind if kind.is_dir() && !is_not_ours(&entry.file_name()) => folders.push(path),
                kind if kind.is_file() => found.push(path.to_string_lossy().replace('\\', "/")),
                _ => {}
            }
        }
    }
    Ok(found)
}

fn is_not_ours(folder: &std::ffi::OsStr) -> bool {
    NOT_OURS.iter().any(|name| folder == *name)
}

fn read_text(root: &Path, path: String) -> Option<TextFile> {
    let place = root.join(&path);
    if !fs::symlink_metadata(&place).ok()?.is_file() {
        return None;
    }
    let text = String::from_utf8(fs::read(&place).ok()?).ok()?;
    (!text.contains('\0')).then_some(TextFile { path, text })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_very_file_belongs_to_the_repository_and_build_output_does_not() {
        let files = text_files(&root()).expect("the repository is readable");
        assert!(files.iter().any(|file| file.path == "xtask/src/repository.rs"));
        assert!(!files.iter().any(|file| file.path.starts_with("target/") || file.path.contains("node_modules/")));
    }

    #[test]
    fn without_git_a_walk_finds_the_same_files_of_ours() {
        let walked = walk(&root().join("xtask")).expect("xtask is readable");
        assert!(walked.contains(&"src/repository.rs".to_owned()) && walked.contains(&"Cargo.toml".to_owned()));
    }

    #[test]
    fn names_and_extensions() {
        let file = |path: &str| TextFile { path: path.to_owned(), text: String::new() };
        assert_eq!(file("a/b/c.test.rs").name(), "c.test.rs");
        assert!(file("a/b/c.test.rs").has_extension("rs"));
        assert!(!file("a/rs").has_extension("rs"));
    }
}
