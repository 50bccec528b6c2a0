//! The summary that fits one screen: verdicts first, then the tables that matter most.

use crate::report::{Part, Report, Status, Table};

/// How the terminal is.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// Characters in a line; 80 where that is not known.
    pub width: usize,
    /// Lines that may be filled.
    pub height: usize,
    /// Whether colours are understood and wanted: only on a terminal, and without `NO_COLOR`.
    pub color: bool,
}

impl Default for Screen {
    fn default() -> Self {
        Self { width: 80, height: 35, color: false }
    }
}

/// Rows of a table before it is cut.
const ROWS: usize = 8;

/// The report for a screen, with a newline at its end. Control characters in names do not reach the terminal.
pub fn render(report: &Report, screen: Screen) -> String {
    let width = screen.width.clamp(40, 120);
    let mut lines: Vec<String> = vec![bold(&plain(&report.title), screen.color)];
    lines.extend(wrap(&plain(&report.subtitle), width, 0));
    lines.push(String::new());
    for verdict in &report.verdicts {
        let (mark, code) = match verdict.status {
            Status::Good => ("✓", "32"),
            Status::Warn => ("▲", "33"),
            Status::Bad => ("✕", "31"),
            Status::Info => ("•", "36"),
        };
        let label = format!("{mark} {:<8}", verdict.status.word());
        let label = if screen.color { format!("\u{1b}[{code}m{label}\u{1b}[0m") } else { label };
        for (i, line) in wrap(&plain(&verdict.text), width, 11).into_iter().enumerate() {
            lines.push(if i == 0 { format!("{label} {}", line.trim_start()) } else { line });
        }
    }
    let tables =
        report.sections.iter().filter_map(|s| s.parts.iter().find_map(|p| if let Part::Table(t) = p { Some(t) } else { None }));
    for table in tables.filter(|t| t.data.height() > 0) {
        let drawn = self::table(table, width, screen.color);
        if lines.len() + drawn.len() + 1 > screen.height {
            continue;
        }
        lines.push(String::new());
        lines.extend(drawn);
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn table(table: &Table, width: usize, color: bool) -> Vec<String> {
    let all: Vec<Vec<String>> = table.rows().into_iter().map(|r| r.iter().map(|c| plain(c)).collect()).collect();
    let mut rows: Vec<Vec<String>> = all.iter().take(if all.len() > ROWS + 1 { ROWS } else { ROWS + 1 }).cloned().collect();
    rows.insert(0, table.columns.iter().map(|c| plain(&c.title)).collect());
    for row in &mut rows {
        if let Some(name) = row.first_mut() {
            *name = cut(name, width / 3);
        }
    }
    // What does not fit goes in this order: intervals from the right, then columns from the right.
    let columns = table.columns.len();
    for column in (0..columns).rev() {
        if total(&rows) <= width {
            break;
        }
        if table.columns[column].interval {
            for row in rows.iter_mut().skip(1) {
                if let Some(end) = row[column].find(" (") {
                    row[column].truncate(end);
                }
            }
        }
    }
    while total(&rows) > width && rows[0].len() > 2 {
        for row in &mut rows {
            row.pop();
        }
    }
    let widths = widths(&rows);
    let mut lines: Vec<String> = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        let mut line = String::new();
        for (j, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[j].saturating_sub(cell.chars().count()));
            let number = table.columns[j].unit.is_some();
            line.push_str(&if number { format!("{pad}{cell}") } else { format!("{cell}{pad}") });
            line.push_str("  ");
        }
        let line = line.trim_end().to_owned();
        lines.push(if i == 0 { bold(&line, color) } else { line });
    }
    if all.len() > rows.len() - 1 {
        lines.push(format!("… and {} more", all.len() + 1 - rows.len()));
    }
    lines
}

fn widths(rows: &[Vec<String>]) -> Vec<usize> {
    let columns = rows.first().map_or(0, Vec::len);
    (0..columns).map(|c| rows.iter().map(|r| r[c].chars().count()).max().unwrap_or(0)).collect()
}

fn total(rows: &[Vec<String>]) -> usize {
    let widths = widths(rows);
    widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1)
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

fn bold(text: &str, color: bool) -> String {
    if color { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Without control characters, which could move the cursor or change colours.
fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// The words of a text; a unit stays with its number.
fn glued(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let unit = matches!(word.trim_end_matches([',', '.', ';', ')']), "%" | "h" | "min" | "s" | "ms" | "d" | "y");
        match words.last_mut() {
            Some(last) if unit && last.ends_with(|c: char| c.is_ascii_digit()) => last.extend([" ", word]),
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// Lines of at most `width` characters, all indented.
fn wrap(text: &str, width: usize, indent: usize) -> Vec<String> {
    let room = width.saturating_sub(indent).max(10);
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut length = 0;
    for word in glued(text) {
        let word = cut(&word, room);
        let long = word.chars().count();
        if length > 0 && length + 1 + long > room {
            lines.push(format!("{}{line}", " ".repeat(indent)));
            line.clear();
            length = 0;
        }
        if length > 0 {
            line.push(' ');
            length += 1;
        }
        line.push_str(&word);
        length += long;
    }
    if length > 0 {
        lines.push(format!("{}{line}", " ".repeat(indent)));
    }
    lines
}
