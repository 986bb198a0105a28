//! One file for each rule, named like its code.

pub mod alerts_unheard;
pub mod backup_missing;
pub mod backup_same_disk;
pub mod duplicate_mount;
pub mod fixed_name_replicas;
pub mod fixed_port_replicas;
pub mod jobs_collide;
pub mod jobs_unwatched;
pub mod literal_secret;
pub mod live_copy;
pub mod old_nginx_balance;
pub mod port_clash;
pub mod public_datastore;
pub mod replicated_datastore;
pub mod rpo_broken;
pub mod rsync_to_bucket;
pub mod rto_unproved;
pub mod unhealthy_dependency;
pub mod unpinned_image;
pub mod unused_secret;
