//! Many imports at once.

use std::time::{Duration, Instant};

use crate::harness::Workspace;
use crate::harness::horizon::{Image, provider, start_endless};

const IMAGES: usize = 12;

const INTERVAL: Duration = Duration::from_millis(250);

/// How long the requests are counted.
const TIME: Duration = Duration::from_secs(3);

#[test]
fn each_import_sends_one_request_per_interval_and_all_stop_at_once() {
    let cloud = start_endless();
    let names: Vec<String> = (0..IMAGES).map(|n| format!("image-{n}")).collect();
    let image = |name: &String| Image::new().with("name", name).text(name);
    let provider = provider(&cloud).replace("\"50ms\"", &format!("\"{}ms\"", INTERVAL.as_millis()));
    let images: String = names.iter().map(image).collect();
    let workspace = Workspace::new(&(provider + &images));
    let mut run = workspace.start(&["apply", "-json", "-auto-approve", "-parallelism=12"]);
    let ids = || names.iter().flat_map(|name| cloud.image_ids(name)).collect::<Vec<_>>();
    // After the first polls, which read everything.
    run.until("polls of all images", || {
        let ids = ids();
        ids.len() == IMAGES && ids.iter().all(|id| cloud.requests_of(id).len() > 4)
    });
    let started = Instant::now();
    cloud.forget_requests();
    while started.elapsed() < TIME {
        std::thread::sleep(Duration::from_millis(20));
    }
    let requests: Vec<_> = ids().iter().map(|id| cloud.requests_of(id).len()).collect();
    let most = usize::try_from(started.elapsed().as_millis() / INTERVAL.as_millis()).unwrap() + 1;
    // Not vacuously: at least every other interval.
    assert!(requests.iter().all(|n| (most / 2..=most).contains(n)), "{requests:?}, most {most}");
    // By chance a little apart, and so not in step.
    let first = &ids()[0];
    let gaps: Vec<_> = cloud.requests_of(first).windows(2).map(|p| p[1].at - p[0].at).collect();
    let (least, most) = (gaps.iter().min().unwrap(), gaps.iter().max().unwrap());
    assert!(*most - *least > Duration::from_millis(3), "{gaps:?}");

    let at = Instant::now();
    run.interrupt();
    let outcome = run.finish();
    assert!(at.elapsed() < Duration::from_secs(4), "{:?}\n{outcome}", at.elapsed());
    assert_eq!(outcome.warnings().len(), IMAGES, "{outcome}");
    let state = workspace.state();
    for name in &names {
        assert!(!state.is_tainted(&format!("cloudimages_horizon_catalog_import.{name}")));
    }
    assert_eq!((cloud.images_created(), cloud.csp().request_count()), (IMAGES, 1));
}
