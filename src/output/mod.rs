//! Summaries and reports on paper: one file per format, each small because reports are plain data.

pub mod csv;
pub mod files;
pub mod html;
pub mod json;
pub mod parquet;
pub mod replications;
pub mod svg;
pub mod terminal;

use std::path::{Path, PathBuf};

pub use files::OutputError;
pub use replications::ReplicationsWriter;

use crate::report::Report;

/// Folders below the output folder.
const TABLES: &str = "tables";
const CHARTS: &str = "charts";

/// Writes everything into `folder`, which is made: `summary.json`, `report.html`, `charts/*.svg`, and as Parquet and CSV
/// every table and what every chart shows in `tables/`. Files of the same names are replaced, others stay.
///
/// # Errors
/// Where a file cannot be written; those written before it are whole.
pub fn write_all(folder: &Path, summary: &impl serde::Serialize, report: &Report) -> Result<Vec<PathBuf>, OutputError> {
    let (tables, charts) = (folder.join(TABLES), folder.join(CHARTS));
    files::folder(&tables)?;
    files::folder(&charts)?;
    let mut written = Vec::new();
    let mut write = |path: PathBuf, bytes: &[u8]| {
        files::write(&path, bytes)?;
        written.push(path);
        Ok::<_, OutputError>(())
    };
    write(folder.join("report.html"), html::render(report)?.as_bytes())?;
    write(folder.join("summary.json"), json::render(summary)?.as_bytes())?;
    for chart in report.charts() {
        write(charts.join(format!("{}.svg", chart.name)), svg::render(chart)?.as_bytes())?;
    }
    let behind: Vec<_> = report.charts().map(crate::report::Chart::table).collect();
    for table in report.tables().chain(&behind) {
        let path = tables.join(format!("{}.parquet", table.name));
        parquet::write(&path, &table.data)?;
        let text = tables.join(format!("{}.csv", table.name));
        csv::write(&text, &table.data)?;
        written.extend([path, text]);
    }
    Ok(written)
}
