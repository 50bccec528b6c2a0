//! The playbook: what to do when it happens, for people under stress.

use super::changes::SHORTER;
use super::steps::StepSummary;
use super::summary::{Incident, Lengths};
use super::{Input, words};
use crate::report::format::{duration, number, value};
use crate::report::{Part, Section, Unit};
use crate::scenario::{Hours, Loaded};

/// A text in short parts, each under its heading.
#[derive(Debug, Clone)]
pub struct Playbook {
    /// What it is for.
    pub title: String,
    /// Where its numbers are from.
    pub source: String,
    /// Headings with their lines; numbered where they are to be done in order.
    pub parts: Vec<(&'static str, Vec<String>, bool)>,
}

impl Playbook {
    /// As Markdown. What names of the scenario hold cannot change its form.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("# {}\n\n{}\n", escaped(&self.title), escaped(&self.source));
        for (heading, lines, numbered) in &self.parts {
            text += &format!("\n## {heading}\n\n");
            for (i, line) in lines.iter().enumerate() {
                let mark = if *numbered { format!("{}.", i + 1) } else { "-".to_owned() };
                text += &format!("{mark} {}\n", escaped(line));
            }
        }
        text
    }

    /// As a part of the report.
    #[must_use]
    pub fn section(&self) -> Section {
        let line =
            |(i, line): (usize, &String), numbered: bool| if numbered { format!("{}. {line}", i + 1) } else { line.clone() };
        let parts = self.parts.iter().map(|(heading, lines, numbered)| {
            let lines: Vec<String> = lines.iter().enumerate().map(|at| line(at, *numbered)).collect();
            Part::Text(format!("{heading}: {}", lines.join(" ")))
        });
        Section { title: "Playbook".to_owned(), intro: "As its own file: playbook.md.".to_owned(), parts: parts.collect() }
    }
}

/// Without what Markdown takes for more than text, and in one line.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() => escaped.push(' '),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '&' => escaped.extend(['\\', c]),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Writes the playbook from the scenario and what was measured.
pub fn playbook(input: &Input<'_>, summary: &Incident) -> Playbook {
    let parts = vec![
        ("What it is", what(input.loaded, summary), false),
        ("How bad it is", how_bad(summary), false),
        ("Who is called", who(input.loaded, summary), false),
        ("What to do", to_do(summary), true),
        ("When to escalate", escalate(summary), false),
        ("When it is over", over(summary), false),
        ("Whom to tell", tell(summary), false),
        ("Afterwards", afterwards(summary), false),
    ];
    let source = format!(
        "From the scenario {}, {} simulated incidents, Ninefold {}. Times are the scenario's, not measured ones: correct them after each real \
         incident.",
        summary.scenario, summary.incidents, summary.version
    );
    Playbook { title: format!("Playbook: {}", words::what(summary)), source, parts }
}

/// `half within 5 min, 90 of 100 within 20 min`, or that it takes no time.
fn takes(lengths: &Lengths) -> String {
    if lengths.p90.value == Some(0.0) { "at once".to_owned() } else { words::within(lengths) }
}

fn what(loaded: &Loaded, summary: &Incident) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(about) = loaded.scenario.failures.get(&summary.failure).and_then(|failure| failure.about.as_ref()) {
        lines.push(about.clone());
    }
    lines.push(format!("It hits {}.", words::listed(&summary.things)));
    let down = summary.services.iter().filter(|(_, hit)| hit.goes_down.value.is_some_and(|share| share > 0.0));
    let down: Vec<String> =
        down.map(|(name, hit)| format!("{name} (in {} of incidents)", words::share(&hit.goes_down))).collect();
    lines.push(match down.as_slice() {
        [] => "No service of users goes down by it; it shows in its own alarm.".to_owned(),
        names => format!("It shows as an outage of {}.", words::listed(names)),
    });
    let own = summary.own_per_year.value.filter(|own| *own > 0.0);
    lines.extend(own.map(|_| format!("It happens about {} times a year.", value(&summary.own_per_year, Unit::Number))));
    lines
}

fn how_bad(summary: &Incident) -> Vec<String> {
    let mut lines = vec![format!("Priority {} of 5 (1 is first) in the queue of whoever repairs.", summary.priority)];
    lines.push(match summary.hurts.value {
        Some(share) if share > 0.0 => {
            format!("Users are hurt in {} of incidents: {}.", words::share(&summary.hurts), takes(&summary.hurts_for))
        }
        _ => "Users were not hurt in any simulated incident.".to_owned(),
    });
    if let (Some(one), Some(hour)) = (summary.requests_lost, summary.requests_lost_per_hour)
        && words::is_notable(&one, 1.0)
    {
        lines.push(format!(
            "Expect {} lost requests, {} in each hour of it.",
            value(&one, Unit::Count),
            value(&hour, Unit::Count)
        ));
    }
    for (name, hit) in &summary.objectives {
        if words::is_notable(&hit.budget_spent, 0.0005) {
            lines.push(format!(
                "It spends {} of the error budget of {name} ({} to be good), {} in each hour of it.",
                value(&hit.budget_spent, Unit::Share),
                number(hit.target, Unit::Availability),
                value(&hit.budget_spent_per_hour, Unit::Share)
            ));
        }
    }
    lines
}

fn who(loaded: &Loaded, summary: &Incident) -> Vec<String> {
    let stage = |name: &str| summary.stages.get(name).and_then(Option::as_ref);
    let mut lines = Vec::new();
    lines.extend(stage("detect").map(|detect| format!("Noticed: {}.", takes(detect))));
    let Some((name, team)) = summary.team.as_ref().and_then(|name| loaded.scenario.teams.get_key_value(name)) else {
        lines.push("Nobody: a program repairs it. Call somebody where it does not.".to_owned());
        return lines;
    };
    let people = if team.people == 1 { "one person".to_owned() } else { format!("{} people", team.people) };
    lines.push(format!("{name}: {people}, {}.", hours(&team.hours)));
    lines.extend(stage("acknowledge").map(|acknowledge| format!("Work begins after the notice: {}.", takes(acknowledge))));
    if let Some(escalate) = &team.escalate {
        lines.push(format!("Nobody at work {} after the call: {} is called.", duration(escalate.after.0), escalate.to));
    } else if let Some(parts) = &summary.acknowledge {
        if parts.outside_hours.value.is_some_and(|wait| wait > 0.0) {
            let wait = words::shown(&parts.outside_hours);
            lines.push(format!(
                "Outside its hours nobody is called: that is {wait} of the mean time until work begins. Say who may wait."
            ));
        }
        if parts.after_call.p90.value.is_some_and(|most| most > 0.0) {
            lines.push(format!(
                "Nobody at work {} after the call: call the next on the list.",
                words::shown(&parts.after_call.p90)
            ));
        }
    }
    lines
}

fn hours(hours: &Hours) -> String {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    match hours {
        Hours::Always => "day and night".to_owned(),
        Hours::Weekly { first, last, from, to } => {
            let day = |day: u8| DAYS.get(usize::from(day)).copied().unwrap_or("");
            let clock = |seconds: u32| format!("{:02}:{:02}", seconds / 3600, seconds % 3600 / 60);
            format!("{} to {}, {} to {}", day(*first), day(*last), clock(*from), clock(*to))
        }
    }
}

fn to_do(summary: &Incident) -> Vec<String> {
    if summary.steps.is_empty() {
        return vec![format!("Repair it: {}. There is no runbook: write one.", takes(&summary.repair))];
    }
    summary.steps.iter().map(step).collect()
}

fn step(step: &StepSummary) -> String {
    let by = match step.people {
        0 => " (a program)".to_owned(),
        1 => String::new(),
        more => format!(" ({more} people)"),
    };
    let mut text = format!("{}{by}: {}.", capital(&step.step), takes(&step.takes));
    match (&step.next, step.can_end, step.works.value) {
        (Some(next), true, Some(works)) if works < 1.0 => {
            text += &format!(" Ends it in {} of cases; if not, go on with “{next}”.", number(works, Unit::Share));
        }
        (Some(next), false, _) => text += &format!(" Then “{next}”."),
        (None, ..) => text += " Then it is over.",
        _ => {}
    }
    if step.takes.p90.value.is_some_and(|most| most > 0.0) {
        text += &format!(" Not through after {}: escalate.", words::shown(&step.takes.p90));
    }
    text
}

fn escalate(summary: &Incident) -> Vec<String> {
    let mut lines = vec!["As soon as you do not know what to do next: nobody is blamed for a call too many.".to_owned()];
    if summary.repair.p90.value.is_some_and(|most| most > 0.0) {
        let most = words::shown(&summary.repair.p90);
        lines.push(format!("Not over {most} after work began: 90 of 100 are by then, so this one is not as the others."));
    }
    if !summary.steps.is_empty() {
        lines.push("A step takes longer than its time above, or the last one did not help.".to_owned());
    }
    lines
}

fn over(summary: &Incident) -> Vec<String> {
    let mut lines = vec![format!("What failed is as before: {}.", words::listed(&summary.things))];
    for (name, _) in summary.services.iter().filter(|(_, hit)| hit.goes_down.value.is_some_and(|share| share > 0.0)) {
        lines.push(format!("{name} is up, and its users get answers as before."));
    }
    for (name, hit) in summary.objectives.iter().filter(|(_, hit)| words::is_notable(&hit.budget_spent, 0.0005)) {
        lines.push(format!("{name}: no more of its error budget burns at {} than on a quiet day.", hit.service));
    }
    lines.push("It stays so for as long as it took to restore.".to_owned());
    lines
}

fn tell(summary: &Incident) -> Vec<String> {
    let mut lines: Vec<String> = summary
        .services
        .iter()
        .filter(|(_, hit)| hit.goes_down.value.is_some_and(|share| share > 0.0))
        .map(|(name, _)| format!("Users of {name}: what does not work, since when, and when they hear from you again."))
        .collect();
    for (name, hit) in &summary.objectives {
        if words::is_notable(&hit.budget_spent, 0.0005) {
            lines.push(format!("Whoever answers for {name}: how much of the error budget is gone."));
        }
    }
    if lines.is_empty() {
        lines.push("Whoever is on call after you.".to_owned());
    }
    lines
}

fn afterwards(summary: &Incident) -> Vec<String> {
    let mut lines = vec![
        "Write down when it began, was noticed, acknowledged, diagnosed, mitigated and restored, and correct the scenario by it."
            .to_owned(),
        "Look for what made each stage long, not for who did.".to_owned(),
    ];
    let best = summary.variants.iter().find(|(_, variant)| variant.known == SHORTER);
    if let Some((name, variant)) = best {
        let saves = variant.time_to_restore.value.map_or(0.0, f64::abs);
        lines
            .push(format!("What would have helped most of all that was tried: “{name}”, {} sooner on average.", duration(saves)));
    }
    lines
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
