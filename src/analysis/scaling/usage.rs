//! How a scaled service was used, from its course while nothing breaks: over the whole horizon, and by the hour of the day or week.

use super::Pattern;
use crate::model::{Model, Price, hours};
use crate::sim::{ScaledPiece, Undisturbed};

/// Fewer replicas that are wanted again within so many seconds were taken away for nothing.
const FLAP: f64 = 15.0 * 60.0;

/// What is summed over a stretch of time: seconds, requests and replica-seconds.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sums {
    /// Seconds.
    pub time: f64,
    /// Requests that came.
    pub requests: f64,
    /// Of them, those that found the queue full or were answered too late.
    pub lost: f64,
    /// Of those, requests lost while fewer replicas served than the target with its tolerance calls for: by lag.
    pub lost_to_lag: f64,
    /// Replicas at work, had none been lost.
    pub offered: f64,
    /// Replicas that serve.
    pub ready: f64,
    /// Replicas of an ideal scaler.
    pub ideal: f64,
    /// Replicas that serve beyond the ideal: idle capacity.
    pub idle: f64,
    /// Replicas that the target with its tolerance calls for beyond those that serve.
    pub missing: f64,
    /// Seconds with fewer replicas than the target with its tolerance calls for.
    pub short: f64,
}

/// One service.
#[derive(Debug, Clone)]
pub struct Usage {
    /// Index of the service.
    pub service: usize,
    /// Over the horizon.
    pub all: Sums,
    /// By hour of the day or of the week, local time.
    pub hours: Vec<Sums>,
    /// Replica-seconds that are paid.
    pub paid: f64,
    /// Replica-seconds beyond what is reserved.
    pub beyond: f64,
    /// Decisions for more.
    pub ups: usize,
    /// Decisions for fewer.
    pub downs: usize,
    /// Decisions for more that follow one for fewer within a quarter of an hour.
    pub flaps: usize,
    /// The longest time with fewer replicas than the target with its tolerance calls for, seconds, and when it began.
    pub longest_lag: (f64, f64),
    /// (Time, replicas that serve, ideal) over the horizon, for a chart: means of equal parts.
    pub course: Vec<[f64; 3]>,
}

/// Most parts of the horizon in a chart.
const POINTS: f64 = 400.0;

/// Parts of the horizon for a chart, seconds: whole days where there are many, so that no pattern of the day shows in their means.
fn part(horizon: f64) -> f64 {
    const HOUR: f64 = 3_600.0;
    let steps = [1.0 / 12.0, 0.25, 0.5, 1.0, 2.0, 3.0, 6.0, 12.0, 24.0].map(|hours| hours * HOUR);
    steps.into_iter().find(|step| horizon / step <= POINTS).unwrap_or((horizon / POINTS / (24.0 * HOUR)).ceil() * 24.0 * HOUR)
}

impl Usage {
    /// Of every scaled service; none where no traffic comes.
    pub fn all(model: &Model, pattern: Pattern) -> Vec<Self> {
        let Some(undisturbed) = Undisturbed::of(model) else { return Vec::new() };
        let hours = hours(&model.start, model.horizon);
        let of = |place: usize| Self::of(model, &undisturbed, place, pattern, &hours);
        (0..undisturbed.services.len()).map(of).collect()
    }

    fn of(model: &Model, undisturbed: &Undisturbed, place: usize, pattern: Pattern, hours: &[(f64, usize)]) -> Self {
        let course = &undisturbed.services[place];
        let mut usage = Self {
            service: course.service as usize,
            all: Sums::default(),
            hours: vec![Sums::default(); pattern.hours()],
            paid: 0.0,
            beyond: 0.0,
            ups: 0,
            downs: 0,
            flaps: 0,
            longest_lag: (0.0, 0.0),
            course: vec![[0.0; 3]; (model.horizon / part(model.horizon)).ceil().max(1.0) as usize],
        };
        let (part, points) = (part(model.horizon), usage.course.len());
        let (mut hour, mut lag) = (0, 0.0);
        for (piece, edge) in course.pieces.iter().zip(undisturbed.edges.windows(2)) {
            let (from, to) = (edge[0], edge[1]);
            let short = piece.ready < piece.least;
            lag = if short { lag + to - from } else { 0.0 };
            if lag > usage.longest_lag.0 {
                usage.longest_lag = (lag, to - lag);
            }
            // Cut where an hour begins, and where a part of the chart does.
            let mut at = from;
            while at < to {
                while hour + 1 < hours.len() && hours[hour + 1].0 <= at {
                    hour += 1;
                }
                let next_hour = hours.get(hour + 1).map_or(f64::INFINITY, |next| next.0);
                let point = ((at / part) as usize).min(points - 1);
                let until = to.min(next_hour).min(((point + 1) as f64 * part).max(at + 1e-3));
                let seconds = until - at;
                for sums in [&mut usage.all, &mut usage.hours[hours[hour].1 % pattern.hours()]] {
                    sums.add(piece, seconds, short);
                }
                let means = [at, f64::from(piece.ready), f64::from(piece.ideal)];
                let long = part.min(model.horizon - point as f64 * part);
                usage.course[point].iter_mut().zip(means).skip(1).for_each(|(sum, value)| *sum += value * seconds / long);
                at = until;
            }
        }
        for (point, means) in usage.course.iter_mut().enumerate() {
            means[0] = point as f64 * part;
        }
        usage.decide(&course.wanted, model.horizon, &model.services[usage.service].price);
        usage
    }

    /// Counts decisions, and what is paid.
    fn decide(&mut self, wanted: &[(f64, u32)], horizon: f64, price: &Price) {
        let mut last_down = f64::NEG_INFINITY;
        for (i, &(at, count)) in wanted.iter().enumerate() {
            let until = wanted.get(i + 1).map_or(horizon, |next| next.0);
            self.paid += f64::from(count) * (until - at);
            self.beyond += price.beyond(count) * (until - at);
            match i.checked_sub(1).map(|before| wanted[before].1) {
                Some(before) if count > before => {
                    self.ups += 1;
                    self.flaps += usize::from(at - last_down <= FLAP);
                }
                Some(_) => {
                    self.downs += 1;
                    last_down = at;
                }
                None => {}
            }
        }
    }
}

impl Sums {
    fn add(&mut self, piece: &ScaledPiece, seconds: f64, short: bool) {
        let (ready, ideal) = (f64::from(piece.ready), f64::from(piece.ideal));
        self.time += seconds;
        self.requests += piece.rate * seconds;
        self.lost += piece.overloaded * seconds;
        self.offered += piece.offered * seconds;
        self.ready += ready * seconds;
        self.ideal += ideal * seconds;
        self.idle += (ready - ideal).max(0.0) * seconds;
        self.missing += (f64::from(piece.least) - ready).max(0.0) * seconds;
        if short {
            self.short += seconds;
            self.lost_to_lag += piece.overloaded * seconds;
        }
    }

    /// Replicas at work over replicas that serve.
    pub fn utilization(&self) -> f64 {
        if self.ready > 0.0 { (self.offered / self.ready).min(1.0) } else { 0.0 }
    }
}
