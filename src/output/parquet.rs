//! Tables as Parquet: typed and compressed, for pandas, polars, `DuckDB` and their like.

use std::path::Path;

use polars::prelude::{DataFrame, ParquetWriter};

use super::{OutputError, files};

/// Writes a data frame as a Parquet file, whole or not at all.
///
/// # Errors
/// Where the file cannot be written.
pub fn write(path: &Path, data: &DataFrame) -> Result<(), OutputError> {
    let mut bytes = Vec::new();
    let written = ParquetWriter::new(&mut bytes).set_parallel(false).finish(&mut data.clone());
    written.map_err(|e| OutputError::Table { path: path.to_owned(), reason: e.to_string() })?;
    files::write(path, &bytes)
}
