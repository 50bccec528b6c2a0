//! A measured series goes on after its end: by a forecast of its own pattern and trend.
//!
//! The logarithm of the series, hour by hour, is taken apart into the pattern of a day, that of a week, and what is left (MSTL:
//! Bandara, Hyndman & Bergmeir, "MSTL: a seasonal-trend decomposition algorithm for time series with multiple seasonal patterns",
//! 2021, arXiv:2107.13462). What is left, day by day, is continued by exponential smoothing with or without a trend, damped or not,
//! whichever Akaike's criterion prefers (Hyndman, Koehler, Ord & Snyder, *Forecasting with Exponential Smoothing*, 2008), which also
//! says how uncertain that is. The mean of a logarithm is not the logarithm of a mean: what comes back is scaled so that the series
//! itself is met on average (Duan, "Smearing estimate", *JASA* 78, 1983).

use augurs::ets::model::TrendComponent;
use augurs::ets::{AutoETS, FittedAutoETS};
use augurs::mstl::stlrs::MstlParams;
use augurs::{Fit, Predict};

const HOUR: f64 = 3_600.0;
const DAY: f64 = 86_400.0;
/// Fewer values say nothing about what follows.
const FEWEST: usize = 16;
/// With so many days the level is followed day by day, else step by step.
const DAYS: usize = 10;
/// Steps of the last so many that are looked at: two years of hours.
const MOST: usize = 2 * 8_760;
/// The level of the interval that the deviation is read from, and its half-width in deviations.
const LEVEL: f64 = 0.8;
const HALF_WIDTH: f64 = 1.281_551_565_544_600_4;
/// The part of the series that is held back to see how good the forecast is.
const HELD_BACK: usize = 4;
/// No forecast is further off than by so many natural logarithms: a factor of about 1,000.
const FAR: f64 = 7.0;

/// What follows a series.
#[derive(Debug, Clone)]
pub struct Extension {
    /// Length of a step, seconds.
    pub step: f64,
    /// Of each step: the median value, and the standard deviation of its logarithm.
    pub steps: Vec<(f64, f64)>,
    /// Added to a value before its logarithm is taken.
    pub offset: f64,
    /// How good such a forecast of this series was.
    pub error: Backtest,
}

/// How good a forecast of the series' own tail was, from what came before it.
#[derive(Debug, Clone, PartialEq)]
pub struct Backtest {
    /// How it was made.
    pub method: String,
    /// Length of what was held back, seconds.
    pub held_back: f64,
    /// Sum of the absolute errors over the sum of the values.
    pub error: f64,
    /// The same for a repetition of the last week, or of the longest period that there is.
    pub repeated: f64,
    /// The fraction of days (or steps, of a short series) within their 80% interval.
    pub coverage: f64,
}

/// A source of traffic that goes on by a forecast.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesForecast {
    /// Its name in the scenario.
    pub source: String,
    /// From when on, seconds after the start.
    pub from: f64,
    /// How good such a forecast was on the series' own tail.
    pub error: Backtest,
}

/// A series in even steps, oldest first, and what is known of its periods.
struct Series {
    values: Vec<f64>,
    step: f64,
}

/// The step in which a series until `end` goes on, seconds: an hour, or the series' own where that is longer; less where it is short.
pub fn step(rows: &[(f64, f64)], end: f64) -> f64 {
    super::traffic::usual_step(rows).unwrap_or(HOUR).max(HOUR.min(end / FEWEST as f64))
}

/// Goes on from a series of (time, value per second) for `horizon` seconds after `end`.
///
/// # Errors
/// A series that is too short, or of zeros.
pub fn extend(rows: &[(f64, f64)], end: f64, horizon: f64) -> Result<Extension, String> {
    let series = Series::new(rows, end, step(rows, end));
    if series.values.len() < FEWEST {
        return Err(format!("{} steps are too few to extend: at least {FEWEST} are needed", series.values.len()));
    }
    let needed = (horizon / series.step).ceil().max(0.0) as usize;
    let tail = (series.values.len() / HELD_BACK).min(needed.max(series.per_day())).max(1);
    let (before, held_back) = series.values.split_at(series.values.len() - tail);
    let error = Fitted::new(before, series.step)?.compare(before, held_back, series.step);
    let fitted = Fitted::new(&series.values, series.step)?;
    Ok(Extension { step: series.step, steps: fitted.forecast(needed), offset: fitted.offset, error })
}

impl Series {
    /// Means over even steps that end with the series; a step without a value has that of the one before.
    fn new(rows: &[(f64, f64)], end: f64, step: f64) -> Self {
        let count = ((end / step + 1e-9) as usize).min(MOST);
        let begin = end - count as f64 * step;
        let mut sums = vec![(0.0, 0u32); count];
        for (time, value) in rows.iter().filter(|row| row.0 >= begin - 1e-6) {
            if let Some(sum) = sums.get_mut(((time - begin) / step + 1e-9).max(0.0) as usize) {
                *sum = (sum.0 + value, sum.1 + 1);
            }
        }
        let mut last = rows.iter().rev().find(|row| row.0 < begin).or(rows.first()).map_or(0.0, |row| row.1);
        let values = sums.into_iter().map(|(sum, count)| {
            if count > 0 {
                last = sum / f64::from(count);
            }
            last
        });
        Self { values: values.collect(), step }
    }

    fn per_day(&self) -> usize {
        whole_day(self.step).unwrap_or(1)
    }
}

/// Steps of a day, if these are a whole number.
fn whole_day(step: f64) -> Option<usize> {
    let steps = DAY / step;
    ((steps - steps.round()).abs() < 1e-6 && steps >= 1.5).then_some(steps.round() as usize)
}

/// Periods that a series of so many steps shows at least twice.
fn periods(step: f64, count: usize) -> Vec<usize> {
    let day = whole_day(step);
    let week = ((7.0 * DAY / step).round() - 7.0 * DAY / step).abs() < 1e-6 && 7.0 * DAY / step >= 1.5;
    let week = week.then_some((7.0 * DAY / step).round() as usize);
    [day, week].into_iter().flatten().filter(|period| 2 * period < count).collect()
}

/// A series taken apart.
struct Fitted {
    offset: f64,
    /// Each period, and the last of its patterns.
    patterns: Vec<Vec<f64>>,
    /// Steps over which the level is taken together.
    block: usize,
    /// The level; absent where it does not change.
    level: Option<FittedAutoETS>,
    constant: f64,
    scale: f64,
}

impl Fitted {
    fn new(values: &[f64], step: f64) -> Result<Self, String> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        if !(mean.is_finite() && mean > 0.0) {
            return Err("nothing comes in it: there is nothing to extend".to_owned());
        }
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let offset = if least > 1e-3 * mean { 0.0 } else { 0.01 * mean };
        let logs: Vec<f64> = values.iter().map(|value| libm::log(value + offset)).collect();
        let periods = periods(step, values.len());
        let (patterns, rest) = take_apart(&logs, &periods)?;
        let block = match whole_day(step) {
            Some(day) if !periods.is_empty() && values.len() >= DAYS * day => day,
            _ => 1,
        };
        let first = rest.len() % block;
        let levels: Vec<f64> = rest[first..].chunks(block).map(|block| block.iter().sum::<f64>() / block.len() as f64).collect();
        let constant = levels.iter().sum::<f64>() / levels.len() as f64;
        let varies = levels.iter().any(|level| (level - constant).abs() > 1e-9);
        let level = if varies {
            let model = AutoETS::new(1, "AZN").map_err(|error| error.to_string())?;
            Some(model.fit(&levels).map_err(|error| format!("its level cannot be followed: {error}"))?)
        } else {
            None
        };
        let mut fitted = Self { offset, patterns, block, level, constant, scale: 1.0 };
        // What the parts make of the past, against the past.
        let past = |i: usize| {
            let level = levels[(i - first) / block];
            libm::exp(level + logs[i] - rest[i])
        };
        let (known, made) =
            (first..values.len()).fold((0.0, 0.0), |(known, made), i| (known + values[i] + offset, made + past(i)));
        fitted.scale = known / made;
        Ok(fitted)
    }

    /// Medians of the next `count` steps, and the deviations of their logarithms.
    fn forecast(&self, count: usize) -> Vec<(f64, f64)> {
        let blocks = count.div_ceil(self.block).max(1);
        let forecast = self.level.as_ref().and_then(|level| level.predict(blocks, LEVEL).ok());
        let level = |block: usize| {
            let Some(forecast) = &forecast else { return (self.constant, 0.0) };
            let Some(intervals) = &forecast.intervals else { return (forecast.point[block], 0.0) };
            let deviation = (intervals.upper[block] - intervals.lower[block]) / (2.0 * HALF_WIDTH);
            let near = forecast.point[block].clamp(self.constant - FAR, self.constant + FAR);
            (near, if deviation.is_finite() { deviation.clamp(0.0, FAR) } else { FAR })
        };
        let one = |i: usize| {
            let (level, deviation) = level(i / self.block);
            let pattern: f64 = self.patterns.iter().map(|pattern| pattern[i % pattern.len()]).sum();
            ((libm::exp(level + pattern) * self.scale - self.offset).max(0.0), deviation)
        };
        (0..count).map(one).collect()
    }

    /// How near a forecast from what came `before` comes to what followed.
    fn compare(&self, before: &[f64], after: &[f64], step: f64) -> Backtest {
        let forecast = self.forecast(after.len());
        let period = self.patterns.iter().map(Vec::len).max().unwrap_or(1);
        let repeated = |i: usize| before[before.len() - period + i % period];
        let off = |made: &dyn Fn(usize) -> f64| -> f64 {
            let errors: f64 = after.iter().enumerate().map(|(i, value)| (value - made(i)).abs()).sum();
            errors / after.iter().sum::<f64>().max(f64::MIN_POSITIVE)
        };
        let within = |(block, values): (usize, &[f64])| {
            let steps = &forecast[block * self.block..block * self.block + values.len()];
            let (sum, deviation) = (steps.iter().map(|step| step.0 + self.offset).sum::<f64>(), steps[0].1);
            let known: f64 = values.iter().map(|value| value + self.offset).sum();
            libm::fabs(libm::log(known.max(f64::MIN_POSITIVE) / sum)) <= HALF_WIDTH * deviation + 1e-12
        };
        let blocks = after.chunks(self.block).count();
        let covered = after.chunks(self.block).enumerate().filter(|block| within(*block)).count();
        Backtest {
            method: self.method(step),
            held_back: after.len() as f64 * step,
            error: off(&|i| forecast[i].0),
            repeated: off(&repeated),
            coverage: covered as f64 / blocks as f64,
        }
    }

    fn method(&self, step: f64) -> String {
        let named = |pattern: &Vec<f64>| if pattern.len() as f64 * step > 2.0 * DAY { "week" } else { "day" };
        let smoothing = self.level.as_ref().map_or_else(
            || "a constant level".to_owned(),
            |level| {
                let trend = match (level.model().model_type().trend, level.model().damped()) {
                    (TrendComponent::None, _) => "without a trend",
                    (_, true) => "with a damped trend",
                    (_, false) => "with a trend",
                };
                format!("exponential smoothing {trend}")
            },
        );
        match self.patterns.as_slice() {
            [] => smoothing,
            patterns => format!("MSTL by {}, {smoothing}", patterns.iter().map(named).collect::<Vec<_>>().join(" and ")),
        }
    }
}

/// The last pattern of each period, and what is left without them.
fn take_apart(logs: &[f64], periods: &[usize]) -> Result<(Vec<Vec<f64>>, Vec<f64>), String> {
    if periods.is_empty() {
        return Ok((Vec::new(), logs.to_vec()));
    }
    let parts = MstlParams::new().fit(logs, periods).map_err(|error| format!("its pattern cannot be found: {error}"))?;
    let last = |(component, period): (&Vec<f64>, &usize)| component[component.len() - period..].to_vec();
    let patterns: Vec<Vec<f64>> = parts.seasonal().iter().zip(periods).map(last).collect();
    let rest: Vec<f64> = parts.trend().iter().zip(parts.remainder()).map(|(trend, rest)| trend + rest).collect();
    if rest.iter().chain(patterns.iter().flatten()).all(|value| value.is_finite()) {
        Ok((patterns, rest))
    } else {
        Err("its pattern cannot be found".to_owned())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says by a panic what it expected")]

    use super::*;
    use crate::dist::normal_quantile;
    use crate::random::{Stream, uniform};

    /// Weeks of hours that grow by 10% a week, with a day three times as busy as the night, quiet Sundays, and noise.
    fn shop(weeks: usize, noise: f64, seed: u64) -> Vec<(f64, f64)> {
        let stream = Stream::new(seed, 0, 0);
        let value = |hour: usize| truth(hour) * libm::exp(noise * normal_quantile(uniform(stream.word(hour as u64))));
        (0..weeks * 168).map(|hour| (hour as f64 * HOUR, value(hour))).collect()
    }

    fn truth(hour: usize) -> f64 {
        let day = if (8..20).contains(&(hour % 24)) { 3.0 } else { 1.0 };
        let sunday = if hour / 24 % 7 == 6 { 0.4 } else { 1.0 };
        10.0 * day * sunday * libm::pow(1.1, hour as f64 / 168.0)
    }

    #[test]
    fn a_pattern_that_grows_goes_on() {
        let weeks = 8;
        let extension = extend(&shop(weeks, 0.02, 1), weeks as f64 * 7.0 * DAY, 3.0 * 7.0 * DAY).unwrap();
        assert_eq!(extension.steps.len(), 3 * 168);
        let (mut off, mut within) = (0.0, 0);
        for (day, steps) in extension.steps.chunks(24).enumerate() {
            let exact: f64 = (0..24).map(|hour| truth((weeks * 7 + day) * 24 + hour)).sum();
            let made: f64 = steps.iter().map(|step| step.0).sum();
            off += (made / exact - 1.0).abs() / 21.0;
            within += usize::from(libm::log(made / exact).abs() <= 1.96 * steps[0].1);
        }
        // Noise of 2% leaves a mean of 56 days known to a third of a percent, and a slope that moves it by a percent in three weeks.
        assert!(off < 0.03, "off by {off}");
        assert!(within >= 17, "{within} of 21 days within two deviations");
        let Backtest { error, repeated, method, .. } = &extension.error;
        // A repetition of the last week misses the growth of the one or two weeks since.
        assert!(*error < 0.04 && *repeated > 0.08, "{error} against {repeated}");
        assert_eq!(method, "MSTL by day and week, exponential smoothing with a trend");
    }

    #[test]
    fn a_level_that_wanders_is_as_uncertain_as_it_was() {
        // A random walk of steps of 5% each day: the deviation after n days is 5% √n, and 80% of days are within 1.28 of it.
        let stream = Stream::new(3, 0, 0);
        let mut level = 0.0;
        let mut rows = Vec::new();
        for hour in 0..120 * 24 {
            if hour % 24 == 0 {
                level += 0.05 * normal_quantile(uniform(stream.word(hour)));
            }
            rows.push((hour as f64 * HOUR, libm::exp(level)));
        }
        let extension = extend(&rows, 120.0 * DAY, 16.0 * DAY).unwrap();
        for days in [1usize, 4, 16] {
            let deviation = extension.steps[days * 24 - 1].1;
            let exact = 0.05 * libm::sqrt(days as f64);
            // The variance of 120 steps is known to a quarter, and so the deviation to an eighth, twice over.
            assert!((deviation / exact - 1.0).abs() < 0.26, "{deviation} after {days} days, not {exact}");
        }
    }

    #[test]
    fn short_and_even_series_go_on_too() {
        let rows: Vec<(f64, f64)> = (0..48).map(|n| (f64::from(n) * 300.0, 5.0)).collect();
        let extension = extend(&rows, 48.0 * 300.0, DAY).unwrap();
        assert!(extension.steps.iter().all(|(value, deviation)| (value - 5.0).abs() < 1e-9 && *deviation == 0.0));
        assert!(extension.error.error < 1e-12);
        let zeros: Vec<(f64, f64)> = rows.iter().map(|row| (row.0, 0.0)).collect();
        assert!(extend(&zeros, 48.0 * 300.0, DAY).unwrap_err().contains("nothing comes"));
        assert!(extend(&rows[..3], 900.0, DAY).unwrap_err().contains("too few"));
        // Some hours without anybody.
        let gaps: Vec<(f64, f64)> = shop(4, 0.05, 2).into_iter().map(|(t, v)| (t, if v < 6.0 { 0.0 } else { v })).collect();
        let extension = extend(&gaps, 28.0 * DAY, 7.0 * DAY).unwrap();
        assert!(extension.steps.iter().all(|(value, deviation)| *value >= 0.0 && value.is_finite() && deviation.is_finite()));
    }

    #[test]
    fn no_series_of_counts_is_too_wild_to_go_on() {
        let stream = Stream::new(11, 0, 0);
        for (number, (count, step)) in
            [(16, 60.0), (17, 3_600.0), (40, 7_200.0), (100, 300.0), (400, 3_600.0), (90, DAY), (30, 7.0 * DAY), (2_000, 900.0)]
                .into_iter()
                .enumerate()
        {
            for kind in 0..6 {
                let chance = |i: usize| uniform(stream.word((number * 100_000 + kind * 10_000 + i) as u64));
                let value = |i: usize| match kind {
                    0 => chance(i),
                    1 => libm::exp(30.0 * (chance(i) - 0.5)),
                    2 => f64::from(u8::from(chance(i) > 0.9)),
                    3 => f64::from(u8::from(i + 1 == count)),
                    4 => 1e12 * libm::pow(10.0, -(i as f64) / 20.0),
                    _ => f64::from(u8::from(i < count / 2)) + 1e-9 * chance(i),
                };
                let rows: Vec<(f64, f64)> = (0..count).map(|i| (i as f64 * step, value(i))).collect();
                // A tail, or all, of zeros may be refused; what goes on is finite.
                if let Ok(extension) = extend(&rows, count as f64 * step, 30.0 * DAY) {
                    let sane =
                        |(value, deviation): &(f64, f64)| value.is_finite() && *value >= 0.0 && (0.0..=FAR).contains(deviation);
                    assert!(extension.steps.iter().all(sane), "kind {kind} of {count} steps");
                    assert!(extension.error.error.is_finite() && (0.0..=1.0).contains(&extension.error.coverage));
                }
            }
        }
    }
}
