package policy

import (
	"time"

	"vehiclebatch/pipeline/record"
)

// RouteMode says how the vendors of a route are asked.
type RouteMode string

// The modes of a route.
const (
	RouteFirst RouteMode = "first" // one after the other, until one has an answer
	RouteAll   RouteMode = "all"   // every one that can be asked, side by side
)

// Route says where a dataset is asked, and when an earlier answer may be used again.
type Route struct {
	Vendors    []string
	Mode       RouteMode // "" is RouteFirst
	FallbackOn []record.Status
	MaxAge     time.Duration    // 0: an earlier answer is never used again
	Defaults   record.Condition // for what the input leaves out
	// Derive names the columns that are taken from the vehicle's maintenance
	// answers where the input leaves them out, before any default.
	Derive []string
}
