//! A table: a data frame for machines, and which of its columns people see and how.

use polars::prelude::{AnyValue, Column as Values, DataFrame, PolarsResult};

use super::format::{self, Unit};
use crate::stats::Estimate;

/// A data frame and how it is shown. The frame is tidy: one observation a row, base units in the column names.
#[derive(Debug, Clone)]
pub struct Table {
    /// Stem of the file it is written to: lower case letters, digits and `-`.
    pub name: String,
    /// What it shows, above it.
    pub title: String,
    /// The columns for people, in order; the frame may hold more.
    pub columns: Vec<Column>,
    /// The values, also those of columns that are not shown.
    pub data: DataFrame,
}

/// One column as people see it.
#[derive(Debug, Clone)]
pub struct Column {
    /// Its head, without the unit.
    pub title: String,
    /// Name of the column of the frame that holds the values.
    pub value: String,
    /// How numbers are printed; `None` prints text as it stands.
    pub unit: Option<Unit>,
    /// Whether `VALUE_low` and `VALUE_high` of the frame are its interval.
    pub interval: bool,
    /// Whether it is a difference, whose sign is shown.
    pub signed: bool,
}

impl Column {
    /// A column of text, from the frame's column `value`.
    pub fn text(title: &str, value: &str) -> Self {
        Self { title: title.to_owned(), value: value.to_owned(), unit: None, interval: false, signed: false }
    }

    /// A column of numbers without intervals, from the frame's column `value`.
    pub fn number(title: &str, value: &str, unit: Unit) -> Self {
        Self { title: title.to_owned(), value: value.to_owned(), unit: Some(unit), interval: false, signed: false }
    }

    /// A number with its interval, which the frame holds in `VALUE_low` and `VALUE_high`.
    pub fn estimate(title: &str, value: &str, unit: Unit) -> Self {
        Self { title: title.to_owned(), value: value.to_owned(), unit: Some(unit), interval: true, signed: false }
    }

    /// A difference with its sign and interval, which the frame holds in `VALUE_low` and `VALUE_high`.
    pub fn difference(title: &str, value: &str, unit: Unit) -> Self {
        Self { signed: true, ..Self::estimate(title, value, unit) }
    }
}

impl Table {
    /// The cells as text, row by row, in the order of `columns`.
    pub fn rows(&self) -> Vec<Vec<String>> {
        (0..self.data.height()).map(|row| self.columns.iter().map(|c| self.cell(c, row)).collect()).collect()
    }

    fn cell(&self, column: &Column, row: usize) -> String {
        let number = |name: &str| match self.data.column(name).and_then(|c| c.get(row).map(|v| v.extract::<f64>())) {
            Ok(value) => value.filter(|v| v.is_finite()),
            Err(_) => None,
        };
        match column.unit {
            None => match self.data.column(&column.value).map(|c| c.get(row)) {
                Ok(Ok(AnyValue::Null) | Err(_)) | Err(_) => format::NONE.to_owned(),
                Ok(Ok(AnyValue::String(text))) => text.to_owned(),
                Ok(Ok(AnyValue::StringOwned(text))) => text.to_string(),
                Ok(Ok(other)) => other.to_string(),
            },
            Some(unit) if column.interval => {
                let value = number(&column.value);
                let (low, high) = (number(&format!("{}_low", column.value)), number(&format!("{}_high", column.value)));
                let estimate = Estimate { value, low, high, level: 0.95, n: 0, method: "" };
                if column.signed { format::difference(&estimate, unit) } else { format::estimate(&estimate, unit) }
            }
            Some(unit) => number(&column.value).map_or_else(|| format::NONE.to_owned(), |v| format::number(v, unit)),
        }
    }
}

/// Collects the columns of a data frame; numbers that are not finite become null.
#[derive(Debug, Default)]
pub struct Frame {
    columns: Vec<Values>,
}

impl Frame {
    /// Adds a column of text; `None` is null.
    pub fn text<T: Into<Option<String>>>(mut self, name: &str, values: impl IntoIterator<Item = T>) -> Self {
        let values: Vec<Option<String>> = values.into_iter().map(Into::into).collect();
        self.columns.push(Values::new(name.into(), values));
        self
    }

    /// Adds a column of numbers; `None` and what is not finite are null.
    pub fn number<T: Into<Option<f64>>>(mut self, name: &str, values: impl IntoIterator<Item = T>) -> Self {
        let values: Vec<Option<f64>> = values.into_iter().map(|v| v.into().filter(|v: &f64| v.is_finite())).collect();
        self.columns.push(Values::new(name.into(), values));
        self
    }

    /// Adds a column of whole numbers.
    pub fn count(mut self, name: &str, values: impl IntoIterator<Item = u64>) -> Self {
        self.columns.push(Values::new(name.into(), values.into_iter().collect::<Vec<u64>>()));
        self
    }

    /// Adds a column of yes and no.
    pub fn flag(mut self, name: &str, values: impl IntoIterator<Item = bool>) -> Self {
        self.columns.push(Values::new(name.into(), values.into_iter().collect::<Vec<bool>>()));
        self
    }

    /// Three columns: `NAME`, `NAME_low` and `NAME_high`.
    pub fn estimate<'e>(self, name: &str, values: impl IntoIterator<Item = Option<&'e Estimate>>) -> Self {
        let values: Vec<Option<&Estimate>> = values.into_iter().collect();
        self.number(name, values.iter().map(|e| e.and_then(|e| e.value)))
            .number(&format!("{name}_low"), values.iter().map(|e| e.and_then(|e| e.low)))
            .number(&format!("{name}_high"), values.iter().map(|e| e.and_then(|e| e.high)))
    }

    /// The data frame of the columns added.
    ///
    /// # Errors
    /// Columns of different lengths or two of one name: a mistake of the analysis, not of the data.
    pub fn build(self) -> PolarsResult<DataFrame> {
        DataFrame::new_infer_height(self.columns)
    }

    /// The table, or an empty one where the columns do not fit together (which a test of every analysis excludes).
    pub fn table(self, name: &str, title: &str, columns: Vec<Column>) -> Table {
        let data = self.build();
        debug_assert!(data.is_ok(), "{name}: {data:?}");
        Table { name: name.to_owned(), title: title.to_owned(), columns, data: data.unwrap_or_default() }
    }
}
