//! What must hold in any manifest, whoever wrote it.

use std::collections::BTreeSet;

use super::{Expose, ManifestGroup, Service};
use crate::error::ManifestError;
use crate::expose::sort_key;

/// Longest host name; a single label is not limited further, as in Kubernetes' check of sub-domains.
const HOST_MAX: usize = 253;
/// Highest port.
const PORT_MAX: u32 = 65_535;

/// Applies all rules.
pub(super) fn assert_groups(groups: &[ManifestGroup]) -> Result<(), ManifestError> {
    if groups.is_empty() {
        return Err(ManifestError::Empty("manifest".into()));
    }
    let mut names = BTreeSet::new();
    let mut hosts = BTreeSet::new();
    let mut global = false;
    for group in groups {
        if group.services.is_empty() {
            return Err(ManifestError::Empty(format!("group {:?}", group.name)));
        }
        if !names.insert(group.name.as_str()) {
            return Err(ManifestError::DuplicateGroup(group.name.clone()));
        }
        if !group.services.is_sorted_by(|a, b| a.name <= b.name) {
            return Err(ManifestError::Unsorted(format!("group {:?}", group.name)));
        }
        for service in &group.services {
            assert_service(service, &mut hosts)?;
            global |= service.expose.iter().any(|expose| expose.global);
        }
    }
    if global {
        Ok(())
    } else {
        Err(ManifestError::NoGlobalService)
    }
}

fn assert_service<'a>(service: &'a Service, hosts: &mut BTreeSet<&'a str>) -> Result<(), ManifestError> {
    let wrong = |problem: String| ManifestError::Service {
        service: service.name.clone(),
        problem,
    };
    if !is_service_name(&service.name) {
        return Err(wrong("the name is not a lower-case DNS label".into()));
    }
    if service.image.is_empty() {
        return Err(wrong("the image name is empty".into()));
    }
    if service.resources.id == 0 {
        return Err(wrong("resources have no id".into()));
    }
    if service.resources.storage.is_empty() {
        return Err(wrong("resources have no volume".into()));
    }
    for variable in service.env.iter().flatten() {
        let name = variable.split('=').next().unwrap_or_default();
        if !is_variable_name(name) {
            return Err(wrong(format!("environment variable name {name:?} is not valid")));
        }
    }
    if !service.expose.is_sorted_by(|a, b| sort_key(a) <= sort_key(b)) {
        return Err(ManifestError::Unsorted(format!("service {:?}: expose", service.name)));
    }
    for expose in &service.expose {
        assert_expose(expose, hosts).map_err(wrong)?;
    }
    Ok(())
}

fn assert_expose<'a>(expose: &'a Expose, hosts: &mut BTreeSet<&'a str>) -> Result<(), String> {
    if !(1..=PORT_MAX).contains(&expose.port) || expose.external_port > PORT_MAX {
        return Err(format!("port {} is outside 1..={PORT_MAX}", expose.port));
    }
    if expose.proto != "TCP" && expose.proto != "UDP" {
        return Err(format!("protocol {:?} is neither TCP nor UDP", expose.proto));
    }
    for host in expose.hosts.iter().flatten() {
        if !is_host_name(host) {
            return Err(format!("host name {host:?} is not valid"));
        }
        if !hosts.insert(host) {
            return Err(format!("host name {host:?} appears twice"));
        }
    }
    Ok(())
}

fn is_lower_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

fn is_label(label: &str) -> bool {
    let bytes = label.as_bytes();
    matches!((bytes.first(), bytes.last()), (Some(first), Some(last))
        if is_lower_alphanumeric(*first) && is_lower_alphanumeric(*last))
        && bytes.iter().all(|byte| is_lower_alphanumeric(*byte) || *byte == b'-')
}

fn is_service_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase()) && is_label(name)
}

fn is_host_name(host: &str) -> bool {
    host.len() <= HOST_MAX && host.split('.').all(is_label)
}

fn is_variable_name(name: &str) -> bool {
    let first_good = name.starts_with(|first: char| !first.is_ascii_digit());
    let rest_good = name
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    first_good && rest_good && name != "." && !name.starts_with("..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_names_are_lower_case_labels_of_at_most_253_characters() {
        assert!(is_host_name("a.b-c.example.com"));
        for host in [
            "-foo.com",
            "foo-.com",
            "Foo.com",
            "a..b",
            "",
            "a_b.com",
            &"a".repeat(254),
        ] {
            assert!(!is_host_name(host), "{host}");
        }
        assert!(is_host_name(&"a".repeat(253)));
    }

    #[test]
    fn variable_names_follow_kubernetes() {
        for name in ["A", "_a", "my.var-1", ".x"] {
            assert!(is_variable_name(name), "{name}");
        }
        for name in ["", "1A", "A B", ".", "..", "..x", "ü"] {
            assert!(!is_variable_name(name), "{name}");
        }
    }

    #[test]
    fn service_names_start_with_a_letter() {
        assert!(is_service_name("web-1"));
        for name in ["", "1web", "web-", "Web", "we_b"] {
            assert!(!is_service_name(name), "{name}");
        }
    }
}
