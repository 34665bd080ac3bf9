//! The table at the end: each step, how it went, how long it took; then the count.

use std::fmt;
use std::time::Duration;

use super::steps::Verdict;

/// How the steps went, in order.
#[derive(Default)]
pub struct Report(Vec<Row>);

struct Row {
    step: &'static str,
    verdict: Verdict,
    took: Option<Duration>,
}

impl Report {
    /// Adds a step; `took` is none for one that never ran.
    pub fn add(&mut self, step: &'static str, verdict: Verdict, took: Option<Duration>) {
        self.0.push(Row { step, verdict, took });
    }

    /// How many steps failed.
    pub fn failed(&self) -> usize {
        self.0.iter().filter(|row| matches!(row.verdict, Verdict::Failed(_))).count()
    }

    fn passed(&self) -> usize {
        self.0.iter().filter(|row| row.verdict == Verdict::Passed).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{:<8}{:<9}{:>9}", "step", "result", "seconds")?;
        for row in &self.0 {
            let (result, reason) = row.verdict.words();
            let seconds = row.took.map_or("-".to_owned(), |took| format!("{:.1}", took.as_secs_f64()));
            let line = format!("{:<8}{result:<9}{seconds:>9}  {reason}", row.step);
            writeln!(out, "{}", line.trim_end())?;
        }
        write!(out, "\n{} passed, {} failed", self.passed(), self.failed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_ends_in_the_count() {
        let mut report = Report::default();
        report.add("fmt", Verdict::Passed, Some(Duration::from_millis(1234)));
        report.add("test", Verdict::Failed("it broke".into()), Some(Duration::from_secs(600)));
        report.add("sim", Verdict::Skipped("not built yet".into()), None);
        let expected = "\
step    result     seconds
fmt     passed         1.2
test    FAILED       600.0  it broke
sim     skipped          -  not built yet

1 passed, 1 failed";
        assert_eq!(report.to_string(), expected);
    }
}
