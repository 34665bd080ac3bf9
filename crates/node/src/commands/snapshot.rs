//! `seiza snapshot`: the state of a stopped node in one file, and back.

use std::path::Path;

use seiza_chain::Chain;
use seiza_storage::sync::SnapshotFile;
use seiza_storage::{Options, Storage};
use seiza_types::Height;
use serde::Serialize;

use super::print_json;
use crate::args::{HomeArgs, SnapshotAction, TrustArgs};
use crate::clock;
use crate::failure::Failure;
use crate::founding::read_genesis;
use crate::home::Home;
use crate::settings::Settings;
use crate::state_sync::{Light, Proof, Root, copy, create, install_file, path_in};
use crate::telemetry::progress::{self, Meter, Unit};

/// Does it.
///
/// # Errors
/// The node runs, there is no such snapshot, it is not sound or not trusted; those of the disk.
pub fn run(action: SnapshotAction) -> Result<(), Failure> {
    match action {
        SnapshotAction::Create { home } => make(&home),
        SnapshotAction::List { home, json } => list(&Home::at(&home.home), json),
        SnapshotAction::Export { file, home, height } => export(&file, &home, height.height),
        SnapshotAction::Import { file, home, trust } => import(&file, &home, &trust),
        SnapshotAction::Restore { home, height, trust, replace } => restore(&home, height.height, &trust, replace),
    }
}

/// One snapshot, as it is listed.
#[derive(Debug, Serialize)]
struct Row {
    height: Height,
    app_hash: String,
    chunks: usize,
    missing: usize,
    keys: u64,
    bytes: u64,
}

impl Row {
    fn of(file: &SnapshotFile) -> Self {
        let ((total, found), parts) = (file.progress(), file.parts());
        Self {
            height: parts.height,
            app_hash: parts.app_hash.to_string(),
            chunks: total,
            missing: total - found,
            keys: file.top().keys(),
            bytes: file.bytes(),
        }
    }

    fn text(&self) -> String {
        let Self { height, app_hash, chunks, missing, bytes, .. } = self;
        let state = if *missing > 0 { format!("{missing} chunks missing") } else { "whole".into() };
        format!("height {height}  app hash {app_hash}  {chunks} chunks  {:.1} MB  {state}", *bytes as f64 / 1e6)
    }
}

fn make(args: &HomeArgs) -> Result<(), Failure> {
    let home = Home::at(&args.home);
    let genesis = read_genesis(&home)?;
    let options = Options { progress: Some(progress::listener(args.quiet)), ..Options::default() };
    let storage = Storage::open(&home.data(), options).map_err(Failure::refused)?;
    let chain = Chain::open(storage, genesis).map_err(Failure::refused)?;
    say(args, &create(&chain, &home.snapshots(), args.quiet)?);
    Ok(())
}

fn say(args: &HomeArgs, file: &SnapshotFile) {
    if !args.quiet {
        println!("{}", Row::of(file).text());
    }
}

/// The snapshots of a home, the highest last; what is none is passed over.
fn all(home: &Home) -> Result<Vec<SnapshotFile>, Failure> {
    let folder = home.snapshots();
    let entries = match std::fs::read_dir(&folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        read => read.map_err(|error| Failure::io("list", &folder, &error))?,
    };
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let snapshots = paths.filter(|path| path.extension().is_some_and(|ending| ending == "snapshot"));
    let mut found: Vec<SnapshotFile> = snapshots.filter_map(|path| SnapshotFile::open(&path).ok()).collect();
    found.sort_by_key(|file| file.parts().height);
    Ok(found)
}

fn list(home: &Home, json: bool) -> Result<(), Failure> {
    let rows: Vec<Row> = all(home)?.iter().map(Row::of).collect();
    if json {
        print_json(&rows);
    } else {
        rows.iter().for_each(|row| println!("{}", row.text()));
    }
    Ok(())
}

/// The snapshot of that height, or the highest that is whole.
fn one(home: &Home, height: Option<Height>) -> Result<SnapshotFile, Failure> {
    let fits = |file: &SnapshotFile| height.map_or(file.missing().is_empty(), |height| file.parts().height == height);
    let found = all(home)?.into_iter().rev().find(fits);
    let folder = home.snapshots();
    found.ok_or_else(|| {
        let which =
            height.map_or_else(|| "no whole snapshot".into(), |height| format!("no snapshot of height {height}"));
        Failure::refused(format!("{which} is in {}: make one with `seiza snapshot create`", folder.display()))
    })
}

fn export(to: &Path, args: &HomeArgs, height: Option<Height>) -> Result<(), Failure> {
    if to.exists() {
        return Err(Failure::refused(format!("{} is there already: name another file", to.display())));
    }
    let file = one(&Home::at(&args.home), height)?;
    say(args, &copy(&file, to, args.quiet)?);
    Ok(())
}

fn import(from: &Path, args: &HomeArgs, trust: &TrustArgs) -> Result<(), Failure> {
    let home = Home::at(&args.home);
    let file = SnapshotFile::open(from).map_err(Failure::refused)?;
    verify(&home, &file, trust)?;
    let meter = Meter::new("checking the snapshot", Unit::Items, args.quiet);
    file.check(&mut |done, total| meter.show(done, total)).map_err(Failure::refused)?;
    drop(meter);
    say(args, &copy(&file, &path_in(&home.snapshots(), file.parts().height), args.quiet)?);
    Ok(())
}

fn restore(args: &HomeArgs, height: Option<Height>, trust: &TrustArgs, replace: bool) -> Result<(), Failure> {
    let home = Home::at(&args.home);
    let file = one(&home, height)?;
    verify(&home, &file, trust)?;
    let meter = Meter::new("checking the snapshot", Unit::Items, args.quiet);
    file.check(&mut |done, total| meter.show(done, total)).map_err(Failure::refused)?;
    drop(meter);
    let installed = install_file(&home.data(), &file, &read_genesis(&home)?, replace, args.quiet)?;
    if !args.quiet {
        println!(
            "restored height {}, {} keys; next: seiza start --home {}",
            installed.height,
            installed.keys,
            home.path().display()
        );
    }
    Ok(())
}

/// Verifies that validators that are trusted signed for a snapshot's app hash.
fn verify(home: &Home, file: &SnapshotFile, trust: &TrustArgs) -> Result<(), Failure> {
    let (genesis, settings) = (read_genesis(home)?, Settings::load(&trust.flags(), Some(&home.config()))?.state_sync);
    let chain_id = genesis.chain_id.parse().map_err(|_| Failure::refused("the genesis has no chain id"))?;
    let root = Root::of(&genesis, settings.trust).map_err(Failure::refused)?;
    let mut light = Light::new(chain_id, root, settings.trust_period);
    let proof = Proof::decode(&file.parts().proof).map_err(Failure::refused)?;
    proof.verify(&mut light, clock::now()).map_err(Failure::refused)?;
    proof.check_parts(file.parts()).map_err(Failure::refused)
}
