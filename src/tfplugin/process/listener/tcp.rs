//! The local TCP port, which Terraform uses on Windows.

#[cfg(windows)]
pub(in crate::tfplugin::process) use windows::{Bound, Stream, bind};

use crate::tfplugin::process::StartError;
use crate::tfplugin::process::environment::Environment;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::ops::RangeInclusive;

/// `PLUGIN_MIN_PORT` to `PLUGIN_MAX_PORT`. Without a maximum the system chooses.
fn ports(environment: &Environment) -> Result<RangeInclusive<u16>, StartError> {
    let port = |name| match environment.get(name) {
        None => Ok(0),
        Some(text) => text
            .parse()
            .map_err(|error| StartError::new(format!("{name} is {text:?}, no port"), error)),
    };
    let (lowest, highest) = (port("PLUGIN_MIN_PORT")?, port("PLUGIN_MAX_PORT")?);
    if lowest > highest {
        let error = io::Error::other(format!("{lowest} is greater than {highest}"));
        return Err(StartError::new("PLUGIN_MIN_PORT and PLUGIN_MAX_PORT are unusable", error));
    }
    Ok(lowest..=highest)
}

/// Listens on the first port of the range that is free.
fn first_free(ports: RangeInclusive<u16>) -> Result<TcpListener, StartError> {
    let range = format!("{} to {}", ports.start(), ports.end());
    ports
        .into_iter()
        .find_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok())
        .ok_or_else(|| {
            StartError::new(
                "cannot listen",
                io::Error::other(format!("no port of {range} is free")),
            )
        })
}

#[cfg(windows)]
mod windows {
    use super::super::Address;
    use super::{Environment, StartError, first_free, io, ports};

    /// One connection.
    pub(in crate::tfplugin::process) type Stream = tokio::net::TcpStream;

    /// A listening port.
    #[derive(Debug)]
    pub(in crate::tfplugin::process) struct Bound {
        listener: tokio::net::TcpListener,
        address: Address,
    }

    impl Bound {
        /// Where it listens.
        pub(in crate::tfplugin::process) fn address(&self) -> &Address {
            &self.address
        }

        /// Accepts the next client.
        pub(in crate::tfplugin::process) async fn accept(&self) -> io::Result<Stream> {
            let (stream, _) = self.listener.accept().await?;
            // Messages are small, with responses: waiting to fill a packet only adds delay.
            stream.set_nodelay(true)?;
            Ok(stream)
        }

        /// A port does not need cleanup.
        pub(in crate::tfplugin::process) fn remove(&self) {}
    }

    /// Binds the first free port of `PLUGIN_MIN_PORT` to `PLUGIN_MAX_PORT`.
    pub(in crate::tfplugin::process) fn bind(
        environment: &Environment,
    ) -> Result<Bound, StartError> {
        let listener = first_free(ports(environment)?)?;
        let failed = |error| StartError::new("cannot listen", error);
        listener.set_nonblocking(true).map_err(failed)?;
        let name = listener.local_addr().map_err(failed)?.to_string();
        let listener = tokio::net::TcpListener::from_std(listener).map_err(failed)?;
        Ok(Bound { listener, address: Address { network: "tcp", name } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_is_the_environments() {
        let environment =
            Environment::from([("PLUGIN_MIN_PORT", "10000"), ("PLUGIN_MAX_PORT", "25000")]);
        assert_eq!(ports(&environment).unwrap(), 10000..=25000);
        assert_eq!(ports(&Environment::default()).unwrap(), 0..=0);
    }

    #[test]
    fn an_unusable_range_is_named() {
        for (lowest, highest, named) in [
            ("ten", "25000", "PLUGIN_MIN_PORT is \"ten\""),
            ("1", "65536", "PLUGIN_MAX_PORT is \"65536\""),
            ("2", "1", "2 is greater than 1"),
        ] {
            let environment =
                Environment::from([("PLUGIN_MIN_PORT", lowest), ("PLUGIN_MAX_PORT", highest)]);
            let error = ports(&environment).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
    }

    #[test]
    fn a_taken_port_is_passed_over() {
        let taken = first_free(0..=0).unwrap();
        let port = taken.local_addr().unwrap().port();
        assert!(first_free(port..=port).unwrap_err().to_string().contains("is free"));
        let next = first_free(port..=port.saturating_add(50)).unwrap();
        assert!(next.local_addr().unwrap().port() > port);
    }
}
