//! Columns of CSV files: measured series and resampled times.

use std::path::Path;

use polars::prelude::{Column, CsvReadOptions, DataFrame, DataType, SerReader};

/// A file of more bytes than this is refused.
const LARGEST: u64 = 512 << 20;

/// Reads a column of numbers; empty fields are left out.
///
/// # Errors
/// A sentence that names the file, and the columns it has where the one asked for is not there.
pub fn numbers(file: &Path, column: &str) -> Result<Vec<f64>, String> {
    let values: Vec<f64> = Table::read(file)?.numbers(column)?.into_iter().flatten().collect();
    if values.is_empty() {
        return Err(format!("column `{column}` of {} is empty", file.display()));
    }
    Ok(values)
}

/// Reads columns of numbers, of which none may be missing.
///
/// # Errors
/// As [`numbers`]; and the first row without a value.
pub fn complete(file: &Path, names: &[&str]) -> Result<Vec<Vec<f64>>, String> {
    let table = Table::read(file)?;
    if table.data.height() == 0 {
        return Err(format!("{} holds no failures", file.display()));
    }
    let whole = |name: &&str| {
        let value = |(row, value): (usize, Option<f64>)| {
            value.ok_or_else(|| format!("line {} of {} has nothing for `{name}`", line(row), file.display()))
        };
        table.numbers(name)?.into_iter().enumerate().map(value).collect()
    };
    names.iter().map(whole).collect()
}

/// The line of a row of a file, below its header.
pub fn line(row: usize) -> usize {
    row + 2
}

/// Reads a measured series: (time in seconds, value) of every row that has both.
///
/// # Errors
/// As [`numbers`]; and the first field that is no time.
pub fn series(file: &Path, time: &str, value: &str) -> Result<Vec<(f64, f64)>, String> {
    let table = Table::read(file)?;
    let (times, values) = (table.times(time)?, table.numbers(value)?);
    let rows: Vec<(f64, f64)> = times.into_iter().zip(values).filter_map(|(time, value)| time.zip(value)).collect();
    if rows.is_empty() {
        return Err(format!("no row of {} has both `{time}` and `{value}`", file.display()));
    }
    Ok(rows)
}

/// A recorded incident.
#[derive(Debug, Clone, PartialEq)]
pub struct Incident {
    /// What it hit, where the record says so.
    pub service: Option<String>,
    /// Its begin, in seconds since 1970.
    pub start: f64,
    /// How long it lasted, in seconds.
    pub length: f64,
}

/// Units in which a record of incidents may tell how long they lasted.
const LENGTHS: [(&str, f64); 4] =
    [("duration_seconds", 1.0), ("duration_minutes", 60.0), ("duration_hours", 3_600.0), ("duration_days", 86_400.0)];

/// A thousand years, in seconds: times of incidents are no further from 1970, and none lasts longer.
const LONGEST: f64 = 1_000.0 * 365.0 * 86_400.0;

/// Reads a record of incidents: columns `start` (times; UTC where they name no zone), one of `duration_seconds`,
/// `duration_minutes`, `duration_hours` and `duration_days`, and perhaps `service`. In the order of the file.
///
/// # Errors
/// A sentence that names the file, and the column or the line that is wrong.
pub fn incidents(file: &Path) -> Result<Vec<Incident>, String> {
    let table = Table::read(file)?;
    let has = |name: &str| table.data.get_column_names().iter().any(|column| column.as_str() == name);
    let (name, unit) = LENGTHS.into_iter().find(|(name, _)| has(name)).ok_or_else(|| {
        let names = LENGTHS.map(|(name, _)| format!("`{name}`")).join(", ");
        format!("{} must say how long incidents lasted, in one of the columns {names}", file.display())
    })?;
    let (starts, lengths) = (table.times("start")?, table.numbers(name)?);
    let services = if has("service") { table.texts("service")? } else { vec![None; starts.len()] };
    let rows = starts.into_iter().zip(lengths).zip(services).enumerate();
    let within = |start: f64, length: f64| start.abs() < LONGEST && length * unit < LONGEST;
    rows.map(|(row, ((start, length), service))| match (start, length) {
        (Some(start), Some(length)) if within(start, length) => Ok(Incident { service, start, length: length * unit }),
        (Some(_), Some(_)) => {
            Err(format!("line {} of {} is more than a thousand years long, or away from 1970", line(row), file.display()))
        }
        (start, _) => {
            let column = if start.is_none() { "start" } else { name };
            Err(format!("line {} of {} has nothing for `{column}`", line(row), file.display()))
        }
    })
    .collect()
}

/// A file as read.
struct Table<'a> {
    file: &'a Path,
    data: DataFrame,
}

impl<'a> Table<'a> {
    fn read(file: &'a Path) -> Result<Self, String> {
        let size = std::fs::metadata(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?.len();
        if size > LARGEST {
            return Err(format!("{} holds {} MB; at most {} MB are read", file.display(), size >> 20, LARGEST >> 20));
        }
        let data = CsvReadOptions::default()
            .with_has_header(true)
            .with_infer_schema_length(None)
            .try_into_reader_with_file_path(Some(file.to_path_buf()))
            .and_then(SerReader::finish)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        Ok(Self { file, data })
    }

    fn column(&self, name: &str) -> Result<&Column, String> {
        self.data.column(name).map_err(|_| {
            let names: Vec<&str> = self.data.get_column_names().iter().map(|name| name.as_str()).collect();
            format!("{} has no column `{name}`; it has: {}", self.file.display(), names.join(", "))
        })
    }

    /// Numbers that are not negative, row by row.
    fn numbers(&self, name: &str) -> Result<Vec<Option<f64>>, String> {
        let wrong = || format!("column `{name}` of {} does not hold numbers", self.file.display());
        let found = self.column(name)?;
        let number = found.cast(&DataType::Float64).map_err(|_| wrong())?;
        if number.null_count() > found.null_count() {
            return Err(wrong());
        }
        let values: Vec<Option<f64>> = number.f64().map_err(|_| wrong())?.iter().collect();
        match values.iter().position(|value| value.is_some_and(|value| !value.is_finite() || value < 0.0)) {
            None => Ok(values),
            Some(row) => Err(format!(
                "line {} of {} has {} for `{name}`; every value must be a number that is not negative",
                line(row),
                self.file.display(),
                values[row].unwrap_or_default(),
            )),
        }
    }

    /// Text, row by row.
    fn texts(&self, name: &str) -> Result<Vec<Option<String>>, String> {
        let wrong = |_| format!("column `{name}` of {} does not hold text", self.file.display());
        let text = self.column(name)?.cast(&DataType::String).map_err(wrong)?;
        Ok(text.str().map_err(wrong)?.iter().map(|value| value.map(str::to_owned)).collect())
    }

    /// Times (`2014-04-10 00:04:00`, with or without `T` and zone) or numbers, as seconds, row by row.
    fn times(&self, name: &str) -> Result<Vec<Option<f64>>, String> {
        let found = self.column(name)?;
        if found.dtype().is_primitive_numeric() {
            return self.numbers(name);
        }
        let wrong = || format!("column `{name}` of {} does not hold times", self.file.display());
        let text = found.cast(&DataType::String).map_err(|_| wrong())?;
        let text = text.str().map_err(|_| wrong())?;
        let time = |value: &str| {
            parse_time(value)
                .ok_or_else(|| format!("column `{name}` of {} holds `{value}`, which is no time", self.file.display()))
        };
        text.iter().map(|value| value.map(time).transpose()).collect()
    }
}

fn parse_time(text: &str) -> Option<f64> {
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(instant.as_duration().as_secs_f64());
    }
    let civil: jiff::civil::DateTime = text.trim().parse().ok()?;
    let instant = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(instant.timestamp().as_duration().as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_without_a_time_or_a_value_are_left_out_as_rows() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gaps.csv");
        std::fs::write(&file, "t,v\n2026-01-01 00:00:00,1\n2026-01-01 00:05:00,\n,3\n2026-01-01T00:15:00,4\n").unwrap();
        let rows = series(&file, "t", "v").unwrap();
        assert_eq!(rows.iter().map(|row| row.1).collect::<Vec<_>>(), [1.0, 4.0]);
        assert_eq!(rows[1].0 - rows[0].0, 900.0);
        assert_eq!(numbers(&file, "v").unwrap(), [1.0, 3.0, 4.0]);
        assert!(numbers(&file, "w").unwrap_err().contains("it has: t, v"));
    }
}
