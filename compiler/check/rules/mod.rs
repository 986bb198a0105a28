//! One file for each rule, named like its code.

use super::Rule;

mod address_clash;
mod alerts_unheard;
mod backup_missing;
mod backup_same_disk;
mod blue_green_unfit;
mod capacity_exceeded;
mod cpus_beyond_host;
mod destructive_command;
mod duplicate_location;
mod duplicate_mount;
mod duplicate_scrape_job;
mod engine_socket;
mod firewall_by_hand;
mod firewall_contradiction;
mod fixed_name_replicas;
mod fixed_port_replicas;
mod health_unasked;
mod host_too_small;
mod jobs_collide;
mod jobs_unwatched;
mod keep_too_short;
mod letsencrypt_several_hosts;
mod literal_secret;
mod live_copy;
mod logrotate_contradiction;
mod logrotate_syntax;
mod memory_overcommitted;
mod old_compose_command;
mod old_nginx_balance;
mod passed_on_misfit;
mod port_by_variable;
mod port_clash;
mod port_past_firewall;
mod public_datastore;
mod public_metrics;
mod receiver_idle;
mod replicated_datastore;
mod reserve_beyond_limit;
mod rollback_by_guess;
mod route_shadowed;
mod rpo_broken;
mod rsync_to_bucket;
mod rto_unproved;
mod scale_beyond;
mod spread_unfit;
mod ssh_contradiction;
mod terminal_in_job;
mod unexpanded_variable;
mod unhealthy_dependency;
mod unpinned_image;
mod unread_file;
mod unsplit_command;
mod unused_secret;
mod volume_apart;

/// Every rule, sorted by code.
pub const ALL: &[Rule] = &[
    address_clash::RULE,
    alerts_unheard::RULE,
    backup_missing::RULE,
    backup_same_disk::RULE,
    blue_green_unfit::RULE,
    capacity_exceeded::RULE,
    cpus_beyond_host::RULE,
    destructive_command::RULE,
    duplicate_location::RULE,
    duplicate_mount::RULE,
    duplicate_scrape_job::RULE,
    engine_socket::RULE,
    firewall_by_hand::RULE,
    firewall_contradiction::RULE,
    fixed_name_replicas::RULE,
    fixed_port_replicas::RULE,
    health_unasked::RULE,
    host_too_small::RULE,
    jobs_collide::RULE,
    jobs_unwatched::RULE,
    keep_too_short::RULE,
    letsencrypt_several_hosts::RULE,
    literal_secret::RULE,
    live_copy::RULE,
    logrotate_contradiction::RULE,
    logrotate_syntax::RULE,
    memory_overcommitted::RULE,
    old_compose_command::RULE,
    old_nginx_balance::RULE,
    passed_on_misfit::RULE,
    port_by_variable::RULE,
    port_clash::RULE,
    port_past_firewall::RULE,
    public_datastore::RULE,
    public_metrics::RULE,
    receiver_idle::RULE,
    replicated_datastore::RULE,
    reserve_beyond_limit::RULE,
    rollback_by_guess::RULE,
    route_shadowed::RULE,
    rpo_broken::RULE,
    rsync_to_bucket::RULE,
    rto_unproved::RULE,
    scale_beyond::RULE,
    spread_unfit::RULE,
    ssh_contradiction::RULE,
    terminal_in_job::RULE,
    unexpanded_variable::RULE,
    unhealthy_dependency::RULE,
    unpinned_image::RULE,
    unread_file::RULE,
    unsplit_command::RULE,
    unused_secret::RULE,
    volume_apart::RULE,
];
