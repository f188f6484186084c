//! `cargo xtask deploy`: the database, its migrations, the secrets and the Workers, in the order in
//! which each needs the one before. `--dry-run` proves bundles, sizes and bindings without an account.
//! The `wrangler.toml` files stay as they are; what belongs to one installation is filled into copies.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::apibook;
use crate::arguments::Arguments;
use crate::bundle::{self, Profile};
use crate::failure::{Doing, Outcome};
use crate::model_files;
use crate::places;
use crate::progress::{capture, note, run, show, step};
use crate::setup::node::Node;
use crate::setup::{self, Tools};
use crate::workers::{self, Worker, read_toml};

const DATABASE: &str = "proof";
/// The host in the files, which nobody owns.
const PLACEHOLDER_HOST: &str = "proof.example";

pub(crate) fn command(mut arguments: Arguments) -> Outcome {
    let dry_run = arguments.flag("--dry-run");
    let host = arguments.value("--host")?;
    let zone = arguments.value("--zone")?;
    let new_secrets = arguments.flag("--new-secrets");
    arguments.end()?;
    let tools = setup::everything()?;
    let workers = workers::all()?;
    bundle::build(&tools, Profile::Edge, &workers)?;
    model_files::gather()?;
    apibook::build()?;
    if dry_run {
        return prove(&tools, &workers, &Installation::from_files());
    }
    let installation = Installation::prepare(&tools.node, host, zone, new_secrets)?;
    let configs = filled_in(&workers, &installation)?;
    let front = configs
        .last()
        .map(|(_, config)| config.clone())
        .unwrap_or_default();
    step("Applying the migrations", || {
        let mut wrangler = tools.node.program("wrangler");
        wrangler
            .args([
                "d1",
                "migrations",
                "apply",
                DATABASE,
                "--remote",
                "--config",
            ])
            .env("CI", "1");
        run(wrangler.arg(&front))
    })?;
    for (worker, config) in &configs {
        let secrets = secrets_for(&tools.node, worker)?;
        let uploaded = step(&format!("Deploying {}", worker.name), || {
            let mut wrangler = tools.node.program("wrangler");
            wrangler
                .args(["deploy", "--config"])
                .arg(config)
                .arg("--secrets-file")
                .arg(&secrets);
            show(&mut wrangler)
        });
        fs::remove_file(&secrets).doing(format!("{} cannot be removed", secrets.display()))?;
        uploaded?;
    }
    note(&format!(
        "https://{}/health says how it is.",
        installation.host
    ));
    Ok(())
}

fn prove(tools: &Tools, workers: &[Worker], installation: &Installation) -> Outcome {
    for (worker, config) in filled_in(workers, installation)? {
        let out = places::build().join("dry-run").join(worker.short());
        step(&format!("Trying {}", worker.name), || {
            let mut wrangler = tools.node.program("wrangler");
            wrangler
                .args(["deploy", "--dry-run", "--outdir"])
                .arg(out)
                .arg("--config")
                .arg(config);
            show(&mut wrangler)
        })?;
    }
    step("Weighing the Workers", || crate::size::check(workers))
}

/// What differs between one installation and another.
struct Installation {
    host: String,
    zone: String,
    database: Option<String>,
}

impl Installation {
    /// As the files have it: good for proving, not for deploying.
    fn from_files() -> Self {
        Self {
            host: PLACEHOLDER_HOST.to_owned(),
            zone: PLACEHOLDER_HOST.to_owned(),
            database: None,
        }
    }

    /// What was said the last time.
    fn known() -> Outcome<Self> {
        let file = remote().join("installation.json");
        let never = "Nothing has been deployed from here. The first time it is\n  \
                     cargo xtask deploy --host api.example.com --zone example.com";
        let text = fs::read_to_string(&file).map_err(|_| never)?;
        let known: Value =
            serde_json::from_str(&text).doing(format!("{} is not JSON", file.display()))?;
        let text = |name: &str| known[name].as_str().map(str::to_owned);
        let said = |name: &str| text(name).doing(format!("{} has no {name}", file.display()));
        Ok(Self {
            host: said("host")?,
            zone: said("zone")?,
            database: text("database"),
        })
    }

    /// Makes sure that there is an account, a host, a database, and secrets; remembers them.
    fn prepare(
        node: &Node,
        host: Option<String>,
        zone: Option<String>,
        new_secrets: bool,
    ) -> Outcome<Self> {
        let signed_in = capture(node.program("wrangler").arg("whoami"));
        if !signed_in.is_ok_and(|text| !text.contains("not authenticated")) {
            return Err(
                "wrangler knows no account. Please run `node_modules/.bin/wrangler login`, or \
                        set CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID."
                    .into(),
            );
        }
        let mut installation = match (host, zone) {
            (Some(host), zone) => Self {
                zone: zone.unwrap_or_else(|| host.clone()),
                host,
                database: None,
            },
            (None, _) => Self::known()?,
        };
        let (database, existed) = step("Finding the database", || find_or_create_database(node))?;
        // New secrets beside an old database would make every API key in it worthless.
        if existed && !new_secrets && !secrets_file().exists() {
            return Err(format!(
                "There is a database already, and its secrets are not on this machine. Please \
                 copy {} from where it was deployed. If there are no keys in it yet, say \
                 --new-secrets.",
                secrets_file().display()
            )
            .into());
        }
        fs::create_dir_all(remote()).doing("The folder for the installation cannot be made")?;
        let known =
            json!({ "host": installation.host, "zone": installation.zone, "database": database });
        fs::write(remote().join("installation.json"), format!("{known:#}\n"))
            .doing("The installation cannot be remembered")?;
        installation.database = Some(database);
        Ok(installation)
    }
}

fn remote() -> PathBuf {
    places::local().join("remote")
}

/// The secrets of the deployed system. Cloudflare never gives them back, so this file is the only
/// place to read them from: whoever loses it makes every API key worthless.
fn secrets_file() -> PathBuf {
    remote().join("secrets.json")
}

/// The database, and whether it was there before.
fn find_or_create_database(node: &Node) -> Outcome<(String, bool)> {
    let find = || -> Outcome<Option<String>> {
        let list = capture(node.program("wrangler").args(["d1", "list", "--json"]))?;
        let list: Value = serde_json::from_str(&list).doing("wrangler d1 list")?;
        let found = list
            .as_array()
            .into_iter()
            .flatten()
            .find(|entry| entry["name"] == DATABASE);
        Ok(found
            .and_then(|entry| entry["uuid"].as_str())
            .map(str::to_owned))
    };
    if let Some(id) = find()? {
        return Ok((id, true));
    }
    run(node
        .program("wrangler")
        .args(["d1", "create", DATABASE])
        .env("CI", "1"))?;
    let made = find()?.doing("wrangler made a database and does not list it")?;
    Ok((made, false))
}

/// The secrets that one Worker asks for, in a file that is removed after use.
fn secrets_for(node: &Node, worker: &Worker) -> Outcome<PathBuf> {
    let file = remote().join(format!("{}.upload.json", worker.short()));
    let mut script = node.script("xtask/runner/upload.mjs");
    script.arg(secrets_file()).arg(&file).args(&worker.secrets);
    run(&mut script)?;
    Ok(file)
}

/// A copy of each Worker's configuration for this installation, in the order of deployment.
fn filled_in<'a>(
    workers: &'a [Worker],
    installation: &Installation,
) -> Outcome<Vec<(&'a Worker, PathBuf)>> {
    let folder = places::build().join("deploy");
    fs::create_dir_all(&folder).doing(format!("{} cannot be made", folder.display()))?;
    let mut configs = Vec::new();
    for worker in workers {
        let file = folder.join(format!("{}.json", worker.short()));
        let config = fill_in(worker, installation)?;
        fs::write(&file, format!("{config:#}\n"))
            .doing(format!("{} cannot be written", file.display()))?;
        configs.push((worker, file));
    }
    Ok(configs)
}

fn fill_in(worker: &Worker, installation: &Installation) -> Outcome<Value> {
    let mut config = serde_json::to_value(read_toml(&worker.config())?).doing("TOML as JSON")?;
    let bundle = bundle::folder(Profile::Edge, worker);
    config["main"] = json!(bundle.join("worker.mjs"));
    config["base_dir"] = json!(bundle);
    // Relative to the file that is filled in, as all paths of one are.
    let directory = config.pointer("/assets/directory").and_then(Value::as_str);
    if let Some(directory) = directory.map(|path| worker.folder.join(path)) {
        config["assets"]["directory"] = json!(directory);
    }
    for database in entries(&mut config, "d1_databases") {
        database["migrations_dir"] = json!(places::root().join("migrations"));
        if let Some(id) = &installation.database {
            database["database_id"] = json!(id);
        }
    }
    for route in entries(&mut config, "routes") {
        let pattern = route["pattern"].as_str().unwrap_or_default();
        route["pattern"] = json!(pattern.replacen(PLACEHOLDER_HOST, &installation.host, 1));
        route["zone_name"] = json!(installation.zone);
    }
    // An account that installs no models of others may have no buckets at all.
    let published = config["vars"]["MODEL_SET"] == "published";
    if let (false, Some(config)) = (published, config.as_object_mut()) {
        config.remove("r2_buckets");
    }
    // An account that does not send by Cloudflare's Email Service may not have it at all.
    let providers = config["vars"]["EMAIL_PROVIDER"]
        .as_str()
        .unwrap_or_default();
    let by_binding = providers.split(',').any(|name| name.trim() == "cloudflare");
    if let (false, Some(config)) = (by_binding, config.as_object_mut()) {
        config.remove("send_email");
    }
    if let Some(variables) = config.get_mut("vars").and_then(Value::as_object_mut) {
        for (_, value) in variables.iter_mut() {
            if let Some(path) = value
                .as_str()
                .and_then(|text| text.strip_prefix("https://proof.example"))
            {
                *value = json!(format!("https://{}{path}", installation.host));
            }
        }
    }
    Ok(config)
}

fn entries<'a>(config: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Value> {
    config
        .get_mut(name)
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
}

/// What the operator's commands need to work at Cloudflare.
pub(crate) fn operator_options() -> Outcome<Value> {
    let installation = Installation::known()?;
    let workers = workers::all()?;
    let configs = filled_in(&workers, &installation)?;
    // Functions publish a new key before the objects sign with it.
    let push = configs
        .iter()
        .rev()
        .map(|(worker, config)| json!({ "config": config, "secrets": worker.secrets }));
    let push: Vec<Value> = push.collect();
    let secrets = secrets_file();
    existing(&secrets)?;
    let config = configs.last().map(|(_, config)| config);
    Ok(json!({ "secretsFile": secrets, "remote": { "config": config, "push": push } }))
}

fn existing(file: &Path) -> Outcome {
    if file.is_file() {
        return Ok(());
    }
    Err(format!(
        "{} is missing: the deployed system's secrets are known to whoever deployed it.",
        file.display()
    )
    .into())
}
