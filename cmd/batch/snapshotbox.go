package main

import (
	"sync"
	"time"

	"vehiclebatch/pipeline"
	"vehiclebatch/pipeline/normalise"
)

// snapshotBox hands the last snapshot from the ticker to the drawing goroutine.
type snapshotBox struct {
	mu sync.Mutex
	s  pipeline.Snapshot
}

func (b *snapshotBox) set(s pipeline.Snapshot) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.s = s
}

func (b *snapshotBox) get() pipeline.Snapshot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.s
}

func chinaZone() *time.Location { return normalise.China() }
