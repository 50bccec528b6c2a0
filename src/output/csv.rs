//! Tables as CSV: a header, then one observation a line; a missing value is empty.

use std::path::Path;

use polars::prelude::{CsvWriter, DataFrame, SerWriter};

use super::{OutputError, files};

/// # Errors
/// Where the file cannot be written.
pub fn write(path: &Path, data: &DataFrame) -> Result<(), OutputError> {
    let mut bytes = Vec::new();
    let written = CsvWriter::new(&mut bytes).n_threads(1).finish(&mut data.clone());
    written.map_err(|e| OutputError::Table { path: path.to_owned(), reason: e.to_string() })?;
    files::write(path, &bytes)
}
