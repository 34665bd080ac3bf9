//! Tables of text: columns as wide as their widest cell, numbers to the right.

/// Where a column's text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// Lines of a table; the first row is its head.
pub fn table(columns: &[Align], rows: &[Vec<String>]) -> Vec<String> {
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| length(cell)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    rows.iter().map(|row| line(columns, &widths, row)).collect()
}

fn line(columns: &[Align], widths: &[usize], row: &[String]) -> String {
    let padded = |((align, width), cell): ((&Align, &usize), &String)| {
        let space = " ".repeat(width - length(cell));
        if *align == Align::Right { format!("{space}{cell}") } else { format!("{cell}{space}") }
    };
    let cells: Vec<String> = columns.iter().zip(widths).zip(row).map(padded).collect();
    cells.join("  ").trim_end().to_owned()
}

/// Two blocks of lines beside each other.
pub fn beside(left: &[String], right: &[String]) -> Vec<String> {
    let width = left.iter().map(|line| length(line)).max().unwrap_or(0);
    let rows = left.len().max(right.len());
    let at = |lines: &[String], row: usize| lines.get(row).cloned().unwrap_or_default();
    let joined = |row| {
        let (left, right) = (at(left, row), at(right, row));
        let space = " ".repeat(width - length(&left));
        format!("{left}{space}    {right}").trim_end().to_owned()
    };
    (0..rows).map(joined).collect()
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(row: &[&str]) -> Vec<String> {
        row.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn columns_are_as_wide_as_they_must_be() {
        let rows = [texts(&["side", "price"]), texts(&["bid", "0.4523"]), texts(&["ask", "12.0000"])];
        let lines = table(&[Align::Left, Align::Right], &rows);
        assert_eq!(lines, ["side    price", "bid    0.4523", "ask   12.0000"]);
    }

    #[test]
    fn blocks_stand_beside_each_other() {
        assert_eq!(beside(&texts(&["ab", "c"]), &texts(&["x", "y", "z"])), ["ab    x", "c     y", "      z"]);
        assert!(beside(&[], &[]).is_empty());
    }
}
