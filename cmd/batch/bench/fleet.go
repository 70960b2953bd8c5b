package main

import (
	"bufio"
	"fmt"

	"vehiclebatch/cmd/batch/harness"
)

// writeFleet writes a file of n vehicles.
func writeFleet(path string, n int) error {
	return harness.WriteFile(path, func(w *bufio.Writer) error {
		fmt.Fprintln(w, "vin")
		for i := range n {
			fmt.Fprintln(w, harness.VIN(i))
		}
		return nil
	})
}
