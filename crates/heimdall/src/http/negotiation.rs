use axum::http::{HeaderMap, header};

/// Whether `Accept` asks for the media type `this` rather than for `other`, which is what one gets who does not say.
///
/// ```
/// use axum::http::{HeaderMap, HeaderValue, header::ACCEPT};
/// use heimdall::http::prefers;
///
/// let browser = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("text/html,*/*;q=0.8"))]);
/// assert!(prefers(&browser, "text/html", "application/json"));
/// assert!(!prefers(&HeaderMap::new(), "text/html", "application/json"));
/// ```
pub fn prefers(headers: &HeaderMap, this: &str, other: &str) -> bool {
    let accept: Vec<_> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let accept = accept.join(",");
    quality(&accept, this) > quality(&accept, other)
}

/// How much a media type is wanted, 0 to 1000: the most specific range that fits decides (RFC 9110, 12.5.1).
fn quality(accept: &str, wanted: &str) -> u16 {
    let group = wanted.split('/').next().unwrap_or_default();
    let fits = |range: &str| match range {
        "*/*" => Some(0),
        _ if range.eq_ignore_ascii_case(wanted) => Some(2),
        _ => range.strip_suffix("/*").filter(|given| given.eq_ignore_ascii_case(group)).map(|_| 1),
    };
    let ranges = accept.split(',').filter_map(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let specificity = fits(parts.next()?)?;
        let weight = parts.find_map(|part| part.strip_prefix("q="));
        let weight = weight.map_or(1.0, |weight| weight.parse::<f32>().unwrap_or(0.0));
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to what fits")]
        let weight = (weight.clamp(0.0, 1.0) * 1000.0) as u16;
        Some((specificity, weight))
    });
    ranges.max().map_or(0, |(_, weight)| weight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_more_wanted_type_wins_and_the_default_wins_a_draw() {
        let text = |accept: &str| {
            let headers = HeaderMap::from_iter([(header::ACCEPT, accept.parse().unwrap())]);
            prefers(&headers, "text/plain", "application/json")
        };
        for accept in [
            "text/plain",
            "TEXT/plain; charset=utf-8",
            "text/*",
            "application/json;q=0.5, text/plain",
            "text/plain, */*;q=0.1",
        ] {
            assert!(text(accept), "{accept}");
        }
        for accept in [
            "*/*",
            "",
            "application/json",
            "text/html",
            "text/plain;q=0",
            "text/plain, application/json",
            "text/plain;q=x",
        ] {
            assert!(!text(accept), "{accept}");
        }
        assert!(!prefers(&HeaderMap::new(), "text/plain", "application/json"));
    }
}
