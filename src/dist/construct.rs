//! Laws from the numbers that people know: each constructor says what it refuses.

use super::{
    Constant, Empirical, Exponential, Gamma, Hyperexponential, Law, Lognormal, Pareto, Quantiles, Triangular, Uniform, Weibull,
};

impl Law {
    /// Always `value` seconds.
    ///
    /// # Errors
    /// Where the value is negative or not finite.
    pub fn constant(value: f64) -> Result<Law, String> {
        Constant::new(value).map(Law::Constant)
    }

    /// Exponential with this mean in seconds.
    ///
    /// # Errors
    /// Where the mean is not positive and finite.
    pub fn exponential(mean: f64) -> Result<Law, String> {
        Exponential::new(mean).map(Law::Exponential)
    }

    /// Weibull by shape and mean in seconds.
    ///
    /// # Errors
    /// Where either is not positive and finite, or the shape is outside 0.05 to 1000.
    pub fn weibull_mean(shape: f64, mean: f64) -> Result<Law, String> {
        Weibull::with_mean(shape, mean).map(Law::Weibull)
    }

    /// Weibull by shape and scale (the time that 63.2% do not outlive) in seconds.
    ///
    /// # Errors
    /// Where either is not positive and finite, or the shape is outside 0.05 to 1000.
    pub fn weibull_scale(shape: f64, scale: f64) -> Result<Law, String> {
        Weibull::with_scale(shape, scale).map(Law::Weibull)
    }

    /// Lognormal by median and 95th percentile in seconds.
    ///
    /// # Errors
    /// Where either is not positive and finite, or p95 is not above the median.
    pub fn lognormal_median_p95(median: f64, p95: f64) -> Result<Law, String> {
        Lognormal::with_median_p95(median, p95).map(Law::Lognormal)
    }

    /// Lognormal by mean in seconds and coefficient of variation.
    ///
    /// # Errors
    /// Where either is not positive and finite.
    pub fn lognormal_mean_cv(mean: f64, cv: f64) -> Result<Law, String> {
        Lognormal::with_mean_cv(mean, cv).map(Law::Lognormal)
    }

    /// Gamma by mean in seconds and coefficient of variation.
    ///
    /// # Errors
    /// Where either is not positive and finite, or the cv is outside 0.001 to 30.
    pub fn gamma_mean_cv(mean: f64, cv: f64) -> Result<Law, String> {
        Gamma::with_mean_cv(mean, cv).map(Law::Gamma)
    }

    /// Gamma by shape and scale in seconds.
    ///
    /// # Errors
    /// Where either is not positive and finite, or the shape is outside 0.001 to 1,000,000.
    pub fn gamma_shape_scale(shape: f64, scale: f64) -> Result<Law, String> {
        Gamma::with_shape_scale(shape, scale).map(Law::Gamma)
    }

    /// Erlang: `k` exponential stages one after the other, with this mean in seconds of them all.
    ///
    /// # Errors
    /// Where `k` is 0 or above 1,000,000, or the mean is not positive and finite.
    pub fn erlang(k: u32, mean: f64) -> Result<Law, String> {
        Gamma::erlang(k, mean).map(Law::Gamma)
    }

    /// Hyperexponential: two phases of balanced means, by mean in seconds and coefficient of variation.
    ///
    /// # Errors
    /// Where the mean is not positive and finite, or the cv is below 1 or above 1000.
    pub fn hyperexponential(mean: f64, cv: f64) -> Result<Law, String> {
        Hyperexponential::new(mean, cv).map(Law::Hyperexponential)
    }

    /// Uniform between two times in seconds.
    ///
    /// # Errors
    /// Where a bound is negative or not finite, or `high` is not above `low`.
    pub fn uniform(low: f64, high: f64) -> Result<Law, String> {
        Uniform::new(low, high).map(Law::Uniform)
    }

    /// Triangular by lowest, most likely and highest time in seconds.
    ///
    /// # Errors
    /// Where a time is negative or not finite, or they are not in this order with `high` above `low`.
    pub fn triangular(low: f64, mode: f64, high: f64) -> Result<Law, String> {
        Triangular::new(low, mode, high).map(Law::Triangular)
    }

    /// Pareto type I by shape and mean in seconds.
    ///
    /// # Errors
    /// Where the mean is not positive and finite, or the shape is not above 1 (the mean would be infinite).
    pub fn pareto_mean(shape: f64, mean: f64) -> Result<Law, String> {
        Pareto::with_mean(shape, mean).map(Law::Pareto)
    }

    /// Pareto type I by shape and scale (the smallest value) in seconds.
    ///
    /// # Errors
    /// Where either is not positive and finite, or the shape is below 0.05.
    pub fn pareto_scale(shape: f64, scale: f64) -> Result<Law, String> {
        Pareto::with_scale(shape, scale).map(Law::Pareto)
    }

    /// Interpolated between (probability, time in seconds), at least two, both increasing.
    ///
    /// # Errors
    /// Where there are fewer than two, a probability is outside (0, 1), a time is not positive and finite, or either does
    /// not increase.
    pub fn quantiles(points: &[(f64, f64)]) -> Result<Law, String> {
        Quantiles::new(points).map(Law::Quantiles)
    }

    /// Draws again from values seen, in seconds and any order.
    ///
    /// # Errors
    /// Where there is none, or one is negative or not finite.
    pub fn empirical(values: Vec<f64>) -> Result<Law, String> {
        Empirical::new(values).map(Law::Empirical)
    }
}
