//! Amounts as people write them, to whole units and back, exactly: no float is ever made of them.

use crate::failure::Failure;

/// Reads `12.5` as units of which 10^decimals make one.
///
/// # Errors
/// No such number, more decimals than there are units, or 2^128 units and more; `what` is named.
pub fn units(what: &str, text: &str, decimals: u8) -> Result<u128, Failure> {
    let wrong = |why: &str| Failure::usage(format!("{what} {text:?}: {why}"));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || (whole.is_empty() && part.is_empty()) || text.ends_with('.') {
        return Err(wrong("not a number such as 12.5"));
    }
    let decimals = usize::from(decimals);
    let part = part.trim_end_matches('0');
    if part.len() > decimals {
        return Err(wrong(&format!("more than {decimals} decimals")));
    }
    format!("{whole}{part:0<decimals$}").parse().map_err(|_| wrong("too large"))
}

/// Reads an amount that is a whole number of steps.
///
/// # Errors
/// As [`units`]; off the step, which is named.
pub fn stepped(what: &str, text: &str, decimals: u8, (name, step): (&str, u128)) -> Result<u128, Failure> {
    let amount = units(what, text, decimals)?;
    if step == 0 || amount.is_multiple_of(step) {
        return Ok(amount);
    }
    let below = amount - amount % step;
    let near = match below {
        0 => shown(step, decimals),
        _ => format!("{} or {}", shown(below, decimals), shown(below.saturating_add(step), decimals)),
    };
    let step = shown(step, decimals);
    Err(Failure::usage(format!("{what} {text} is no multiple of the market's {name} {step}: take {near}")))
}

/// Shows units with their point; zeros at the end are left out.
pub fn shown(units: u128, decimals: u8) -> String {
    let decimals = usize::from(decimals);
    let digits = format!("{units:0>width$}", width = decimals + 1);
    let (whole, part) = digits.split_at(digits.len() - decimals);
    let part = part.trim_end_matches('0');
    if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
}

/// Shows units with as many decimals as a step of that size has, so that columns line up.
pub fn aligned(units: u128, decimals: u8, step: u128) -> String {
    let wanted = shown(step, decimals).split_once('.').map_or(0, |(_, part)| part.len());
    let text = shown(units, decimals);
    let (whole, part) = text.split_once('.').unwrap_or((&text, ""));
    if wanted == 0 && part.is_empty() { text } else { format!("{whole}.{part:0<wanted$}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn amounts_are_read_exactly() {
        let table = [
            ("0.4523", 4, 4_523),
            ("12.5", 6, 12_500_000),
            (".5", 1, 5),
            ("7", 0, 7),
            ("7.000", 0, 7),
            ("0", 18, 0),
            ("340282366920938463463374607431768211455", 0, u128::MAX),
        ];
        for (text, decimals, expected) in table {
            assert_eq!(units("price", text, decimals), Ok(expected), "{text}");
        }
        let refused = [
            ("", "not a number such as 12.5"),
            (".", "not a number such as 12.5"),
            ("1.", "not a number such as 12.5"),
            ("-1", "not a number such as 12.5"),
            ("1e3", "not a number such as 12.5"),
            ("1,5", "not a number such as 12.5"),
            ("1.2.3", "not a number such as 12.5"),
            ("0.1234567", "more than 6 decimals"),
            ("340282366920938463463374607431768211456", "too large"),
        ];
        for (text, why) in refused {
            let failure = units("price", text, 6).unwrap_err();
            assert_eq!(failure, Failure::usage(format!("price {text:?}: {why}")));
        }
    }

    #[test]
    fn what_is_off_the_step_names_the_step() {
        let tick = ("tick", 100);
        assert_eq!(stepped("price", "0.4523", 6, tick), Ok(452_300));
        let table = [
            ("0.45235", "price 0.45235 is no multiple of the market's tick 0.0001: take 0.4523 or 0.4524"),
            ("0.00001", "price 0.00001 is no multiple of the market's tick 0.0001: take 0.0001"),
        ];
        for (text, why) in table {
            assert_eq!(stepped("price", text, 6, tick), Err(Failure::usage(why)));
        }
    }

    #[test]
    fn columns_line_up() {
        let table = [(452_300, "0.4523"), (450_000, "0.4500"), (1_000_000, "1.0000"), (452_350, "0.45235")];
        for (units, text) in table {
            assert_eq!(aligned(units, 6, 100), text);
        }
        assert_eq!(aligned(7, 0, 1), "7");
    }

    proptest! {
        #[test]
        fn what_is_shown_is_read_again(units_in in any::<u128>(), decimals in 0..31_u8) {
            prop_assert_eq!(units("x", &shown(units_in, decimals), decimals), Ok(units_in));
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[0-9.,+e -]{0,45}", decimals in 0..31_u8) {
            if let Ok(amount) = units("x", &text, decimals) {
                prop_assert_eq!(units("x", &shown(amount, decimals), decimals), Ok(amount));
            }
        }
    }
}
