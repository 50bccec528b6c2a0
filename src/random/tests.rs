//! Batteries in the manner of `PractRand` on interleaved streams; every threshold is a normal score of the statistic.

use super::*;

/// Words of each interleaving.
const COUNT: u64 = 1 << 16;

/// Largest normal score: over all the statistics here one in some thousands would pass 5 by chance.
const SCORE: f64 = 5.0;

/// Words as the simulator would draw them: neighbouring replications, counters, names, purposes and seeds.
fn interleavings() -> Vec<(&'static str, Vec<u64>)> {
    let web = base("web", 1);
    let collect = |f: &dyn Fn(u64) -> u64| (0..COUNT).map(f).collect::<Vec<u64>>();
    vec![
        ("counters", collect(&|i| Stream::new(web, 1, 1).word(i))),
        ("replications", collect(&|i| Stream::new(web, 1, i).word(0))),
        ("replications and counters", collect(&|i| Stream::new(web, 1, i / 4).word(i % 4))),
        ("counters of 16 replications", collect(&|i| Stream::new(web, 1, i % 16).word(i / 16))),
        ("names", collect(&|i| Stream::new(base(&format!("web {i}"), 1), 1, 1).word(0))),
        ("names and replications", collect(&|i| Stream::new(base(&format!("web {}", i % 64), 1), 1, i / 64).word(0))),
        ("purposes", collect(&|i| Stream::new(base("web", i), 1, 1).word(3))),
        ("seeds", collect(&|i| Stream::new(web, i, 1).word(0))),
        ("seeds against replications", collect(&|i| Stream::new(web, i % 256, i / 256).word(0))),
        ("powers of two", collect(&|i| Stream::new(web, 1, 1 << (i % 64)).word(i / 64))),
    ]
}

/// Each interleaving, and the exclusive or and the difference of neighbours in it.
fn sequences() -> Vec<(String, Vec<u64>)> {
    let mut all = Vec::new();
    for (name, words) in interleavings() {
        let pairs = |f: fn(u64, u64) -> u64| words.chunks_exact(2).map(|pair| f(pair[0], pair[1])).collect();
        all.push((format!("{name}, xor"), pairs(|a, b| a ^ b)));
        all.push((format!("{name}, difference"), pairs(u64::wrapping_sub)));
        all.push((name.to_owned(), words));
    }
    all
}

fn check(score: f64, what: &str, name: &str) {
    assert!(score.abs() < SCORE, "{what} of {name}: normal score {score}");
}

/// The normal score of `ones` of `n` fair bits.
fn balance(ones: u64, n: usize) -> f64 {
    (ones as f64 - 0.5 * n as f64) / (0.25 * n as f64).sqrt()
}

/// The normal score of counts that should be as the expected: Wilson and Hilferty's cube root of chi-square.
fn chi_square(counts: &[u64], expected: &[f64]) -> f64 {
    let sum: f64 = counts.iter().zip(expected).map(|(count, mean)| (*count as f64 - mean).powi(2) / mean).sum();
    let spread = 2.0 / (9.0 * (counts.len() - 1) as f64);
    ((sum / (counts.len() - 1) as f64).cbrt() - (1.0 - spread)) / spread.sqrt()
}

#[test]
fn bits_are_balanced_alone_and_in_pairs() {
    for (name, words) in sequences() {
        for bit in 0..64 {
            let ones = words.iter().filter(|word| **word >> bit & 1 == 1).count();
            check(balance(ones as u64, words.len()), "bit balance", &name);
        }
        let words = &words[..1 << 13];
        for turn in 1..=32 {
            for bit in 0..64 {
                let unequal = words.iter().map(|word| (word ^ word.rotate_right(turn)) >> bit & 1).sum();
                check(balance(unequal, words.len()), "bit pairs", &name);
            }
        }
    }
}

#[test]
fn bytes_are_equally_likely() {
    for (name, words) in sequences() {
        for byte in 0..8 {
            let mut counts = [0; 256];
            for word in &words {
                counts[usize::from(word.to_le_bytes()[byte])] += 1;
            }
            check(chi_square(&counts, &[words.len() as f64 / 256.0; 256]), "bytes", &name);
        }
    }
}

#[test]
fn neighbours_are_uncorrelated() {
    for (name, words) in sequences() {
        for lag in [1, 2, 3, 4, 16, 64] {
            // The product of two centred uniforms has mean 0 and variance 1/144.
            let centred: Vec<f64> = words.iter().map(|word| uniform(*word) - 0.5).collect();
            let sum: f64 = centred.iter().zip(&centred[lag..]).map(|(a, b)| a * b).sum();
            check(12.0 * sum / ((words.len() - lag) as f64).sqrt(), "serial correlation", &name);
        }
    }
}

#[test]
fn gaps_are_geometric() {
    for (name, words) in sequences() {
        for shift in [0, 20, 61] {
            // Three bits, all zero: one word in eight.
            let mut counts = [0; 40];
            let (mut gap, mut n) = (0, 0.0);
            for word in &words {
                if (word >> shift).trailing_zeros() >= 3 {
                    counts[gap.min(39)] += 1;
                    (gap, n) = (0, n + 1.0);
                } else {
                    gap += 1;
                }
            }
            let expected: Vec<f64> = (0..40).map(|gap| n * 0.875_f64.powi(gap) * if gap < 39 { 0.125 } else { 1.0 }).collect();
            check(chi_square(&counts, &expected), "gaps", &name);
        }
    }
}

/// Marsaglia's birthday spacings (Marsaglia & Tsang, "Some difficult-to-pass tests of randomness", 2002): equal spacings
/// among m birthdays in n days are Poisson with mean m³ / 4n.
#[test]
fn birthday_spacings_are_poisson() {
    let (birthdays, bits) = (512, 21);
    let mean = (birthdays as f64).powi(3) / (4.0 * 2.0_f64.powi(bits));
    for (name, words) in sequences() {
        for shift in [0, 22, 43] {
            let groups = words.chunks_exact(birthdays);
            let expected = mean * groups.len() as f64;
            let equal: usize = groups
                .map(|group| {
                    let mut days: Vec<u64> = group.iter().map(|word| word >> shift & ((1 << bits) - 1)).collect();
                    days.sort_unstable();
                    let mut spacings: Vec<u64> = days.windows(2).map(|pair| pair[1] - pair[0]).collect();
                    spacings.sort_unstable();
                    spacings.windows(2).filter(|pair| pair[0] == pair[1]).count()
                })
                .sum();
            check((equal as f64 - expected) / expected.sqrt(), "birthday spacings", &name);
        }
    }
}

#[test]
fn one_bit_of_the_key_changes_half_of_the_word() {
    let web = base("web", 1);
    let word = |key: [u64; 3]| Stream::new(web, key[0], key[1]).word(key[2]);
    for part in 0..3 {
        for flipped in 0..64 {
            let mut changes = [0; 64];
            let samples = 512;
            for i in 0..samples {
                // Small keys, as they are in use.
                let key = [1 + i % 8, i / 8, i % 16];
                let mut other = key;
                other[part] ^= 1 << flipped;
                let change = word(key) ^ word(other);
                for (bit, count) in changes.iter_mut().enumerate() {
                    *count += change >> bit & 1;
                }
            }
            for count in changes {
                check(balance(count, 512), "avalanche", &format!("part {part}, bit {flipped}"));
            }
        }
    }
}

#[test]
fn streams_do_not_share_words() {
    let mut seen = std::collections::BTreeSet::new();
    for replication in 0..200 {
        for name in ["a", "b", "a 1", "a 11"] {
            let stream = Stream::new(base(name, 0), 1, replication);
            assert!((0..50).all(|n| seen.insert(stream.word(n))));
        }
    }
}

#[test]
fn base_is_the_same_on_every_machine() {
    assert_eq!(base("web", 1), base("web", 1));
    assert_ne!(base("web", 1), base("web", 2));
    assert_ne!(base("", 0), base("\0", 0));
    // Written down: a change of these changes every result of every scenario.
    assert_eq!(
        (base("web", 1), Stream::new(base("web", 1), 1, 0).word(0)),
        (7_790_860_368_274_333_515, 12_060_912_319_446_680_336)
    );
}

#[test]
fn uniform_is_open_and_symmetric() {
    assert!(uniform(0) > 0.0 && uniform(u64::MAX) < 1.0);
    let word = Stream::new(1, 2, 3).word(4);
    assert!((uniform(word) + uniform(!word) - 1.0).abs() < f64::EPSILON);
}

#[test]
fn the_generator_reads_the_stream_in_order() {
    use rand::Rng;
    let stream = Stream::new(base("web", 1), 1, 0);
    let mut rng = StreamRng::new(stream);
    assert_eq!(rng.next_u64(), stream.word(0));
    assert_eq!(u64::from(rng.next_u32()), stream.word(1) >> 32);
    let mut bytes = [0; 11];
    rng.fill_bytes(&mut bytes);
    assert_eq!(bytes[..8], stream.word(2).to_le_bytes());
    assert_eq!(bytes[8..], stream.word(3).to_le_bytes()[..3]);
}
