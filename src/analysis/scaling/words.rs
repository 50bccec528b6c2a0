//! The sentences of an analysis of scaling.

use super::summary::{Scalings, Service};
use super::{Input, Targets, Trial};
use crate::report::format::{decimal, duration, number, value};
use crate::report::{Status, Unit, Verdict};

/// Fewer lost requests than this fraction are none to speak of.
const FEW: f64 = 1e-6;
/// More flaps a day than this are too many.
const MANY_FLAPS: f64 = 1.0;
/// A saving below this fraction of the cost is none to speak of.
const SAVES: f64 = 0.005;

/// Before the table of services.
pub const IDEAL: &str = "The ideal scaler has as many replicas as the load calls for at its target, at every moment and at once. What serves beyond \
                         that is idle; time is short where fewer serve than the target with its tolerance calls for.";
/// Before the hours.
pub const HOURS: &str = "Means over all days or weeks of the horizon, in local time, while nothing breaks.";
/// Before the table of targets.
pub const TARGETS: &str = "The whole scenario simulated with another target for one service and the same luck: failures, their repair and the load are \
                           those of the scenario as it is.";

/// What was looked at.
pub fn subtitle(input: &Input<'_>) -> String {
    let model = input.model;
    let about = model.about.as_ref().map_or(String::new(), |about| format!("{about} "));
    format!("{about}{} from {}.", duration(model.horizon), model.start.strftime("%-d %b %Y"))
}

/// The answers, the most important first.
pub fn verdicts(input: &Input<'_>, summary: &Scalings) -> Vec<Verdict> {
    let mut list = Vec::new();
    for (name, service) in &summary.services {
        let usage = input.usage.iter().find(|usage| input.name(usage.service) == name);
        // Which is best is known once all were tried.
        let targets = usage.and_then(|usage| input.targets_of(usage.service)).filter(|_| !summary.interrupted);
        list.extend(targets.map(|targets| target(name, targets, &summary.currency)));
        list.push(lag(name, service));
        list.push(idle(name, service, &summary.currency));
        list.extend(flaps(name, service));
    }
    if summary.interrupted {
        list.push(Verdict::new(Status::Warn, "Interrupted: not all targets were simulated."));
    }
    list
}

fn target(name: &str, targets: &Targets, currency: &str) -> Verdict {
    let share = |target: f64| number(target, Unit::Share);
    let Some(best) = targets.best() else {
        let text =
            format!("{name}: no target keeps what is promised with confidence; what is missing is not a matter of utilisation.");
        return Verdict::new(Status::Bad, text);
    };
    let reason = reason(targets, best);
    let Some(now) = targets.at_hand() else {
        return Verdict::new(Status::Info, format!("{name}: a target of {} is best. {reason}", share(best.target)));
    };
    let (Some(cost), Some(least)) = (now.cost.value, best.cost.value) else {
        return Verdict::new(Status::Info, format!("{name}: a target of {} is best. {reason}", share(best.target)));
    };
    let saves = if cost > 0.0 { (cost - least) / cost } else { 0.0 };
    if best.target == targets.now || (now.keeps && saves < SAVES) {
        let text = format!("{name}: its target of {} is as good as any. {reason}", share(targets.now));
        return Verdict::new(Status::Good, text);
    }
    let money = format!("{} {currency}", number((cost - least).abs(), Unit::Money));
    let text = if now.keeps {
        format!(
            "{name}: a target of {} in place of {} saves {money}, {} of the cost. {reason}",
            share(best.target),
            share(targets.now),
            share(saves)
        )
    } else {
        format!(
            "{name}: its target of {} does not keep what is promised; {} does, for {money} {}. {reason}",
            share(targets.now),
            share(best.target),
            if least >= cost { "more" } else { "less" }
        )
    };
    Verdict::new(if now.keeps { Status::Info } else { Status::Bad }, text)
}

/// Why not the next target above, nor the one below.
fn reason(targets: &Targets, best: &Trial) -> String {
    let share = |target: f64| number(target, Unit::Share);
    let above = targets.trials.iter().find(|trial| trial.target > best.target);
    let missed = above.filter(|trial| !trial.keeps).map(|trial| {
        let short = trial.attained.iter().find(|(_, e, target)| e.low.or(e.value).is_some_and(|low| low < *target));
        match short {
            Some((objective, attained, target)) => format!(
                "At {} `{objective}` attains {} where {} is promised.",
                share(trial.target),
                value(attained, Unit::Availability),
                number(*target, Unit::Availability)
            ),
            None => format!("At {} {} of the requests fail.", share(trial.target), value(&trial.error_rate, Unit::Share)),
        }
    });
    missed.unwrap_or_else(|| match above {
        Some(trial) => format!("At {} it costs no less.", share(trial.target)),
        None => "It is the highest that was tried.".to_owned(),
    })
}

fn lag(name: &str, service: &Service) -> Verdict {
    let all = &service.all;
    let longest = format!("the longest time with too few lasted {}", duration(service.longest_lag_seconds));
    if all.lost_to_lag > FEW {
        let text = format!(
            "{name} loses {} of its requests while replicas lag behind the load ({} over the horizon); {longest}, from {}.",
            number(all.lost_to_lag, Unit::Share),
            decimal(service.requests_lost_to_lag, 0),
            service.longest_lag_at.replace('T', " ").chars().take(16).collect::<String>()
        );
        return Verdict::new(Status::Warn, text);
    }
    let elsewhere = if all.overloaded > FEW {
        format!(
            " {} of its requests are lost all the same, while as many serve as are called for.",
            number(all.overloaded, Unit::Share)
        )
    } else {
        String::new()
    };
    let text = if service.longest_lag_seconds > 0.0 {
        format!(
            "No request to {name} is lost to lag, though it has too few replicas {} of the time; {longest}.{elsewhere}",
            number(all.short, Unit::Share)
        )
    } else {
        format!("{name} never has fewer replicas than the load calls for.{elsewhere}")
    };
    Verdict::new(if elsewhere.is_empty() { Status::Good } else { Status::Bad }, text)
}

fn idle(name: &str, service: &Service, currency: &str) -> Verdict {
    let part = if service.replicas_paid > 0.0 { service.all.idle / service.replicas_paid } else { 0.0 };
    let money = if service.idle_cost > 0.0 {
        format!(", {} {currency} over the horizon", number(service.idle_cost, Unit::Money))
    } else {
        String::new()
    };
    let text = format!(
        "{} of {name}'s {} replicas are idle beyond the ideal on average, {} of them{money}.",
        decimal(service.all.idle, 2),
        decimal(service.replicas_paid, 1),
        number(part, Unit::Share)
    );
    Verdict::new(Status::Info, text)
}

fn flaps(name: &str, service: &Service) -> Option<Verdict> {
    (service.flaps_per_day > MANY_FLAPS).then(|| {
        let text = format!(
            "{name} takes replicas away and adds them again within a quarter of an hour {} times a day: a longer `down.window` would keep them.",
            decimal(service.flaps_per_day, 1)
        );
        Verdict::new(Status::Warn, text)
    })
}

/// What the answer rests on.
pub fn assumptions(input: &Input<'_>) -> Vec<String> {
    let mut list = vec![
        "The course, the hours, lag and idle capacity are those of the system while nothing breaks; the targets are compared with all failures."
            .to_owned(),
        "A scaler is shown the load without the noise of a measurement.".to_owned(),
    ];
    if !input.model.parameters.is_empty() {
        list.push(
            "In the course uncertain numbers are at their medians; the targets are compared over all their draws.".to_owned(),
        );
    }
    list
}
