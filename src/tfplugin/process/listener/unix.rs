//! The socket file.

use super::Address;
use crate::tfplugin::process::StartError;
use crate::tfplugin::process::environment::Environment;
use std::env;
use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use tokio::net::UnixListener;
use uuid::Uuid;

/// One connection.
pub(in crate::tfplugin::process) type Stream = tokio::net::UnixStream;

/// A listening socket. Its file disappears with this value.
#[derive(Debug)]
pub(in crate::tfplugin::process) struct Bound {
    listener: UnixListener,
    address: Address,
    file: SocketFile,
}

impl Bound {
    /// Where it listens.
    pub(in crate::tfplugin::process) fn address(&self) -> &Address {
        &self.address
    }

    /// Waits for the next caller.
    pub(in crate::tfplugin::process) async fn accept(&self) -> io::Result<Stream> {
        self.listener.accept().await.map(|(stream, _)| stream)
    }

    /// Removes the file now; whoever is connected stays connected.
    pub(in crate::tfplugin::process) fn remove(&self) {
        self.file.remove();
    }
}

/// Binds a new socket in `PLUGIN_UNIX_SOCKET_DIR` or else the temporary directory. With
/// `PLUGIN_UNIX_SOCKET_GROUP` (a name or a number) that group may connect, too.
pub(in crate::tfplugin::process) fn bind(environment: &Environment) -> Result<Bound, StartError> {
    let directory =
        environment.get("PLUGIN_UNIX_SOCKET_DIR").map_or_else(env::temp_dir, PathBuf::from);
    let group = environment.get("PLUGIN_UNIX_SOCKET_GROUP");
    let failed = |error| {
        StartError::new(format!("cannot create a socket in {}", directory.display()), error)
    };
    let id = format!("plugin{:012x}", Uuid::new_v4().as_u128() >> 80);
    let path = directory.join(&id);
    let name = printable(&path).map_err(failed)?;
    let private = PrivateDirectory::create(directory.join(format!("{id}.d"))).map_err(failed)?;
    let staged = SocketFile(private.0.join("s"));
    let listener = UnixListener::bind(&staged.0).map_err(failed)?;
    let mode = if let Some(group) = group {
        let group = group_id(group)
            .map_err(|error| StartError::new("cannot use PLUGIN_UNIX_SOCKET_GROUP", error))?;
        chown(&staged.0, None, Some(group)).map_err(failed)?;
        0o660
    } else {
        0o600
    };
    fs::set_permissions(&staged.0, Permissions::from_mode(mode)).map_err(failed)?;
    fs::rename(&staged.0, &path).map_err(failed)?;
    let address = Address { network: "unix", name };
    Ok(Bound { listener, address, file: SocketFile(path) })
}

/// The path as the handshake's line can carry it.
fn printable(path: &Path) -> io::Result<String> {
    match path.to_str() {
        Some(text) if !text.contains(['|', '\n']) && text.trim() == text => Ok(text.to_owned()),
        _ => Err(io::Error::other("the path has characters that the handshake cannot carry")),
    }
}

/// The number of a group given by number or by name.
///
/// Names are looked up in the file: the C library's look-up is out of reach without unsafe code.
fn group_id(group: &str) -> io::Result<u32> {
    if let Ok(id) = group.parse() {
        return Ok(id);
    }
    let groups = fs::read_to_string("/etc/group")?;
    let id = groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(group)).then(|| fields.nth(1)?.parse().ok()).flatten()
    });
    id.ok_or_else(|| io::Error::other(format!("there is no group {group:?}")))
}

/// Where a socket gets its permissions before anybody else can reach it: between `bind` and
/// `chmod` it has those of the umask, which may let others in.
struct PrivateDirectory(PathBuf);

impl PrivateDirectory {
    fn create(path: PathBuf) -> io::Result<Self> {
        DirBuilder::new().mode(0o700).create(&path)?;
        let created = Self(path);
        // A umask may have taken away our own permissions as well.
        fs::set_permissions(&created.0, Permissions::from_mode(0o700))?;
        Ok(created)
    }
}

impl Drop for PrivateDirectory {
    fn drop(&mut self) {
        let _ = fs::remove_dir(&self.0);
    }
}

/// The file of a socket, as long as it is ours to remove.
#[derive(Debug)]
struct SocketFile(PathBuf);

impl SocketFile {
    fn remove(&self) {
        let _ = fs::remove_file(&self.0);
    }
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        self.remove();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};

    fn entries(directory: &Path) -> Vec<PathBuf> {
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path()).collect()
    }

    fn in_directory(directory: &Path) -> Environment {
        Environment::from([("PLUGIN_UNIX_SOCKET_DIR", directory.to_str().unwrap())])
    }

    #[tokio::test]
    async fn the_socket_is_its_owners_alone_and_leaves_nothing_behind() {
        let directory = tempfile::tempdir().unwrap();
        let bound = bind(&in_directory(directory.path())).unwrap();
        let path = PathBuf::from(&bound.address().name);
        let left = entries(directory.path());
        assert_eq!(left, std::slice::from_ref(&path), "the private directory is gone");
        assert!(path.file_name().unwrap().to_str().unwrap().starts_with("plugin"));
        let metadata = fs::metadata(&path).unwrap();
        assert!(metadata.file_type().is_socket());
        assert_eq!(metadata.mode() & 0o777, 0o600);
        drop(bound);
        assert!(entries(directory.path()).is_empty());
    }

    #[tokio::test]
    async fn a_renamed_socket_still_takes_callers() {
        let directory = tempfile::tempdir().unwrap();
        let bound = bind(&in_directory(directory.path())).unwrap();
        let (client, server) = tokio::join!(Stream::connect(&bound.address().name), bound.accept());
        client.unwrap();
        server.unwrap();
    }

    #[tokio::test]
    async fn a_group_may_be_let_in_by_number() {
        let directory = tempfile::tempdir().unwrap();
        let own = fs::metadata(directory.path()).unwrap().gid();
        let environment = Environment::from([
            ("PLUGIN_UNIX_SOCKET_DIR", directory.path().to_str().unwrap()),
            ("PLUGIN_UNIX_SOCKET_GROUP", &own.to_string()),
        ]);
        let bound = bind(&environment).unwrap();
        assert_eq!(fs::metadata(&bound.address().name).unwrap().mode() & 0o777, 0o660);
    }

    #[tokio::test]
    async fn a_group_that_does_not_exist_is_named_and_nothing_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let environment = Environment::from([
            ("PLUGIN_UNIX_SOCKET_DIR", directory.path().to_str().unwrap()),
            ("PLUGIN_UNIX_SOCKET_GROUP", "no-such-group"),
        ]);
        let error = bind(&environment).unwrap_err().to_string();
        assert!(error.contains("PLUGIN_UNIX_SOCKET_GROUP"), "{error}");
        assert!(error.contains("no-such-group"), "{error}");
        assert!(entries(directory.path()).is_empty());
    }

    #[tokio::test]
    async fn an_unusable_directory_is_named() {
        let error = bind(&in_directory(Path::new("/nonexistent/t"))).unwrap_err().to_string();
        assert!(error.starts_with("cannot create a socket in /nonexistent/t: "), "{error}");
    }

    #[tokio::test]
    async fn a_path_that_would_break_the_line_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let piped = directory.path().join("a|b");
        fs::create_dir(&piped).unwrap();
        assert!(bind(&in_directory(&piped)).is_err());
    }
}
