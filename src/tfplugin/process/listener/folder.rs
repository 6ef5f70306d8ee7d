//! Folders that only their owner can enter, and where they are created.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};

/// The standard folders for temporary files, shortest path first.
const STANDARD: [&str; 3] = ["/tmp", "/usr/tmp", "/var/tmp"];

/// A folder of mode 0700. It is removed on drop, if it is empty then.
#[derive(Debug)]
pub(super) struct PrivateFolder(PathBuf);

impl PrivateFolder {
    /// Creates `path`.
    pub(super) fn create(path: impl Into<PathBuf>) -> io::Result<Self> {
        let path = path.into();
        DirBuilder::new().mode(0o700).create(&path)?;
        let created = Self(path);
        // A umask may have taken away our own permissions as well.
        fs::set_permissions(&created.0, Permissions::from_mode(0o700))?;
        Ok(created)
    }

    /// Creates `name` in the first standard temporary folder that exists and can be written to.
    pub(super) fn with_a_short_path(name: &str) -> Option<Self> {
        Self::in_the_first_of(&STANDARD.map(Path::new), name)
    }

    fn in_the_first_of(folders: &[&Path], name: &str) -> Option<Self> {
        folders.iter().find_map(|folder| Self::create(folder.join(name)).ok())
    }

    /// Lets a group open files whose names it knows.
    pub(super) fn let_in(&self, group: u32) -> io::Result<()> {
        chown(&self.0, None, Some(group))?;
        fs::set_permissions(&self.0, Permissions::from_mode(0o710))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Removes the folder now.
    pub(super) fn remove(&self) {
        let _ = fs::remove_dir(&self.0);
    }
}

impl Drop for PrivateFolder {
    fn drop(&mut self) {
        self.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_missing_is_passed_over() {
        let usable = tempfile::tempdir().unwrap();
        let folders = [Path::new("/nonexistent/t"), usable.path()];
        let folder = PrivateFolder::in_the_first_of(&folders, "a").unwrap();
        assert_eq!(folder.path(), usable.path().join("a"));
        drop(folder);
        assert_eq!(fs::read_dir(usable.path()).unwrap().count(), 0);
        assert!(PrivateFolder::in_the_first_of(&folders[..1], "a").is_none());
    }
}
