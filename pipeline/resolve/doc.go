// Package resolve decides about lookups with what a store knows: what was asked before with the same key, and
// what the vehicle's maintenance answers tell. The decision itself is lookup.Resolve.
package resolve
