//! Whole units with a decimal point, as people read them.

/// An amount of units, of which 10^decimals make one: `4523`, 4 is `0.4523`. Zeros at the end are left out.
pub(crate) fn human(units: u128, decimals: u8) -> String {
    let digits = format!("{units:0>width$}", width = usize::from(decimals) + 1);
    let (whole, part) = digits.split_at(digits.len() - usize::from(decimals));
    let part = part.trim_end_matches('0');
    if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_get_their_point() {
        let table = [
            (0, 0, "0"),
            (0, 6, "0"),
            (4_523, 4, "0.4523"),
            (12_500_000, 6, "12.5"),
            (1, 18, "0.000000000000000001"),
            (1_000, 3, "1"),
            (120, 0, "120"),
            (u128::MAX, 2, "3402823669209384634633746074317682114.55"),
        ];
        for (units, decimals, text) in table {
            assert_eq!(human(units, decimals), text);
        }
    }
}
