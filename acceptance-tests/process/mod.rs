//! Running as Terraform's child: the command line, debug mode, logs, interruptions, signals,
//! leftovers.

mod command_line;
mod debugging;
mod interruption;
mod leftovers;
mod logs;
mod orphans;
mod secrets;
mod signals;
mod socket;
