//! Whether the server is well.

use crate::openapi::operation::Content::{self, Json, Page};
use crate::openapi::operation::Kind::Text;
use crate::openapi::operation::{Caller, Operation, reply, required};
use crate::openapi::shapes;

const TAG: &str = "Status";

pub(super) const OPERATIONS: &[Operation] = &[
    Operation::public("GET", "/health/alive", "isAlive").about(TAG, "Whether the process answers.").replies(&[reply(
        200,
        "It does.",
        Json(shapes::health),
    )]),
    Operation::public("GET", "/health/ready", "isReady")
        .about(TAG, "Whether the database answers, too.")
        .replies(&[reply(200, "It does.", Json(shapes::health)), reply(503, "It does not.", Json(shapes::not_ready))]),
    Operation::public("GET", "/health/echo", "getEcho")
        .query(&[required("question", Text, "What `symbolon doctor` sealed.")])
        .about(TAG, "What arrived of this request; only for questions that are sealed with the system secrets.")
        .replies(&[
            reply(200, "What arrived.", Json(shapes::anything)),
            reply(404, "Anybody else asks.", Json(shapes::anything)),
        ]),
    Operation::admin("GET", "/admin/health/alive", "isAliveAdmin")
        .caller(Caller::Anybody)
        .about(TAG, "Whether the process answers; also at `/health/alive`.")
        .replies(&[reply(200, "It does.", Json(shapes::health))]),
    Operation::admin("GET", "/admin/health/ready", "isReadyAdmin")
        .caller(Caller::Anybody)
        .about(TAG, "Whether the database answers, too; also at `/health/ready`.")
        .replies(&[reply(200, "It does.", Json(shapes::health)), reply(503, "It does not.", Json(shapes::not_ready))]),
    Operation::admin("GET", "/admin/version", "getVersion")
        .caller(Caller::Anybody)
        .about(TAG, "The version of the server; also at `/version`.")
        .replies(&[reply(200, "The version.", Json(shapes::version))]),
    Operation::admin("GET", "/admin/metrics/prometheus", "getMetrics")
        .about(TAG, "Counters in the text format of Prometheus; also at `/metrics/prometheus`.")
        .replies(&[reply(200, "The counters.", Content::Text)]),
    Operation::admin("GET", "/admin/openapi.json", "getOpenApi")
        .caller(Caller::Anybody)
        .about(TAG, "This description.")
        .replies(&[reply(200, "The description.", Json(shapes::anything))]),
    Operation::admin("GET", "/admin/openapi", "getOpenApiPage")
        .caller(Caller::Anybody)
        .about(TAG, "This description as a page.")
        .replies(&[reply(200, "The page.", Page)]),
];
