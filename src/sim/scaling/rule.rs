//! What a scaler calls for, look by look.

use std::collections::VecDeque;

use crate::model::Scaling;

/// A service as its scaler sees it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Seen {
    /// Replicas at work, with all their servers.
    pub busy: f64,
    /// Replicas that serve.
    pub ready: f64,
    /// Fewest replicas at this hour.
    pub floor: u32,
    /// Replicas that will be at work at most within the time that is foreseen.
    pub foreseen: f64,
}

/// A scaler: what it wants, and what it called for before.
#[derive(Debug, Clone, Default)]
pub struct Scaler {
    /// Replicas that it wants.
    pub wanted: u32,
    /// (Last look at which it called for so many, how many), in order of time.
    calls: VecDeque<(f64, u32)>,
}

impl Scaler {
    /// As if it had never looked.
    pub fn reset(&mut self, wanted: u32) {
        self.wanted = wanted;
        self.calls.clear();
    }

    /// It called for so many from one look to another, as it will do again.
    pub fn recall(&mut self, until: f64, count: u32) {
        match self.calls.back_mut() {
            Some(last) if last.1 == count => last.0 = until.max(last.0),
            _ => self.calls.push_back((until, count)),
        }
    }

    /// What it has called for last, if anything.
    pub fn last_call(&self) -> Option<u32> {
        self.calls.back().map(|call| call.1)
    }

    /// Looks at `now`. Since the look before it would have called for the same at every look but this one.
    pub fn look(&mut self, scaling: &Scaling, now: f64, seen: &Seen) {
        if let Some(last) = self.calls.back_mut() {
            last.0 = last.0.max(now - scaling.every);
        }
        self.recall(now, called_for(scaling, self.wanted, seen));
        let longest = scaling.up.window.max(scaling.down.window);
        while self.calls.front().is_some_and(|call| call.0 <= now - longest) && self.calls.len() > 1 {
            self.calls.pop_front();
        }
        self.wanted = self.settle(scaling, now);
    }

    /// What is done about it: up to the least that was called for in the window, down to the most, so fast and no faster.
    fn settle(&self, scaling: &Scaling, now: f64) -> u32 {
        let within = |window: f64| {
            self.calls.iter().enumerate().filter(move |(i, call)| i + 1 == self.calls.len() || call.0 > now - window)
        };
        let least = within(scaling.up.window).map(|(_, call)| call.1).min().unwrap_or(self.wanted);
        let most = within(scaling.down.window).map(|(_, call)| call.1).max().unwrap_or(self.wanted);
        if least > self.wanted {
            least.min(self.wanted.saturating_add(scaling.up.at_once(self.wanted)))
        } else if most < self.wanted {
            most.max(self.wanted.saturating_sub(scaling.down.at_once(self.wanted)))
        } else {
            self.wanted
        }
    }

    /// The next look at which it may do something else, if what it sees stays as it was at the look of `now`; infinite without one.
    pub fn next(&self, scaling: &Scaling, now: f64) -> f64 {
        let soon = scaling.look_after(now);
        match self.last_call() {
            None => soon,
            Some(last) if last == self.wanted => f64::INFINITY,
            Some(_) if self.settle(scaling, soon) != self.wanted => soon,
            Some(last) => {
                let window = if last > self.wanted { scaling.up.window } else { scaling.down.window };
                let ends = self.calls.iter().map(|call| call.0 + window).filter(|end| *end > soon);
                scaling.look_at(ends.fold(f64::INFINITY, f64::min))
            }
        }
    }
}

/// ⌈replicas at work / target⌉ where that is far enough from what there is, never below what is foreseen to be needed or the floor.
/// Those that do not serve yet count as idle where more are called for, and not at all where fewer are.
fn called_for(scaling: &Scaling, wanted: u32, seen: &Seen) -> u32 {
    let over = seen.busy / (f64::from(wanted) * scaling.target);
    let under = seen.busy / (seen.ready * scaling.target);
    let by_load = if seen.ready <= 0.0 || !(over > 1.0 + scaling.tolerance || under < 1.0 - scaling.tolerance) {
        wanted
    } else {
        scaling.needed(seen.busy)
    };
    by_load.max(scaling.needed(seen.foreseen)).max(seen.floor).clamp(scaling.min, scaling.max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Limits;

    fn rule() -> Scaling {
        Scaling {
            target: 0.5,
            min: 2,
            max: 100,
            initial: Some(10),
            startup: 60.0,
            every: 15.0,
            tolerance: 0.1,
            up: Limits { window: 0.0, share: 1.0, replicas: 4 },
            down: Limits { window: 300.0, share: 1.0, replicas: 0 },
            floors: Vec::new(),
            ahead: 0.0,
        }
    }

    fn seen(busy: f64, ready: f64) -> Seen {
        Seen { busy, ready, floor: 0, foreseen: 0.0 }
    }

    /// From `wanted` replicas, all ready at once: what is wanted after each look.
    fn course(rule: &Scaling, wanted: u32, busy: &[f64]) -> Vec<u32> {
        let mut scaler = Scaler::default();
        scaler.reset(wanted);
        let mut at = 0.0;
        let looks = busy.iter().map(|busy| {
            let ready = f64::from(scaler.wanted);
            scaler.look(rule, at, &seen(*busy, ready));
            at += rule.every;
            scaler.wanted
        });
        looks.collect()
    }

    #[test]
    fn a_difference_within_the_tolerance_changes_nothing() {
        // Kubernetes: "desired = ceil(current × metric / target)", and nothing where the ratio is within 0.1 of 1.
        assert_eq!(course(&rule(), 10, &[5.4, 5.5, 4.6, 4.5]), [10, 10, 10, 10]);
        assert_eq!(course(&rule(), 10, &[5.6]), [12]);
    }

    #[test]
    fn at_one_look_replicas_double_or_grow_by_four() {
        assert_eq!(course(&rule(), 2, &[40.0; 6]), [6, 12, 24, 48, 80, 80]);
    }

    #[test]
    fn fewer_are_kept_only_after_five_minutes_of_calling_for_fewer() {
        let mut busy = vec![5.0; 4];
        busy.extend([2.0; 25]);
        let wanted = course(&rule(), 10, &busy);
        // The last look at full load is that of 45 s: it is out of the window at 345 s, the look of number 23.
        assert!(wanted[..23].iter().all(|wanted| *wanted == 10), "{wanted:?}");
        assert_eq!(wanted[23..], [4; 6]);
        // One look at a higher load in between starts the window again.
        busy[20] = 4.0;
        assert_eq!(course(&rule(), 10, &busy)[23..], [8; 6]);
    }

    #[test]
    fn nothing_happens_before_the_next_look_that_is_told() {
        for (busy, wanted) in [(20.0, 3), (1.0, 30), (5.0, 10), (5.2, 10)] {
            let mut every = Scaler::default();
            every.reset(wanted);
            every.look(&rule(), 0.0, &seen(f64::from(wanted) * 0.5, f64::from(wanted)));
            let mut jumps = every.clone();
            let mut next = 15.0;
            for look in 1..60 {
                let at = f64::from(look) * 15.0;
                every.look(&rule(), at, &seen(busy, f64::from(every.wanted)));
                if at >= next {
                    jumps.look(&rule(), at, &seen(busy, f64::from(jumps.wanted)));
                    next = jumps.next(&rule(), at);
                }
                assert_eq!(every.wanted, jumps.wanted, "busy {busy} at {at}");
            }
        }
    }

    #[test]
    fn those_that_start_count_as_idle_where_more_are_called_for() {
        let mut scaler = Scaler::default();
        scaler.reset(4);
        // Four that are full call for eight; while the other four start, four at work of eight are on target.
        scaler.look(&rule(), 0.0, &seen(4.0, 4.0));
        assert_eq!(scaler.wanted, 8);
        scaler.look(&rule(), 15.0, &seen(4.0, 4.0));
        assert_eq!(scaler.wanted, 8);
        // All eight full: the next step. A limited queue of replicas is seen only as far as it is at work.
        scaler.look(&rule(), 75.0, &seen(8.0, 8.0));
        assert_eq!(scaler.wanted, 16);
    }
}
