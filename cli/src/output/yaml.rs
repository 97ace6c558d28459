//! JSON shown as YAML, which people read more easily.

use serde_json::Value;

/// The text, without a line break at the end.
pub(super) fn show(value: &Value) -> String {
    let mut out = String::new();
    match value {
        Value::Object(_) | Value::Array(_) if !is_empty(value) => block(value, 0, &mut out),
        value => out.push_str(&scalar(value)),
    }
    out.truncate(out.trim_end().len());
    out
}

fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Object(map) if map.is_empty()) || matches!(value, Value::Array(list) if list.is_empty())
}

fn block(value: &Value, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                out.push_str(&format!("{pad}{}:", text(key)));
                below(value, indent + 2, out);
            }
        }
        Value::Array(list) => {
            for value in list {
                if is_nested(value) {
                    let mut inner = String::new();
                    block(value, indent + 2, &mut inner);
                    // The first line of the entry stands behind its dash.
                    out.push_str(&format!("{pad}- {}", inner.trim_start()));
                } else {
                    out.push_str(&format!("{pad}- {}\n", scalar(value)));
                }
            }
        }
        value => out.push_str(&format!("{pad}{}\n", scalar(value))),
    }
}

fn below(value: &Value, indent: usize, out: &mut String) {
    if is_nested(value) {
        out.push('\n');
        block(value, indent, out);
    } else {
        out.push_str(&format!(" {}\n", scalar(value)));
    }
}

fn is_nested(value: &Value) -> bool {
    matches!(value, Value::Object(_) | Value::Array(_)) && !is_empty(value)
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(string) => text(string),
        value => value.to_string(),
    }
}

/// Text that YAML would read as something else is quoted.
fn text(string: &str) -> String {
    let first_is_plain = string.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let plain = first_is_plain
        && string
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/_-.,+=()' ".contains(c) || c.is_alphabetic())
        && !string.ends_with(' ')
        && !matches!(
            string.to_ascii_lowercase().as_str(),
            "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n"
        );
    if plain {
        string.to_owned()
    } else {
        Value::from(string).to_string()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::show;

    #[test]
    fn nested_documents_are_indented_and_doubtful_texts_quoted() {
        let document = json!({
            "balances": [{ "amount": "5", "denom": "uakt" }, { "amount": "7", "denom": "uact" }],
            "empty": [],
            "none": null,
            "note": "yes",
            "time": "2026-07-09T00:00:00Z",
            "words": ["a b", "c: d"],
        });
        let expected = "\
balances:
  - amount: \"5\"
    denom: uakt
  - amount: \"7\"
    denom: uact
empty: []
none: null
note: \"yes\"
time: \"2026-07-09T00:00:00Z\"
words:
  - a b
  - \"c: d\"";
        assert_eq!(show(&document), expected);
    }

    #[test]
    fn scalars_stand_alone() {
        assert_eq!(show(&json!(5)), "5");
        assert_eq!(show(&json!({})), "{}");
    }
}
