//! Columns of CSV files: measured series and resampled times.

use std::path::Path;

use polars::prelude::{CsvReadOptions, DataFrame, DataType, SerReader};

/// A file of more bytes than this is refused.
const LARGEST: u64 = 512 << 20;

/// Reads a column of numbers; empty fields are left out.
///
/// # Errors
/// A sentence that names the file, and the columns it has where the one asked for is not there.
pub fn numbers(file: &Path, column: &str) -> Result<Vec<f64>, String> {
    let table = read(file)?;
    let Ok(found) = table.column(column) else {
        let names: Vec<&str> = table.get_column_names().iter().map(|name| name.as_str()).collect();
        return Err(format!("{} has no column `{column}`; it has: {}", file.display(), names.join(", ")));
    };
    let number = found.cast(&DataType::Float64).map_err(|_| not_numbers(file, column))?;
    if number.null_count() > found.null_count() {
        return Err(not_numbers(file, column));
    }
    let values: Vec<f64> = number.f64().map_err(|_| not_numbers(file, column))?.iter().flatten().collect();
    if values.is_empty() {
        return Err(format!("column `{column}` of {} is empty", file.display()));
    }
    if let Some(bad) = values.iter().find(|value| !value.is_finite() || **value < 0.0) {
        return Err(format!(
            "column `{column}` of {} holds {bad}; every value must be a number that is not negative",
            file.display()
        ));
    }
    Ok(values)
}

fn not_numbers(file: &Path, column: &str) -> String {
    format!("column `{column}` of {} does not hold numbers", file.display())
}

fn read(file: &Path) -> Result<DataFrame, String> {
    let size = std::fs::metadata(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?.len();
    if size > LARGEST {
        return Err(format!("{} holds {} MB; at most {} MB are read", file.display(), size >> 20, LARGEST >> 20));
    }
    CsvReadOptions::default()
        .with_has_header(true)
        .with_infer_schema_length(None)
        .try_into_reader_with_file_path(Some(file.to_path_buf()))
        .and_then(SerReader::finish)
        .map_err(|error| format!("cannot read {}: {error}", file.display()))
}

/// Reads a column of timestamps (`2014-04-10 00:04:00`, with or without `T` and zone) or of numbers, as seconds.
///
/// # Errors
/// A sentence that names the file and the first value that is no time.
pub fn timestamps(file: &Path, column: &str) -> Result<Vec<f64>, String> {
    let table = read(file)?;
    let Ok(found) = table.column(column) else {
        return Err(format!("{} has no column `{column}`", file.display()));
    };
    if found.dtype().is_primitive_numeric() {
        return numbers(file, column);
    }
    let text = found.cast(&DataType::String).map_err(|_| not_numbers(file, column))?;
    let text = text.str().map_err(|_| not_numbers(file, column))?;
    let mut times = Vec::with_capacity(text.len());
    for value in text.iter().flatten() {
        let time = parse_time(value)
            .ok_or_else(|| format!("column `{column}` of {} holds `{value}`, which is no time", file.display()))?;
        times.push(time);
    }
    if times.is_empty() {
        return Err(format!("column `{column}` of {} is empty", file.display()));
    }
    Ok(times)
}

fn parse_time(text: &str) -> Option<f64> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(instant.as_duration().as_secs_f64());
    }
    let civil: jiff::civil::DateTime = text.trim().parse().ok()?;
    let instant = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(instant.timestamp().as_duration().as_secs_f64())
}
