//! The table of single replications, written as they come: it may be far larger than memory.

use std::fs::File;
use std::path::{Path, PathBuf};

use polars::io::csv::write::BatchedWriter as CsvBatches;
use polars::io::parquet::write::BatchedWriter as ParquetBatches;
use polars::prelude::{CsvWriter, DataFrame, ParquetWriter, PolarsError, SerWriter};
use tempfile::NamedTempFile;

use super::{OutputError, files};
use crate::report::Frame;
use crate::run::runs::Row;

/// Rows that are written together; fewer would make slow Parquet files.
const ROWS: usize = 65_536;

/// Writes `replications.parquet` and `replications.csv` as batches come in, and gives them their names at the end.
///
/// Dropped without [`ReplicationsWriter::finish`], it leaves nothing behind.
pub struct ReplicationsWriter {
    services: Vec<String>,
    waiting: Vec<Row>,
    parquet: ParquetBatches<File>,
    csv: CsvBatches<File>,
    files: [(NamedTempFile, PathBuf); 2],
}

impl ReplicationsWriter {
    /// Starts both files in `folder/tables`, which is made. `services` are the names by the index in the model.
    ///
    /// # Errors
    /// Where folder or files cannot be made.
    pub fn create(folder: &Path, services: &[String]) -> Result<Self, OutputError> {
        let folder = folder.join(super::TABLES);
        files::folder(&folder)?;
        let start = |name: &str| {
            let path = folder.join(name);
            let file = files::beside(&path)?;
            let writer = file.reopen().map_err(|e| OutputError::file(&path, e))?;
            Ok::<_, OutputError>((file, path, writer))
        };
        let (parquet_file, parquet_path, parquet) = start("replications.parquet")?;
        let (csv_file, csv_path, csv) = start("replications.csv")?;
        let empty = frame(&[], services).map_err(|e| table(&parquet_path, &e))?;
        let schema = empty.schema().as_ref().clone();
        let parquet = ParquetWriter::new(parquet).set_parallel(false).batched(&schema).map_err(|e| table(&parquet_path, &e))?;
        let csv = CsvWriter::new(csv).n_threads(1).batched(&schema).map_err(|e| table(&csv_path, &e))?;
        let files = [(parquet_file, parquet_path), (csv_file, csv_path)];
        Ok(Self { services: services.to_vec(), waiting: Vec::new(), parquet, csv, files })
    }

    /// Takes the next rows, in the order in which they shall stand.
    ///
    /// # Errors
    /// Where the disk is full or gone.
    pub fn write(&mut self, rows: &[Row]) -> Result<(), OutputError> {
        self.waiting.extend_from_slice(rows);
        // Batches end at fixed rows, however many come at once, so that the same rows give the same bytes.
        while self.waiting.len() >= ROWS {
            let rest = self.waiting.split_off(ROWS);
            let batch = std::mem::replace(&mut self.waiting, rest);
            self.batch(&batch)?;
        }
        Ok(())
    }

    /// Writes what is left and gives both files their names.
    ///
    /// # Errors
    /// Where the disk is full or gone; then neither file is there.
    pub fn finish(mut self) -> Result<Vec<PathBuf>, OutputError> {
        let batch = std::mem::take(&mut self.waiting);
        if !batch.is_empty() {
            self.batch(&batch)?;
        }
        let [(parquet_file, parquet_path), (csv_file, csv_path)] = self.files;
        self.parquet.finish().map_err(|e| table(&parquet_path, &e))?;
        self.csv.finish().map_err(|e| table(&csv_path, &e))?;
        files::finish(parquet_file, &parquet_path)?;
        files::finish(csv_file, &csv_path)?;
        Ok(vec![parquet_path, csv_path])
    }

    fn batch(&mut self, rows: &[Row]) -> Result<(), OutputError> {
        let data = frame(rows, &self.services).map_err(|e| table(&self.files[0].1, &e))?;
        self.parquet.write_batch(&data).map_err(|e| table(&self.files[0].1, &e))?;
        self.csv.write_batch(&data).map_err(|e| table(&self.files[1].1, &e))
    }
}

fn table(path: &Path, error: &PolarsError) -> OutputError {
    OutputError::Table { path: path.to_owned(), reason: error.to_string() }
}

fn frame(rows: &[Row], services: &[String]) -> Result<DataFrame, PolarsError> {
    let name = |index: u32| usize::try_from(index).ok().and_then(|i| services.get(i)).cloned();
    Frame::default()
        .count("replication", rows.iter().map(|r| r.replication))
        .count("draw", rows.iter().map(|r| r.draw))
        .text("service", rows.iter().map(|r| name(r.service)))
        .number("up_seconds", rows.iter().map(|r| r.up_seconds))
        .number("down_seconds", rows.iter().map(|r| r.down_seconds))
        .count("outages", rows.iter().map(|r| r.outages))
        .number("longest_outage_seconds", rows.iter().map(|r| r.longest_outage_seconds))
        .number("first_outage_seconds", rows.iter().map(|r| r.first_outage_seconds))
        .number("requests", rows.iter().map(|r| r.requests))
        .number("good_requests", rows.iter().map(|r| r.good_requests))
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::{CsvReadOptions, CsvReader, ParquetReader, SerReader};

    fn rows(n: u64) -> Vec<Row> {
        (0..n)
            .map(|replication| Row {
                replication,
                draw: replication / 2,
                service: u32::from(replication % 2 == 1),
                up_seconds: 31_536_000.0 - 0.1,
                down_seconds: 0.1,
                outages: replication % 3,
                longest_outage_seconds: 0.1,
                first_outage_seconds: (replication % 3 > 0).then_some(12.5),
                requests: 1e9,
                good_requests: 1e9 - 3.0,
            })
            .collect()
    }

    #[test]
    fn parquet_reads_back_equal_to_csv_and_batches_do_not_matter() {
        let names = ["web".to_owned(), "a, \"b\"\n<script>".to_owned()];
        let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
        for (folder, step) in folders.iter().zip([1000, 7]) {
            let mut writer = ReplicationsWriter::create(folder.path(), &names).unwrap();
            for batch in rows(1000).chunks(step) {
                writer.write(batch).unwrap();
            }
            writer.finish().unwrap();
        }
        let path = |i: usize, name: &str| folders[i].path().join("tables").join(name);
        for name in ["replications.parquet", "replications.csv"] {
            assert_eq!(std::fs::read(path(0, name)).unwrap(), std::fs::read(path(1, name)).unwrap(), "{name}");
        }
        let parquet = ParquetReader::new(File::open(path(0, "replications.parquet")).unwrap()).finish().unwrap();
        let options = CsvReadOptions::default().with_schema(Some(parquet.schema().clone()));
        let csv: DataFrame =
            CsvReader::new(File::open(path(0, "replications.csv")).unwrap()).with_options(options).finish().unwrap();
        assert_eq!(parquet.height(), 1000);
        assert!(parquet.equals_missing(&csv));
    }

    #[test]
    fn without_an_end_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = ReplicationsWriter::create(folder.path(), &["web".to_owned()]).unwrap();
        writer.write(&rows(3)).unwrap();
        drop(writer);
        assert_eq!(std::fs::read_dir(folder.path().join("tables")).unwrap().count(), 0);
    }

    #[test]
    fn no_rows_make_empty_tables() {
        let folder = tempfile::tempdir().unwrap();
        let paths = ReplicationsWriter::create(folder.path(), &[]).unwrap().finish().unwrap();
        assert_eq!(ParquetReader::new(File::open(&paths[0]).unwrap()).finish().unwrap().height(), 0);
    }
}
