//! Recorded failures.

use std::path::Path;

use super::columns;

/// Most failures of a trace.
const MOST: usize = 1_000_000;

/// Recorded failures, played back from the start on, and again from the end of the last.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// In order of time, none before the end of the one before.
    pub events: Vec<Recorded>,
}

/// One recorded failure. Times are seconds after the begin of the trace.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recorded {
    /// When it begins.
    pub begins: f64,
    /// When it is over.
    pub ends: f64,
    /// The fraction of the replicas of each service that fail, 0 to 1.
    pub share: f64,
}

impl Trace {
    /// From its begin to the end of its last failure, seconds.
    #[must_use]
    pub fn length(&self) -> f64 {
        self.events.last().map_or(0.0, |last| last.ends)
    }

    /// The `n`-th failure, counted from 0 through all repetitions; times in seconds after the start.
    #[must_use]
    pub fn at(&self, n: u32) -> Recorded {
        let n = n as usize;
        let (pass, event) = (n / self.events.len(), self.events[n % self.events.len()]);
        let base = pass as f64 * self.length();
        Recorded { begins: base + event.begins, ends: base + event.ends, ..event }
    }

    /// Reads a trace: each failure begins so long (`interval`) after the end of the one before, and lasts `duration`, both in
    /// units of `unit` seconds; `intensity` is the fraction that fails.
    ///
    /// # Errors
    /// A sentence that names the file, and the line and column where it is about a value.
    pub fn read(file: &Path, interval: &str, duration: &str, intensity: Option<&str>, unit: f64) -> Result<Self, String> {
        let mut names = vec![interval, duration];
        names.extend(intensity);
        let columns = columns::complete(file, &names)?;
        let rows = columns[0].len();
        if rows > MOST {
            return Err(format!("{} holds {rows} failures; at most {MOST} are replayed", file.display()));
        }
        let mut now = 0.0;
        let mut events = Vec::with_capacity(rows);
        for row in 0..rows {
            let begins = now + columns[0][row] * unit;
            now = begins + columns[1][row] * unit;
            let share = columns.get(2).map_or(1.0, |shares| shares[row]);
            if let (true, Some(name)) = (share > 1.0, intensity) {
                return Err(format!(
                    "line {} of {} has {share} for `{name}`; an intensity is a fraction from 0 to 1",
                    columns::line(row),
                    file.display()
                ));
            }
            events.push(Recorded { begins, ends: now, share });
        }
        if !now.is_finite() || now <= 0.0 {
            return Err(format!(
                "the failures of {} take {now} seconds in all: a trace needs some time, since it is repeated",
                file.display()
            ));
        }
        Ok(Self { events })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Trace, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("trace.csv");
        std::fs::write(&file, text).unwrap();
        Trace::read(&file, "wait", "down", Some("part"), 60.0).map_err(|error| error.replace(&file.display().to_string(), "FILE"))
    }

    #[test]
    fn intervals_are_counted_from_the_end_of_the_failure_before() {
        let trace = read("down,wait,part\n3,2,0.5\n1,0,1\n4,10,0\n").unwrap();
        let events: Vec<(f64, f64, f64)> = trace.events.iter().map(|e| (e.begins / 60.0, e.ends / 60.0, e.share)).collect();
        assert_eq!(events, [(2.0, 5.0, 0.5), (5.0, 6.0, 1.0), (16.0, 20.0, 0.0)]);
        assert_eq!(trace.at(4), Recorded { begins: 25.0 * 60.0, ends: 26.0 * 60.0, share: 1.0 });
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let wrong = |text: &str, expected: &str| {
            let error = read(text).unwrap_err();
            assert!(error.contains(expected), "{error}");
        };
        wrong("down,wait,part\n3,2,0.5\n1,0,1.5\n", "line 3 of FILE has 1.5 for `part`");
        wrong("down,wait,part\n3,2,0.5\n,0,1\n", "line 3 of FILE has nothing for `down`");
        wrong("down,wait,part\n3,-2,0.5\n", "line 2 of FILE has -2 for `wait`");
        wrong("down,wait\n3,2\n", "no column `part`");
        wrong("down,wait,part\n0,0,1\n", "take 0 seconds");
        wrong("down,wait,part\n", "holds no failures");
        wrong("down,wait,part\nlong,2,1\n", "`down` of FILE does not hold numbers");
    }
}
