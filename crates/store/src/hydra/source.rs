//! Reading a database of Hydra's: an `SQLite` file or a `PostgreSQL` server, in one snapshot that is only read.
//!
//! The two differ in the types of their columns and not in the names, so every cell is read as text.

use std::collections::HashMap;

use parking_lot::Mutex;
use rusqlite::OpenFlags;
use rusqlite::types::ValueRef;
use tokio_postgres::types::ToSql;

use super::tables::HydraTable;
use crate::dsn::{self, Location};
use crate::error::{OpenError, StoreError};
use crate::postgres_error::Failure;
use crate::postgres_target::Target;

/// Rows that belong to how many values are asked for at once.
const VALUES_AT_ONCE: usize = 500;

/// An open database of Hydra's.
pub struct HydraSource {
    driver: Driver,
    columns: HashMap<&'static str, Vec<String>>,
    network: String,
}

enum Driver {
    Sqlite(Mutex<rusqlite::Connection>),
    Postgres(tokio_postgres::Client),
}

/// A row, every cell as text.
#[derive(Clone)]
pub struct SourceRow {
    columns: &'static [&'static str],
    cells: Vec<Option<String>>,
}

impl std::fmt::Debug for HydraSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("HydraSource").field("network", &self.network).finish_non_exhaustive()
    }
}

// Sessions, hashes and keys.
impl std::fmt::Debug for SourceRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SourceRow").field("columns", &self.columns).finish_non_exhaustive()
    }
}

impl SourceRow {
    /// The text of a column; `None` when it is NULL, or this release of Hydra has no such column.
    pub fn get(&self, column: &str) -> Option<&str> {
        let place = self.columns.iter().position(|own| *own == column)?;
        self.cells.get(place)?.as_deref()
    }

    /// The text of a column, empty where there is none.
    pub fn text(&self, column: &str) -> &str {
        self.get(column).unwrap_or_default()
    }

    /// Whether a column says yes, in either database's way.
    pub fn is_true(&self, column: &str) -> bool {
        matches!(self.text(column), "1" | "t" | "true" | "TRUE")
    }

    /// The number in a column.
    pub fn number(&self, column: &str) -> Option<i64> {
        self.get(column)?.parse().ok()
    }
}

impl HydraSource {
    /// Opens the database and begins the snapshot. With several networks in it, `network` has to name one.
    pub async fn open(dsn: &str, network: Option<&str>) -> Result<Self, OpenError> {
        let driver = match dsn::parse(dsn)? {
            Location::Memory => return Err(OpenError::Dsn("a database in memory cannot be read from here".into())),
            Location::File(path) => Driver::Sqlite(Mutex::new(sqlite(&path)?)),
            Location::Server(url) => Driver::Postgres(postgres(&url).await?),
        };
        let mut source = Self { driver, columns: HashMap::new(), network: String::new() };
        let failed = |error: StoreError| OpenError::Unavailable(error.detail().to_owned());
        source.network = source.choose_network(network).await?;
        for table in HydraTable::ALL {
            let columns = source.columns_of(table.name).await.map_err(failed)?;
            source.columns.insert(table.name, columns);
        }
        source.is_of_known_form()?;
        for table in HydraTable::ALL {
            // Tables and columns that this role may not read are told before anything is written.
            if let Some(selected) = source.selected(table) {
                source.query(&format!("SELECT {selected} FROM {} LIMIT 0", table.name), &[]).await.map_err(failed)?;
            }
        }
        Ok(source)
    }

    /// The id of the network that is read.
    pub fn network(&self) -> &str {
        &self.network
    }

    async fn choose_network(&self, wanted: Option<&str>) -> Result<String, OpenError> {
        let foreign = |_| OpenError::Unsupported("the database is none of Ory Hydra: it has no table \"networks\"");
        let rows = self.query("SELECT CAST(id AS TEXT) FROM networks", &[]).await.map_err(foreign)?;
        let mut ids: Vec<String> = rows.into_iter().filter_map(|mut row| row.pop().flatten()).collect();
        match wanted {
            Some(wanted) if ids.iter().any(|id| id == wanted) => Ok(wanted.to_owned()),
            Some(_) => Err(OpenError::Unsupported("the database has no network of that id")),
            None if ids.len() > 1 => Err(OpenError::Unsupported(
                "the database holds several networks (tenants): say with --network which one to bring",
            )),
            None => ids.pop().ok_or(OpenError::Unsupported("the database holds no network: Hydra never ran on it")),
        }
    }

    /// A table that is missing would look like one that is empty, and what was brought from it before would end.
    fn is_of_known_form(&self) -> Result<(), OpenError> {
        for table in HydraTable::ALL.iter().filter(|table| table.name != HydraTable::DEVICES.name) {
            let columns = self.columns.get(table.name).map(Vec::as_slice).unwrap_or_default();
            for needed in [table.key, "nid"] {
                if !columns.iter().any(|own| own == needed) {
                    return Err(OpenError::Unavailable(format!(
                        "{}.{needed} is missing, so this is no database of Ory Hydra 2.2 or later: let a newer release of \
                         Hydra migrate it first (hydra migrate sql), or bring a later release of Symbolon",
                        table.name
                    )));
                }
            }
        }
        Ok(())
    }

    async fn columns_of(&self, table: &str) -> Result<Vec<String>, StoreError> {
        let sql = match &self.driver {
            Driver::Sqlite(_) => "SELECT name FROM pragma_table_xinfo($1)",
            Driver::Postgres(_) => {
                // The information schema would hide what this role may not read, as if there were none of it.
                "SELECT CAST(attname AS TEXT) FROM pg_attribute \
                 WHERE attrelid = to_regclass(quote_ident(CAST($1 AS TEXT))) AND attnum > 0 AND NOT attisdropped"
            }
        };
        Ok(self.query(sql, &[table]).await?.into_iter().filter_map(|mut row| row.pop().flatten()).collect())
    }

    /// How many rows a table has, of all networks.
    pub async fn count(&self, table: HydraTable) -> Result<u64, StoreError> {
        if self.columns.get(table.name).is_none_or(Vec::is_empty) {
            return Ok(0);
        }
        let rows = self.query(&format!("SELECT CAST(count(*) AS TEXT) FROM {}", table.name), &[]).await?;
        Ok(rows.first().and_then(|row| row.first()?.as_deref()?.parse().ok()).unwrap_or_default())
    }

    /// The rows that follow the one of the key `after`, at most `limit`, in the order of their keys.
    pub async fn page(&self, table: HydraTable, after: Option<&str>, limit: u32) -> Result<Vec<SourceRow>, StoreError> {
        self.page_where(table, "", after, limit).await
    }

    /// The same of those tokens that no consent stands behind.
    pub async fn page_without_consent(
        &self,
        table: HydraTable,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<SourceRow>, StoreError> {
        self.page_where(table, "AND challenge_id IS NULL", after, limit).await
    }

    async fn page_where(
        &self,
        table: HydraTable,
        condition: &str,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<SourceRow>, StoreError> {
        let Some(selected) = self.selected(table) else { return Ok(Vec::new()) };
        let HydraTable { name, key, .. } = table;
        // UUIDs and texts are compared as texts, in whatever order the database has for them: it is the same each time.
        let key = if matches!(self.driver, Driver::Postgres(_)) && matches!(key, "pk" | "id") {
            format!("CAST({key} AS TEXT)")
        } else {
            key.to_owned()
        };
        let from = format!("SELECT {selected} FROM {name} WHERE CAST(nid AS TEXT) = $1 {condition}");
        let rows = match after {
            Some(after) => {
                let sql = format!("{from} AND {key} > $2 ORDER BY {key} LIMIT {limit}");
                self.query(&sql, &[&self.network, after]).await?
            }
            None => self.query(&format!("{from} ORDER BY {key} LIMIT {limit}"), &[&self.network]).await?,
        };
        let rows = rows_of(table, rows);
        // SQLite keeps any bytes in a key. Those that are no text would be read again and again.
        let first = rows.first().map(|row| row.text(table.key));
        if matches!(self.driver, Driver::Sqlite(_))
            && after.is_some()
            && first.is_some_and(|first| Some(first) <= after)
        {
            return Err(StoreError::Statement(format!(
                "{name}.{}: a value after '{}' is no text; correct or delete that row",
                table.key,
                after.unwrap_or_default()
            )));
        }
        Ok(rows)
    }

    /// The rows in which a column has one of these values.
    pub async fn rows_with(
        &self,
        table: HydraTable,
        column: &'static str,
        values: &[&str],
    ) -> Result<Vec<SourceRow>, StoreError> {
        let Some(selected) = self.selected(table) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for values in values.chunks(VALUES_AT_ONCE) {
            let places: Vec<String> = (2..values.len() + 2).map(|place| format!("${place}")).collect();
            let sql = format!(
                "SELECT {selected} FROM {} WHERE CAST(nid AS TEXT) = $1 AND {column} IN ({})",
                table.name,
                places.join(", ")
            );
            let params: Vec<&str> = std::iter::once(self.network.as_str()).chain(values.iter().copied()).collect();
            found.extend(rows_of(table, self.query(&sql, &params).await?));
        }
        Ok(found)
    }

    /// The columns of a table as texts; `None` when there is no such table.
    fn selected(&self, table: HydraTable) -> Option<String> {
        let there = self.columns.get(table.name).filter(|columns| !columns.is_empty())?;
        let cell = |column: &&str| {
            if there.iter().any(|own| own == column) { format!("CAST({column} AS TEXT)") } else { "NULL".to_owned() }
        };
        Some(table.columns.iter().map(cell).collect::<Vec<_>>().join(", "))
    }

    async fn query(&self, sql: &str, params: &[&str]) -> Result<Vec<Vec<Option<String>>>, StoreError> {
        match &self.driver {
            Driver::Sqlite(connection) => {
                query_sqlite(&connection.lock(), sql, params).map_err(|error| StoreError::Statement(error.to_string()))
            }
            Driver::Postgres(client) => query_postgres(client, sql, params).await,
        }
    }
}

fn rows_of(table: HydraTable, rows: Vec<Vec<Option<String>>>) -> Vec<SourceRow> {
    rows.into_iter().map(|cells| SourceRow { columns: table.columns, cells }).collect()
}

fn sqlite(path: &std::path::Path) -> Result<rusqlite::Connection, OpenError> {
    let unreadable =
        |error: rusqlite::Error| OpenError::Unreadable { path: path.to_owned(), reason: error.to_string() };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(path, flags).map_err(unreadable)?;
    connection.execute_batch("PRAGMA busy_timeout = 5000; BEGIN").map_err(unreadable)?;
    Ok(connection)
}

async fn postgres(url: &str) -> Result<tokio_postgres::Client, OpenError> {
    let unavailable = |failure: Failure| OpenError::Unavailable(failure.error.detail().to_owned());
    let client = Target::parse(url)?.connect().await.map_err(unavailable)?;
    client
        .batch_execute("SET DateStyle = 'ISO'; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await
        .map_err(|error| unavailable(Failure::from(&error)))?;
    Ok(client)
}

fn query_sqlite(
    connection: &rusqlite::Connection,
    sql: &str,
    params: &[&str],
) -> Result<Vec<Vec<Option<String>>>, rusqlite::Error> {
    let mut statement = connection.prepare_cached(&sql.replace('$', "?"))?;
    let columns = statement.column_count();
    let mut cursor = statement.query(rusqlite::params_from_iter(params))?;
    let mut rows = Vec::new();
    while let Some(row) = cursor.next()? {
        let cell = |column| {
            Ok::<_, rusqlite::Error>(match row.get_ref(column)? {
                ValueRef::Null => None,
                ValueRef::Integer(number) => Some(number.to_string()),
                ValueRef::Real(number) => Some(number.to_string()),
                ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            })
        };
        rows.push((0..columns).map(cell).collect::<Result<_, _>>()?);
    }
    Ok(rows)
}

async fn query_postgres(
    client: &tokio_postgres::Client,
    sql: &str,
    params: &[&str],
) -> Result<Vec<Vec<Option<String>>>, StoreError> {
    let failed = |error: tokio_postgres::Error| Failure::from(&error).error;
    let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|param| param as _).collect();
    let rows = client.query(sql, &params).await.map_err(failed)?;
    rows.iter()
        .map(|row| (0..row.len()).map(|column| row.try_get::<_, Option<String>>(column).map_err(failed)).collect())
        .collect()
}
