//! One file for each rule, named like its code.

use super::Rule;

mod alerts_unheard;
mod backup_missing;
mod backup_same_disk;
mod duplicate_mount;
mod fixed_name_replicas;
mod fixed_port_replicas;
mod jobs_collide;
mod jobs_unwatched;
mod literal_secret;
mod live_copy;
mod old_nginx_balance;
mod port_clash;
mod public_datastore;
mod replicated_datastore;
mod rpo_broken;
mod rsync_to_bucket;
mod rto_unproved;
mod unhealthy_dependency;
mod unpinned_image;
mod unused_secret;

/// Every rule, sorted by code.
pub const ALL: &[Rule] = &[
    alerts_unheard::RULE,
    backup_missing::RULE,
    backup_same_disk::RULE,
    duplicate_mount::RULE,
    fixed_name_replicas::RULE,
    fixed_port_replicas::RULE,
    jobs_collide::RULE,
    jobs_unwatched::RULE,
    literal_secret::RULE,
    live_copy::RULE,
    old_nginx_balance::RULE,
    port_clash::RULE,
    public_datastore::RULE,
    replicated_datastore::RULE,
    rpo_broken::RULE,
    rsync_to_bucket::RULE,
    rto_unproved::RULE,
    unhealthy_dependency::RULE,
    unpinned_image::RULE,
    unused_secret::RULE,
];
