//! The only source of randomness: counter-based streams named by (seed, replication, name, purpose).
//!
//! A stream is a function from a counter to a word, so any draw of any replication can be reached alone, and adding a
//! component or changing a policy leaves the draws of every other component as they were. The generator is a keyed
//! `SplitMix` (Steele, Lea & Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014): each stream walks the
//! 64-bit integers from a start of its own with an odd step of its own, so that two streams never share a run of words,
//! and the finaliser is Evensen's "moremur" (2018), a mixer chosen for counters as input.

use rand::TryRng;

/// A named stream: 16 bytes, made anew for each replication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stream {
    start: u64,
    step: u64,
}

/// The golden ratio in 64 bits: steps through all words and keeps neighbours far apart.
const GOLDEN: u64 = 0x9e37_79b9_7f4a_7c15;

/// The hash of a component's name and a purpose (`repair`, `failure` …), stable across versions and platforms.
///
/// Made once when the model is compiled; [`Stream::new`] adds seed and replication. FNV-1a over the bytes of the name,
/// then mixed with the purpose.
#[must_use]
pub fn base(name: &str, purpose: u64) -> u64 {
    let hash =
        name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    mix(mix(hash) ^ mix(purpose.wrapping_add(GOLDEN)).rotate_left(32))
}

impl Stream {
    /// The stream of one (name, purpose) in one replication.
    #[must_use]
    #[inline]
    pub fn new(base: u64, seed: u64, replication: u64) -> Stream {
        let run = mix(seed.wrapping_add(GOLDEN)).wrapping_add(replication.wrapping_mul(GOLDEN));
        let start = mix(base ^ mix(run));
        // The step is odd, and not a function of the start that the walk itself could reach.
        let step = mix(start.rotate_left(24) ^ 0xd1b5_4a32_d192_ed03) | 1;
        Stream { start, step }
    }

    /// The `n`-th word of the stream: 64 random bits.
    #[must_use]
    #[inline]
    pub fn word(self, n: u64) -> u64 {
        mix(self.start.wrapping_add(n.wrapping_mul(self.step)))
    }
}

/// A number in the open interval (0, 1) from the upper 52 bits of a word; never 0 or 1, symmetric about 0.5.
#[must_use]
#[inline]
// 52 bits and a half are exact in a double.
pub fn uniform(word: u64) -> f64 {
    ((word >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0)
}

/// Evensen's moremur: a bijection of 64-bit words in which every input bit flips every output bit half the time.
#[inline]
const fn mix(mut x: u64) -> u64 {
    x ^= x >> 27;
    x = x.wrapping_mul(0x3c79_ac49_2ba7_b653);
    x ^= x >> 33;
    x = x.wrapping_mul(0x1c69_b3f7_4ac4_ae35);
    x ^ (x >> 27)
}

/// A stream read in order, for samplers that ask for a generator of the `rand` crate.
#[derive(Debug, Clone)]
pub struct StreamRng {
    stream: Stream,
    next: u64,
}

impl StreamRng {
    /// Reads `stream` from its first word.
    #[must_use]
    pub fn new(stream: Stream) -> StreamRng {
        StreamRng { stream, next: 0 }
    }
}

impl TryRng for StreamRng {
    type Error = core::convert::Infallible;

    // The upper half of a word is 32 bits.
    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let word = self.stream.word(self.next);
        self.next = self.next.wrapping_add(1);
        Ok(word)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
        for chunk in bytes.chunks_mut(8) {
            let word = self.try_next_u64()?.to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
