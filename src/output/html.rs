//! `report.html`: the whole report in one file that needs no network and no script, for the screen, paper and screen readers.

use std::fmt::Write;

use super::OutputError;
use super::svg::{self, escape};
use crate::report::table::Column;
use crate::report::{Chart, Part, Report, Section, Table, Verdict};

/// Rows of a table that are in the page; the rest are in the files.
const ROWS: usize = 250;
/// A table of more rows than this is folded, but for its first.
const LONG: usize = 20;
const SHORT: usize = 12;
/// Text of at most so many characters is not broken into lines.
const SHORT_TEXT: usize = 18;

/// The page. Every text of the report is escaped: names come from the user.
///
/// # Errors
/// Where a chart cannot be drawn.
pub fn render(report: &Report) -> Result<String, OutputError> {
    let mut page = String::with_capacity(1 << 18);
    page.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    // Nothing is loaded and nothing runs, whatever the names in the scenario say.
    page.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n");
    page.push_str("<meta name=\"color-scheme\" content=\"light dark\">\n");
    let title = escape(&report.title);
    push(&mut page, format_args!("<title>{title}</title>\n<style>{}</style>\n</head>\n<body>\n", include_str!("report.css")));
    push(
        &mut page,
        format_args!("<header>\n<h1>{title}</h1>\n<p class=\"subtitle\">{}</p>\n</header>\n", escape(&report.subtitle)),
    );
    page.push_str("<main>\n");
    verdicts(&mut page, &report.verdicts);
    contents(&mut page, &report.sections);
    for (i, section) in report.sections.iter().enumerate() {
        self::section(&mut page, i, section)?;
    }
    page.push_str("</main>\n");
    footer(&mut page, report);
    page.push_str("</body>\n</html>\n");
    Ok(page)
}

fn verdicts(page: &mut String, verdicts: &[Verdict]) {
    page.push_str("<section aria-label=\"Verdict\">\n<ul class=\"verdicts\">\n");
    for verdict in verdicts {
        let word = verdict.status.word();
        let class = word.replace(' ', "-");
        push(
            page,
            format_args!(
                "<li class=\"{class}\"><span class=\"status\">{word}</span><span>{}</span></li>\n",
                escape(&verdict.text)
            ),
        );
    }
    page.push_str("</ul>\n</section>\n");
}

fn contents(page: &mut String, sections: &[Section]) {
    page.push_str("<nav aria-label=\"Sections\"><ul>");
    for (i, section) in sections.iter().enumerate() {
        push(page, format_args!("<li><a href=\"#section-{i}\">{}</a></li>", escape(&section.title)));
    }
    page.push_str("</ul></nav>\n");
}

fn section(page: &mut String, i: usize, section: &Section) -> Result<(), OutputError> {
    push(page, format_args!("<section id=\"section-{i}\">\n<h2>{}</h2>\n", escape(&section.title)));
    if !section.intro.is_empty() {
        push(page, format_args!("<p>{}</p>\n", escape(&section.intro)));
    }
    for part in &section.parts {
        match part {
            Part::Text(text) => push(page, format_args!("<p>{}</p>\n", escape(text))),
            Part::Table(table) => self::table(page, table),
            Part::Chart(chart) => figure(page, chart)?,
            Part::Data(_) => {}
        }
    }
    page.push_str("</section>\n");
    Ok(())
}

fn figure(page: &mut String, chart: &Chart) -> Result<(), OutputError> {
    push(page, format_args!("<figure>\n{}\n<figcaption>{}</figcaption>\n", svg::render(chart)?, escape(&chart.description)));
    page.push_str("<details><summary>The numbers behind this chart</summary>\n");
    let behind = chart.table();
    let rows = behind.rows();
    lines(page, &behind, &rows[..rows.len().min(ROWS)]);
    say_what_is_cut(page, &behind, rows.len());
    page.push_str("</details>\n</figure>\n");
    Ok(())
}

fn table(page: &mut String, table: &Table) {
    let rows = table.rows();
    if rows.len() <= LONG {
        return lines(page, table, &rows);
    }
    lines(page, table, &rows[..SHORT]);
    push(page, format_args!("<details><summary>All {} rows</summary>\n", rows.len()));
    lines(page, table, &rows[..rows.len().min(ROWS)]);
    page.push_str("</details>\n");
    say_what_is_cut(page, table, rows.len());
}

/// Where the rows are that the page has no room for, if there are any.
fn say_what_is_cut(page: &mut String, table: &Table, rows: usize) {
    if rows > ROWS {
        let name = escape(&table.name);
        push(page, format_args!("<p class=\"note\">The first {ROWS} of {rows} rows; all are in tables/{name}.csv.</p>\n"));
    }
}

fn lines(page: &mut String, table: &Table, rows: &[Vec<String>]) {
    let title = escape(&table.title);
    push(
        page,
        format_args!(
            "<div class=\"table\" tabindex=\"0\" role=\"region\" aria-label=\"{title}\">\n<table>\n<caption>{title}</caption>\n<thead><tr>"
        ),
    );
    for column in &table.columns {
        push(page, format_args!("<th scope=\"col\"{}>{}</th>", class(column), escape(&column.title)));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for row in rows {
        page.push_str("<tr>");
        for (i, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
            let cell = escape(cell);
            if i == 0 && column.unit.is_none() {
                push(page, format_args!("<th scope=\"row\">{cell}</th>"));
            } else {
                // The interval stands back behind its value.
                let cell = match cell.split_once(" (") {
                    Some((value, interval)) if column.interval => format!("{value} <span class=\"interval\">({interval}</span>"),
                    _ => cell,
                };
                // Dates and single words stay in one line.
                let short = column.unit.is_none() && cell.chars().count() <= SHORT_TEXT;
                push(page, format_args!("<td{}>{cell}</td>", if short { " class=\"short\"" } else { class(column) }));
            }
        }
        page.push_str("</tr>\n");
    }
    if rows.is_empty() {
        push(page, format_args!("<tr><td colspan=\"{}\">none</td></tr>\n", table.columns.len().max(1)));
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
}

fn class(column: &Column) -> &'static str {
    if column.unit.is_some() { " class=\"number\"" } else { "" }
}

fn footer(page: &mut String, report: &Report) {
    page.push_str("<footer>\n<section>\n<h2>What this rests on</h2>\n<ul>\n");
    for assumption in &report.assumptions {
        push(page, format_args!("<li>{}</li>\n", escape(assumption)));
    }
    page.push_str("</ul>\n<dl class=\"facts\">\n");
    for (name, value) in &report.facts {
        push(page, format_args!("<div><dt>{}</dt><dd>{}</dd></div>\n", escape(name), escape(value)));
    }
    page.push_str("</dl>\n</section>\n<section>\n<h2>About this analysis</h2>\n");
    let docs = &report.docs;
    for (title, text) in [
        ("Question", docs.question),
        ("How to read it", docs.how_to_read),
        ("Method", docs.method),
        ("Assumptions", docs.assumptions),
    ] {
        push(page, format_args!("<h3>{title}</h3>\n<p>{}</p>\n", escape(text)));
    }
    if !docs.references.is_empty() {
        page.push_str("<h3>Sources</h3>\n<ul>\n");
        for reference in docs.references {
            push(page, format_args!("<li>{}</li>\n", escape(reference)));
        }
        page.push_str("</ul>\n");
    }
    page.push_str("</section>\n</footer>\n");
}

/// Writing into a string cannot fail.
fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = page.write_fmt(text);
}
