//! The values that settings have, each read from text in one way wherever the text comes from: flag, environment or file.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A length of time written with its unit: `400ms`, `1s`, `1.5s`, `2m`. From `MIN_MS` milliseconds to one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span<const MIN_MS: u64>(pub Duration);

const SPAN_MAX: Duration = Duration::from_secs(3600);
const UNITS: [(&str, f64); 5] = [("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0)];

impl<const MIN_MS: u64> FromStr for Span<MIN_MS> {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let split = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let (number, unit) = text.split_at(split);
        if unit.is_empty() {
            return Err(format!("{text:?} has no unit: write {text}s or {text}ms"));
        }
        let scale = UNITS.iter().find(|(name, _)| *name == unit.trim()).map(|(_, scale)| scale);
        let scale = scale.ok_or_else(|| format!("{unit:?} is no unit of time: us, ms, s, m or h"))?;
        let number: f64 = number.parse().map_err(|_| format!("{text:?} is no length of time, such as 400ms"))?;
        let span = Duration::try_from_secs_f64(number * scale).unwrap_or(Duration::MAX);
        match span {
            span if span > SPAN_MAX => Err(format!("{text} is longer than 1h")),
            span if span < Duration::from_millis(MIN_MS) => Err(format!("{text} is shorter than {MIN_MS}ms")),
            span => Ok(Self(span)),
        }
    }
}

impl<const MIN_MS: u64> fmt::Display for Span<MIN_MS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let micros = self.0.as_micros();
        if micros.is_multiple_of(1000) { write!(f, "{}ms", micros / 1000) } else { write!(f, "{micros}us") }
    }
}

/// A gas price written with its unit: `1gwei`, `0.25gwei`, `250000000wei`. Kept in wei, below 2^63.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GasPrice(pub u64);

impl FromStr for GasPrice {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no gas price, such as 1gwei, 0.25gwei or 250000000wei");
        let lower = text.trim().to_ascii_lowercase();
        let (number, decimals) = without_unit(&lower).ok_or_else(wrong)?;
        let (whole, fraction) = number.trim().split_once('.').unwrap_or((number.trim(), ""));
        if whole.is_empty() || fraction.len() > decimals {
            return Err(wrong());
        }
        let digits = format!("{whole}{fraction:0<decimals$}");
        let wei: u64 = digits.parse().map_err(|_| wrong())?;
        if wei <= i64::MAX.unsigned_abs() { Ok(Self(wei)) } else { Err(wrong()) }
    }
}

/// A price's number, and how many decimals its unit allows: `None` for another unit.
fn without_unit(price: &str) -> Option<(&str, usize)> {
    match price.strip_suffix("gwei") {
        Some(number) => Some((number, 9)),
        None => price.strip_suffix("wei").map(|number| (number, 0)),
    }
}

impl fmt::Display for GasPrice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_multiple_of(1_000_000_000) {
            write!(f, "{}gwei", self.0 / 1_000_000_000)
        } else {
            write!(f, "{}wei", self.0)
        }
    }
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(format!("{text:?} is neither text nor json")),
        }
    }
}

/// Which log lines are written: `info`, or a list such as `info,seiza_rpc=debug`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFilter(pub String);

impl FromStr for LogFilter {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let parts_fit = text.split(',').all(is_directive);
        match tracing_subscriber::EnvFilter::builder().parse(text) {
            Ok(_) if parts_fit => Ok(Self(text.to_owned())),
            _ => Err(format!("{text:?} is no log filter, such as info or info,seiza_rpc=debug")),
        }
    }
}

/// `level`, or `module=level`. `EnvFilter` also takes a bare word for a module (so that a misspelt level silences everything)
/// and an empty level; here they are wrong.
fn is_directive(part: &str) -> bool {
    let (module, level) = part.split_once('=').map_or((None, part), |(module, level)| (Some(module), level));
    let named = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_:-".contains(c));
    module.is_none_or(named) && LEVELS.iter().any(|known| known.eq_ignore_ascii_case(level))
}

const LEVELS: [&str; 6] = ["error", "warn", "info", "debug", "trace", "off"];

/// A count within bounds, e.g. `Count<1, 1000>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count<const MIN: u64, const MAX: u64>(pub u64);

impl<const MIN: u64, const MAX: u64> FromStr for Count<MIN, MAX> {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let number: Option<u64> = text.trim().replace('_', "").parse().ok();
        match number {
            Some(number) if (MIN..=MAX).contains(&number) => Ok(Self(number)),
            _ => Err(format!("{text:?} is no whole number from {MIN} to {MAX}")),
        }
    }
}

impl<const MIN: u64, const MAX: u64> Count<MIN, MAX> {
    /// The count as a size; bounds here are far below what a size holds.
    pub fn size(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_units() {
        let table: [(&str, Option<u64>); 10] = [
            ("400ms", Some(400_000)),
            ("1s", Some(1_000_000)),
            ("1.5s", Some(1_500_000)),
            ("2m", Some(120_000_000)),
            ("0ms", Some(0)),
            ("1", None),
            ("1parsec", None),
            ("-1s", None),
            ("2h", None),
            ("", None),
        ];
        for (text, micros) in table {
            assert_eq!(text.parse::<Span<0>>().ok().map(|s| s.0.as_micros()), micros.map(u128::from), "{text}");
        }
        for (text, shown) in [("1s", "1000ms"), ("1.5ms", "1500us"), ("0us", "0ms")] {
            assert_eq!(text.parse::<Span<0>>().unwrap().to_string(), shown);
        }
        assert_eq!("1".parse::<Span<0>>().unwrap_err(), "\"1\" has no unit: write 1s or 1ms");
        assert_eq!("500us".parse::<Span<1>>().unwrap_err(), "500us is shorter than 1ms");
    }

    #[test]
    fn gas_prices_have_units() {
        let table = [
            ("1gwei", Some(1_000_000_000)),
            ("0.25 gwei", Some(250_000_000)),
            ("7wei", Some(7)),
            ("0wei", Some(0)),
            ("1", None),
            ("1.5wei", None),
            ("0.0000000001gwei", None),
            ("99999999999999999999wei", None),
            ("gwei", None),
        ];
        for (text, wei) in table {
            assert_eq!(text.parse::<GasPrice>().ok().map(|p| p.0), wei, "{text}");
        }
        assert_eq!(GasPrice(1_000_000_000).to_string(), "1gwei");
        assert_eq!(GasPrice(1).to_string(), "1wei");
    }

    #[test]
    fn counts_are_bounded() {
        assert_eq!("1_000".parse::<Count<1, 1000>>().unwrap().0, 1000);
        for text in ["0", "1001", "x", "", "-1", "1.0"] {
            assert!(text.parse::<Count<1, 1000>>().is_err(), "{text}");
        }
    }

    #[test]
    fn log_filters_are_checked() {
        for text in ["info", "info,seiza_rpc=debug", " Warn,seiza_chain::chain=off ", "off"] {
            assert!(text.parse::<LogFilter>().is_ok(), "{text}");
        }
        for text in ["", "seiza=loud", "nonsense=", "=info", "inf", "info,", "info,seiza_rpc", "a b=info"] {
            assert!(text.parse::<LogFilter>().is_err(), "{text}");
        }
    }
}
