//! The figures side by side, with ours over each rival's.

use crate::Options;
use crate::figures::Figures;

/// How a figure is shown.
#[derive(Clone, Copy)]
enum Unit {
    Count,
    Time,
    Bytes,
}

const ROWS: &[(&str, Unit)] = &[
    ("updates/s", Unit::Count),
    ("updates/s with the block log", Unit::Count),
    ("commit p50", Unit::Time),
    ("commit p99", Unit::Time),
    ("commit max", Unit::Time),
    ("root of it p50", Unit::Time),
    ("root of it p99", Unit::Time),
    ("commit beside an image p50", Unit::Time),
    ("commit beside an image p99", Unit::Time),
    ("commit apart from images p50", Unit::Time),
    ("commit apart from images p99", Unit::Time),
    ("bytes written per update", Unit::Bytes),
    ("bytes a key on disk", Unit::Bytes),
    ("bytes a key after a whole image", Unit::Bytes),
    ("disk in all", Unit::Bytes),
    ("RAM of its own", Unit::Bytes),
    ("RAM with mapped files", Unit::Bytes),
    ("RAM after opening", Unit::Bytes),
    ("read at head", Unit::Time),
    ("read 1,000 blocks back", Unit::Time),
    ("images", Unit::Count),
    ("image, whole", Unit::Time),
    ("image bytes, whole", Unit::Bytes),
    ("move onto it, whole", Unit::Time),
    ("image, incremental", Unit::Time),
    ("image bytes, incremental", Unit::Bytes),
    ("prune to 100 heights", Unit::Time),
    ("bytes it let go", Unit::Bytes),
    ("move onto it, incremental", Unit::Time),
    ("genesis", Unit::Time),
    ("open", Unit::Time),
];

/// Prints the table.
pub fn print(options: &Options, columns: &[(&str, Figures)]) {
    println!("{} keys, blocks of {} updates", options.keys, options.updates);
    print!("{:34}", "");
    columns.iter().for_each(|(name, _)| print!("{name:>12}"));
    columns.iter().skip(1).for_each(|(name, _)| print!("{:>14}", format!("ours/{name}")));
    println!();
    for (row, unit) in ROWS.iter().filter(|(row, _)| columns.iter().any(|(_, figures)| figures.get(row).is_some())) {
        print!("{row:34}");
        columns.iter().for_each(|(_, figures)| print!("{:>12}", show(figures.get(row), *unit)));
        let ours = columns.first().and_then(|(_, figures)| figures.get(row));
        for (_, figures) in columns.iter().skip(1) {
            let ratio = ours.zip(figures.get(row)).map(|(ours, theirs)| format!("{:.2}", ours / theirs));
            print!("{:>14}", ratio.unwrap_or_default());
        }
        println!();
    }
}

fn show(figure: Option<f64>, unit: Unit) -> String {
    let Some(figure) = figure else { return String::new() };
    match unit {
        Unit::Count => format!("{figure:.0}"),
        Unit::Time if figure >= 1e6 => format!("{:.2} s", figure / 1e6),
        Unit::Time if figure >= 1e3 => format!("{:.2} ms", figure / 1e3),
        Unit::Time => format!("{figure:.2} us"),
        Unit::Bytes if figure >= 1e9 => format!("{:.2} GB", figure / 1e9),
        Unit::Bytes if figure >= 1e6 => format!("{:.1} MB", figure / 1e6),
        Unit::Bytes => format!("{figure:.0} B"),
    }
}
