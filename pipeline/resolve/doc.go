// Package resolve decides about lookups with what a store knows: earlier lookups with the same key, and the vehicle's
// maintenance answers. The decision itself is lookup.Resolve.
package resolve
