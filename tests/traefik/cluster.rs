//! The real components: a program in Python that runs Traefik, a Kubernetes API, apps and an auth service,
//! all on the loopback device.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use libtest_mimic::Failed;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::catalog::Catalog;
use crate::probe::{Probe, Request};
use crate::python;

/// How often a cluster is started if another program takes a port that was free.
const ATTEMPTS: usize = 3;

/// A cluster: its objects, and the settings of its platform.
pub(crate) struct Cluster(Json);

impl Cluster {
    pub(crate) fn new(catalog: &Catalog, manifests: &[String]) -> Result<Self, Failed> {
        let mut kinds = BTreeSet::new();
        for text in manifests {
            for document in serde_yaml::Deserializer::from_str(text) {
                kinds.extend(Json::deserialize(document)?["kind"].as_str().map(str::to_owned));
            }
        }
        let providers = [("kubernetesingress", "Ingress"), ("kubernetesgateway", "HTTPRoute")];
        let needed =
            providers.into_iter().filter(|(_, kind)| kinds.contains(*kind)).map(|(provider, _)| provider);
        let mut spec = catalog.cluster();
        spec["manifests"] = json!(manifests);
        spec["providers"] = ["kubernetescrd"].into_iter().chain(needed).collect();
        Ok(Self(spec))
    }

    /// The answers to `probes`, and the complaints of Traefik.
    pub(crate) fn ask(mut self, probes: &[Probe]) -> Result<(Vec<Json>, Vec<String>), Failed> {
        let requests = probes.iter().map(|probe| &probe.request);
        self.0["requests"] = requests.map(Request::json).collect();
        let mut complaint = String::new();
        for _ in 0..ATTEMPTS {
            match self.run()? {
                Ok(mut said) => {
                    let answers: Vec<Json> = serde_json::from_value(said["answers"].take())?;
                    assert_eq!(answers.len(), probes.len(), "an answer to each request");
                    return Ok((answers, serde_json::from_value(said["log"].take())?));
                }
                Err(error) => complaint = error,
            }
            if !complaint.contains("address already in use") {
                break;
            }
        }
        Err(complaint.into())
    }

    fn run(&self) -> Result<Result<Json, String>, Failed> {
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/traefik/cluster");
        let mut child = Command::new(python::interpreter())
            .arg("-B")
            .arg(program)
            .env("PYTHONUTF8", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        child.stdin.take().ok_or("no way in")?.write_all(self.0.to_string().as_bytes())?;
        let output = child.wait_with_output()?;
        if output.status.success() {
            return Ok(Ok(serde_json::from_slice(&output.stdout)?));
        }
        Ok(Err(format!("the cluster did not come up\n{}", String::from_utf8_lossy(&output.stderr))))
    }
}
