//! The socket file.

use super::Address;
use super::folder::PrivateFolder;
use crate::tfplugin::process::StartError;
use crate::tfplugin::process::environment::Environment;
use std::env;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use tokio::net::UnixListener;
use uuid::Uuid;

/// The directory to use, before the temporary one.
const DIRECTORY: &str = "PLUGIN_UNIX_SOCKET_DIR";

/// Bytes that the path of a socket may have. The systems' own limits are 103 (macOS, the BSDs) and
/// 107 (Linux).
const LONGEST: usize = 100;

/// One connection.
pub(in crate::tfplugin::process) type Stream = tokio::net::UnixStream;

/// A listening socket. Its file is removed on drop.
#[derive(Debug)]
pub(in crate::tfplugin::process) struct Bound {
    listener: UnixListener,
    address: Address,
    file: SocketFile,
    /// The folder that was created for the file. Declared after it, to be removed after it.
    folder: Option<PrivateFolder>,
}

impl Bound {
    /// Where it listens.
    pub(in crate::tfplugin::process) fn address(&self) -> &Address {
        &self.address
    }

    /// Accepts the next client.
    pub(in crate::tfplugin::process) async fn accept(&self) -> io::Result<Stream> {
        self.listener.accept().await.map(|(stream, _)| stream)
    }

    /// Removes the file now; existing connections stay open.
    pub(in crate::tfplugin::process) fn remove(&self) {
        self.file.remove();
        if let Some(folder) = &self.folder {
            folder.remove();
        }
    }
}

/// Binds a new socket in `PLUGIN_UNIX_SOCKET_DIR` or else the temporary directory. With
/// `PLUGIN_UNIX_SOCKET_GROUP` (a name or a number) that group may connect, too.
///
/// Where the temporary directory's path is too long for a socket, the socket gets a folder of its
/// own in a standard one. A directory that the variable names is used or refused: whoever set it
/// expects the socket there.
pub(in crate::tfplugin::process) fn bind(environment: &Environment) -> Result<Bound, StartError> {
    bind_below(&env::temp_dir(), environment)
}

fn bind_below(temporary: &Path, environment: &Environment) -> Result<Bound, StartError> {
    let id = format!("plugin{:012x}", Uuid::new_v4().as_u128() >> 80);
    let named = environment.get(DIRECTORY).map(Path::new);
    let wanted = named.unwrap_or(temporary);
    let length = staged(wanted, &id).as_os_str().len();
    let folder = match length {
        ..=LONGEST => None,
        _ if named.is_some() => return Err(too_long(wanted, DIRECTORY, length)),
        _ => Some(
            PrivateFolder::with_a_short_path(&id)
                .ok_or_else(|| too_long(wanted, "TMPDIR", length))?,
        ),
    };
    let directory = folder.as_ref().map_or(wanted, PrivateFolder::path);
    let group = environment.get("PLUGIN_UNIX_SOCKET_GROUP").map(group_id).transpose();
    let group =
        group.map_err(|error| StartError::new("cannot use PLUGIN_UNIX_SOCKET_GROUP", error))?;
    let failed = |error| {
        StartError::new(format!("cannot create a socket in {}", directory.display()), error)
    };
    if let (Some(folder), Some(group)) = (&folder, group) {
        folder.let_in(group).map_err(failed)?;
    }
    let (listener, file) = listen(directory, &id, group).map_err(failed)?;
    let address = Address { network: "unix", name: printable(&file.0).map_err(failed)? };
    Ok(Bound { listener, address, file, folder })
}

/// Creates the socket `id` in `directory`, with its permissions from the start: between `bind`
/// and `chmod` it has those of the umask, which may be too wide. So they are set in a folder
/// that nobody else can enter.
fn listen(
    directory: &Path,
    id: &str,
    group: Option<u32>,
) -> io::Result<(UnixListener, SocketFile)> {
    let path = staged(directory, id);
    let _private = path.parent().map(PrivateFolder::create).transpose()?;
    let staged = SocketFile(path);
    let listener = UnixListener::bind(&staged.0)?;
    if group.is_some() {
        chown(&staged.0, None, group)?;
    }
    let mode = if group.is_some() { 0o660 } else { 0o600 };
    fs::set_permissions(&staged.0, Permissions::from_mode(mode))?;
    let file = SocketFile(directory.join(id));
    fs::rename(&staged.0, &file.0)?;
    Ok((listener, file))
}

/// Where the socket `id` is created, before it is moved to `directory`.
fn staged(directory: &Path, id: &str) -> PathBuf {
    directory.join(format!("{id}.d")).join("s")
}

fn too_long(directory: &Path, variable: &str, length: usize) -> StartError {
    StartError::new(
        format!("cannot create a socket in {}", directory.display()),
        format!(
            "the path of a socket can have at most {LONGEST} bytes, and this one would have \
             {length}. Set {variable} to a shorter path"
        ),
    )
}

/// The path in a form that is allowed in the handshake's line.
fn printable(path: &Path) -> io::Result<String> {
    match path.to_str() {
        Some(text) if !text.contains(['|', '\n']) && text.trim() == text => Ok(text.to_owned()),
        _ => Err(io::Error::other("the path has characters that the handshake cannot carry")),
    }
}

/// The number of a group given by number or by name.
///
/// Names are looked up in the file: the C library's lookup would need unsafe code.
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

/// The file of a socket, which is removed on drop.
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

    /// A folder in `directory` whose path is too long for a socket.
    fn long(directory: &Path) -> PathBuf {
        let long = directory.join("t".repeat(90));
        fs::create_dir(&long).unwrap();
        long
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

    #[tokio::test]
    async fn a_temporary_folder_with_a_long_path_is_replaced_by_a_folder_of_our_own() {
        let directory = tempfile::tempdir().unwrap();
        let long = long(directory.path());
        let bound = bind_below(&long, &Environment::default()).unwrap();
        let path = PathBuf::from(&bound.address().name);
        let folder = path.parent().unwrap().to_owned();
        assert!(path.as_os_str().len() <= LONGEST);
        assert_eq!(fs::metadata(&folder).unwrap().mode() & 0o7777, 0o700);
        let (client, _) = tokio::join!(Stream::connect(&path), bound.accept());
        client.unwrap();
        bound.remove();
        assert!(!folder.exists());
        drop(bound);
        assert!(entries(&long).is_empty());
    }

    #[tokio::test]
    async fn the_longest_path_that_fits_is_used_as_it_is() {
        let directory = tempfile::tempdir().unwrap();
        let used = LONGEST - "/plugin123456789abc.d/s".len() - directory.path().as_os_str().len();
        let fits = directory.path().join("t".repeat(used - 1));
        fs::create_dir(&fits).unwrap();
        let bound = bind_below(&fits, &Environment::default()).unwrap();
        assert!(Path::new(&bound.address().name).starts_with(&fits));
    }

    #[tokio::test]
    async fn a_group_can_enter_the_folder_of_its_socket() {
        let directory = tempfile::tempdir().unwrap();
        let own = fs::metadata(directory.path()).unwrap().gid().to_string();
        let environment = Environment::from([("PLUGIN_UNIX_SOCKET_GROUP", own.as_str())]);
        let bound = bind_below(&long(directory.path()), &environment).unwrap();
        let folder = Path::new(&bound.address().name).parent().unwrap();
        assert_eq!(fs::metadata(folder).unwrap().mode() & 0o7777, 0o710);
    }

    #[tokio::test]
    async fn a_variable_that_makes_the_path_too_long_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let error = bind(&in_directory(&long(directory.path()))).unwrap_err().to_string();
        for part in ["at most 100 bytes", "Set PLUGIN_UNIX_SOCKET_DIR to a shorter path"] {
            assert!(error.contains(part), "{error}");
        }
    }
}
