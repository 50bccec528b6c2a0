//! Files that are whole or not there: each is written beside its place and renamed into it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// What keeps a result from being written. The text says where, why and what to do.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// A file or folder cannot be written.
    #[error("cannot write {}: {source}; {}", path.display(), hint(source))]
    File {
        /// Where it should have been.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// A table cannot be put into its format.
    #[error("cannot write the table {}: {reason}", path.display())]
    Table {
        /// Where it should have been.
        path: PathBuf,
        /// What the writer of the format said.
        reason: String,
    },
    /// A chart cannot be drawn.
    #[error("cannot draw the chart `{chart}`: {reason}")]
    Draw {
        /// Name of the chart.
        chart: String,
        /// What the drawing library said.
        reason: String,
    },
    /// The summary cannot be written as JSON.
    #[error("cannot write the summary as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl OutputError {
    pub(super) fn file(path: &Path, source: io::Error) -> Self {
        Self::File { path: path.to_owned(), source }
    }
}

fn hint(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "choose a folder that you may write to with `--out`"
        }
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "free some space, or choose a folder on another disk with `--out`"
        }
        io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists | io::ErrorKind::IsADirectory => {
            "something else stands in its place: move it away, or choose another folder with `--out`"
        }
        _ => "choose another folder with `--out` if it stays so",
    }
}

/// Makes a folder and those above it.
///
/// # Errors
/// Where it cannot be made, with what to do about it.
pub fn folder(path: &Path) -> Result<(), OutputError> {
    fs::create_dir_all(path).map_err(|e| OutputError::file(path, e))
}

/// Writes a file beside its place and renames it into it, so that no reader ever sees half of it.
///
/// # Errors
/// Where it cannot be written; then the file that was there before, if any, stays.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let mut file = beside(path)?;
    file.write_all(bytes).map_err(|e| OutputError::file(path, e))?;
    finish(file, path)
}

/// A file beside `path` that vanishes unless it is finished.
pub(super) fn beside(path: &Path) -> Result<NamedTempFile, OutputError> {
    let parent = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".ninefold-").suffix(".part");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any new file: readable for whom the user's mask allows, not for its owner alone.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(parent).map_err(|e| OutputError::file(path, e))
}

/// Gives a file its name.
pub(super) fn finish(file: NamedTempFile, path: &Path) -> Result<(), OutputError> {
    file.persist(path).map_err(|e| OutputError::file(path, e.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole_and_nothing_stays_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        drop(beside(&path).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn errors_name_the_path_and_a_way_out() {
        let folder_ = tempfile::tempdir().unwrap();
        let file = folder_.path().join("file");
        write(&file, b"x").unwrap();
        let error = folder(&file.join("below")).unwrap_err().to_string();
        assert!(error.contains("below") && error.contains("--out"), "{error}");
    }
}
