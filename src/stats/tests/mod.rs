//! Estimators against published figures, exact values and each other.

mod accumulators;
mod coverage;
mod intervals;
mod lengths;
mod sections;
mod series;

#[track_caller]
fn assert_near(got: f64, want: f64, relative: f64) {
    assert!((got - want).abs() <= relative * want.abs().max(1e-300), "{got} against {want}");
}
