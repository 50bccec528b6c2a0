//! What keeps calls from making an overload worse: budgets of retries, and circuit breakers.

use crate::model::{Breaker, Budget};

/// Tokens for retries (as in Finagle, Linkerd and tower): a first attempt adds a part of one, so does time, a retry takes one.
#[derive(Debug, Clone)]
pub struct Bucket {
    ratio: f64,
    per_second: f64,
    ttl: f64,
    tokens: f64,
    /// First attempts per second, smoothed over `ttl`: what the bucket holds at most is what comes in that time.
    rate: f64,
    since: f64,
}

impl Bucket {
    pub fn new(budget: &Budget) -> Self {
        Self { ratio: 0.0, per_second: budget.min_per_second, ttl: budget.ttl, tokens: 0.0, rate: 0.0, since: 0.0 }
    }

    /// Empty but for what a second brings, with the ratio of the present draw.
    pub fn reset(&mut self, ratio: f64) {
        (self.ratio, self.tokens, self.rate, self.since) = (ratio, self.per_second, 0.0, 0.0);
    }

    fn pass(&mut self, now: f64) {
        let passed = now - self.since;
        if passed > 0.0 {
            self.since = now;
            self.rate *= libm::exp(-passed / self.ttl);
            self.tokens = (self.tokens + passed * self.per_second).min(self.most());
        }
    }

    /// What `ttl` brings; a retry is possible at all where that is less than one.
    fn most(&self) -> f64 {
        (self.ttl * (self.rate * self.ratio + self.per_second)).max(1.0)
    }

    /// A first attempt is made.
    pub fn deposit(&mut self, now: f64) {
        self.pass(now);
        self.rate += 1.0 / self.ttl;
        self.tokens = (self.tokens + self.ratio).min(self.most());
    }

    /// Takes a token for a retry, if there is one.
    pub fn withdraw(&mut self, now: f64) -> bool {
        self.pass(now);
        let allowed = self.tokens >= 1.0;
        if allowed {
            self.tokens -= 1.0;
        }
        allowed
    }
}

/// Parts of the time over which calls are counted: the oldest is dropped as a whole.
const PARTS: usize = 10;

/// A circuit breaker: closed, open, or letting some calls through to see.
#[derive(Debug, Clone)]
pub struct Guard {
    rule: Breaker,
    /// (calls, failures) in each part of the time, and the number of the present part.
    parts: [(u32, u32); PARTS],
    part: u64,
    /// It fails all calls until then; negative while closed.
    open_until: f64,
    /// Calls let through since, and those of them that succeeded.
    probing: u32,
    succeeded: u32,
}

impl Guard {
    pub fn new(rule: &Breaker) -> Self {
        Self { rule: *rule, parts: [(0, 0); PARTS], part: 0, open_until: -1.0, probing: 0, succeeded: 0 }
    }

    /// Closed, and nothing counted.
    pub fn reset(&mut self) {
        *self = Self::new(&self.rule);
    }

    /// Whether a call may be made now.
    pub fn allows(&mut self, now: f64) -> bool {
        if self.open_until < 0.0 {
            return true;
        }
        if now < self.open_until || self.probing >= self.rule.probes {
            return false;
        }
        self.probing += 1;
        true
    }

    /// A call that was made has been answered, well or not.
    pub fn answered(&mut self, good: bool, now: f64) {
        if self.open_until >= 0.0 {
            if now < self.open_until {
                return;
            }
            if !good {
                self.open(now);
                return;
            }
            self.succeeded += 1;
            if self.succeeded >= self.rule.probes {
                self.reset();
            }
            return;
        }
        let part = (now / self.rule.within * PARTS as f64) as u64;
        for stale in (self.part + 1..=part).take(PARTS) {
            self.parts[(stale % PARTS as u64) as usize] = (0, 0);
        }
        self.part = part;
        let present = &mut self.parts[(part % PARTS as u64) as usize];
        present.0 += 1;
        present.1 += u32::from(!good);
        let (calls, failures) = self.parts.iter().fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        if !good && calls >= self.rule.least && f64::from(failures) >= self.rule.errors * f64::from(calls) {
            self.open(now);
        }
    }

    fn open(&mut self, now: f64) {
        self.parts = [(0, 0); PARTS];
        (self.open_until, self.probing, self.succeeded) = (now + self.rule.open, 0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Value;

    #[test]
    fn a_bucket_allows_its_share_of_retries_and_no_more() {
        let mut bucket = Bucket::new(&Budget { ratio: Value::Known(0.2), min_per_second: 0.0, ttl: 10.0 });
        bucket.reset(0.2);
        let mut allowed = 0;
        for call in 0..10_000 {
            let now = f64::from(call) * 0.01;
            bucket.deposit(now);
            allowed += u32::from(bucket.withdraw(now));
        }
        // Every call is tried again where it may: one in five.
        assert!((1_999..=2_000).contains(&allowed), "{allowed}");
    }

    #[test]
    fn what_is_saved_is_what_comes_in_its_time_to_live() {
        let mut bucket = Bucket::new(&Budget { ratio: Value::Known(0.2), min_per_second: 0.0, ttl: 10.0 });
        bucket.reset(0.2);
        (0..100_000).for_each(|call| bucket.deposit(f64::from(call) * 0.01));
        let saved = (0..10_000).take_while(|_| bucket.withdraw(1_000.0)).count();
        // 100 calls a second for 10 s at 20%.
        assert!((195..=205).contains(&saved), "{saved}");
    }

    #[test]
    fn a_breaker_opens_at_its_share_of_errors_and_closes_after_its_probes() {
        let rule = Breaker { errors: 0.5, least: 10, within: 10.0, open: 30.0, probes: 2 };
        let mut guard = Guard::new(&rule);
        for call in 0..9 {
            guard.answered(call % 2 == 0, f64::from(call) * 0.1);
            assert!(guard.allows(f64::from(call) * 0.1));
        }
        guard.answered(false, 1.0);
        assert!(!guard.allows(1.0) && !guard.allows(30.9));
        // Two probes go through; a third waits for them.
        assert!(guard.allows(31.1) && guard.allows(31.1) && !guard.allows(31.1));
        guard.answered(true, 31.2);
        guard.answered(true, 31.3);
        assert!(guard.allows(31.4) && guard.allows(31.4) && guard.allows(31.4));
    }

    #[test]
    fn errors_long_ago_do_not_open_a_breaker() {
        let rule = Breaker { errors: 0.5, least: 10, within: 10.0, open: 30.0, probes: 1 };
        let mut guard = Guard::new(&rule);
        (0..9).for_each(|_| guard.answered(false, 0.0));
        guard.answered(false, 20.0);
        assert!(guard.allows(20.0));
    }
}
