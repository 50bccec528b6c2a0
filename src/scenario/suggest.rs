//! The nearest right word to a wrong one.

/// Longer words than this are not compared: nobody mistyped them.
const LONGEST: usize = 80;

/// The candidate that is nearest to `word`, if one is near enough to be meant.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.len() > LONGEST {
        return None;
    }
    let lower = word.to_lowercase();
    let near = word.chars().count() / 3 + 1;
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= LONGEST)
        .take(10_000)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= near)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// What to say after a wrong word: the nearest right one, or all there are.
#[must_use]
pub fn instead<'a>(word: &str, candidates: &[&'a str]) -> String {
    if let Some(best) = nearest(word, candidates.iter().copied()) {
        return format!("did you mean `{best}`?");
    }
    match candidates {
        [] => "none is defined".into(),
        [only] => format!("only `{only}` is known here"),
        many => {
            let shown: Vec<String> = many.iter().take(30).map(|word| format!("`{word}`")).collect();
            let more = if many.len() > 30 { ", …" } else { "" };
            format!("known here: {}{more}", shown.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_and_far() {
        assert_eq!(instead("replcas", &["replicas", "queue"]), "did you mean `replicas`?");
        assert_eq!(instead("colour", &["replicas", "queue"]), "known here: `replicas`, `queue`");
        assert_eq!(instead("x", &[]), "none is defined");
    }
}
