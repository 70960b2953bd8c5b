// Package redact finds secrets in a text, however they are spelled there, and puts
// stars in their place.
//
// A spelling is undone the way a reader would undo it: escapes of JSON, HTML, URLs and
// quoted-printable in any mixture, four deep (escapes.go); base64 and hex wherever they
// begin, also broken over lines, two deep, with escapes inside and outside (runs.go);
// and UTF-16. White space in a secret (parted.go), invisible characters and tags (visible.go) are
// taken out. What is found in what was decoded is led back to the bytes that came.
//
// It imports nothing of ours, has no state, and is safe for concurrent use.
package redact
