//! The stationary distribution of a small chain by elimination without subtraction.

use ndarray::Array2;

/// The stationary distribution of an irreducible chain, up to a factor, from its rates `rates[[from, to]]`; the diagonal
/// is not read.
///
/// States are eliminated from the last to the second; the rate out of what is left is summed anew each time, so that
/// nothing is subtracted and each probability, however small, is accurate to nearly full precision (Grassmann, Taksar &
/// Heyman, "Regenerative analysis and steady state distributions for Markov chains", Oper. Res. 33, 1985; O'Cinneide,
/// "Entrywise perturbation theory and error analysis for Markov chains", Numer. Math. 65, 1993). A state that no rate
/// leaves towards those before it gets none of the weight of others.
pub fn stationary(mut rates: Array2<f64>) -> Vec<f64> {
    let n = rates.nrows();
    for k in (1..n).rev() {
        let last: Vec<f64> = rates.row(k).iter().take(k).copied().collect();
        let out: f64 = last.iter().sum();
        if out <= 0.0 {
            continue;
        }
        for i in 0..k {
            let into = rates[[i, k]] / out;
            rates[[i, k]] = into;
            if into > 0.0 {
                rates.row_mut(i).iter_mut().zip(&last).for_each(|(entry, rate)| *entry += into * rate);
            }
        }
    }
    let mut weights = vec![0.0; n];
    if let Some(first) = weights.first_mut() {
        *first = 1.0;
    }
    for k in 1..n {
        weights[k] = (0..k).map(|i| weights[i] * rates[[i, k]]).sum();
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two units of which one is repaired at a time, failure 1e-9 and repair 1: the last probability is 2e-18 of the first.
    #[test]
    fn small_probabilities_keep_all_their_digits() {
        let mut rates = Array2::zeros((3, 3));
        rates[[0, 1]] = 2e-9;
        rates[[1, 2]] = 1e-9;
        rates[[1, 0]] = 1.0;
        rates[[2, 1]] = 1.0;
        let weights = stationary(rates);
        assert!((weights[1] / weights[0] / 2e-9 - 1.0).abs() < 1e-15);
        assert!((weights[2] / weights[0] / 2e-18 - 1.0).abs() < 1e-15);
    }
}
