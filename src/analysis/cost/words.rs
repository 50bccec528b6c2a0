//! The sentences of a search.

use super::{Input, Optimum};
use crate::report::format::{decimal, difference, estimate, number};
use crate::report::{Status, Unit, Verdict};

pub const RECOMMENDED: &str = "Write these into the scenario, or try them with `--set`.";
pub const FRONTIER: &str = "Cost is machines and repairs, risk the credits and the lost revenue to expect. Left of the line nothing was found. \
     What breaks a promise is on the line too: its verdict says which.";
pub const KNOBS: &str = "The recommended system with one of its changes left out, on fresh luck: so much more it costs. Changes that work together add up to \
     more or less than all of them.";
pub const TRIED: &str = "Those that keep every objective first, the cheapest before the dearer. Rejected is what breaks a promise, or is not known to keep it \
     after the most replications. The numbers are those of the search; the choice among many makes the best look better than it is, so \
     the verdict above is of fresh luck.";

/// The answers, the most important first.
pub fn verdicts(input: &Input<'_>, summary: &Optimum) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    if summary.interrupted {
        verdicts.push(Verdict::new(Status::Warn, "Interrupted: the best of what was tried until then."));
    }
    let currency = &summary.currency;
    match (input.found.best(), &summary.best) {
        (Some(confirmed), Some(best)) if !best.changes.is_empty() => {
            let text = format!(
                "Cheapest that keeps every objective: {}. It costs {} {currency}, {} against {} now: {} saved.",
                best.changes.join(", "),
                estimate(&best.total, Unit::Money),
                difference(&confirmed.difference, Unit::Money),
                estimate(&summary.now.total, Unit::Money),
                estimate(&confirmed.savings, Unit::Share)
            );
            let saves = confirmed.difference.value.is_some_and(|value| value < 0.0);
            verdicts.push(Verdict::new(if saves { Status::Good } else { Status::Warn }, text));
        }
        (Some(_), _) => {
            let text = "The system as it is keeps every objective, and nothing cheaper was found that does.";
            verdicts.push(Verdict::new(Status::Good, text));
        }
        (None, _) => {
            let text =
                format!("No variant is known to keep every objective at {} confidence.", number(input.confidence, Unit::Share));
            verdicts.push(Verdict::new(Status::Bad, text));
        }
    }
    if !summary.now.keeps {
        let text = format!("The system as it is {}.", summary.now.rejected.join("; "));
        verdicts.push(Verdict::new(Status::Warn, text));
    }
    if let Some(best) = &summary.best
        && let (Some(risk), Some(breach)) = (best.risk, best.breach_probability)
    {
        let text = format!(
            "Its risk: {} {currency} of credits and lost revenue to expect, and {} of the histories breach an objective in some window; now {} \
             and {}.",
            number(risk, Unit::Money),
            number(breach, Unit::Share),
            number(summary.now.risk.unwrap_or(f64::NAN), Unit::Money),
            number(summary.now.breach_probability.unwrap_or(f64::NAN), Unit::Share)
        );
        verdicts.push(Verdict::new(Status::Info, text));
    }
    let failed = input.found.confirmed.iter().filter(|confirmed| !confirmed.fresh.keeps()).count();
    if failed > 0 {
        let text =
            format!("{failed} cheaper kept every objective in the search and not on fresh luck: they were chosen by chance.");
        verdicts.push(Verdict::new(Status::Info, text));
    }
    verdicts.extend(target(summary));
    verdicts
}

fn target(summary: &Optimum) -> Option<Verdict> {
    let target = summary.target.as_ref()?;
    let asked = number(target.savings, Unit::Share);
    if target.reached {
        return Some(Verdict::new(Status::Good, format!("Savings of {asked} are within reach with every objective kept.")));
    }
    let text = match &target.at_risk {
        None => format!("Savings of {asked} are out of reach: nothing that was tried saves as much, promises broken or not."),
        Some(variant) => format!(
            "Savings of {asked} are out of reach with every objective kept. Of what saves as much, least at risk is {}: it {}; {} of the histories \
             breach an objective.",
            variant.changes.join(", "),
            if variant.rejected.is_empty() {
                "keeps all, but not surely so cheaply".to_owned()
            } else {
                variant.rejected.join("; ")
            },
            number(variant.breach_probability.unwrap_or(f64::NAN), Unit::Share)
        ),
    };
    Some(Verdict::new(Status::Bad, text))
}

/// What the answer rests on.
pub fn assumptions(input: &Input<'_>) -> Vec<String> {
    let mut all = vec![
        format!(
            "An objective counts as kept where what is not good over the whole horizon is within its budget with {} confidence, for all \
             objectives and all looks at a variant; of the recommended one that was shown on fresh luck.",
            number(input.confidence, Unit::Share)
        ),
        format!(
            "{} services were varied one at a time; services without a price, what they need and who stands by were left as they are.",
            decimal(input.knobs.len() as f64, 0)
        ),
    ];
    if input.model.revenue.is_empty() {
        all.push("No traffic says what a request is worth (`value`), so risk holds credits alone.".to_owned());
    }
    all
}
