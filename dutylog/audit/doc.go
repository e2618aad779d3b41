// Package audit is what makes the duty log evidence: a Merkle log of what was written, and
// signed checkpoints of it. It holds values and rules; storing is dutylog/sqlite's.
//
// # What is promised
//
// Every row that counts as evidence (a revision of an entry, a settled call, a sealed
// recording, an access, a deletion, a login, a rule …) is covered by a Record, written in the
// transaction that writes the row. Records are the leaves of one append-only Merkle tree
// (RFC 6962, golang.org/x/mod/sumdb/tlog). Somebody who changes, drops, swaps or adds a
// covered row without writing records is found and the row is named; somebody who rewrites
// records too no longer fits the checkpoints that were signed before; somebody who holds the
// signing key can sign anew, and is found only by a checkpoint that was kept elsewhere.
//
// # The form of what is hashed
//
// Every hash is taken over fields, each written as
//
//	name ":" number of bytes ":" value "\n"
//
// in a fixed order. An absent value (NULL) and an empty text are left out, so that a column
// that comes later, and is NULL or empty in old rows, does not disturb what was written
// before. Whole numbers are decimal, times are microseconds since 1970, truth is 1 or 0.
//
//   - The content of a record is its row in this form, by column (see dutylog/sqlite/covers.go
//     for the columns of each kind).
//   - Its commitment is SHA-256 of a random salt of 16 bytes, followed by the content. The
//     salt is kept beside the record and nowhere else: once it is removed, nothing about the
//     content can be learnt from the commitment, not even by guessing.
//   - The leaf is Record.Leaf: index, kind, subject, time, whether the row was older than the
//     evidence ("taken_over"), and the commitment. It never holds content.
//
// # What a record says later
//
// Of several records about one subject the newest is about the row as it stands; the older
// ones prove that there was another state at that time, which is not kept. Erasure removes
// the content and the salt and writes a record of kind Erasure that names the decision: the
// leaf stays, the tree is whole, and verification answers "intact, erased by decision N".
package audit
