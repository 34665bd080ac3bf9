//! The little of a crate's Cargo.toml that borders depend on: its name, and what it depends on.

/// Which table of the manifest a dependency stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// `[dependencies]` and `[build-dependencies]`, for all targets or some.
    Build,
    /// `[dev-dependencies]`.
    Tests,
}

/// A dependency.
#[derive(Debug, PartialEq, Eq)]
pub struct Dependency {
    /// The package's own name, whatever it is renamed to.
    pub package: String,
    /// Where it stands.
    pub table: Table,
    /// Its line, from 1.
    pub line: usize,
}

/// What was read of a manifest.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// `package.name`; empty for a workspace's own manifest.
    pub name: String,
    /// In order.
    pub dependencies: Vec<Dependency>,
}

/// Reads a manifest written the usual way, one key a line.
pub fn read(text: &str) -> Manifest {
    let mut manifest = Manifest::default();
    let mut section = Section::Other;
    for (at, line) in text.lines().enumerate() {
        let (line, number) = (line.trim(), at + 1);
        if let Some(header) = line.strip_prefix('[') {
            section = section_of(header.trim_end_matches(']').trim_end());
            if let Section::One(table, package) = &section {
                manifest.dependencies.push(Dependency { package: package.clone(), table: *table, line: number });
            }
        } else if let Some((key, value)) = line.split_once('=').filter(|_| !line.starts_with('#')) {
            manifest.take(&section, key.trim(), value.trim(), number);
        }
    }
    manifest
}

/// What the lines below a header are about.
enum Section {
    Package,
    Dependencies(Table),
    One(Table, String),
    Other,
}

fn section_of(header: &str) -> Section {
    if header == "package" {
        return Section::Package;
    }
    if let Some(table) = table_of(header) {
        return Section::Dependencies(table);
    }
    let one = header.rsplit_once('.').and_then(|(parent, name)| Some((table_of(parent)?, name)));
    one.map_or(Section::Other, |(table, name)| Section::One(table, unquote(name)))
}

fn table_of(header: &str) -> Option<Table> {
    let last = header.rsplit('.').next()?;
    match last {
        _ if header.starts_with("workspace") => None,
        "dependencies" | "build-dependencies" => Some(Table::Build),
        "dev-dependencies" => Some(Table::Tests),
        _ => None,
    }
}

impl Manifest {
    fn take(&mut self, section: &Section, key: &str, value: &str, line: usize) {
        match section {
            Section::Package if key == "name" => self.name = unquote(value),
            Section::Dependencies(table) => {
                let package = renamed(value).unwrap_or_else(|| unquote(key.split('.').next().unwrap_or(key)));
                self.dependencies.push(Dependency { package, table: *table, line });
            }
            Section::One(..) if key == "package" => {
                if let Some(dependency) = self.dependencies.last_mut() {
                    dependency.package = unquote(value);
                }
            }
            _ => {}
        }
    }
}

/// The name in `{ package = "name" }`.
fn renamed(value: &str) -> Option<String> {
    let after = value.split_once("package")?.1.trim_start().strip_prefix('=')?.trim_start();
    after.strip_prefix('"')?.split_once('"').map(|(name, _)| name.to_owned())
}

fn unquote(text: &str) -> String {
    text.trim_matches(|letter| matches!(letter, '"' | '\'')).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_dependency() {
        let text = "[package]\nname = \"seiza-a\"\n[dependencies]\nb = { workspace = true }\nc.workspace = true\n\
                    d = { package = \"e\", version = \"1\" }\n# x = 1\n[dev-dependencies]\nf = \"1\"\n\
                    [target.'cfg(unix)'.dependencies]\ng = \"1\"\n[dependencies.h]\nversion = \"1\"\n\
                    [dev-dependencies.i]\npackage = \"j\"\n[build-dependencies]\nk = \"1\"\n[features]\nl = []\n\
                    [workspace.dependencies]\nm = \"1\"\n";
        let manifest = read(text);
        let expected = [
            ("b", Table::Build, 4),
            ("c", Table::Build, 5),
            ("e", Table::Build, 6),
            ("f", Table::Tests, 9),
            ("g", Table::Build, 11),
            ("h", Table::Build, 12),
            ("j", Table::Tests, 14),
            ("k", Table::Build, 17),
        ];
        let expected = expected.map(|(package, table, line)| Dependency { package: package.to_owned(), table, line });
        assert_eq!(manifest, Manifest { name: "seiza-a".to_owned(), dependencies: expected.into() });
    }
}
