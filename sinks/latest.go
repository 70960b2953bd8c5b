package sinks

import (
	"fmt"
	"os"
	"path/filepath"
)

// Latest points workspace/latest at runs/RUN_ID in one step: a reader finds
// the old run or the new one, never none.
func Latest(workspace, runID string) error {
	link := filepath.Join(workspace, "latest")
	aside := filepath.Join(workspace, partialName("latest"))
	if err := (Disk{}).Remove(aside); err != nil {
		return fmt.Errorf("point latest at the run: %w", err)
	}
	if err := os.Symlink(filepath.Join("runs", runID), aside); err != nil {
		return fmt.Errorf("point latest at the run: %w", err)
	}
	if err := os.Rename(aside, link); err != nil {
		_ = os.Remove(aside)
		return fmt.Errorf("point latest at the run (is something else in its place?): %w", err)
	}
	return Disk{}.SyncDir(workspace)
}
