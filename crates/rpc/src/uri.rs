//! Reading URIs: percent signs out, queries into pairs.

/// Splits a URI's query; what is no UTF-8 behind its percent signs is replaced.
pub(crate) fn form(query: &str) -> Vec<(String, String)> {
    let decoded = |text: &str| unescaped(&text.replace('+', " "));
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    pairs.map(|pair| pair.split_once('=').unwrap_or((pair, ""))).map(|(a, b)| (decoded(a), decoded(b))).collect()
}

/// A part of a path, without its percent signs.
pub(crate) fn unescaped(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::with_capacity(text.len()), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten();
        let byte = escaped.and_then(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms_are_decoded() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        let table = [
            (
                "query=%22tm.event%3D%27Tx%27%22&prove=true",
                vec![pair("query", "\"tm.event='Tx'\""), pair("prove", "true")],
            ),
            ("a=b+c&d", vec![pair("a", "b c"), pair("d", "")]),
            ("a=%2&b=%zz", vec![pair("a", "%2"), pair("b", "%zz")]),
            ("", vec![]),
        ];
        for (query, expected) in table {
            assert_eq!(form(query), expected, "{query}");
        }
    }

    proptest! {
        #[test]
        fn any_query_is_split(query in ".{0,60}") {
            let _ = form(&query);
        }
    }
}
