//! Quantile and cdf are each other's inverse in both tails, tables follow the quantile, moments agree with quadrature.

use super::{Law, assert_near, laws};
use crate::dist::special::{normal_at_hazard, normal_hazard, normal_quantile, normal_survival};
use crate::dist::{Sampler, Tables, moments, sampler, table::Table};
use crate::random::{Stream, base};

/// Probabilities from 0.5 down to 2⁻⁴⁹ and beyond.
fn tails() -> impl Iterator<Item = f64> {
    (0..200).map(|i| 0.5 * 0.83_f64.powi(i))
}

#[test]
fn cdf_inverts_quantile_in_both_tails() {
    for (name, law) in laws() {
        for p in tails() {
            let t = law.quantile(p);
            // Where t is near an end of its range other than 0, doubles near t cannot hold more of p.
            let grain = 1e-10 + if law.quantile(0.0) > 0.0 { 1e-15 / p } else { 0.0 };
            if t > 1e-290 {
                assert_near(law.cdf(t), p, grain, &format!("{name}, cdf at the quantile {p}"));
            }
            let t = law.quantile_upper(p);
            let bounded = law.quantile_upper(0.0).is_finite();
            let grain = 1e-10 + if bounded { 1e-15 / p } else { 0.0 };
            assert_near(law.survival(t), p, grain, &format!("{name}, survival at the upper quantile {p}"));
        }
    }
}

#[test]
fn hazards_go_on_where_probabilities_end() {
    for (name, law) in laws() {
        if law.quantile_upper(0.0).is_finite() {
            continue;
        }
        let starts_late = law.quantile(0.0) > 0.0;
        for h in [1e-12, 1e-3, 0.1, 0.5, 0.69, 0.7, 1.0, 2.6, 10.0, 300.0, 700.0, 760.0, 5000.0] {
            let t = law.at_hazard(h);
            if t.is_finite() {
                let grain = 1e-10 + if starts_late { 1e-15 / h } else { 0.0 };
                assert_near(law.cumulative_hazard(t), h, grain, &format!("{name}, hazard {h}"));
            }
        }
    }
}

#[test]
fn quantiles_from_either_side_meet() {
    for (name, law) in laws() {
        for u in [0.2, 0.4, 0.5, 0.6, 0.8] {
            assert_near(law.quantile(u), law.quantile_upper(1.0 - u), 1e-13, &format!("{name} at {u}"));
            assert_near(law.cdf(law.quantile(u)) + law.survival(law.quantile(u)), 1.0, 1e-14, name);
        }
    }
}

#[test]
fn normal_quantile_inverts_the_survival() {
    for p in tails().chain([1e-100, 1e-300, 0.42, 0.075, 1.4e-11]) {
        assert_near(normal_survival(-normal_quantile(p)), p, 5e-14 * p.ln().abs().max(1.0), "normal tail");
    }
    // Published to 10 digits: Abramowitz & Stegun, table 26.1 and 26.5.
    assert_near(normal_quantile(0.975), 1.959_963_984_540_054, 1e-15, "97.5%");
    assert_near(normal_survival(1.0), 0.158_655_253_931_457_05, 1e-15, "one sigma");
    for h in [720.0, 730.0, 1000.0, 1e6] {
        assert_near(normal_hazard(normal_at_hazard(h)), h, 1e-14, "far tail");
    }
    // ln Q(30) from Mills' ratio by its continued fraction.
    assert_near(normal_hazard(30.0 - 1e-9), normal_hazard(30.0 + 1e-9), 1e-9, "the joint at 30");
}

#[test]
fn moments_agree_with_quadrature() {
    for (name, law) in laws() {
        // A cv of 8 bends too sharply for the quadrature, which is not used there.
        if law.variance().is_finite() && name != "hyperexponential cv 8" {
            assert_near(law.mean(), moments::mean(law.lifetime()), 1e-6, name);
            let far = if name == "quantiles" || name.starts_with("lognormal") { 1e-4 } else { 1e-6 };
            assert_near(law.variance(), moments::variance(law.lifetime()), far, name);
        }
    }
}

#[test]
fn closed_moments() {
    let check = |law: Result<Law, String>, mean: f64, variance: f64| {
        let law = law.unwrap();
        assert_near(law.mean(), mean, 1e-14, "mean");
        assert_near(law.variance(), variance, 1e-12, "variance");
    };
    check(Law::exponential(3.0), 3.0, 9.0);
    // Shape 2: Γ(1.5) = √π / 2, variance scale² (1 − π/4).
    check(Law::weibull_scale(2.0, 1.0), 0.5 * std::f64::consts::PI.sqrt(), 1.0 - std::f64::consts::FRAC_PI_4);
    check(Law::weibull_mean(0.5, 2.0), 2.0, 20.0);
    check(Law::lognormal_mean_cv(3.0, 2.0), 3.0, 36.0);
    check(Law::gamma_mean_cv(3.0, 0.5), 3.0, 2.25);
    check(Law::erlang(4, 2.0), 2.0, 1.0);
    check(Law::hyperexponential(2.0, 3.0), 2.0, 36.0);
    check(Law::uniform(1.0, 4.0), 2.5, 0.75);
    check(Law::triangular(0.0, 0.0, 3.0), 1.0, 0.5);
    check(Law::pareto_mean(3.0, 3.0), 3.0, 3.0);
    check(Law::empirical(vec![3.0, 1.0, 2.0]), 2.0, 2.0 / 3.0);
    check(Law::constant(5.0), 5.0, 0.0);
    assert!(Law::pareto_scale(1.0, 1.0).unwrap().mean().is_infinite());
    assert!(Law::pareto_scale(2.0, 1.0).unwrap().variance().is_infinite());
}

/// The words whose draws are compared: all octaves, both sides, places spread over each piece.
fn words() -> impl Iterator<Item = u64> {
    let stream = Stream::new(base("table", 0), 1, 0);
    (0..64).flat_map(move |shift| {
        (0..60).flat_map(move |i| {
            let rest = stream.word(shift * 60 + i) >> 1 >> shift;
            [rest, !rest]
        })
    })
}

#[test]
fn tables_follow_the_quantile() {
    for (name, law) in laws() {
        let mut tables = Tables::new();
        tables.prepare(&law);
        let drawn = tables.sampler(&law);
        let has_table = matches!(drawn, Sampler::Table { .. });
        let direct = ["uniform", "triangular", "quantiles", "gamma 0.05", "hyperexponential cv 8"].contains(&name);
        assert_eq!(has_table, !direct, "{name} has a table");
        if has_table {
            for word in words() {
                assert_near(drawn.draw(word), sampler::invert(&law, word), 1e-11, &format!("{name} at {word:x}"));
            }
        }
    }
}

#[test]
fn tables_rise_over_the_borders_of_pieces() {
    for (name, law) in laws() {
        let Some(table) = Table::new(&law) else { continue };
        let mut least = 0.0;
        for octave in (15..63).rev() {
            for piece in 0..16 {
                // The last word of one piece and the first of the next, on the upper side.
                let border = (1_u64 << octave) + (piece << octave >> 4);
                for rest in [border, border - 1] {
                    let (short, long) = (table.draw(rest), table.draw(!rest));
                    assert!(short <= law.quantile(0.5) * (1.0 + 1e-14) && long >= short, "{name} at {rest:x}");
                }
                let step = table.draw(border) - table.draw(border - 1);
                least = f64::min(least, step / table.draw(border));
            }
        }
        assert!(least > -1e-13, "{name} falls by {least}");
    }
}

#[test]
fn a_draw_rises_with_its_word() {
    for (name, law) in laws() {
        let mut tables = Tables::new();
        tables.prepare(&law);
        let sampler = tables.sampler(&law);
        let mut last = 0.0;
        for i in 0..5000_u64 {
            let t = sampler.draw(i * (u64::MAX / 5000));
            assert!(t >= last * (1.0 - 1e-12), "{name}: {t} after {last}");
            last = t;
        }
    }
}

#[test]
fn scale_needs_no_table_of_its_own() {
    let mut tables = Tables::new();
    tables.prepare(&Law::lognormal_mean_cv(1.0, 1.5).unwrap());
    let other = tables.sampler(&Law::lognormal_mean_cv(60.0, 1.5).unwrap());
    assert!(matches!(other, Sampler::Table { .. }));
    assert!(matches!(tables.sampler(&Law::lognormal_mean_cv(60.0, 1.4).unwrap()), Sampler::Direct(_)));
    assert!(matches!(tables.sampler(&Law::exponential(9.0).unwrap()), Sampler::Table { .. }));
}

#[test]
fn hazard_times_is_survival_to_a_power() {
    for (name, law) in laws() {
        for factor in [0.05, 0.5, 1.0, 3.0] {
            let powered = law.hazard_times(factor);
            for u in [0.01, 0.3, 0.5, 0.9] {
                let t = law.quantile(u);
                assert_near(powered.survival(t), law.survival(t).powf(factor), 1e-11, name);
            }
            let twice = powered.hazard_times(2.0).survival(law.quantile(0.3));
            assert_near(twice, law.survival(law.quantile(0.3)).powf(2.0 * factor), 1e-11, name);
        }
    }
    assert_eq!(Law::constant(4.0).unwrap().hazard_times(0.1).quantile(0.5), 4.0);
}

#[test]
fn remaining_is_the_conditional_law() {
    let stream = Stream::new(base("remaining", 0), 1, 0);
    for (name, law) in laws() {
        for n in 0..200 {
            let word = stream.word(n);
            assert_near(law.remaining(0.0, word), sampler::invert(&law, word), 1e-11, name);
            let age = law.quantile(0.7);
            let left = law.remaining(age, word);
            let v = 1.0 - sampler::fraction(word);
            assert!((law.survival(age + left) / law.survival(age) - v).abs() < 1e-9, "{name}: {left} at {v}");
        }
    }
    assert_eq!(Law::constant(4.0).unwrap().remaining(1.0, 7), 3.0);
    assert_eq!(Law::constant(4.0).unwrap().remaining(5.0, 7), 0.0);
    assert_eq!(Law::uniform(1.0, 2.0).unwrap().remaining(3.0, 7), 0.0);
    let seen = Law::empirical(vec![1.0, 2.0, 3.0, 4.0]).unwrap();
    assert_eq!(seen.remaining(2.0, 0), 1.0);
    assert_eq!(seen.remaining(2.0, u64::MAX), 2.0);
    assert_eq!(seen.remaining(4.0, 0), 0.0);
}
