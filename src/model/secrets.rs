//! The Secrets of an entry: their names and where they come from.

use std::collections::BTreeMap;

use super::patterns::Patterns;
use super::platform::Platform;
use super::store_values::{self, StoreValue};
use super::{generators, secret_keys, secret_refresh, secret_template};
use crate::catalog::{
    CreationPolicy, Entry as Written, RefreshPolicy, Secret as WrittenSecret, SecretGenerator, SecretRewrite,
    SecretSearch, SecretSource, SecretStore, SecretTemplate,
};
use crate::diagnostics::suggestion::shorten;
use crate::diagnostics::{FileId, Location, Sink, rules};
use crate::names::Namespace;
use crate::platform::ImagePullSecret;
use crate::value::Text;

/// A Secret of the model.
#[derive(Debug)]
pub struct Secret {
    /// Its line: of the entry, or of the platform for the image pull secret.
    pub location: Location,
    /// Its name.
    pub name: Text,
    /// Where it comes from.
    pub source: SecretSource,
    /// Its type; `Opaque` if there is none.
    pub kind: Option<Text>,
    /// The store of its values, if it is not the platform's.
    pub store: Option<SecretStore>,
    /// Its keys, if it comes from the store.
    pub data: Vec<StoreValue>,
    /// Paths of the store whose properties all become keys.
    pub data_from: Vec<Text>,
    /// Searches of the store whose values all become keys.
    pub find: Vec<SecretSearch>,
    /// How the keys of these are renamed.
    pub rewrite: Vec<SecretRewrite>,
    /// Generators whose values all become keys.
    pub generators: Vec<SecretGenerator>,
    /// How it is made of the values.
    pub template: SecretTemplate,
    /// The interval in which it is compared with the store, if it is not the platform's.
    pub refresh_interval: Option<Text>,
    /// When its values are read again, if not at that interval.
    pub refresh_policy: Option<RefreshPolicy>,
    /// Whose Secret it is.
    pub creation_policy: CreationPolicy,
}

/// The type of Secrets with the output of `docker login` (Kubernetes, image pull secrets).
const PULL_TYPE: &str = "kubernetes.io/dockerconfigjson";

/// The image pull secret of the entry's pods, if they use one.
pub(super) fn image_pull_secret<'p>(
    written: &Written,
    location: &Location,
    platform: &'p Platform,
    findings: &mut Sink,
) -> Option<&'p ImagePullSecret> {
    let wanted = written.image_pull_secret;
    let known = platform.secrets.image_pull_secret.as_ref();
    if wanted == Some(true) && known.is_none() {
        let finding = rules::MISSING_PLATFORM_VALUE
            .at(location.key("imagePullSecret"), "the platform has no image pull secret");
        findings.push(
            finding
                .note("private images could not be pulled")
                .help("add `secrets.imagePullSecret` to platform.yml, or remove the line"),
        );
    }
    known.filter(|_| wanted.unwrap_or_else(|| super::ownership::owns(written)))
}

/// All Secrets of an entry, the image pull secret first.
pub(super) fn model(
    written: &Written,
    location: &Location,
    tier: usize,
    pull: Option<&ImagePullSecret>,
    platform: &Platform,
    patterns: &Patterns,
    findings: &mut Sink,
) -> Vec<Secret> {
    let location = location.key("secrets");
    let namespace = Namespace::new(&written.namespace);
    let mut secrets: Vec<_> = pull.map(pull_secret).into_iter().collect();
    for (index, secret) in written.secrets.iter().enumerate() {
        let location = location.index(index);
        check_source(secret, &location, findings);
        check_keys(secret, &location, findings);
        if secret.source.unwrap_or_default() == SecretSource::Store {
            check_store(secret, &location, platform, findings);
            let operator = platform.secrets.external_secrets.as_ref();
            generators::check(secret, &location, operator, findings);
            secret_refresh::check(secret, &location, operator, findings);
            secret_template::check(secret, &location, findings);
            secret_keys::check(secret, &location, findings);
            check_tier(written, secret, &location, platform.comes_before_secrets(tier), findings);
        }
        secrets.push(Secret {
            name: (&secret.name).into(),
            source: secret.source.unwrap_or_default(),
            kind: secret.kind.as_ref().map(Text::from),
            data: store_values::values(secret, &location, &namespace, patterns, findings),
            data_from: secret.data_from.iter().map(Text::from).collect(),
            store: secret.store.clone(),
            find: secret.find.clone(),
            rewrite: secret.rewrite.clone(),
            refresh_policy: secret.refresh_policy,
            creation_policy: secret.creation_policy.unwrap_or_default(),
            generators: secret.generators.clone(),
            template: secret.template.clone().unwrap_or_default(),
            refresh_interval: secret.refresh_interval.as_ref().map(Text::from),
            location,
        });
    }
    secrets
}

fn pull_secret(pull: &ImagePullSecret) -> Secret {
    Secret {
        location: Location::root(FileId::PLATFORM).key("secrets").key("imagePullSecret"),
        name: (&pull.name).into(),
        source: SecretSource::Store,
        kind: Some(PULL_TYPE.into()),
        store: None,
        data: vec![store_values::of_pull_secret(pull)],
        find: Vec::new(),
        rewrite: Vec::new(),
        data_from: Vec::new(),
        generators: Vec::new(),
        template: SecretTemplate::default(),
        refresh_interval: None,
        refresh_policy: None,
        creation_policy: CreationPolicy::Owner,
    }
}

fn check_source(secret: &WrittenSecret, location: &Location, findings: &mut Sink) {
    let source = secret.source.unwrap_or_default();
    let keys = [
        ("data", !secret.data.is_empty()),
        ("dataFrom", !secret.data_from.is_empty()),
        ("find", !secret.find.is_empty()),
        ("rewrite", !secret.rewrite.is_empty()),
        ("store", secret.store.is_some()),
        ("type", secret.kind.is_some()),
        ("generators", !secret.generators.is_empty()),
        ("template", secret.template.is_some()),
        ("refreshInterval", secret.refresh_interval.is_some()),
        ("refreshPolicy", secret.refresh_policy.is_some()),
        ("creationPolicy", secret.creation_policy.is_some()),
    ];
    let set = keys.iter().find(|(_, set)| *set);
    if source == SecretSource::Store {
        if secret.is_empty() {
            let finding = rules::SECRET_SOURCE
                .at(location.key("name"), format!("the Secret `{}` has no content", shorten(&secret.name)));
            let finding = finding.note("External Secrets would reject an empty Secret");
            findings.push(finding.help(
                "add `data`, `dataFrom`, `find` or `generators`, or set the `source` if it comes from \
                 elsewhere",
            ));
        }
    } else if let Some((key, _)) = set {
        let message = format!("`{key}` has no effect for a Secret whose source is `{}`", source.name());
        let finding = rules::SECRET_SOURCE.at(location.key(*key).itself(), message);
        let finding = finding.note("wharf does not render it: it only assumes that the Secret exists");
        findings
            .push(finding.help("remove the line, or remove `source` to fetch it from the platform's store"));
    }
}

impl WrittenSecret {
    fn is_empty(&self) -> bool {
        !self.reads_store() && self.generators.is_empty()
    }

    /// Whether values of it come from the store.
    pub(super) fn reads_store(&self) -> bool {
        !(self.data.is_empty() && self.data_from.is_empty() && self.find.is_empty())
    }
}

fn check_keys(secret: &WrittenSecret, location: &Location, findings: &mut Sink) {
    let location = location.key("data");
    let mut first: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, data) in secret.data.iter().enumerate() {
        let known = *first.entry(&data.key).or_insert(index);
        if known != index {
            let finding = rules::DUPLICATE_SECRET_KEY.at(
                location.index(index).key("key"),
                format!("the key `{}` is listed twice", shorten(&data.key)),
            );
            let finding = finding.with_secondary_label(location.index(known).key("key"), "first listed here");
            findings.push(
                finding
                    .note("only the last one would be used, and the other value would be missing")
                    .help("remove one of the two"),
            );
        }
    }
}

fn check_store(secret: &WrittenSecret, location: &Location, platform: &Platform, findings: &mut Sink) {
    if !secret.is_empty() && platform.secrets.external_secrets.is_none() {
        let message =
            format!("the Secret `{}` needs `secrets.externalSecrets` in platform.yml", shorten(&secret.name));
        let finding = rules::MISSING_PLATFORM_VALUE
            .at(location.key("name"), message)
            .note("without a store, nothing would create it");
        findings.push(finding.help(
            "add it with its `version` and `store`, or set the `source` if the Secret comes from elsewhere",
        ));
    }
}

fn check_tier(
    written: &Written,
    secret: &WrittenSecret,
    location: &Location,
    too_early: bool,
    findings: &mut Sink,
) {
    if too_early && !written.applications.is_empty() {
        let message = format!(
            "the Secret `{}` is created after the first tier, which its applications are in",
            shorten(&secret.name)
        );
        let finding = rules::LATE_SECRET.at(location.key("name"), message);
        let finding = finding.note(
            "an application that does not start without the Secret would keep Argo CD in the first tier \
             permanently",
        );
        findings.push(finding.help(
            "move the entry to a later tier, or put the ExternalSecret into the source of the application",
        ));
    }
}
