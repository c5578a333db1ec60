use crate::support::*;
use std::time::Instant;
#[tokio::test]
async fn timing() {
    for _ in 0..5 {
        let t = Instant::now();
        let s = TestServer::new().await;
        eprintln!("start {:?}", t.elapsed());
        let t = Instant::now();
        let c = crate::fixtures::confidential(&s).await;
        eprintln!("client {:?}", t.elapsed());
        let t = Instant::now();
        let _ = c.flow(&s).tokens().await;
        eprintln!("flow {:?}", t.elapsed());
    }
}
