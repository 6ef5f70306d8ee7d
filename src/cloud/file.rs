//! Reading the small files that settings name: keys, tokens, certificates.
//!
//! A path may be that of a pipe without a writer, or on a disk that is gone. So only regular
//! files are read, outside of the threads that serve calls, and no longer than the caller waits.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::PathBuf;

use super::{Deadline, Error, Result};

/// A file with a key, a token or a certificate is far smaller.
const LARGEST: u64 = 1 << 20;

/// Reads the file that `setting` names. `shown` is its name in messages.
///
/// # Errors
/// One about `setting` if the file cannot be read, is not a regular file or is too large; those of
/// `deadline`.
pub async fn read(
    operation: &'static str,
    setting: &'static str,
    path: impl Into<PathBuf>,
    shown: &str,
    deadline: &Deadline,
) -> Result<Vec<u8>> {
    let path = path.into();
    let reading = tokio::task::spawn_blocking(move || contents(&path));
    let read = deadline.race(operation, reading).await?;
    let read = read.unwrap_or_else(|crash| Err(io::Error::other(crash)));
    read.map_err(|why| {
        let text = format!("the file {shown} cannot be read: {why}");
        Error::setting(operation, setting, text)
    })
}

/// As [`read`], as text without leading and trailing whitespace.
///
/// # Errors
/// Those of [`read`], and one about `setting` if the file holds no text at all.
pub async fn read_text(
    operation: &'static str,
    setting: &'static str,
    path: &str,
    deadline: &Deadline,
) -> Result<String> {
    let bytes = read(operation, setting, path, path, deadline).await?;
    let wrong = |why: &str| Error::setting(operation, setting, format!("the file {path} {why}"));
    // Not quoted: it may be a secret.
    let text = String::from_utf8(bytes).map_err(|_| wrong("is not valid UTF-8"))?;
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() { Err(wrong("is empty")) } else { Ok(text.to_owned()) }
}

fn contents(path: &PathBuf) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other("it is larger than 1 MiB"));
    }
    Ok(bytes)
}

#[cfg(unix)]
fn open(path: &PathBuf) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    /// `O_NONBLOCK`, without which opening a pipe waits for a writer.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    const NONBLOCK: i32 = 0o4000;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    const NONBLOCK: i32 = 0x4;
    OpenOptions::new().read(true).custom_flags(NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn open(path: &PathBuf) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio_util::sync::CancellationToken;

    use super::*;

    fn deadline() -> Deadline {
        Deadline::within(Duration::from_secs(20), CancellationToken::new())
    }

    async fn text(path: &std::path::Path) -> std::result::Result<String, String> {
        let limit = deadline();
        let read =
            read_text("ReadSettings", "client_secret_file_path", path.to_str().unwrap(), &limit);
        read.await.map_err(|error| {
            assert_eq!(error.setting, Some("client_secret_file_path"));
            error.message
        })
    }

    #[tokio::test]
    async fn only_small_regular_files_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        std::fs::write(&path, "\u{feff} wool\r\n").unwrap();
        assert_eq!(text(&path).await.unwrap(), "wool");
        for (content, why) in [
            (b" \n".to_vec(), "is empty"),
            (vec![b'a'; (1 << 20) + 1], "larger than 1 MiB"),
            (b"\xff\xfe".to_vec(), "not valid UTF-8"),
        ] {
            std::fs::write(&path, content).unwrap();
            let message = text(&path).await.unwrap_err();
            assert!(message.contains(why), "{message}");
        }
        let message = text(folder.path()).await.unwrap_err();
        assert!(message.contains("not a regular file"), "{message}");
        let message = text(&folder.path().join("absent")).await.unwrap_err();
        assert!(message.contains("absent cannot be read"), "{message}");
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn a_pipe_that_nobody_writes_to_holds_nobody_up() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&path).status().unwrap();
        assert!(made.success());
        let message = text(&path).await.unwrap_err();
        assert!(message.contains("not a regular file"), "{message}");
    }
}
