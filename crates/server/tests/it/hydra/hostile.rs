//! Databases of Hydra's that are broken, or that somebody has prepared: each fault is told in a line that names what is
//! wrong, nothing else is lost by it, and a further run goes on.

use serde_json::json;
use url::Url;

use super::own::{HASH, Move, SECRET};
use crate::support::{Call, Fresh};

/// A column, what stands in it, and what the report says.
const UNREADABLE_CLIENTS: [(&str, &str, &str); 8] = [
    ("redirect_uris", "https://app.example/cb", "its redirect_uris cannot be read"),
    ("redirect_uris", "[1]", "its redirect_uris cannot be read"),
    ("grant_types", "{", "its grant_types cannot be read"),
    ("jwks", "{\"keys\":[", "its jwks cannot be read"),
    ("metadata", "{\"a\":", "its metadata cannot be read"),
    ("rotated_secrets", "\"one\"", "its rotated_secrets cannot be read"),
    ("refresh_token_grant_access_token_lifespan", "1h", "its refresh_token_grant_access_token_lifespan is no number"),
    ("scope", "read \u{7}", "its scope has a character that is not allowed"),
];

#[tokio::test]
async fn a_client_that_cannot_be_read_is_left_out_by_the_name_of_its_column_and_does_not_end() {
    let this = Move::new().await;
    for column in ["redirect_uris", "jwks", "metadata", "rotated_secrets", "refresh_token_grant_access_token_lifespan"]
    {
        this.hydra_text(&format!("ALTER TABLE hydra_client ADD {column} TEXT")).await;
    }
    this.client("other").await;
    this.bring().await;
    for (column, value, said) in UNREADABLE_CLIENTS {
        this.hydra_text(&format!("UPDATE hydra_client SET {column} = '{value}' WHERE id = 'app'")).await;
        let report = this.bring().await;
        let clients = &report.kinds["clients"];
        assert_eq!(clients.left_out.get(said), Some(&(1, vec!["app".to_owned()])), "{column} {value}: {report:#?}");
        assert_eq!((clients.known, clients.ended), (1, 0), "{column} {value}");
        assert!(this.authenticates().await && this.is_active().await, "{column} {value}");
        let good = if column == "scope" { "'read'" } else { "NULL" };
        this.hydra_text(&format!("UPDATE hydra_client SET {column} = {good} WHERE id = 'app'")).await;
    }
}

#[tokio::test]
async fn a_hash_that_takes_hours_to_check_is_not_brought() {
    let this = Move::new().await;
    for (id, hash) in
        [("endless", HASH.replacen("25000", "4000000000", 1)), ("cost", format!("$2a$31${}", "a".repeat(53)))]
    {
        this.client(id).await;
        this.hydra_text(&format!("UPDATE hydra_client SET client_secret = '{hash}' WHERE id = '{id}'")).await;
    }
    let report = this.bring().await;
    let (count, names) = report.kinds["secrets"].left_out.values().next().unwrap();
    assert_eq!((*count, names.len()), (2, 2), "{report:#?}");
    assert_eq!(report.kinds["clients"].taken, 3);
    for id in ["endless", "cost"] {
        let call = Call::post("/oauth2/token").form(&[("grant_type", "client_credentials")]);
        this.server.public(call.basic(id, "the secret of app")).await.expect(401);
    }
    assert!(this.authenticates().await);
}

#[tokio::test]
async fn a_table_that_is_missing_is_told_and_ends_nothing() {
    for (table, key) in [
        ("hydra_oauth2_access", "signature"),
        ("hydra_oauth2_refresh", "signature"),
        ("hydra_oauth2_authentication_session", "id"),
        ("hydra_oauth2_flow", "login_challenge"),
        ("hydra_jwk", "pk"),
    ] {
        let this = Move::new().await;
        this.bring().await;
        this.hydra_text(&format!("ALTER TABLE {table} RENAME TO of_another_release")).await;
        let fault = this.run(this.order(SECRET)).await.unwrap_err().to_string();
        assert!(fault.contains(&format!("{table}.{key} is missing")), "{fault}");
        assert!(this.is_active().await && this.authenticates().await, "{table}");
    }
}

#[tokio::test]
async fn keys_of_rows_that_are_no_text_end_the_run_with_their_table() {
    let this = Move::new().await;
    this.hydra("INSERT INTO hydra_client (id, nid) VALUES (x'ff00', 'n')", &[]).await;
    let fault = this.run(this.order(SECRET)).await.unwrap_err().to_string();
    assert!(fault.contains("hydra_client.id") && fault.contains("no text"), "{fault}");
    this.hydra("DELETE FROM hydra_client WHERE id = x'ff00'", &[]).await;
    assert_eq!(this.bring().await.kinds["clients"].known, 1);
}

#[tokio::test]
async fn rows_without_values_disturb_no_others() {
    let this = Move::new().await;
    for table in ["hydra_oauth2_flow", "hydra_oauth2_access", "hydra_oauth2_refresh", "hydra_oauth2_code"] {
        this.hydra_text(&format!("INSERT INTO {table} (nid) VALUES ('n')")).await;
    }
    for session in ["'{'", "'{\"id_token\":7}'", "'AAAA'", "x'fffe'"] {
        let columns = "signature, nid, client_id, session_data, active, requested_at";
        let row = format!("'{}', 'n', 'app', {session}, 1, '2026-01-01 00:00:00'", session.len());
        this.hydra_text(&format!("INSERT OR IGNORE INTO hydra_oauth2_access ({columns}) VALUES ({row})")).await;
    }
    let report = this.bring().await;
    let left_out = &report.kinds["tokens without a consent"].left_out;
    assert_eq!(left_out.values().map(|(count, _)| count).sum::<u64>(), 4, "{report:#?}");
    assert!(this.is_active().await && this.authenticates().await);
}

#[tokio::test]
async fn refresh_tokens_without_a_consent_are_all_counted() {
    let this = Move::new().await;
    this.hydra("ALTER TABLE hydra_oauth2_refresh ADD active INTEGER", &[]).await;
    for signature in ["one", "two", "three"] {
        this.hydra("INSERT INTO hydra_oauth2_refresh VALUES ($1, 'n', NULL, 1)", &[signature]).await;
    }
    let report = this.bring().await;
    let (count, _) = report.kinds["tokens without a consent"].left_out.values().next().unwrap();
    assert_eq!(*count, 3);
}

#[tokio::test]
async fn a_role_that_may_not_read_a_table_is_refused_and_ends_nothing() {
    let Some(database) = Fresh::create().await else { return };
    let this = Move::new().await;
    let connection = database.connect().await;
    connection.batch_execute(&super::own::TABLES.join(";")).await.unwrap();
    let role = format!("reader_{}", std::process::id());
    let setup = format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'reader'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}; REVOKE SELECT ON hydra_oauth2_access FROM {role}"
    );
    connection.batch_execute(&setup).await.unwrap();
    let mut order = this.order(SECRET);
    let mut dsn = Url::parse(&database.dsn).unwrap();
    dsn.set_username(&role).unwrap();
    dsn.set_password(Some("reader")).unwrap();
    order.from = dsn.into();
    let fault = this.run(order).await.unwrap_err().to_string();
    connection.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await.unwrap();
    assert!(fault.contains("hydra_oauth2_access"), "{fault}");
    assert_eq!(this.server.admin(Call::get("/admin/clients")).await.expect(200).json(), json!([]));
    database.drop().await;
}
