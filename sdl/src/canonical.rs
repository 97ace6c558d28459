//! JSON as it is hashed: keys sorted at every level, no white space, and Go's HTML-safe escapes.
//!
//! Go's encoder writes `<`, `>`, `&`, U+2028 and U+2029 as `\u` escapes; a hash over anything else would not be the one
//! that other clients compute.

use serde_json::Value;

/// Writes `value` in the form that is hashed.
pub fn canonical_json(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => write_string(text, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            // Sorted here because whether serde_json keeps the order of insertion depends on who else is in the build.
            fields.sort_by(|a, b| a.0.cmp(b.0));
            out.push('{');
            for (index, (key, field)) in fields.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(key, out);
                out.push(':');
                write(field, out);
            }
            out.push('}');
        }
    }
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_sorted_at_every_level_and_html_is_escaped() {
        let value = json!({"b": [{"z": null, "a": true}], "a": "<&>\u{2028}\n\"é\u{1}", "": 1});
        assert_eq!(
            canonical_json(&value),
            "{\"\":1,\"a\":\"\\u003c\\u0026\\u003e\\u2028\\n\\\"é\\u0001\",\"b\":[{\"a\":true,\"z\":null}]}"
        );
    }
}
