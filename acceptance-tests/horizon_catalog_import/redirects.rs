//! Redirects: the token goes to Horizon Cloud and to nobody else.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use simulated_clouds::horizon::{Fault, When};

use crate::harness::Workspace;
use crate::harness::horizon::{IMAGE, Image, body, main, posts, start, workspace};

#[test]
fn a_redirected_creation_arrives_as_it_was_sent() {
    for status in [301, 302, 307, 308] {
        let cloud = start();
        let region = cloud.start_region();
        cloud.fail(When::label("create"), 1, Fault::redirect_to_origin(status, &region.url()));
        workspace(&cloud).step();
        let (sent, arrived) = (cloud.requests_to("POST", "/images"), region.requests());
        assert_eq!((sent.len(), arrived.len()), (1, 1), "{status}");
        assert_eq!(arrived[0].target, sent[0].target);
        assert_eq!(body(&arrived[0]), body(&sent[0]));
        assert_eq!(arrived[0].bearer(), sent[0].bearer());
        assert!(arrived[0].bearer().is_some());
        assert_eq!(cloud.images_created(), 1);
    }
}

#[test]
fn reads_are_redirected_as_well() {
    let cloud = start();
    let region = cloud.start_region();
    for label in ["list", "get", "get-version", "copies"] {
        let moved = Fault::redirect_to_origin(302, &region.url());
        cloud.fail_always(When::label(label), moved);
    }
    let state = workspace(&cloud).step();
    assert_eq!(state.attributes(IMAGE)["status"], "IMPORT_COMPLETE");
    assert!(region.requests().iter().all(|request| request.bearer().is_some()));
    assert!(region.request_count() > 4);
}

#[test]
fn a_host_that_could_be_reached_but_is_another_one_gets_nothing() {
    let cloud = start();
    let other = cloud.start_region();
    // The same machine by another name.
    let named = other.url().replace("127.0.0.1", "localhost");
    for label in ["list", "create"] {
        let switch = cloud.fail_always(When::label(label), Fault::redirect_to_origin(307, &named));
        workspace(&cloud).apply().error().says(&["localhost", "credentials are not sent"]);
        switch.off();
    }
    assert_eq!((other.request_count(), posts(&cloud), cloud.images_created()), (0, 1, 0));
}

#[test]
fn names_that_only_look_like_horizons_are_refused() {
    for host in [
        "https://omnissa.com.wolf.example",
        "https://notomnissa.com",
        "https://omnissa.com@wolf.example",
        "https://wolf.example/?omnissa.com",
        "https://xn--omnssa-4va.com",
    ] {
        let cloud = start();
        let location = format!("{host}/imagemgmt/v1/images?action=import");
        cloud.fail(When::label("create"), 1, Fault::redirect(307, &location));
        let workspace = workspace(&cloud);
        workspace.apply().error().says(&["credentials are not sent"]);
        assert!(workspace.state().instance(IMAGE).is_none());
        assert_eq!((posts(&cloud), cloud.images_created()), (1, 0), "{host}");
    }
}

/// A proxy that refuses everything, and what it was asked for.
fn proxy() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&asked);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut bytes = [0; 4096];
            let count = stream.read(&mut bytes).unwrap_or_default();
            lines.lock().unwrap().push(String::from_utf8_lossy(&bytes[..count]).into_owned());
            let _ = stream.write_all(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        }
    });
    (address, asked)
}

#[test]
fn a_plain_http_address_of_a_region_is_called_by_https() {
    let cloud = start();
    let (proxy, asked) = proxy();
    let location = "http://cloud-sg-eu.horizon.omnissa.com/imagemgmt/v1/images?action=import";
    cloud.fail_always(When::label("create"), Fault::redirect(307, location));
    let image = Image::new().set("timeouts", "{ create = \"3s\" }");
    let workspace = Workspace::new(&main(&cloud, &image))
        .env("HTTPS_PROXY", proxy.clone())
        .env("HTTP_PROXY", proxy);
    workspace.apply().error();
    assert!(workspace.state().instance(IMAGE).is_none());
    let asked = asked.lock().unwrap();
    // A tunnel, in which everything is encrypted; the proxy never sees the token.
    let tunnel = |text: &String| text.starts_with("CONNECT cloud-sg-eu.horizon.omnissa.com:443 ");
    let ours: Vec<_> = asked.iter().filter(|text| text.contains("omnissa.com")).collect();
    assert!(!ours.is_empty() && ours.iter().all(|text| tunnel(text)), "{ours:?}");
    assert!(ours.iter().all(|text| !text.to_lowercase().contains("bearer")), "{ours:?}");
    assert_eq!(cloud.images_created(), 0);
}
