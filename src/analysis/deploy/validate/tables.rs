//! The tables of a go or no-go.

use super::Input;
use crate::report::format::{decimal, duration, number};
use crate::report::{Column, Frame, Table, Unit};

/// By objective: what is left, and what a release spends.
pub fn spend(input: &Input<'_>) -> Table {
    let all = input.judged;
    let budget = |j: &super::Judged| if j.in_time { duration(j.budget) } else { format!("{} requests", decimal(j.budget, 0)) };
    let quantile = format!("At most, with {}", number(input.asked.confidence, Unit::Share));
    Frame::default()
        .text("answer", all.iter().map(|j| if j.go { "go" } else { "no-go" }.to_owned()))
        .text("service", all.iter().map(|j| j.released.clone()))
        .text("objective", all.iter().map(|j| j.objective.clone()))
        .text("budget", all.iter().map(budget))
        .number("budget_of_window", all.iter().map(|j| j.budget))
        .number("spent", all.iter().map(|j| j.spent))
        .number("left", all.iter().map(super::Judged::left))
        .estimate("expected", all.iter().map(|j| Some(&j.expected)))
        .number("expected_if_bad", all.iter().map(|j| j.if_bad))
        .number("quantile", all.iter().map(|j| j.quantile))
        .estimate("uncovered", all.iter().map(|j| Some(&j.uncovered)))
        .table(
            "spend",
            "Shares of the error budget of a window",
            vec![
                Column::text("Answer", "answer"),
                Column::text("Released", "service"),
                Column::text("Objective", "objective"),
                Column::text("Budget of a window", "budget"),
                Column::number("Spent", "spent", Unit::Share),
                Column::number("Left", "left", Unit::Share),
                Column::estimate("A release spends", "expected", Unit::Share),
                Column::number("If it goes wrong", "expected_if_bad", Unit::Share),
                Column::number(&quantile, "quantile", Unit::Share),
                Column::estimate("Spends more than is left", "uncovered", Unit::Share),
            ],
        )
}

/// By objective: the chance of a breach.
pub fn breach(input: &Input<'_>) -> Table {
    let all = input.judged;
    Frame::default()
        .text("service", all.iter().map(|j| j.released.clone()))
        .text("objective", all.iter().map(|j| j.objective.clone()))
        .estimate("without", all.iter().map(|j| Some(&j.breach_without)))
        .estimate("with", all.iter().map(|j| Some(&j.breach_with)))
        .estimate("difference", all.iter().map(|j| Some(&j.breach_more)))
        .table(
            "breach",
            "Chance that the window is breached",
            vec![
                Column::text("Released", "service"),
                Column::text("Objective", "objective"),
                Column::estimate("Without the release", "without", Unit::Share),
                Column::estimate("With it", "with", Unit::Share),
                Column::difference("Difference, in pairs", "difference", Unit::Share),
            ],
        )
}
