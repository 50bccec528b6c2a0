//! Requests on their way: one record each, in a slab whose places are used again.

#![allow(clippy::inline_always, reason = "the inner loop of every request")]

use crate::model::NONE;

/// Where a request stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Its place in the slab is free.
    Free,
    /// Between two stations, at this instant.
    Moving,
    /// In line at a station.
    Waiting,
    /// In line until its service is up again.
    Held,
    /// At a server that works on it.
    Serving,
    /// At a server that stands still.
    Halted,
    /// One of those that share a replica.
    Sharing,
    /// Its own work is done, and it waits for calls: at its server where that is held.
    Calling,
    /// A call that is to be tried again after a pause.
    Pausing,
}

/// One request: an attempt of a call, or what came from outside.
#[derive(Debug, Clone)]
#[repr(align(64))]
pub struct Job {
    /// The place of its draws in all random streams.
    pub key: u64,
    /// When it arrived at its service.
    pub arrived: f64,
    /// Work that is left to do for it, seconds of a server at full speed.
    pub work: f64,
    /// Index of its service.
    pub service: u32,
    /// Index of the replica that it is in, [`NONE`] before it has one.
    pub replica: u32,
    /// Index of the server that it holds, or [`NONE`].
    pub server: u32,
    /// Its neighbours in the list that its state puts it in.
    pub next: u32,
    /// The one before it.
    pub before: u32,
    /// Who waits for its answer, or [`NONE`].
    pub parent: u32,
    /// Index of the call it answers; of its source where it has no parent and `root` is set.
    pub site: u32,
    /// Which of the calls of its caller at this site it is, from 0; the user where it comes from users.
    pub nth: u32,
    /// Its neighbours among those with the same deadline.
    pub later: u32,
    /// The one before it.
    pub earlier: u32,
    /// The first of the calls that it waits for.
    pub child: u32,
    /// Its neighbours among the calls of its caller.
    pub sibling: u32,
    /// The one before it.
    pub elder: u32,
    /// Place in the calls of its service that it has come to.
    pub at: u32,
    /// Calls at that place that are still to be made.
    pub left: u32,
    /// Calls made that it waits for.
    pub open: u32,
    /// Attempts of the same call before this one.
    pub tries: u8,
    /// Place in lines that go by priority, 0 (first) to 4.
    pub priority: u8,
    /// Where it stands.
    pub state: State,
    /// It came from outside.
    pub root: bool,
    /// Nobody waits for its answer any more.
    pub abandoned: bool,
}

impl Job {
    /// A free place, and the one behind it in the list of those.
    pub fn free(next: u32) -> Self {
        Self {
            key: 0,
            arrived: 0.0,
            work: 0.0,
            service: NONE,
            replica: NONE,
            server: NONE,
            next,
            before: NONE,
            parent: NONE,
            site: NONE,
            nth: 0,
            later: NONE,
            earlier: NONE,
            child: NONE,
            sibling: NONE,
            elder: NONE,
            at: 0,
            left: 0,
            open: 0,
            tries: 0,
            priority: 2,
            state: State::Free,
            root: false,
            abandoned: false,
        }
    }
}

/// So many at a time, some gigabytes, are a flood.
pub const MOST: usize = 1 << 24;

/// All requests on their way.
#[derive(Debug, Clone)]
pub struct Jobs {
    all: Vec<Job>,
    free: u32,
    /// More than [`MOST`] at a time.
    pub flooded: bool,
}

impl Jobs {
    pub fn new() -> Self {
        Self { all: Vec::new(), free: NONE, flooded: false }
    }

    /// Nothing is on its way.
    pub fn reset(&mut self) {
        self.all.clear();
        self.free = NONE;
        self.flooded = false;
    }

    /// How many places there are, free ones included.
    pub fn places(&self) -> usize {
        self.all.len()
    }

    /// A place for a new request, which the caller fills.
    #[inline]
    pub fn take(&mut self) -> u32 {
        let place = self.free;
        if place == NONE {
            return self.grow();
        }
        self.free = self.all[place as usize].next;
        place
    }

    #[cold]
    fn grow(&mut self) -> u32 {
        self.flooded |= self.all.len() >= MOST;
        self.all.push(Job::free(NONE));
        self.all.len() as u32 - 1
    }

    /// Gives a place back.
    #[inline]
    pub fn give(&mut self, place: u32) {
        let job = &mut self.all[place as usize];
        job.state = State::Free;
        job.next = self.free;
        self.free = place;
    }
}

impl std::ops::Index<u32> for Jobs {
    type Output = Job;

    #[inline(always)]
    fn index(&self, place: u32) -> &Job {
        &self.all[place as usize]
    }
}

impl std::ops::IndexMut<u32> for Jobs {
    #[inline(always)]
    fn index_mut(&mut self, place: u32) -> &mut Job {
        &mut self.all[place as usize]
    }
}

/// A list of requests through their `next` and `before`; each is in at most one such list.
#[derive(Debug, Clone, Copy)]
pub struct List {
    /// Who is first.
    pub first: u32,
    /// Who is last.
    pub last: u32,
}

impl List {
    /// Nobody.
    pub const EMPTY: Self = Self { first: NONE, last: NONE };

    /// Joins at the end.
    #[inline]
    pub fn push(&mut self, jobs: &mut Jobs, j: u32) {
        let last = self.last;
        let job = &mut jobs[j];
        (job.next, job.before) = (NONE, last);
        if last == NONE {
            self.first = j;
        } else {
            jobs[last].next = j;
        }
        self.last = j;
    }

    /// Takes out whoever is first; there must be somebody.
    #[inline]
    pub fn pop(&mut self, jobs: &mut Jobs) -> u32 {
        let j = self.first;
        let next = jobs[j].next;
        self.first = next;
        if next == NONE {
            self.last = NONE;
        } else {
            jobs[next].before = NONE;
        }
        j
    }

    /// Leaves, from wherever it stands.
    #[inline]
    pub fn remove(&mut self, jobs: &mut Jobs, j: u32) {
        let (next, before) = (jobs[j].next, jobs[j].before);
        if before == NONE {
            self.first = next;
        } else {
            jobs[before].next = next;
        }
        if next == NONE {
            self.last = before;
        } else {
            jobs[next].before = before;
        }
    }
}

/// Requests whose callers wait equally long: they give up in the order in which they came, through `later` and `earlier`.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// How long the callers wait, seconds.
    pub patience: f64,
    /// The slot of the next one that gives up, or of one that has been answered meanwhile.
    pub slot: usize,
    first: u32,
    last: u32,
}

impl Deadlines {
    pub fn new(patience: f64, slot: usize) -> Self {
        Self { patience, slot, first: NONE, last: NONE }
    }

    pub fn reset(&mut self) {
        (self.first, self.last) = (NONE, NONE);
    }

    /// Who gives up first.
    pub fn first(&self) -> Option<u32> {
        (self.first != NONE).then_some(self.first)
    }

    /// Joins; says whether it is the only one.
    #[inline]
    pub fn push(&mut self, jobs: &mut Jobs, j: u32) -> bool {
        let last = self.last;
        let job = &mut jobs[j];
        (job.later, job.earlier) = (NONE, last);
        if last == NONE {
            self.first = j;
        } else {
            jobs[last].later = j;
        }
        self.last = j;
        last == NONE
    }

    /// Leaves, from wherever it stands.
    #[inline]
    pub fn remove(&mut self, jobs: &mut Jobs, j: u32) {
        let (later, earlier) = (jobs[j].later, jobs[j].earlier);
        if earlier == NONE {
            self.first = later;
        } else {
            jobs[earlier].later = later;
        }
        if later == NONE {
            self.last = earlier;
        } else {
            jobs[later].earlier = earlier;
        }
    }
}
