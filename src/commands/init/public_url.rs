//! The URL of a git remote without credentials: it is written to a file that will be committed.

/// The user that all common git hosts use for SSH, which identifies nobody.
const SSH_USER: &str = "git";

/// The URL without the user, password or token that CI systems and `insteadOf` put into it; nothing if the
/// rest would not be the URL of the repository, or if it is unknown which part is the secret.
pub(super) fn public_url(url: &str) -> Option<String> {
    let Some((scheme, rest)) = url.split_once("://") else { return scp_like(url).then(|| url.to_owned()) };
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    // a secret with a slash in it, which ends the authority early
    if rest.contains('@') {
        return None;
    }
    let path = rest.split(['?', '#']).next().unwrap_or_default();
    match authority.rsplit_once('@') {
        None | Some((SSH_USER, _)) => Some(format!("{scheme}://{authority}{path}")),
        Some(_) if scheme.to_ascii_lowercase().contains("ssh") => None,
        Some((_, host)) => Some(format!("{scheme}://{host}{path}")),
    }
}

/// Whether an address without a scheme may be shown: a folder, or `git@host:path`.
fn scp_like(url: &str) -> bool {
    url.rsplit_once('@').is_none_or(|(user, _)| user == SSH_USER)
}

#[cfg(test)]
mod tests {
    use super::public_url;

    #[test]
    fn what_identifies_nobody_stays() {
        for url in [
            "https://git.example.com/me/home.git",
            "https://git.example.com:8443/me/home.git",
            "git@git.example.com:me/home.git",
            "git.example.com:me/home.git",
            "ssh://git@git.example.com:2222/me/home.git",
            "ssh://git.example.com/me/home.git",
            "/srv/git/home.git",
            "file:///srv/git/home.git",
        ] {
            assert_eq!(public_url(url).as_deref(), Some(url));
        }
    }

    #[test]
    fn what_is_secret_goes() {
        for url in [
            "https://ci:s3cret@git.example.com/me/home.git",
            "https://s3cret@git.example.com/me/home.git",
            "HTTPS://ci:s3cret@git.example.com/me/home.git",
            "Http://ci:s3cr@et@git.example.com/me/home.git",
            "https://git.example.com/me/home.git?private_token=s3cret",
            "https://ci:s3cret@git.example.com/me/home.git#s3cret",
            "https://:s3cret@git.example.com/me/home.git",
            "ftp://ci:s3cret@git.example.com/me/home.git",
        ] {
            let (scheme, _) = url.split_once(':').unwrap_or_default();
            assert_eq!(public_url(url), Some(format!("{scheme}://git.example.com/me/home.git")), "{url}");
        }
    }

    #[test]
    fn what_leads_nowhere_without_the_secret_is_not_copied() {
        for url in [
            "ssh://git:s3cret@git.example.com/me/home.git",
            "ssh://alice@git.example.com/me/home.git",
            "git+ssh://APKA1EXAMPLE@git.example.com/me/home.git",
            "alice@git.example.com:me/home.git",
            "git:s3cret@git.example.com:me/home.git",
            "https://tok/en@git.example.com/me/home.git",
            "https://tok?en@git.example.com/me/home.git",
            "https://ci@t:ok/en@git.example.com/me/home.git",
        ] {
            assert_eq!(public_url(url), None, "{url}");
        }
    }
}
