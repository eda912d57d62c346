//! Whether the strategy of an image can ever find a newer tag.

use regex_syntax::hir::{Hir, HirKind, Look};

use crate::catalog::{Image, ImageStrategy};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{Finding, Location, Sink, rules};

pub(in crate::model) fn check(image: &Image, location: &Location, findings: &mut Sink) {
    let tag = image.image.tag();
    match (image.strategy, tag) {
        (ImageStrategy::Digest, None) => findings.push(no_tag(image, location)),
        (ImageStrategy::NewestBuild | ImageStrategy::Alphabetical, Some(tag)) => {
            findings.push(one_tag(image, tag, location));
        }
        (ImageStrategy::Semver, Some(tag)) => check_constraint(tag, location, findings),
        _ => {}
    }
    check_filters(image, location, findings);
}

fn no_tag(image: &Image, location: &Location) -> Finding {
    let finding = rules::DIGEST_WITHOUT_TAG
        .at(location.key("image"), "`digest` follows one tag, and this image has none");
    let finding = finding.with_secondary_label(location.key("strategy"), "this strategy");
    let finding = finding
        .note("the updater finds no tag and skips the image, which it only logs; everything stays healthy");
    finding.help(format!("write the tag that is pushed again: `{}:latest`", shorten(&image.image)))
}

fn one_tag(image: &Image, tag: &str, location: &Location) -> Finding {
    let strategy = image.strategy.name();
    let finding = rules::ROLLING_TAG
        .at(location.key("strategy"), format!("`{strategy}` compares tags, and `{}` is one", shorten(tag)));
    let finding = finding.with_secondary_label(location.key("image"), "this tag");
    let finding = finding.note(
        "a tag is never newer than itself: an image that is pushed again under this tag would never be \
         deployed",
    );
    finding.help(
        "write `strategy: digest` to follow this tag, or remove the tag and select the tags to compare with \
         `allowTags`",
    )
}

fn check_constraint(tag: &str, location: &Location, findings: &mut Sink) {
    let message = match constraint(tag) {
        Some(Constraint::Range) => return,
        Some(Constraint::One) => format!("`{}` matches one version, and no newer one", shorten(tag)),
        None => format!("`{}` is not a valid version, which `semver` needs", shorten(tag)),
    };
    let finding = rules::SEMVER_CONSTRAINT
        .at(location.key("image"), message)
        .with_secondary_label(location.key("strategy"), "this strategy");
    let finding = finding.note("the updater would never find a newer version");
    findings.push(finding.help(
        "write a constraint such as `~1.26` or `1.x`, or `strategy: digest` to follow a tag that is pushed \
         again",
    ));
}

/// The tags that a constraint matches.
enum Constraint {
    One,
    Range,
}

/// Parses a constraint: an operator, and up to three numbers of which the last may be omitted (Masterminds
/// semver 3).
fn constraint(tag: &str) -> Option<Constraint> {
    let version = tag.trim_start_matches(['<', '>', '=', '!', '~', '^']);
    let operator = &tag[..tag.len() - version.len()];
    if !matches!(operator, "" | "=" | "!=" | ">" | "<" | ">=" | "=>" | "<=" | "=<" | "~" | "~>" | "^") {
        return None;
    }
    let version = version.strip_prefix('v').unwrap_or(version);
    let numbers: Vec<_> = version.split(['-', '+']).next().unwrap_or_default().split('.').collect();
    let open = |number: &&str| matches!(*number, "x" | "X" | "*");
    let number = |number: &&str| !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if numbers.len() > 3 || !numbers.iter().all(|part| open(part) || number(part)) {
        return None;
    }
    let one = matches!(operator, "" | "=") && numbers.len() == 3 && numbers.iter().all(number);
    Some(if one { Constraint::One } else { Constraint::Range })
}

fn check_filters(image: &Image, location: &Location, findings: &mut Sink) {
    if image.strategy == ImageStrategy::Digest {
        for (key, _) in
            [("allowTags", image.allow_tags.is_some()), ("ignoreTags", !image.ignore_tags.is_empty())]
                .iter()
                .filter(|(_, is_set)| *is_set)
        {
            let finding = rules::IMAGE_TAG_FILTER
                .at(location.key(*key).itself(), format!("`{key}` has no effect with `digest`"));
            let finding = finding.with_secondary_label(location.key("strategy"), "this strategy");
            let finding = finding.note(
                "the updater considers only the tag of the image; a filter that excludes it would leave \
                 nothing",
            );
            findings.push(finding.help("remove the line"));
        }
        return;
    }
    let Some(expression) = &image.allow_tags else { return };
    if let Some(message) = pattern_error(expression) {
        let finding = rules::IMAGE_TAG_FILTER.at(location.key("allowTags"), message);
        let finding = finding.note("the updater would find no newer tag, and everything would stay healthy");
        findings.push(finding.help("write a regular expression that matches all accepted tags: `^v[0-9]+$`"));
    }
}

/// What is wrong with a regular expression of tags. The updater is written in Go, whose syntax is the same,
/// and prefixes it with `regexp:`.
fn pattern_error(expression: &str) -> Option<String> {
    if expression.starts_with("regexp:") || expression == "any" {
        return Some(format!(
            "`{}` begins with a keyword of the updater, not a regular expression",
            shorten(expression)
        ));
    }
    match regex_syntax::parse(expression) {
        Err(_) => Some(format!("`{}` is not a valid regular expression", shorten(expression))),
        Ok(parsed) if is_one_text(&parsed) => {
            Some(format!("`{}` matches one tag, and no newer one", shorten(expression)))
        }
        Ok(_) => None,
    }
}

fn is_one_text(parsed: &Hir) -> bool {
    let HirKind::Concat(parts) = parsed.kind() else { return false };
    let kinds: Vec<_> = parts.iter().map(Hir::kind).collect();
    matches!(kinds.as_slice(), [HirKind::Look(Look::Start), HirKind::Literal(_), HirKind::Look(Look::End)])
}
