//! Many images at once.

use std::collections::HashMap;
use std::time::Duration;

use simulated_clouds::arm::RESOURCE_GROUP;

use crate::harness::Workspace;
use crate::harness::hci::{Azure, Image};

const IMAGES: usize = 30;

/// How long each request takes.
const LATENCY: Duration = Duration::from_millis(20);

#[test]
fn many_images_share_one_token_and_take_no_more_requests_than_they_need() {
    let azure = Azure::start();
    azure.arm.set_duration(Duration::from_secs(1));
    azure.arm.set_latency(LATENCY);
    let main: String = (0..IMAGES)
        .map(|n| Image::new().with("name", &format!("image-{n}")).text(&format!("i{n}")))
        .collect();
    let workspace = Workspace::new(&(azure.provider() + &main));
    let parallel = format!("-parallelism={IMAGES}");
    let apply = ["apply", "-json", "-auto-approve", &parallel];
    workspace.run(&apply).ok();
    assert_eq!(azure.entra.request_count(), 1);
    assert_eq!(azure.arm.image_count(), IMAGES);
    for n in 0..IMAGES {
        assert_eq!(azure.arm.put_count(RESOURCE_GROUP, &format!("image-{n}")), 1);
    }
    // At most eight operations are polled at a time: each poll lasts longer than this.
    let within = LATENCY.mul_f32(0.7);
    let polls = azure.polls();
    for (n, poll) in polls.iter().enumerate() {
        let burst = polls[n..].iter().take_while(|other| other.at - poll.at < within).count();
        assert!(burst <= 8, "{burst} polls at once");
    }
    // There is time for about ten polls.
    assert!(polls.len() <= IMAGES * 12, "{} polls", polls.len());

    // A plan without changes reads each image once.
    azure.arm.forget_requests();
    azure.entra.forget_requests();
    workspace.run(&["plan", "-json", "-detailed-exitcode", &parallel]).ok();
    let mut reads: HashMap<String, usize> = HashMap::new();
    for request in azure.arm.requests() {
        *reads.entry(request.target).or_default() += 1;
    }
    assert_eq!(reads.len(), IMAGES);
    assert!(reads.values().all(|count| *count == 1), "{reads:?}");
    assert_eq!(azure.entra.request_count(), 1);
}
