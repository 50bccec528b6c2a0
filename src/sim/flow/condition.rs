//! The condition of a service: which of its replicas serve, how well, and what waits in them.

/// Kinds of replicas that are told apart in one service; the least different are lumped where there are more.
pub const MOST_POOLS: usize = 4;

/// Replicas with more than so many times what waits in others of their kind are told apart from them.
const FAR_BEHIND: f64 = 2.0;

/// Requests that wait, by kind of replicas.
pub type Queues = [f64; MOST_POOLS];

/// Replicas that are alike.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Pool {
    /// How many.
    pub replicas: f64,
    /// How fast they work, relative to healthy ones.
    pub speed: f64,
    /// The share of requests that they fail after working on them.
    pub errors: f64,
    /// More waits there than in others of the kind, from when it was slower.
    pub behind: bool,
}

/// What there is of a service.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Condition {
    /// Its structure holds.
    pub ok: bool,
    /// Replicas that have failed and still get requests.
    pub dead: f64,
    pools: [Pool; MOST_POOLS],
    count: usize,
}

impl Pool {
    /// One replica without a fault.
    pub const WHOLE: Self = Self { replicas: 1.0, speed: 1.0, errors: 0.0, behind: false };

    /// It works as the other one does.
    fn is_like(&self, other: &Self) -> bool {
        self.speed == other.speed && self.errors == other.errors
    }
}

impl Condition {
    /// So many replicas without a fault.
    pub fn plain(replicas: f64) -> Self {
        let mut condition = Self { ok: true, dead: 0.0, pools: [Pool::default(); MOST_POOLS], count: 0 };
        condition.add(Pool { replicas, ..Pool::WHOLE });
        condition
    }

    /// Its kinds of replicas.
    pub fn pools(&self) -> &[Pool] {
        &self.pools[..self.count]
    }

    /// Replicas that serve.
    pub fn up(&self) -> f64 {
        self.pools().iter().map(|pool| pool.replicas).sum()
    }

    /// What waited in the replicas of another condition of the same service, in these. Replicas that come from another kind bring
    /// what waits in them, and stay apart while that is more than others of their new kind have.
    pub fn take_over(&mut self, before: &Self, queues: &mut Queues) {
        let same = self.count == before.count && self.pools().iter().zip(before.pools()).all(|(a, b)| a.is_like(b));
        if same || self.up() <= 0.0 {
            return;
        }
        let each = |place: usize| queues[place] / before.pools[place].replicas.max(f64::MIN_POSITIVE);
        let mut left = before.pools.map(|pool| pool.replicas);
        let mut parts = [(Pool::default(), 0.0); 2 * MOST_POOLS];
        let mut count = 0;
        // First those that stay of a kind, then those that come to it from the others.
        for stays in [true, false] {
            for place in 0..self.count {
                let pool = self.pools[place];
                for from in (0..before.count).filter(|&from| before.pools[from].is_like(&pool) == stays) {
                    let there: f64 =
                        parts[..count].iter().filter(|(part, _)| part.is_like(&pool)).map(|part| part.0.replicas).sum();
                    let moves = left[from].min(pool.replicas - there);
                    if moves > 0.0 && count < parts.len() {
                        left[from] -= moves;
                        parts[count] =
                            (Pool { replicas: moves, behind: stays && before.pools[from].behind, ..pool }, moves * each(from));
                        count += 1;
                    }
                }
            }
        }
        self.settle(&parts[..count], queues);
    }

    /// Replicas with what waits in them become kinds: alike ones are one kind, but for those that are far behind it.
    fn settle(&mut self, parts: &[(Pool, f64)], queues: &mut Queues) {
        let kinds = *self;
        let mut of: [f64; MOST_POOLS] = [0.0; MOST_POOLS];
        self.count = kinds.count;
        for (place, kind) in kinds.pools().iter().enumerate() {
            // Of all of the kind, the smallest queue counts as the usual one.
            let alike = || parts.iter().filter(|(part, _)| part.is_like(kind));
            let least = alike().map(|(part, queue)| queue / part.replicas).fold(f64::INFINITY, f64::min);
            let is_behind = |(part, queue): &&(Pool, f64)| *queue > (FAR_BEHIND * least + 1.0) * part.replicas;
            let behind: f64 = alike().filter(is_behind).map(|(part, _)| part.replicas).sum();
            let waiting: f64 = alike().filter(is_behind).map(|(_, queue)| queue).sum();
            of[place] = alike().map(|(_, queue)| queue).sum();
            if behind > 0.0 && behind < kind.replicas && self.count < MOST_POOLS {
                of[place] -= waiting;
                self.pools[place].replicas -= behind;
                of[self.count] = waiting;
                self.pools[self.count] = Pool { replicas: behind, behind: true, ..*kind };
                self.count += 1;
            }
        }
        *queues = of;
    }

    /// Replicas that were behind others of their kind, where all queues have settled: they are so no longer. Whether there were any.
    pub fn catch_up(&mut self, queues: &mut Queues) -> bool {
        if !self.pools().iter().any(|pool| pool.behind) {
            return false;
        }
        let before = *self;
        let waiting = std::mem::take(queues);
        self.clear();
        for (pool, queue) in before.pools().iter().zip(waiting) {
            self.add(Pool { behind: false, ..*pool });
            if let Some(place) = self.pools().iter().position(|kind| kind.is_like(pool)) {
                queues[place] += queue;
            }
        }
        true
    }

    /// Nothing but the number of replicas is unusual.
    pub fn is_plain(&self) -> bool {
        self.ok && self.dead == 0.0 && self.count == 1 && self.pools[0].speed == 1.0 && self.pools[0].errors == 0.0
    }

    /// Without any replicas yet.
    pub fn clear(&mut self) {
        self.count = 0;
    }

    /// Adds replicas.
    pub fn add(&mut self, more: Pool) {
        let same = |pool: &Pool| pool.is_like(&more) && pool.behind == more.behind;
        let known = self.pools().iter().position(same);
        if let Some(known) = known {
            self.pools[known].replicas += more.replicas;
        } else if self.count < MOST_POOLS {
            self.pools[self.count] = more;
            self.count += 1;
        } else {
            let last = &mut self.pools[MOST_POOLS - 1];
            let all = last.replicas + more.replicas;
            let mean = |a: f64, b: f64| (a * last.replicas + b * more.replicas) / all;
            *last = Pool {
                replicas: all,
                speed: mean(last.speed, more.speed),
                errors: mean(last.errors, more.errors),
                behind: false,
            };
        }
    }

    /// All replicas as one kind: where they share a line, or the least busy one gets the next request.
    pub fn lump(&mut self) {
        if self.count < 2 {
            return;
        }
        let replicas = self.up();
        let sum = |f: fn(&Pool) -> f64| self.pools().iter().map(f).sum::<f64>();
        let speed = sum(|pool| pool.replicas * pool.speed) / replicas;
        // A faster replica serves more of the requests.
        let errors = sum(|pool| pool.replicas * pool.speed * pool.errors) / (replicas * speed).max(f64::MIN_POSITIVE);
        self.pools[0] = Pool { replicas, speed, errors, behind: false };
        self.count = 1;
    }

    /// A number that tells conditions apart, all but the queues.
    pub fn signature(&self) -> u64 {
        let mut mixed = u64::from(self.ok) ^ mix(self.dead.to_bits());
        for pool in self.pools() {
            mixed = mix(mixed ^ pool.replicas.to_bits());
            mixed = mix(mixed ^ pool.speed.to_bits());
            mixed = mix(mixed ^ pool.errors.to_bits() ^ u64::from(pool.behind));
        }
        mixed
    }
}

/// Scatters the bits of a word (the finaliser of `MurmurHash3` with Stafford's constants, as in `SplitMix64`).
pub fn mix(word: u64) -> u64 {
    let mut x = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}
