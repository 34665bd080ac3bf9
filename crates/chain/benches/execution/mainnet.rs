//! The 48 Ethereum mainnet blocks of the conformance archive: each by itself, then all of them together.

use std::collections::BTreeMap;

use crate::archive;
use crate::figures::{Figures, measure};
use crate::options::Options;
use crate::pre_state::World;
use crate::table::Table;
use crate::ways::Way;
use crate::workload::Workload;

/// The name of the row.
pub const NAME: &str = "mainnet, 48 blocks";

/// Blocks that take plain revm less are not named as worst: their ratios are noise.
const LONG: f64 = 1e-3;

/// Measures and prints the blocks.
pub fn run(ways: &[Way], options: &Options) {
    let Some(files) = archive::read("mainnet-blocks.tar.zst") else {
        println!("{NAME}: NOT MEASURED: mainnet-blocks.tar.zst is missing; set SEIZA_FIXTURES to its folder");
        return;
    };
    let world = World::read(files);
    let mut measured = Vec::new();
    for number in numbers(&world, options) {
        let workload = block(&world, number);
        workload.assert_equal(ways);
        measured.push((number, measure(&workload, ways, options)));
    }
    let each: Vec<Figures> = measured.iter().map(|(_, figures)| figures.clone()).collect();
    println!("{}", Table::of(ways, options).row(NAME, &Figures::sum(&each), &[]));
    println!("\nWorst mainnet block of each way, among those that take plain revm a millisecond or more:");
    (0..ways.len()).for_each(|way| worst(&measured, way, &ways[way]));
    if options.blocks {
        listing(&measured, &Table::of(ways, options));
    }
}

/// One block as a workload.
fn block(world: &World, number: u64) -> Workload {
    let block = world.block(number);
    let before = world.state(number).layers()[0].clone();
    Workload::new(&format!("block {number}"), block.verified(), block.context(world.block_hashes()), &before)
}

/// All blocks: for profiling.
pub fn workloads(options: &Options) -> Vec<Workload> {
    let Some(files) = archive::read("mainnet-blocks.tar.zst") else { return Vec::new() };
    let world = World::read(files);
    numbers(&world, options).map(|number| block(&world, number)).collect()
}

/// The blocks that are asked for.
fn numbers(world: &World, options: &Options) -> impl Iterator<Item = u64> + use<> {
    let asked = options.block;
    world.numbers().into_iter().filter(move |number| asked.is_none_or(|asked| asked == *number))
}

fn worst(measured: &[(u64, Figures)], index: usize, way: &Way) {
    let long = measured.iter().filter(|(_, figures)| figures.plain >= LONG);
    let mut ratios: Vec<(f64, u64)> = long.map(|(number, figures)| (figures.ratio(index), *number)).collect();
    ratios.sort_by(|a, b| a.0.total_cmp(&b.0));
    let below = ratios.iter().filter(|(ratio, _)| *ratio < 0.97).count();
    if let Some((ratio, number)) = ratios.first() {
        println!("  {:<8} block {number} at {ratio:.2}; {below} of {} below 0.97", way.name(), ratios.len());
    }
}

fn listing(measured: &[(u64, Figures)], table: &Table<'_>) {
    let pevm = pevm();
    println!(
        "\nEach block; pevm 2: what pevm does with two threads, from pevm-2threads.csv where it lies beside the archive."
    );
    println!("{}", table.header(&["pevm 2"]));
    for (number, figures) in measured {
        let peer = pevm.get(number).map_or("-", String::as_str);
        println!("{}", table.row(&format!("block {number}"), figures, &[peer]));
    }
}

/// pevm's ratio to sequential revm, by block.
fn pevm() -> BTreeMap<u64, String> {
    let text = std::fs::read_to_string(archive::folder().join("pevm-2threads.csv")).unwrap_or_default();
    let lines = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    lines.filter_map(|cells| Some((cells.first()?.parse().ok()?, (*cells.last()?).to_owned()))).collect()
}
