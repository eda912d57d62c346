//! Hosts of the cluster in text: `postgres.databases.svc:5432`, `http://auth.sys-auth:4180/verify`.

/// A host of the cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServiceHost {
    /// The Service, or a pod of a headless one: everything before the namespace.
    pub service: String,
    /// The namespace; `None` for that of the pod.
    pub namespace: Option<String>,
    /// The port, explicit or by the scheme.
    pub port: Option<u16>,
}

/// Schemes with their default ports.
const SCHEMES: [(&str, u16); 13] = [
    ("http", 80),
    ("https", 443),
    ("ws", 80),
    ("wss", 443),
    ("postgres", 5432),
    ("postgresql", 5432),
    ("mysql", 3306),
    ("mongodb", 27017),
    ("redis", 6379),
    ("rediss", 6379),
    ("amqp", 5672),
    ("nats", 4222),
    ("ldap", 389),
];

/// Last labels of public hosts: `github.com:443` is not in the cluster.
const PUBLIC: [&str; 27] = [
    "ai", "app", "at", "ch", "cloud", "co", "com", "de", "dev", "edu", "eu", "fr", "gov", "info", "io", "it",
    "local", "me", "net", "nl", "org", "ru", "se", "sh", "tech", "uk", "us",
];

/// Files: `values.yaml:12`.
const FILES: [&str; 12] =
    ["cfg", "conf", "go", "js", "json", "log", "py", "so", "sock", "toml", "yaml", "yml"];

/// The hosts of the cluster that a text names: those that end in `.svc` or `.svc.cluster.local`, and
/// `service.namespace` or `service` if a scheme or a port shows that it is a host.
pub fn hosts(text: &str) -> impl Iterator<Item = ServiceHost> {
    let ends_word = |char: char| char.is_whitespace() || matches!(char, '"' | '\'' | '`');
    text.split(ends_word)
        .filter(|word| word.len() > 3 && word.len() < 1000)
        .map(without_credentials)
        .flat_map(|word| {
            let is_part =
                |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '.' | ':' | '/' | '_');
            word.split(|char: char| !is_part(char)).filter_map(host).collect::<Vec<_>>()
        })
}

/// A word without user and password: a password may contain any character, so everything from the scheme to
/// the last `@` is removed.
fn without_credentials(word: &str) -> String {
    match (word.rsplit_once('@'), word.split_once("://")) {
        (Some((_, rest)), Some((scheme, _))) if !rest.contains("://") => {
            let scheme = scheme.rsplit(|char: char| !char.is_ascii_alphanumeric()).next().unwrap_or_default();
            format!("{scheme}://{rest}")
        }
        (Some((_, rest)), _) => rest.to_owned(),
        (None, _) => word.to_owned(),
    }
}

fn host(word: &str) -> Option<ServiceHost> {
    let (scheme, rest) = word.split_once("://").map_or((None, word), |(scheme, rest)| (Some(scheme), rest));
    let address = rest.split('/').next().unwrap_or_default();
    let (name, port) = match address.split_once(':') {
        Some((name, port)) => (
            name,
            Some(port.split(':').next().unwrap_or_default().parse::<u16>().ok().filter(|port| *port > 0)?),
        ),
        None => (address, None),
    };
    let port = port.or_else(|| SCHEMES.iter().find(|(name, _)| Some(*name) == scheme).map(|(_, port)| *port));
    let name = name.strip_suffix('.').unwrap_or(name);
    let labels: Vec<_> = name.split('.').collect();
    if !labels.iter().all(|label| is_label(label))
        || labels.iter().all(|label| label.bytes().all(|byte| byte.is_ascii_digit()))
    {
        return None;
    }
    let (service, namespace) = within(&labels, scheme.is_some(), port.is_some())?;
    Some(ServiceHost { service, namespace, port })
}

fn within(labels: &[&str], scheme: bool, port: bool) -> Option<(String, Option<String>)> {
    let local = labels.strip_suffix(&["svc", "cluster", "local"]).or_else(|| labels.strip_suffix(&["svc"]));
    match (local, labels) {
        (Some([service @ .., namespace]), _) if !service.is_empty() => {
            Some((service.join("."), Some((*namespace).to_owned())))
        }
        (None, [service, namespace])
            if (scheme || port) && !PUBLIC.contains(namespace) && !FILES.contains(namespace) =>
        {
            Some(((*service).to_owned(), Some((*namespace).to_owned())))
        }
        (None, [service]) if scheme && *service != "localhost" => Some(((*service).to_owned(), None)),
        _ => None,
    }
}

/// Whether this can be the name of a Service, a pod or a namespace.
fn is_label(label: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    !label.is_empty()
        && label.len() <= 63
        && label.bytes().all(|byte| letter(byte) || byte == b'-')
        && label.bytes().next().is_some_and(letter)
        && label.bytes().last().is_some_and(letter)
}

#[cfg(test)]
mod tests {
    use super::hosts;

    fn found(text: &str) -> Vec<String> {
        hosts(text)
            .map(|host| {
                let namespace = host.namespace.map_or(String::new(), |namespace| format!(".{namespace}"));
                let port = host.port.map_or(String::new(), |port| format!(":{port}"));
                format!("{}{namespace}{port}", host.service)
            })
            .collect()
    }

    #[test]
    fn hosts_of_the_cluster_are_found_in_text() {
        assert_eq!(found("postgres.sys-postgres.svc:5432"), ["postgres.sys-postgres:5432"]);
        assert_eq!(
            found("--upstream=http://auth.sys-auth:4180/verify,https://a.b.svc.cluster.local"),
            ["auth.sys-auth:4180", "a.b:443"]
        );
        assert_eq!(found("host: db-0.db.data.svc.cluster.local."), ["db-0.db.data"]);
        assert_eq!(found("http://redis/0"), ["redis:80"]);
        assert_eq!(found("server: loki.logging:3100"), ["loki.logging:3100"]);
    }

    #[test]
    fn a_password_is_never_a_part_of_a_host() {
        assert_eq!(found("postgresql://user:p4ss@db.data:5433/app"), ["db.data:5433"]);
        assert_eq!(found("amqp://user:p4ss@mq.data"), ["mq.data:5672"]);
        assert_eq!(found("URL=redis://user:12#;,(34@mq.data/0"), ["mq.data:6379"]);
    }

    #[test]
    fn other_text_names_no_host() {
        for text in [
            "github.com:443",
            "https://quay.io/x",
            "a.b",
            "10.0.0.1:80",
            "localhost:8080",
            "http://localhost:80",
            "1.2:3",
            "values.yaml:12",
        ] {
            assert_eq!(found(text), [] as [&str; 0], "{text}");
        }
        assert_eq!(
            found("http://example.com http://$(HOST).x.svc https://a..b http://_a.b:1"),
            [] as [&str; 0]
        );
    }
}
