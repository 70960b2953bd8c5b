package sinks

import (
	"errors"
	"fmt"
	"path/filepath"
)

// Latest points latest in a workspace at runs/RUN_ID in one step: a reader finds
// the old run or the new one, never none.
func (d Disk) Latest(runID string) error {
	link := filepath.Join(d.Dir, "latest")
	aside := filepath.Join(d.Dir, partialName("latest"))
	if err := d.Remove(aside); err != nil {
		return fmt.Errorf("point latest at the run: %w", err)
	}
	if err := d.Symlink(filepath.Join("runs", runID), aside); err != nil {
		return fmt.Errorf("point latest at the run: %w", err)
	}
	if err := d.Rename(aside, link); err != nil {
		return fmt.Errorf("point latest at the run (is something else in its place?): %w", errors.Join(err, d.Remove(aside)))
	}
	return d.SyncDir(d.Dir)
}
