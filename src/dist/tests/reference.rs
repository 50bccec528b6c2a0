//! Against the distributions of `statrs` and the samplers of `rand_distr`, which nobody here wrote.

use statrs::distribution::{self, ContinuousCDF};

use super::{Law, assert_near};
use crate::dist::Tables;
use crate::random::{Stream, StreamRng, base};

#[track_caller]
fn same_cdf(law: Result<Law, String>, reference: &impl ContinuousCDF<f64, f64>) {
    let law = law.unwrap();
    for i in 1..60 {
        let t = law.quantile(f64::from(i) / 60.0);
        assert_near(law.cdf(t), reference.cdf(t), 1e-9, "cdf");
        assert_near(law.survival(t), reference.sf(t), 1e-9, "survival");
    }
}

#[test]
fn cdfs_agree_with_statrs() {
    same_cdf(Law::exponential(4.0), &distribution::Exp::new(0.25).unwrap());
    same_cdf(Law::weibull_scale(1.7, 3.0), &distribution::Weibull::new(1.7, 3.0).unwrap());
    same_cdf(Law::weibull_scale(0.5, 3.0), &distribution::Weibull::new(0.5, 3.0).unwrap());
    let sigma = 1.25_f64.ln().sqrt();
    let mu = 3.0_f64.ln() - sigma * sigma / 2.0;
    same_cdf(Law::lognormal_mean_cv(3.0, 0.5), &distribution::LogNormal::new(mu, sigma).unwrap());
    for shape in [0.3, 1.0, 3.0, 40.0] {
        same_cdf(Law::gamma_shape_scale(shape, 2.0), &distribution::Gamma::new(shape, 0.5).unwrap());
    }
    same_cdf(Law::pareto_scale(2.5, 3.0), &distribution::Pareto::new(3.0, 2.5).unwrap());
    same_cdf(Law::uniform(1.0, 3.0), &distribution::Uniform::new(1.0, 3.0).unwrap());
    same_cdf(Law::triangular(1.0, 2.0, 7.0), &distribution::Triangular::new(1.0, 7.0, 2.0).unwrap());
}

/// Two-sample Kolmogorov–Smirnov at a level of 1 in 1000.
#[track_caller]
fn same_samples(law: Result<Law, String>, reference: &impl rand_distr::Distribution<f64>) {
    const COUNT: usize = 20_000;
    let law = law.unwrap();
    let mut tables = Tables::new();
    tables.prepare(&law);
    let sampler = tables.sampler(&law);
    let stream = Stream::new(base("two samples", 0), 1, 0);
    let mut rng = StreamRng::new(Stream::new(base("two samples", 1), 1, 0));
    let mut ours: Vec<f64> = (0..COUNT as u64).map(|n| sampler.draw(stream.word(n))).collect();
    let mut theirs: Vec<f64> = (0..COUNT).map(|_| reference.sample(&mut rng)).collect();
    ours.sort_by(f64::total_cmp);
    theirs.sort_by(f64::total_cmp);
    let distance = ours
        .iter()
        .enumerate()
        .map(|(i, t)| (theirs.partition_point(|other| other <= t) as f64 - i as f64).abs() / COUNT as f64)
        .fold(0.0, f64::max);
    assert!(distance < 1.95 * (2.0 / COUNT as f64).sqrt(), "distance {distance}");
}

#[test]
fn samples_agree_with_rand_distr() {
    same_samples(Law::exponential(4.0), &rand_distr::Exp::new(0.25).unwrap());
    same_samples(Law::weibull_scale(0.6, 3.0), &rand_distr::Weibull::new(3.0, 0.6).unwrap());
    same_samples(
        Law::lognormal_median_p95(1.0, 1.644_853_626_951_472_7_f64.exp()),
        &rand_distr::LogNormal::new(0.0, 1.0).unwrap(),
    );
    same_samples(Law::gamma_shape_scale(0.3, 2.0), &rand_distr::Gamma::new(0.3, 2.0).unwrap());
    same_samples(Law::gamma_shape_scale(7.5, 2.0), &rand_distr::Gamma::new(7.5, 2.0).unwrap());
    same_samples(Law::pareto_scale(1.5, 2.0), &rand_distr::Pareto::new(2.0, 1.5).unwrap());
    same_samples(Law::triangular(1.0, 2.0, 7.0), &rand_distr::Triangular::new(1.0, 7.0, 2.0).unwrap());
}
