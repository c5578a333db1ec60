//! The page of the API, made of the description in `docs/reference/openapi.json`: an entry for each operation, in the order
//! of the description's tags, and one for each schema. It needs no script and loads nothing.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// Where the page takes it.
const PLACE: &str = "<!-- Here the site has the operations and schemas. -->";

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The page with the description in its place; pages without the place stay as they are.
pub(super) fn filled(page: &str, description: impl Fn() -> Result<Value, String>) -> Result<String, String> {
    if !page.contains(PLACE) {
        return Ok(page.to_owned());
    }
    Ok(page.replace(PLACE, &body(&description()?)))
}

fn body(description: &Value) -> String {
    let mut text = String::new();
    for tag in elements(&description["tags"]).iter().filter_map(|tag| tag["name"].as_str()) {
        let _ = write!(text, "## {tag}\n\n");
        for (path, operations) in members(&description["paths"]) {
            let listener = operations["servers"][0]["description"].as_str().unwrap_or_default();
            for method in
                METHODS.into_iter().filter(|method| elements(&operations[*method]["tags"]).contains(&tag.into()))
            {
                operation(&mut text, &format!("{} {path}", method.to_uppercase()), listener, &operations[method]);
            }
        }
    }
    text.push_str("## Schemas\n\n");
    for (name, described) in members(&description["components"]["schemas"]) {
        let _ = write!(text, "### `{name}`\n\n<a id=\"schema-{name}\"></a>\n\n{}\n\n", prose(described));
        fields(&mut text, described);
    }
    text
}

// Writing to a String cannot fail, here and below.
fn operation(text: &mut String, title: &str, listener: &str, operation: &Value) {
    let summary = operation["summary"].as_str().unwrap_or_default();
    let _ = write!(text, "### `{title}`\n\n{} {listener}.\n\n", cell(summary));
    let parameters = elements(&operation["parameters"]);
    if !parameters.is_empty() {
        text.push_str("| Parameter | In | Type | |\n|---|---|---|---|\n");
        for parameter in parameters {
            let (name, place) = (parameter["name"].as_str().unwrap_or_default(), parameter["in"].as_str());
            let (place, kind) = (place.unwrap_or_default(), kind(&parameter["schema"]));
            let needed = if parameter["required"] == true { "Required. " } else { "" };
            let _ = writeln!(text, "| `{name}` | {place} | {kind} | {needed}{} |", prose(parameter));
        }
        text.push('\n');
    }
    for (media, content) in members(&operation["requestBody"]["content"]) {
        let _ = write!(text, "Body (`{media}`): {}\n\n", kind(&content["schema"]));
        fields(text, &content["schema"]);
    }
    text.push_str("| Status | Answer | |\n|---|---|---|\n");
    for (status, response) in members(&operation["responses"]) {
        let kinds: Vec<_> = members(&response["content"]).map(|(_, content)| kind(&content["schema"])).collect();
        let _ = writeln!(text, "| {status} | {} | {} |", kinds.join(", "), prose(response));
    }
    text.push('\n');
}

fn fields(text: &mut String, schema: &Value) {
    if schema["properties"].is_null() {
        return;
    }
    text.push_str("| Member | Type | |\n|---|---|---|\n");
    let required = elements(&schema["required"]);
    for (name, described) in members(&schema["properties"]) {
        let needed = if required.contains(&name.as_str().into()) { "Required. " } else { "" };
        let _ = writeln!(text, "| `{name}` | {} | {needed}{} |", kind(described), prose(described));
    }
    text.push('\n');
}

/// The type of a value; a schema of the description is a link.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return format!("[{name}](#schema-{name})");
    }
    for choice in ["anyOf", "oneOf", "allOf"] {
        let kinds: Vec<_> = elements(&schema[choice]).iter().map(kind).collect();
        if !kinds.is_empty() {
            return kinds.join(" or ");
        }
    }
    let named = match &schema["type"] {
        Value::String(name) => name.clone(),
        names => elements(names).iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
    };
    if schema["items"].is_object() { format!("{named} of {}", kind(&schema["items"])) } else { named }
}

fn prose(described: &Value) -> String {
    cell(described["description"].as_str().unwrap_or_default())
}

/// A cell of a table; what looks like a tag or a link is text.
fn cell(text: &str) -> String {
    text.replace('\n', " ").replace('|', "\\|").replace('<', "&lt;").replace("[`", "`").replace("`]", "`")
}

fn elements(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn members(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn operations_and_schemas_are_listed() {
        let described = json!({
            "tags": [{ "name": "Things" }],
            "paths": { "/things/{id}": {
                "servers": [{ "description": "Admin listener" }],
                "get": {
                    "tags": ["Things"], "summary": "One thing.",
                    "parameters": [{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }],
                    "responses": { "200": { "description": "It.", "content": {
                        "application/json": { "schema": { "$ref": "#/components/schemas/thing" } } } } },
                },
            } },
            "components": { "schemas": { "thing": {
                "description": "A [`Thing`] | more", "required": ["id"],
                "properties": { "id": { "type": ["string", "null"], "description": "Its <id>." } },
            } } },
        });
        let page = filled(&format!("# API\n\n{PLACE}\n"), || Ok(described.clone())).unwrap();
        for part in [
            "## Things\n\n### `GET /things/{id}`\n\nOne thing. Admin listener.\n",
            "| `id` | path | string | Required.  |",
            "| 200 | [thing](#schema-thing) | It. |",
            "### `thing`\n\n<a id=\"schema-thing\"></a>\n\nA `Thing` \\| more\n",
            "| `id` | string or null | Required. Its &lt;id>. |",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert_eq!(filled("# Other", || Err("not read".to_owned())).unwrap(), "# Other");
        assert!(filled(PLACE, || Err("not read".to_owned())).is_err());
    }
}
