//! The condition of a service: which of its replicas serve, how well, and what waits in them.

/// Kinds of replicas that are told apart in one service; the least different are lumped where there are more.
pub const MOST_POOLS: usize = 4;

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

impl Condition {
    /// So many replicas without a fault.
    pub fn plain(replicas: f64) -> Self {
        let mut condition = Self { ok: true, dead: 0.0, pools: [Pool::default(); MOST_POOLS], count: 0 };
        condition.add(Pool { replicas, speed: 1.0, errors: 0.0 });
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

    /// What waited in the replicas of another condition of the same service, in these.
    pub fn take_over(&self, before: &Self, queues: &mut Queues) {
        let same = self.count == before.count
            && self.pools().iter().zip(before.pools()).all(|(a, b)| (a.speed, a.errors) == (b.speed, b.errors));
        let up = self.up();
        if same || up <= 0.0 {
            return;
        }
        let all: f64 = queues.iter().sum();
        *queues = [0.0; MOST_POOLS];
        for (queue, pool) in queues.iter_mut().zip(self.pools()) {
            *queue = all * pool.replicas / up;
        }
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
        let same = |pool: &Pool| pool.speed == more.speed && pool.errors == more.errors;
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
            *last = Pool { replicas: all, speed: mean(last.speed, more.speed), errors: mean(last.errors, more.errors) };
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
        self.pools[0] = Pool { replicas, speed, errors };
        self.count = 1;
    }

    /// A number that tells conditions apart, all but the queues.
    pub fn signature(&self) -> u64 {
        let mut mixed = u64::from(self.ok) ^ mix(self.dead.to_bits());
        for pool in self.pools() {
            mixed = mix(mixed ^ pool.replicas.to_bits());
            mixed = mix(mixed ^ pool.speed.to_bits());
            mixed = mix(mixed ^ pool.errors.to_bits());
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
