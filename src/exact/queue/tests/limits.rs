//! What must hold for any arguments: limits, Little's law, continuity, monotony.

use super::super::numbers::{ln_1p_less, mean_of_growth};
use super::super::{Deadline, ErlangA, Mmck, Waiting, erlang_b, erlang_c, least_busy, pooled, random, round_robin};
use super::close;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() })]

    #[test]
    fn erlang_is_continuous_and_falls_with_servers(servers in 0.0..6_000.0_f64, ratio in 0.5..1.5_f64) {
        let load = servers * ratio;
        for formula in [erlang_b, erlang_c] {
            let (here, next) = (formula(servers, load), formula(servers * (1.0 + 1e-11) + 1e-11, load));
            prop_assert!((0.0..=1.0).contains(&here));
            prop_assert!((here - next).abs() <= 1e-7 * here + 1e-300, "{here:e} and {next:e}");
            prop_assert!(formula(servers + 0.5, load) <= here);
        }
        // Jagerman's recursion B(x + 1) = aB(x)/(x + 1 + aB(x)) holds for every x.
        let lost = erlang_b(servers, load);
        close(erlang_b(servers + 1.0, load), load * lost / (servers + 1.0 + load * lost), 1e-11);
    }

    #[test]
    fn many_places_are_no_limit(servers in 1.0..300.0_f64, ratio in 0.05..0.97_f64, t in 0.0..3.0_f64) {
        let free = Waiting::mmc(servers * ratio, 1.0, servers);
        for places in [5_000.0, f64::INFINITY] {
            let finite = Mmck::new(servers * ratio, 1.0, servers, places);
            close(finite.waits, free.waits, 1e-9);
            close(finite.wait, free.wait, 1e-9);
            close(finite.queue, free.queue, 1e-9);
            close(finite.throughput, free.throughput, 1e-9);
            prop_assert!((finite.wait_above(t) - free.wait_above(t)).abs() <= 1e-9 * free.wait_above(t) + 1e-14);
        }
    }

    #[test]
    fn long_patience_is_no_limit(servers in 1.0..300.0_f64, ratio in 0.05..0.9_f64, t in 0.0..0.5_f64) {
        let free = Waiting::mmc(servers * ratio, 1.0, servers);
        for patience in [1e8, f64::INFINITY] {
            let impatient = ErlangA::new(servers * ratio, 1.0, servers, patience);
            close(impatient.waits, free.waits, 1e-5);
            close(impatient.wait, free.wait, 1e-5);
            close(impatient.served_wait(), free.wait, 1e-5);
            close(impatient.served_wait_above(t), free.wait_above(t), 1e-5);
            let late = Deadline::new(servers * ratio, 1.0, servers, patience);
            close(late.waits, free.waits, 1e-9);
            close(late.wait, free.wait, 1e-9);
            close(late.served_wait_above(t), free.wait_above(t), 1e-9);
        }
    }

    #[test]
    fn no_patience_is_no_queue(servers in 0.1..300.0_f64, ratio in 0.05..3.0_f64) {
        let lost = erlang_b(servers, servers * ratio);
        for patience in [0.0, 1e-12] {
            close(ErlangA::new(servers * ratio, 1.0, servers, patience).left, lost, 1e-8);
            close(Deadline::new(servers * ratio, 1.0, servers, patience).left, lost, 1e-8);
        }
        close(Mmck::new(servers * ratio, 1.0, servers, 0.0).lost, lost, 1e-12);
    }

    #[test]
    fn what_waits_and_what_flows_agree(servers in 0.5..200.0_f64, ratio in 0.05..4.0_f64, patience in 0.01..30.0_f64) {
        let arrivals = ratio * servers;
        let impatient = ErlangA::new(arrivals, 1.0, servers, patience);
        close(impatient.throughput, servers * impatient.utilisation, 1e-10);
        close(impatient.throughput + arrivals * impatient.left, arrivals, 1e-10);
        close(impatient.queue, patience * arrivals * impatient.left, 1e-10);
        let late = Deadline::new(arrivals, 1.0, servers, patience);
        close(late.throughput + arrivals * late.left, arrivals, 1e-12);
        close(late.queue, arrivals * ((1.0 - late.left) * late.served_wait + late.left * patience), 1e-9);
        prop_assert!(late.served_wait <= patience);
        let finite = Mmck::new(arrivals, 1.0, servers, patience);
        close(finite.queue, finite.throughput * finite.wait, 1e-12);
        close(finite.throughput + arrivals * finite.lost, arrivals, 1e-12);
    }

    #[test]
    fn quantiles_invert_tails(servers in 1.0..200.0_f64, ratio in 0.3..1.5_f64, p in 0.001..0.9999_f64) {
        let arrivals = ratio * servers;
        let check = |tail: &dyn Fn(f64) -> f64, t: f64| {
            if t > 0.0 && t.is_finite() {
                close(tail(t), 1.0 - p, 1e-9);
            } else {
                assert!(t.is_infinite() || tail(0.0) <= 1.0 - p);
            }
        };
        let free = Waiting::mmc(arrivals, 1.0, servers);
        check(&|t| free.wait_above(t), free.wait_quantile(p));
        check(&|t| free.response_above(t), free.response_quantile(p));
        let finite = Mmck::new(arrivals, 1.0, servers, 40.0);
        check(&|t| finite.wait_above(t), finite.wait_quantile(p));
        let impatient = ErlangA::new(arrivals, 1.0, servers, 2.0);
        check(&|t| impatient.served_wait_above(t), impatient.served_wait_quantile(p));
        let late = Deadline::new(arrivals, 1.0, servers, 2.0);
        check(&|t| late.served_wait_above(t), late.served_wait_quantile(p));
    }

    #[test]
    fn means_are_integrals_of_tails(servers in 1.0..50.0_f64, ratio in 0.3..1.4_f64) {
        let arrivals = ratio * servers;
        let mean = |tail: &dyn Fn(f64) -> f64, longest: f64| {
            let steps = 4_000;
            let h = longest / f64::from(steps);
            (0..steps).map(|i| h * tail((f64::from(i) + 0.5) * h)).sum::<f64>()
        };
        let finite = Mmck::new(arrivals, 1.0, servers, 9.0);
        close(mean(&|t| finite.wait_above(t), 80.0 / servers), finite.wait, 1e-3);
        let impatient = ErlangA::new(arrivals, 1.0, servers, 1.0);
        close(mean(&|t| impatient.served_wait_above(t), 25.0), impatient.served_wait(), 1e-2);
        let late = Deadline::new(arrivals, 1.0, servers, 2.0);
        close(mean(&|t| late.served_wait_above(t), 2.0), late.served_wait, 1e-3);
        if ratio < 0.9 {
            let free = Waiting::mmc(arrivals, 1.0, servers);
            close(mean(&|t| free.response_above(t), 300.0), free.response(), 1e-2);
        }
    }

    #[test]
    fn balancers_are_in_order(servers in 1_u32..20, replicas in 1_u32..40, ratio in 0.05..0.999_f64) {
        let (c, n) = (f64::from(servers), f64::from(replicas));
        let arrivals = ratio * c * n;
        let found = [
            pooled(arrivals, 1.0, c, n),
            least_busy(arrivals, 1.0, c, n),
            round_robin(arrivals, 1.0, servers, replicas),
            random(arrivals, 1.0, c, n),
        ];
        // Chosen in turn, the replicas are worse off than the least busy ones and better than random ones.
        for pair in found[1..].windows(2) {
            prop_assert!(pair[0].waits <= pair[1].waits * (1.0 + 1e-9) + 1e-300);
            prop_assert!(pair[0].wait <= pair[1].wait * (1.0 + 1e-9) + 1e-300);
        }
        prop_assert!(found[1].waits <= found[0].waits * (1.0 + 1e-9) + 1e-300);
        for queue in found {
            prop_assert!((queue.utilisation / ratio - 1.0).abs() < 1e-12);
            close(queue.queue, queue.throughput * queue.wait, 1e-12);
        }
    }

    #[test]
    fn elementary_functions_keep_their_digits(t in 1e-9..0.3_f64) {
        // Both against their series, four terms beyond what matters.
        let logarithm = |t: f64| (2..60).map(|k| -(-t).powi(k) / f64::from(k)).sum::<f64>();
        close(ln_1p_less(t), logarithm(t), 1e-14);
        close(ln_1p_less(-t), logarithm(-t), 1e-14);
        close(mean_of_growth(t) + mean_of_growth(-t), 1.0, 1e-15);
        close(mean_of_growth(0.3 + 1e-9), mean_of_growth(0.3 - 1e-9), 1e-9);
    }
}
