//! SPIFFE IDs (the SPIFFE project's "SPIFFE-ID", sections 2.1 to 2.4).

/// Returns `true` if a text is a SPIFFE ID of this trust domain, as strictly as the standard has it:
/// at most 2,048 bytes, no empty segment, no dots alone, nothing escaped.
pub(crate) fn is_id_of(id: &str, domain: &str) -> bool {
    let path = id.strip_prefix("spiffe://").and_then(|rest| rest.strip_prefix(domain));
    let is_path = |path: &str| match path.strip_prefix('/') {
        Some(path) => path.split('/').all(is_segment),
        None => path.is_empty(),
    };
    id.len() <= 2_048 && path.is_some_and(is_path)
}

/// Returns `true` if a text is the name of a trust domain.
pub(crate) fn is_domain(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b);
    (1..=255).contains(&text.len()) && text.bytes().all(is_plain)
}

fn is_segment(text: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b".-_".contains(&b);
    !matches!(text, "" | "." | "..") && text.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids() {
        for (id, good) in [
            ("spiffe://prod.example/ns/jobs/sa/cron", true),
            ("spiffe://prod.example/9eebccd2-12bf-40a6-b262-65fe0487d453", true),
            ("spiffe://prod.example/...", true),
            ("spiffe://prod.example", true),
            ("spiffe://prod.example/", false),
            ("spiffe://prod.example/ns/", false),
            ("spiffe://prod.example//ns", false),
            ("spiffe://prod.example/ns/../sa", false),
            ("spiffe://prod.example/./sa", false),
            ("spiffe://prod.example/n%73", false),
            ("spiffe://prod.example/n s", false),
            ("spiffe://prod.example/ns?a", false),
            ("spiffe://prod.example/ns#a", false),
            ("spiffe://prod.example:443/ns", false),
            ("spiffe://a@prod.example/ns", false),
            ("spiffe://prod.example.evil/ns", false),
            ("spiffe://prod.examplens", false),
            ("spiffe://Prod.example/ns", false),
            ("SPIFFE://prod.example/ns", false),
            ("https://prod.example/ns", false),
            ("spiffe:///ns", false),
            ("prod.example/ns", false),
            ("", false),
        ] {
            assert_eq!(is_id_of(id, "prod.example"), good, "{id}");
        }
        let long = |length: usize| {
            let mut id = alloc::string::String::from("spiffe://prod.example/");
            id.extend(core::iter::repeat_n('a', length - id.len()));
            is_id_of(&id, "prod.example")
        };
        assert!(long(2_048) && !long(2_049));
    }
}
