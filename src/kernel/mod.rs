//! The kernel: a clock, an event set and a run loop. It knows no word of the domain.
//!
//! Almost every component of a model has exactly one pending event, so the event set is a [`Tournament`] with one slot
//! for each. Rescheduling happens in place; nothing is allocated, and a cancelled event leaves nothing behind.

mod tournament;

pub use tournament::{NEVER, Tournament};

/// A system that advances from event to event.
pub trait System {
    /// The pending events.
    fn events(&self) -> &Tournament;

    /// Handles the event of `slot`, which is due `now`. It must reschedule or clear that slot.
    fn handle(&mut self, slot: usize, now: f64);
}

/// Handles all events before `end` in order of (time, slot) and returns how many there were.
#[inline]
pub fn run<S: System>(system: &mut S, end: f64) -> u64 {
    run_while(system, end, |_| true).0
}

/// Events between two questions whether to go on: some milliseconds.
const PATIENCE: u64 = 1 << 16;

/// As [`run`], for as long as `goes_on` says so, which is asked now and then: a single replication may take minutes, and
/// whoever waits must be able to end it. Returns the number of events, and whether the end was reached.
#[inline]
pub fn run_while<S: System>(system: &mut S, end: f64, goes_on: impl Fn(&S) -> bool) -> (u64, bool) {
    let mut handled = 0;
    loop {
        let (slot, now) = system.events().next();
        if now >= end {
            return (handled, true);
        }
        if handled % PATIENCE == PATIENCE - 1 && !goes_on(system) {
            return (handled, false);
        }
        system.handle(slot, now);
        handled += 1;
    }
}
