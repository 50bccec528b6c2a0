//! Load that grows: when it reaches a capacity, and what arrives until then.

use super::numbers::exponential_integral;

/// Periods until a load that grows by the share `growth` in each period (0.07 is 7%) reaches the capacity:
/// ln(capacity/load)/ln(1 + growth).
///
/// 0 if it has reached it already, `None` if it never does. The unit is that of the growth: months for a monthly one.
pub fn until_exponential(load: f64, growth: f64, capacity: f64) -> Option<f64> {
    if load >= capacity {
        Some(0.0)
    } else if growth > 0.0 && load > 0.0 {
        let time = libm::log(capacity / load) / libm::log1p(growth);
        time.is_finite().then_some(time)
    } else {
        None
    }
}

/// Time until a load that grows by `slope` in each unit of time reaches the capacity: (capacity − load)/slope.
///
/// 0 if it has reached it already, `None` if it never does.
pub fn until_linear(load: f64, slope: f64, capacity: f64) -> Option<f64> {
    if load >= capacity {
        Some(0.0)
    } else if slope > 0.0 {
        let time = (capacity - load) / slope;
        time.is_finite().then_some(time)
    } else {
        None
    }
}

/// Mean number of arrivals up to time `t` of a Poisson stream of rate `rate`·e^(`growth`·t): rate·(e^(growth·t) − 1)/growth.
///
/// Their variance is the same (Ross, *Introduction to Probability Models*, 10th edition, 2010, section 5.4.1). All in one unit
/// of time; the growth may be 0 or negative.
pub fn arrivals_until(rate: f64, growth: f64, t: f64) -> f64 {
    rate * exponential_integral(growth, t)
}
