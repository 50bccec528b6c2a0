//! When the work of a team may start.

/// Seconds of a week.
const WEEK: f64 = 7.0 * 86_400.0;

/// A walk through the working hours of a team, one stretch after the other. Before the start of the simulated time, in a
/// warm-up, the first week goes on backwards.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hours {
    /// Whole weeks to go until the start.
    weeks: u64,
    /// The next stretch of that week; of all where there are no weeks to go.
    next: usize,
}

impl Hours {
    /// The first stretch that is not over at `time` (seconds after the start, negative in a warm-up), and the walk that goes
    /// on behind it. `spans` are (opens, closes) in seconds after the start, ascending; they cover the first week at least.
    pub fn starting(spans: &[(f64, f64)], time: f64) -> (Self, Option<(f64, f64)>) {
        let mut hours = Self { weeks: (-time / WEEK).ceil().max(0.0) as u64, next: 0 };
        loop {
            let span = hours.walk(spans);
            if span.is_none_or(|(_, closes)| closes > time) {
                return (hours, span);
            }
        }
    }

    /// The next stretch, cut at the start and where a week before it ends; none once the hours are over.
    pub fn walk(&mut self, spans: &[(f64, f64)]) -> Option<(f64, f64)> {
        loop {
            let until = if self.weeks == 0 { f64::INFINITY } else { WEEK };
            let span = spans.get(self.next).filter(|span| span.0 < until);
            if let Some(&(opens, closes)) = span {
                let back = self.weeks as f64 * WEEK;
                self.next += 1;
                return Some((opens.max(0.0) - back, closes.min(until) - back));
            }
            if self.weeks == 0 {
                return None;
            }
            (self.weeks, self.next) = (self.weeks - 1, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: f64 = 3600.0;

    /// All stretches from `time` to the end of `spans`, in hours.
    fn from(spans: &[(f64, f64)], time: f64) -> Vec<(f64, f64)> {
        let spans: Vec<(f64, f64)> = spans.iter().map(|span| (span.0 * HOUR, span.1 * HOUR)).collect();
        let (mut hours, mut span) = Hours::starting(&spans, time * HOUR);
        let mut found = Vec::new();
        while let Some((opens, closes)) = span {
            found.push((opens / HOUR, closes / HOUR));
            span = hours.walk(&spans);
        }
        found
    }

    #[test]
    fn the_week_goes_on_backwards_before_the_start() {
        // Open when the simulated time starts, and so one week later.
        let spans = [(-3.0, 6.0), (24.0, 33.0), (165.0, 174.0)];
        let cut = [(0.0, 6.0), (24.0, 33.0), (165.0, 174.0)];
        assert_eq!(from(&spans, 0.0), cut);
        assert_eq!(from(&spans, 6.0), cut[1..]);
        assert_eq!(from(&spans, 200.0), []);
        assert_eq!(from(&spans, -1.0), [&[(-3.0, 0.0)], &cut[..]].concat());
        assert_eq!(from(&spans, -150.0)[..3], [(-144.0, -135.0), (-3.0, 0.0), (0.0, 6.0)]);
        assert_eq!(from(&spans, -300.0)[..3], [(-171.0, -168.0), (-168.0, -162.0), (-144.0, -135.0)]);
    }

    #[test]
    fn without_a_break_there_is_no_break_before_the_start_either() {
        assert_eq!(from(&[(-10.0, 1000.0)], -200.0), [(-336.0, -168.0), (-168.0, 0.0), (0.0, 1000.0)]);
    }
}
