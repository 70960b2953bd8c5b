package app

import (
	"time"

	"vehiclebatch/pipeline/record"
)

// ChinaTime prints a moment for people: vendors and users live in China.
func ChinaTime(t time.Time) string {
	return ChinaClock(t) + " (China)"
}

// ChinaClock is chinaTime where the zone is said elsewhere.
func ChinaClock(t time.Time) string { return t.In(record.China()).Format(time.DateTime) }
