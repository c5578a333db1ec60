//! A minute of the soak test. How long things take is the business of the command (`--bin soak`); here good clients must
//! be served all the time, and nothing may stand still.

use std::path::Path;
use std::time::Duration;

use symbolon_fuzz::soak::{self, Plan};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn good_clients_are_served_beside_hostile_ones() {
    let plan = Plan { alone: Duration::from_secs(10), together: Duration::from_secs(50) };
    let report = soak::run(plan, Path::new(env!("CARGO_BIN_EXE_soak"))).await.expect("every good request succeeds");
    assert!(report.together.count() > 100, "{report}");
    assert!(report.together.percentile(99) < Duration::from_secs(2), "{report}");
    assert!(report.hostile.iter().all(|(_, count)| *count > 20), "{report}");
}
