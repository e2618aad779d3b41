// Package backup keeps backups of the duty log in one folder, perhaps on another disk.
//
//	DIR/dutyline-backup.json      whose backup this is
//	DIR/README.txt                for whoever finds the disk
//	DIR/generations/TIME/         log.db, recordings.sha256, dutyline.yaml, manifest.json
//	DIR/recordings/YYYY/MM/DD/    sealed recordings, each kept once for all generations
//	DIR/files/xx/SHA256           tape and other growing files, each state kept once
//
// A generation appears under its name only when it is complete: it is made in a hidden folder
// whose renaming is the last step. A backup that is cut off leaves the earlier generations as
// they were, and the next one begins anew and goes on with the recordings that are there.
// An erased recording goes with the last generation that lists it; see Forget.
// recordings.sha256 can be checked without us: sha256sum -c, in DIR/recordings.
package backup
